#include "alert/core/time.hpp"

#include <date/tz.h>

#include <charconv>
#include <cstdio>

namespace alert {

namespace {

Error bad_time(std::string_view text) {
    if (auto outside = outside_years(text)) return *outside;
    return {"invalid",
            "not an RFC 3339 time with an offset: '" + std::string(text.substr(0, 40)) +
                "'; right would be 2026-06-12T13:38:00+08:00",
            ""};
}

/// Before it local times had no offsets of whole minutes, and nothing that is answered today occurred.
constexpr int first_year = 1970;
/// What is added to a time keeps its year within four digits.
constexpr int last_year = 9000;

/// Reads exactly `digits` decimal digits from the front.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
    if (text.size() < digits) return false;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
    }
    std::from_chars(text.data(), text.data() + digits, value);
    text.remove_prefix(digits);
    return true;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

bool take_date(std::string_view& text, std::chrono::local_days& day) {
    int y = 0, m = 0, d = 0;
    if (!take_number(text, 4, y) || !take(text, "-") || !take_number(text, 2, m) || !take(text, "-") ||
        !take_number(text, 2, d)) {
        return false;
    }
    const std::chrono::year_month_day ymd{std::chrono::year{y}, std::chrono::month(static_cast<unsigned>(m)),
                                          std::chrono::day(static_cast<unsigned>(d))};
    if (!ymd.ok() || y < first_year || y > last_year) return false;
    day = std::chrono::local_days{ymd};
    return true;
}

/// `.123456`: milliseconds, the rest is cut.
bool take_fraction(std::string_view& text, Duration& fraction) {
    int millis = 0, scale = 100, digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        millis += (text.front() - '0') * scale;
        scale /= 10;
        ++digits;
        text.remove_prefix(1);
    }
    fraction = Duration{millis};
    return digits > 0 && digits <= 18;
}

bool take_offset(std::string_view& text, std::chrono::minutes& offset) {
    if (take(text, "Zz")) return true;
    const bool west = !text.empty() && text.front() == '-';
    int hours = 0, minutes = 0;
    if (!take(text, "+-") || !take_number(text, 2, hours) || !take(text, ":") ||
        !take_number(text, 2, minutes)) {
        return false;
    }
    if (hours > 23 || minutes > 59) return false;
    offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    if (west) offset = -offset;
    return true;
}

date::sys_time<Duration> to_date(TimePoint at) { return date::sys_time<Duration>{at.time_since_epoch()}; }

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
    try {
        return Zone{date::locate_zone(std::string(name))};
    } catch (const std::exception&) {  // date reports unknown names and a missing database this way only
        return Error{"unknown_zone",
                     "no time zone '" + std::string(name) + "' in the system's tz database (package tzdata)",
                     ""};
    }
}

Zone Zone::utc() { return Zone{nullptr}; }

std::string Zone::name() const { return zone_ ? zone_->name() : "UTC"; }

std::chrono::seconds Zone::offset_at(TimePoint at) const {
    return zone_ ? zone_->get_info(to_date(at)).offset : std::chrono::seconds{0};
}

LocalTime Zone::to_local(TimePoint at) const { return LocalTime{at.time_since_epoch() + offset_at(at)}; }

TimePoint Zone::to_sys(LocalTime local) const {
    if (!zone_) return TimePoint{local.time_since_epoch()};
    const auto info = zone_->get_info(date::local_time<Duration>{local.time_since_epoch()});
    return TimePoint{local.time_since_epoch() - info.first.offset};
}

Result<TimePoint> parse_rfc3339(std::string_view text) {
    const auto whole = text;
    std::chrono::local_days day;
    int hour = 0, minute = 0, second = 0;
    if (!take_date(text, day) || !take(text, "Tt ") || !take_number(text, 2, hour) || !take(text, ":") ||
        !take_number(text, 2, minute) || !take(text, ":") || !take_number(text, 2, second)) {
        return bad_time(whole);
    }
    Duration fraction{};
    std::chrono::minutes offset{0};
    if (!text.empty() && text.front() == '.' && (text.remove_prefix(1), !take_fraction(text, fraction))) {
        return bad_time(whole);
    }
    if (!take_offset(text, offset) || !text.empty() || hour > 23 || minute > 59 || second > 60)
        return bad_time(whole);
    return TimePoint{day.time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                     std::chrono::seconds(second) + fraction - offset};
}

