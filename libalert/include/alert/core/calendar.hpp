// Holidays and make-up working days, for the clocks that count working days.
//
// A working day is Monday to Friday unless it is a holiday, or a day named as make-up (调休). The
// calendar knows until which day it was filled in; beyond that it falls back to the week.
#pragma once

#include "alert/core/time.hpp"

#include <optional>
#include <set>
#include <string>

namespace alert {

using LocalDays = std::chrono::local_days;

struct Calendar {
    std::set<LocalDays> holidays;
    std::set<LocalDays> workdays;          // make-up working days
    std::optional<LocalDays> known_until;  // the last day the file speaks for

    [[nodiscard]] bool is_workday(LocalDays day) const;
    /// 16 hex digits; equal when the same days are worked.
    [[nodiscard]] std::string hash() const;
};

inline constexpr Duration calendar_notice = std::chrono::days(60);  // before its end somebody is told

/// The instant a period later. Natural hours simply add; months go to the same day of the month
/// (the last day where that does not exist) at the same local time; working days go to the same
/// local time of the n-th working day after.
TimePoint add(TimePoint start, const Period& period, const Calendar& calendar, const Zone& zone);
TimePoint subtract(TimePoint due, const Period& period, const Calendar& calendar, const Zone& zone);

}  // namespace alert
