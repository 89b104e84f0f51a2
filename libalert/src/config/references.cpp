#include "references.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace alert::config {

namespace {

/// Ids and Chinese names: the core compares either.
template <class T>
Words ids_and_names(const std::vector<T>& items) {
    Words words;
    for (const T& item : items) words.push_back(item.id);
    for (const T& item : items) words.push_back(item.name);
    return words;
}

bool is_before_due(const StepTime& at, const std::optional<Period>& length) {
    if (at.anchor == StepTime::Anchor::percent) return true;
    if (at.anchor == StepTime::Anchor::due) return at.before;
    const bool natural = length && length->months == 0 && length->workdays == 0 && at.offset.months == 0 &&
                         at.offset.workdays == 0;
    return at.at_start() || !natural || at.offset.fixed < length->fixed;
}

bool has_step_before_due(const Policy& policy, const ObligationRule& rule) {
    const Ladder* ladder = policy.find_ladder(rule.ladder);
    const auto& length = rule.every ? rule.every : rule.due;
    return ladder && std::any_of(ladder->steps.begin(), ladder->steps.end(),
                                 [&](const Step& step) { return is_before_due(step.at, length); });
}

}  // namespace

void check_policy_references(const PolicyFile& policy, const Directory& directory,
                             const FileFindings& findings) {
    const std::string where = " in directory.yaml";
    Words roles(std::begin(unit_roles), std::end(unit_roles));
    for (const Role& role : directory.roles) roles.push_back(role.id);
    check_references(policy.roles, roles, "role", where, findings);
    check_references(policy.fields, ids_and_names(directory.fields), "field", where, findings);
    check_references(policy.units, ids_and_names(directory.units), "unit", where, findings);
}

void check_channel_references(const DirectoryFile& directory,
                              const std::map<ChannelId, ChannelConfig>& channels,
                              const FileFindings& findings) {
    Words known;
    for (const auto& [id, channel] : channels) known.push_back(id.value);
    check_references(directory.channels, known, "channel", " in the daemon's configuration", findings);
}

void warn_of_policy(const PolicyFile& file, const FileFindings& findings) {
    std::set<std::string_view> named;
    for (const CaseClass& one : file.policy.classes) {
        named.insert(one.obligations.begin(), one.obligations.end());
    }
    for (const auto& [id, rule] : file.policy.obligations) {
        const Place place = file.obligations.at(id);
        if (!named.contains(id)) {
            findings.warn(place, "unused", "no class has the obligation " + in_quotes(id));
        } else if (!has_step_before_due(file.policy, rule)) {
            findings.warn(place, "no_step_before_due",
                          "nobody is told of the obligation " + in_quotes(id) + " before its deadline");
        }
    }
}

void warn_of_roster(const DirectoryFile& directory, const Roster& roster, const Zone& zone, TimePoint now,
                    const FileFindings& findings) {
    for (const Role& role : directory.directory.roles) {
        const Place place = directory.roles.at(role.id);
        if (role.roster.empty()) {
            if (role.officers.empty()) {
                findings.warn(place, "unfilled", "nobody fills the role " + in_quotes(role.id));
            }
            continue;
        }
        const auto until = roster.covered_until(role.roster, now);
        if (!until) {
            findings.warn(place, "unfilled",
                          "nobody fills the role " + in_quotes(role.id) + " at " + format_rfc3339(now, zone));
        } else if (*until < now + roster_notice) {
            findings.warn(place, "roster_ends",
                          "the roster of the role " + in_quotes(role.id) + " ends, or has a gap, at " +
                              format_rfc3339(*until, zone));
        }
    }
}

void warn_of_calendar(const CalendarFile& file, const Zone& zone, TimePoint now,
                      const FileFindings& findings) {
    if (!file.calendar.known_until) {
        findings.warn(file.known_until, "calendar_ends",
                      "known_until is not given: nobody is warned when the calendar runs out");
        return;
    }
    const TimePoint end = zone.to_sys(LocalTime{*file.calendar.known_until + std::chrono::days(1)});
    if (end >= now + calendar_notice) return;
    const auto days = std::chrono::floor<std::chrono::days>(end - now).count();
    findings.warn(file.known_until, "calendar_ends",
                  days < 0 ? "the calendar has run out; working days fall back to Monday to Friday"
                           : "the calendar ends in " + std::to_string(days) +
                                 " days; enter the holidays of the year to come");
}

}  // namespace alert::config
