#include "event_builder.hpp"

#include <boost/json/serialize.hpp>

#include <random>

namespace yuqing {

namespace {

std::string random_id() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::random_device device;
    std::string id;
    for (int word = 0; word < 4; ++word) {
        auto bits = device();
        for (int digit = 0; digit < 8; ++digit, bits >>= 4) id += digits[bits & 15U];
    }
    return id;
}

/// Times are written as the office reads them; where the zone is missing, UTC says the same instant.
const alert::Zone& zone() {
    static const auto zone = alert::Zone::find("Asia/Shanghai");
    static const auto utc = alert::Zone::utc();
    return zone ? *zone : utc;
}

}  // namespace

alert::Result<alert::TimePoint> parse_instant(std::string_view text, alert::TimePoint now) {
    if (text == "now") return now;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        const auto period = alert::parse_period(text.substr(1));
        if (!period) return period.error();
        if (period->months == 0 && period->workdays == 0) {
            return text[0] == '+' ? now + period->fixed : now - period->fixed;
        }
    } else if (const auto at = alert::parse_rfc3339(text)) {
        return *at;
    }
    return alert::Error{"invalid", "a time like 2026-06-12T13:38:00+08:00, now, +2h or -15m is wanted",
                        std::string(text)};
}

std::string instant_text(alert::TimePoint at) { return alert::format_rfc3339(at, zone()); }

std::string operator_event(OperatorEvent event) {
    boost::json::object out;
    out["specversion"] = "1.0";
    out["id"] = random_id();
    out["source"] = "yuqingctl";
    out["type"] = event.type;
    out["time"] = instant_text(event.time);
    out["subject"] = event.case_id;
    out["data"] = std::move(event.data);
    return boost::json::serialize(out);
}

}  // namespace yuqing
