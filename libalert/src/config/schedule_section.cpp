#include "daemon_file.hpp"

#include <algorithm>
#include <charconv>

namespace alert::config {

namespace {

constexpr std::size_t bulletins_max = 24;  // a day
constexpr Duration handover_min = std::chrono::minutes(1), handover_max = std::chrono::hours(12);

std::optional<unsigned> number(std::string_view text, unsigned least, unsigned most) {
    unsigned value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value < least || value > most ? std::nullopt : std::optional(value);
}

/// HH:MM
std::optional<std::chrono::minutes> time_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hour = number(text.substr(0, 2), 0, 23), minute = number(text.substr(3), 0, 59);
    if (!hour || !minute) return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

/// `1 10:00`
std::optional<Schedule::Monthly> day_and_time(std::string_view text) {
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    const auto day = number(text.substr(0, blank), 1, 31);
    const auto at = time_of_day(text.substr(blank + 1));
    if (!day || !at) return std::nullopt;
    return Schedule::Monthly{*day, *at};
}

}  // namespace

Schedule read_schedule(const Section& root) {
    Schedule schedule;
    const Yaml* node = root.find("schedule");
    if (!node) return schedule;
    const Section section(*node, "schedule", {"bulletin", "handover", "drill"}, root.findings());
    const auto times = section.names("bulletin");
    if (times.size() > bulletins_max) section.error("bulletin", "invalid", "should hold at most 24 times");
    for (const Name& name : times) {
        if (const auto at = time_of_day(name.text))
            schedule.bulletins.push_back(*at);
        else
            section.error("bulletin", "invalid", in_quotes(name.text) + " should be a time like \"08:30\"");
    }
    if (section.find("handover"))
        schedule.handover = section.duration("handover", handover_min, handover_min, handover_max);
    if (section.find("drill")) {
        schedule.drill = day_and_time(section.text("drill"));
        if (!schedule.drill)
            section.error("drill", "invalid",
                          in_quotes(section.text("drill")) + " should be a day and a time like \"1 10:00\"");
    }
    return schedule;
}

}  // namespace alert::config
