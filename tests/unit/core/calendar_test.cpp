#include "alert/core/calendar.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

LocalDays day(int month, int of_month) { return LocalDays{std::chrono::year{2026} / month / of_month}; }

/// National Day 2026 as this test has it: 1 to 7 October off, 10 October (a Saturday) made up.
Calendar october() {
    Calendar calendar;
    for (int d = 1; d <= 7; ++d) calendar.holidays.insert(day(10, d));
    calendar.workdays.insert(day(10, 10));
    return calendar;
}

const Zone shanghai = Zone::find("Asia/Shanghai").value();

TimePoint at(const char* text) { return parse_rfc3339(text).value(); }

std::string later(const char* start, const char* period) {
    return format_rfc3339(add(at(start), parse_period(period).value(), october(), shanghai), shanghai);
}

std::string sooner(const char* due, const char* period) {
    return format_rfc3339(subtract(at(due), parse_period(period).value(), october(), shanghai), shanghai);
}

}  // namespace

TEST_CASE("Calendar: working days are Monday to Friday, less holidays, plus days made up") {
    const auto calendar = october();
    CHECK(calendar.is_workday(day(9, 30)));        // a Wednesday
    CHECK_FALSE(calendar.is_workday(day(10, 1)));  // a holiday
    CHECK_FALSE(calendar.is_workday(day(9, 26)));  // a Saturday
    CHECK(calendar.is_workday(day(10, 10)));       // a Saturday made up
}

TEST_CASE("Calendar: natural hours run through nights, weekends and holidays") {
    CHECK(later("2026-09-30T22:00:00+08:00", "48h") == "2026-10-02T22:00:00+08:00");
    CHECK(later("2026-09-30T22:00:00+08:00", "2d") == "2026-10-02T22:00:00+08:00");
}

TEST_CASE("Calendar: working days pass over holidays and count the days made up") {
    CHECK(later("2026-09-29T16:30:00+08:00", "1wd") == "2026-09-30T16:30:00+08:00");
    CHECK(later("2026-09-30T16:30:00+08:00", "1wd") == "2026-10-08T16:30:00+08:00");
    CHECK(later("2026-09-30T16:30:00+08:00", "3wd") == "2026-10-10T16:30:00+08:00");
    CHECK(later("2026-10-03T09:00:00+08:00", "1wd") == "2026-10-08T09:00:00+08:00");
    CHECK(sooner("2026-10-08T16:30:00+08:00", "1wd") == "2026-09-30T16:30:00+08:00");
}

TEST_CASE("Calendar: a month later is the same day, or the last there is") {
    CHECK(later("2026-06-12T10:00:00+08:00", "1mo") == "2026-07-12T10:00:00+08:00");
    CHECK(later("2026-01-31T10:00:00+08:00", "1mo") == "2026-02-28T10:00:00+08:00");
    CHECK(later("2026-12-31T10:00:00+08:00", "2mo") == "2027-02-28T10:00:00+08:00");
    CHECK(sooner("2026-03-31T10:00:00+08:00", "1mo") == "2026-02-28T10:00:00+08:00");
}

TEST_CASE("Calendar: days and months keep the local time of day across a change of the clocks") {
    const auto berlin = Zone::find("Europe/Berlin").value();
    const auto start = at("2026-03-27T10:00:00+01:00");
    CHECK(format_rfc3339(add(start, Period{.workdays = 1}, {}, berlin), berlin) ==
          "2026-03-30T10:00:00+02:00");
    CHECK(format_rfc3339(add(start, Period{.fixed = 72h}, {}, berlin), berlin) ==
          "2026-03-30T11:00:00+02:00");
}

TEST_CASE("Calendar: the hash tells calendars apart by the days that are worked, not by how far they reach") {
    auto calendar = october();
    const auto hash = calendar.hash();
    CHECK(hash.size() == 16);
    CHECK(hash.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(october().hash() == hash);
    calendar.known_until = day(12, 31);
    CHECK(calendar.hash() == hash);
    calendar.holidays.erase(day(10, 7));
    CHECK(calendar.hash() != hash);
    Calendar off, made_up;
    off.holidays = {day(10, 1)};
    made_up.workdays = {day(10, 1)};
    CHECK(off.hash() != made_up.hash());
    CHECK(Calendar{}.hash() != off.hash());
}
