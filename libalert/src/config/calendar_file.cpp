#include "calendar_file.hpp"

namespace alert::config {

namespace {

std::optional<LocalDays> read_day(const Name& name, const FileFindings& findings) {
    const auto midnight = parse_local(name.text + "T00:00");
    if (midnight) return std::chrono::floor<std::chrono::days>(*midnight);
    findings.error(name.place, "invalid",
                   "not a date: " + in_quotes(name.text) + "; right would be 2026-10-01");
    return std::nullopt;
}

using Day = std::pair<LocalDays, Place>;

std::vector<Day> read_days(const Section& root, std::string_view key) {
    std::vector<Day> days;
    for (const Name& name : root.names(key)) {
        if (const auto day = read_day(name, root.findings())) days.emplace_back(*day, name.place);
    }
    return days;
}

}  // namespace

CalendarFile read_calendar(const std::string& text, const FileFindings& findings) {
    CalendarFile file;
    const Yaml::Ptr tree = parse_yaml(text, findings);
    if (!tree) return file;
    const Section root(*tree, "", {"holidays", "workdays", "known_until"}, findings);
    for (const auto& [day, place] : read_days(root, "holidays")) file.calendar.holidays.insert(day);
    for (const auto& [day, place] : read_days(root, "workdays")) {
        file.calendar.workdays.insert(day);
        if (!file.calendar.holidays.contains(day)) continue;
        findings.error(place, "invalid", "this day is a holiday and a working day at once");
    }
    file.known_until = root.place("known_until");
    const std::string until = root.text("known_until");
    if (!until.empty()) file.calendar.known_until = read_day({until, file.known_until}, findings);
    return file;
}

}  // namespace alert::config