std::string format_rfc3339(TimePoint at, const Zone& zone) {
    const auto offset = zone.offset_at(at);
    const auto local = LocalTime{at.time_since_epoch() + offset};
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day ymd{day};
    const std::chrono::hh_mm_ss time{local - day};
    const auto millis = time.subseconds().count();
    char buffer[48];
    int length =
        std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(ymd.year()),
                      static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                      static_cast<int>(time.seconds().count()));
    std::string out(buffer, static_cast<std::size_t>(length));
    if (millis != 0) {
        length = std::snprintf(buffer, sizeof buffer, ".%03d", static_cast<int>(millis));
        out.append(buffer, static_cast<std::size_t>(length));
    }
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(offset).count();
    const auto distance = static_cast<int>(minutes < 0 ? -minutes : minutes);
    length = std::snprintf(buffer, sizeof buffer, "%c%02d:%02d", minutes < 0 ? '-' : '+', distance / 60,
                           distance % 60);
    return out.append(buffer, static_cast<std::size_t>(length));
}

std::optional<Error> outside_years(std::string_view text) {
    const auto whole = text;
    int year = 0;
    if (!take_number(text, 4, year) || !take(text, "-")) return std::nullopt;
    if (year >= first_year && year <= last_year) return std::nullopt;
    return Error{"invalid",
                 "out of range: '" + std::string(whole.substr(0, 40)) + "'; years from " +
                     std::to_string(first_year) + " to " + std::to_string(last_year) + " are read",
                 ""};
}

Result<LocalTime> parse_local(std::string_view text) {
    const auto whole = text;
    std::chrono::local_days day;
    int hour = 0, minute = 0, second = 0;
    bool good = take_date(text, day) && take(text, "T ") && take_number(text, 2, hour) && take(text, ":") &&
                take_number(text, 2, minute);
    if (good && !text.empty()) good = take(text, ":") && take_number(text, 2, second);
    if (!good || !text.empty() || hour > 23 || minute > 59 || second > 59) {
        if (auto outside = outside_years(whole)) return *outside;
        return Error{
            "invalid",
            "not a local time: '" + std::string(whole.substr(0, 40)) + "'; right would be 2026-06-12T08:00",
            ""};
    }
    return LocalTime{day.time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                     std::chrono::seconds(second)};
}

Result<Period> parse_period(std::string_view text) {
    int number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    constexpr int number_max = 100'000;
    if (ec == std::errc{} && number >= 0 && number <= number_max) {
        if (unit == "s") return Period{.fixed = std::chrono::seconds(number)};
        if (unit == "m") return Period{.fixed = std::chrono::minutes(number)};
        if (unit == "h") return Period{.fixed = std::chrono::hours(number)};
        if (unit == "d") return Period{.fixed = std::chrono::days(number)};
        if (unit == "mo" && number <= 1200) return Period{.months = number};
        if (unit == "wd" && number <= 10'000) return Period{.workdays = number};
    }
    return Error{"invalid",
                 "not a duration: '" + std::string(text.substr(0, 40)) +
                     "'; right would be 90s, 15m, 5h, 2d, 1mo or 3wd",
                 ""};
}

std::string format_period(const Period& period) {
    if (period.months != 0) return std::to_string(period.months) + "mo";
    if (period.workdays != 0) return std::to_string(period.workdays) + "wd";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(period.fixed).count();
    if (seconds % 86400 == 0 && seconds != 0) return std::to_string(seconds / 86400) + "d";
    if (seconds % 3600 == 0 && seconds != 0) return std::to_string(seconds / 3600) + "h";
    if (seconds % 60 == 0 && seconds != 0) return std::to_string(seconds / 60) + "m";
    return std::to_string(seconds) + "s";
}

std::string format_duration_zh(Duration duration) {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    if (seconds < 0) seconds = -seconds;
    const auto days = seconds / 86400, hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;
    const auto two = [](auto a, const char* first, auto b, const char* second) {
        return std::to_string(a) + first + (b != 0 ? std::to_string(b) + second : "");
    };
    if (days > 0) return two(days, "天", hours, "小时");
    if (hours > 0) return two(hours, "小时", minutes, "分");
    if (minutes > 0) return two(minutes, "分", seconds % 60, "秒");
    return std::to_string(seconds) + "秒";
}

}  // namespace alert
