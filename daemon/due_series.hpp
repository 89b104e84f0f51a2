// Which obligations have a series of yuqing_obligation_due_timestamp_seconds. Pure.
#pragma once

#include "alert/core/derive.hpp"

#include <string>
#include <vector>

namespace yuqing {

struct DueSeries {
    std::string case_id;
    std::string obligation;  // without its ordinal
    std::string unit;        // the lead unit
    alert::TimePoint due;    // of several occurrences the first
    friend bool operator==(const DueSeries&, const DueSeries&) = default;
};

/// Of what is owed the most urgent. Half the places are for what is overdue, the latest first, half
/// for what is to come, the earliest first, what a published rule asks for always before the office's own
/// targets; what one half does not need the other has. So neither hides the other, however much it is.
std::vector<DueSeries> most_urgent(const std::vector<alert::CaseView>& views, alert::TimePoint now,
                                   std::size_t most);

}  // namespace yuqing
