// What the record of a case says to whoever opens a link: what was told of it beyond its title, and who did
// what already. Facts that were withdrawn say nothing. Pure.
#pragma once

#include "alert/core/decide.hpp"
#include "alert/core/derive.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace yuqing {

/// Who did it, and when.
struct Deed {
    std::string by, what;
    alert::TimePoint at;
};

struct ActRecord {
    std::string summary;               // of the earliest detection that has one
    std::optional<Deed> acknowledged;  // what counts
    std::vector<Deed> published;       // the latest, oldest first
    std::set<alert::EventKey> withdrawn;
};

ActRecord act_record(const std::vector<alert::LogEntry>& log, const alert::CaseView& view);

}  // namespace yuqing
