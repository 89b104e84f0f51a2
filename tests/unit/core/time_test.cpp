#include "alert/core/time.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

TimePoint utc(int y, unsigned m, unsigned d, Duration of_day = 0ms) {
    return TimePoint{
               std::chrono::sys_days{std::chrono::year{y} / static_cast<int>(m) / static_cast<int>(d)}} +
           of_day;
}

}  // namespace

TEST_CASE("parse_rfc3339: reads what RFC 3339 allows, cut at milliseconds") {
    struct Row {
        const char* text;
        TimePoint at;
        const char* why;
    };
    const Row rows[] = {
        {"2026-06-12T13:38:00+08:00", utc(2026, 6, 12, 5h + 38min), "an offset east"},
        {"2026-06-12T05:38:00Z", utc(2026, 6, 12, 5h + 38min), "Z"},
        {"2026-06-12t05:38:00z", utc(2026, 6, 12, 5h + 38min), "lower case is allowed"},
        {"2026-06-12 05:38:00Z", utc(2026, 6, 12, 5h + 38min), "a blank for T is allowed"},
        {"2026-06-11T22:08:00-07:30", utc(2026, 6, 12, 5h + 38min), "an offset west with minutes"},
        {"2026-06-12T05:38:00.25Z", utc(2026, 6, 12, 5h + 38min + 250ms), "a fraction"},
        {"2026-06-11T22:08:00.5-07:30", utc(2026, 6, 12, 5h + 38min + 500ms), "a fraction before an offset"},
        {"2026-06-12T05:38:00.123999999Z", utc(2026, 6, 12, 5h + 38min + 123ms),
         "more digits are cut, not rounded"},
        {"2016-12-31T23:59:60Z", utc(2017, 1, 1), "a leap second counts as the second after"},
        {"2024-02-29T00:00:00Z", utc(2024, 2, 29), "a leap day"},
        {"1970-01-01T00:00:00Z", utc(1970, 1, 1), "the first that is taken"},
        {"2026-01-01T00:00:00+08:00", utc(2025, 12, 31, 16h), "across a year"},
    };
    for (const auto& row : rows) {
        INFO(row.text << ": " << row.why);
        const auto at = parse_rfc3339(row.text);
        REQUIRE(at.has_value());
        CHECK(*at == row.at);
    }
}

TEST_CASE("parse_rfc3339: refuses everything else and says what would be right") {
    for (const char* text : {"",
                             "2026-06-12",
                             "2026-06-12T13:38:00",
                             "2026-06-12T13:38+08:00",
                             "2026-06-12T13:38:00+0800",
                             "2026-06-12T13:38:00+08:00 ",
                             " 2026-06-12T13:38:00Z",
                             "20x6-06-12T13:38:00Z",
                             "2026/06-12T13:38:00Z",
                             "2026-x6-12T13:38:00Z",
                             "2026-06/12T13:38:00Z",
                             "2026-06-x2T13:38:00Z",
                             "2026-06-12x13:38:00Z",
                             "2026-06-12Tx3:38:00Z",
                             "2026-06-12T13x38:00Z",
                             "2026-06-12T13:x8:00Z",
                             "2026-06-12T13:38x00Z",
                             "2026-06-12T13:38:x0Z",
                             "2026-06-12T13:38:00.1234567890123456789Z",
                             "2026-06-12T13:38:00.5xZ",
                             "2026-06-12T13:38:00.5",
                             "2026-06-12T13:38:00+x8:00",
                             "2026-06-12T13:38:00+08x00",
                             "2026-06-12T13:38:00+08:x0",
                             "2026-13-01T00:00:00Z",
                             "2026-02-29T00:00:00Z",
                             "2026-06-31T00:00:00Z",
                             "2026-06-12T24:00:00Z",
                             "2026-06-12T13:60:00Z",
                             "2026-06-12T13:38:61Z",
                             "2026-06-12T13:38:00.Z",
                             "2026-06-12T13:38:00+24:00",
                             "2026-06-12T13:38:00+08:60",
                             "26-06-12T13:38:00Z",
                             "2026-06-12T13:38:00\xE2\x88\x92"
                             "08:00",
                             "２０２６-06-12T13:38:00Z",
                             "1781242680"}) {
        INFO(text);
        const auto at = parse_rfc3339(text);
        REQUIRE(at.has_error());
        CHECK(at.error().code == "invalid");
        CHECK_THAT(at.error().message, Catch::Contains("2026-06-12T13:38:00+08:00"));
    }
}

TEST_CASE("parse_rfc3339: a year that no office lives in is told as that") {
    for (const char* text : {"0000-01-01T00:00:00Z", "0001-01-01T00:00:00+08:00", "1969-12-31T23:59:59Z",
                             "9001-01-01T00:00:00Z"}) {
        INFO(text);
        const auto at = parse_rfc3339(text);
        REQUIRE(at.has_error());
        CHECK(at.error().code == "invalid");
        CHECK_THAT(at.error().message, Catch::Contains("years from 1970 to 9000"));
    }
}

