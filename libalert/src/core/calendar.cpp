#include "alert/core/calendar.hpp"

#include "alert/core/hash.hpp"

namespace alert {

bool Calendar::is_workday(LocalDays day) const {
    if (workdays.contains(day)) return true;
    if (holidays.contains(day)) return false;
    const std::chrono::weekday weekday{day};
    return weekday != std::chrono::Saturday && weekday != std::chrono::Sunday;
}

std::string Calendar::hash() const {
    const auto text_of = [](const std::set<LocalDays>& days) {
        std::string text;
        for (const LocalDays day : days) text += std::to_string(day.time_since_epoch().count()) + " ";
        return text;
    };
    return hash_hex({text_of(holidays), text_of(workdays)}, 16);
}

namespace {

LocalDays add_months(LocalDays day, int months) {
    const std::chrono::year_month_day ymd{day};
    const auto month = ymd.year() / ymd.month() + std::chrono::months(months);
    const auto same = month / ymd.day();
    return same.ok() ? LocalDays{same} : LocalDays{month / std::chrono::last};
}

LocalDays add_workdays(LocalDays day, int count, const Calendar& calendar) {
    const auto step = std::chrono::days(count < 0 ? -1 : 1);
    for (int left = count < 0 ? -count : count; left > 0;) {
        day += step;
        if (calendar.is_workday(day)) --left;
    }
    return day;
}

TimePoint shift(TimePoint from, const Period& period, int sign, const Calendar& calendar, const Zone& zone) {
    if (period.months == 0 && period.workdays == 0) return from + sign * period.fixed;
    const auto local = zone.to_local(from);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto moved = period.months != 0 ? add_months(day, sign * period.months)
                                          : add_workdays(day, sign * period.workdays, calendar);
    return zone.to_sys(LocalTime{moved} + (local - day));
}

}  // namespace

TimePoint add(TimePoint start, const Period& period, const Calendar& calendar, const Zone& zone) {
    return shift(start, period, 1, calendar, zone);
}

TimePoint subtract(TimePoint due, const Period& period, const Calendar& calendar, const Zone& zone) {
    return shift(due, period, -1, calendar, zone);
}

}  // namespace alert
