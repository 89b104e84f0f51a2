// Rates as files write them: 18/1m.
#include "daemon_file.hpp"

#include <charconv>

namespace alert::config {

std::optional<RateLimit> parse_rate(std::string_view text) {
    constexpr std::uint32_t events_max = 1'000'000;
    constexpr Duration length_min = std::chrono::seconds(1), length_max = std::chrono::days(31);
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    RateLimit limit;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + slash, limit.events);
    const auto period = parse_period(text.substr(slash + 1));
    if (failure != std::errc{} || end != text.data() + slash || !period) return std::nullopt;
    limit.length = period->fixed;
    const bool natural = period->months == 0 && period->workdays == 0;
    const bool in_range = limit.events >= 1 && limit.events <= events_max && limit.length >= length_min &&
                          limit.length <= length_max;
    return natural && in_range ? std::optional(limit) : std::nullopt;
}

std::optional<RateLimit> read_rate_limit(const Section& section, std::string_view key) {
    if (!section.find(key)) return std::nullopt;
    const auto text = section.text(key);
    auto limit = parse_rate(text);
    if (!limit && !text.empty()) section.error(key, "invalid", in_quotes(text) + " should read like 1000/1s");
    return limit;
}

}  // namespace alert::config