TEST_CASE("format_rfc3339: writes the zone's offset, milliseconds only when there are any") {
    const auto shanghai = Zone::find("Asia/Shanghai").value();
    CHECK(format_rfc3339(utc(2026, 6, 12, 5h + 38min), shanghai) == "2026-06-12T13:38:00+08:00");
    CHECK(format_rfc3339(utc(2026, 6, 12, 5h + 38min + 7ms), shanghai) == "2026-06-12T13:38:00.007+08:00");
    CHECK(format_rfc3339(utc(2026, 1, 1), Zone::utc()) == "2026-01-01T00:00:00+00:00");
    CHECK(format_rfc3339(utc(2026, 1, 1), Zone::find("America/St_Johns").value()) ==
          "2025-12-31T20:30:00-03:30");
}

TEST_CASE("format_rfc3339: is read back as the same instant") {
    const auto zone = Zone::find("Europe/Berlin").value();
    for (auto at = utc(2026, 3, 28); at < utc(2026, 3, 31); at += 37min + 11s + 13ms) {
        CHECK(parse_rfc3339(format_rfc3339(at, zone)).value() == at);
    }
}

TEST_CASE("Zone: knows its name, also without a database") {
    CHECK(Zone::utc().name() == "UTC");
    CHECK(Zone::find("Asia/Shanghai").value().name() == "Asia/Shanghai");
    CHECK(Zone::utc().offset_at(utc(2026, 6, 12)) == 0s);
}

TEST_CASE("Zone: an unknown name is an error, not an exception") {
    const auto zone = Zone::find("Asia/Qingshan");
    REQUIRE(zone.has_error());
    CHECK(zone.error().code == "unknown_zone");
}

TEST_CASE("Zone: a local time that does not exist or exists twice gives the earlier instant") {
    const auto berlin = Zone::find("Europe/Berlin").value();
    const auto local = [](int month, int day, Duration of_day) {
        return LocalTime{std::chrono::local_days{std::chrono::year{2026} / month / day}} + of_day;
    };
    CHECK(berlin.to_sys(local(10, 25, 2h + 30min)) ==
          utc(2026, 10, 25, 30min));  // 02:30 twice: summer time first
    CHECK(berlin.to_sys(local(3, 29, 2h + 30min)) == utc(2026, 3, 29, 1h + 30min));  // 02:30 never was
    CHECK(Zone::utc().to_sys(local(3, 29, 2h)) == utc(2026, 3, 29, 2h));
}

TEST_CASE("parse_local: reads a roster's times and nothing with an offset") {
    const auto midnight = LocalTime{std::chrono::local_days{std::chrono::year{2026} / 6 / 12}};
    CHECK(parse_local("2026-06-12T08:00").value() == midnight + 8h);
    CHECK(parse_local("2026-06-12 08:00:30").value() == midnight + 8h + 30s);
    for (const char* text : {"2026-06-12", "2026-06-12T08", "2026-06-12T08:00Z", "2026-06-12T08:00:60",
                             "2026-06-12T24:00", "2026-06-12  08:00", "12.06.2026 08:00", "2026-06-12x08:00",
                             "2026-06-12Tx8:00", "2026-06-12T08x00", "2026-06-12T08:x0", "2026-06-12T08:60",
                             "2026-06-12T08:00x30", "2026-06-12T08:00:x0", "2026-06-12T08:00:301"}) {
        INFO(text);
        CHECK(parse_local(text).has_error());
    }
}

TEST_CASE("parse_period: reads a whole number and a unit") {
    CHECK(parse_period("90s").value() == Period{.fixed = 90s});
    CHECK(parse_period("15m").value() == Period{.fixed = 15min});
    CHECK(parse_period("5h").value() == Period{.fixed = 5h});
    CHECK(parse_period("2d").value() == Period{.fixed = 48h});
    CHECK(parse_period("1mo").value() == Period{.months = 1});
    CHECK(parse_period("3wd").value() == Period{.workdays = 3});
    CHECK(parse_period("0h").value().is_zero());
    for (const char* text : {"1s", "1mo", "1wd"}) CHECK_FALSE(parse_period(text).value().is_zero());
    for (const char* text : {"", "5", "h", "5 h", "5H", "1.5h", "-5h", "+5h", "5h30m", "1y", "99999999999h",
                             "100001s", "1201mo", "10001wd", "5hh"}) {
        INFO(text);
        const auto period = parse_period(text);
        REQUIRE(period.has_error());
        CHECK_THAT(period.error().message, Catch::Contains("90s, 15m, 5h"));
    }
}

TEST_CASE("format_period: writes the largest unit that fits, and is read back as the same") {
    for (const char* text : {"90s", "15m", "5h", "2d", "1mo", "3wd", "0s", "25h"}) {
        CHECK(format_period(parse_period(text).value()) == text);
    }
    CHECK(format_period(Period{.fixed = 48h}) == "2d");
    CHECK(format_period(Period{.fixed = 60s}) == "1m");
}

TEST_CASE("format_duration_zh: gives at most two units and no sign") {
    CHECK(format_duration_zh(51h) == "2天3小时");
    CHECK(format_duration_zh(48h + 59min) == "2天");
    CHECK(format_duration_zh(65min) == "1小时5分");
    CHECK(format_duration_zh(61s) == "1分1秒");
    CHECK(format_duration_zh(-45s) == "45秒");
    CHECK(format_duration_zh(0ms) == "0秒");
}
