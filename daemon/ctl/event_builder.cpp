#include "event_builder.hpp"

#include "random_hex.hpp"

#include <boost/json/serialize.hpp>

#include <optional>

namespace yuqing {

namespace {

/// Times are written as the office reads them; where the zone is missing, UTC says the same instant.
const alert::Zone& zone() {
    static const auto zone = alert::Zone::find("Asia/Shanghai");
    static const auto utc = alert::Zone::utc();
    return zone ? *zone : utc;
}

std::optional<alert::Duration> fixed_period(std::string_view text) {
    const auto period = alert::parse_period(text);
    if (!period || period->months != 0 || period->workdays != 0) return {};
    return period->fixed;
}

/// `03:00` of today; of a deadline that has passed today, tomorrow's.
std::optional<alert::TimePoint> time_of_day(std::string_view text, alert::TimePoint now, Side side) {
    const auto day = std::chrono::floor<std::chrono::days>(zone().to_local(now));
    const auto wanted = alert::parse_local("2000-01-01T" + std::string(text));
    if (!wanted) return {};
    const auto since_midnight = *wanted - std::chrono::floor<std::chrono::days>(*wanted);
    const auto at = zone().to_sys(day + since_midnight);
    if (side == Side::ahead && at <= now) {
        return zone().to_sys(day + std::chrono::days(1) + since_midnight);
    }
    return at;
}

/// Nobody can tell whether yesterday is meant or a clock runs ahead: an hour taken for yesterday's would make
/// what is late look answered in time.
alert::Error still_ahead(std::string_view text, alert::TimePoint at) {
    auto yesterday = instant_text(at - std::chrono::days(1)).substr(0, std::size("2026-06-12T13:38") - 1);
    yesterday.replace(yesterday.find('T'), 1, " ");
    return {"ahead",
            std::string(text) + " is still to come today; for another day give the date, as " + yesterday,
            yesterday};
}

}  // namespace

alert::Result<alert::TimePoint> parse_instant(std::string_view text, alert::TimePoint now, Side side) {
    if (text == "now") return now;
    if (text.starts_with('+') || text.starts_with('-')) {
        if (const auto period = fixed_period(text.substr(1))) {
            return text[0] == '+' ? now + *period : now - *period;
        }
    } else if (const auto at = alert::parse_rfc3339(text)) {
        return *at;
    } else if (const auto local = alert::parse_local(text)) {
        return zone().to_sys(*local);
    } else if (const auto today = time_of_day(text, now, side)) {
        if (side == Side::behind && *today > now) return still_ahead(text, *today);
        return *today;
    } else if (const auto period = fixed_period(text); period && side == Side::ahead) {
        return now + *period;
    }
    return alert::Error{"invalid",
                        std::string("a time like 2026-06-12T13:38:00+08:00, 2026-06-12 13:38, 13:38, now, ") +
                            (side == Side::ahead ? "2h" : "-15m") + " is wanted",
                        std::string(text)};
}

std::string instant_text(alert::TimePoint at) { return alert::format_rfc3339(at, zone()); }

std::string operator_event(OperatorEvent event) {
    boost::json::object out;
    out["specversion"] = "1.0";
    out["id"] = random_hex(16).value();
    out["source"] = "yuqingctl";
    out["type"] = event.type;
    out["time"] = instant_text(event.time);
    out["subject"] = event.case_id;
    out["data"] = std::move(event.data);
    return boost::json::serialize(out);
}

std::string as_history(std::string event) {
    constexpr const char* blanks = " \t\r\n";
    const auto end = event.find_last_not_of(blanks);
    if (end == std::string::npos || event[end] != '}') return event;
    const auto last = end == 0 ? std::string::npos : event.find_last_not_of(blanks, end - 1);
    if (last == std::string::npos) return event;
    event.insert(last + 1, event[last] == '{' ? R"("history":true)" : R"(,"history":true)");
    return event;
}

}  // namespace yuqing
