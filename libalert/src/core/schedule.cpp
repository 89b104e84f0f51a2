#include "alert/core/schedule.hpp"

#include "alert/core/names.hpp"

#include <algorithm>
#include <set>

namespace alert {

namespace {

using Days = std::chrono::local_days;

Days local_day(TimePoint at, const Zone& zone) {
    return std::chrono::floor<std::chrono::days>(zone.to_local(at));
}

TimePoint instant(Days day, std::chrono::minutes at, const Zone& zone) {
    return zone.to_sys(LocalTime(day + at));
}

std::string name_of(const std::optional<std::string>& officer, const Directory& directory) {
    return officer ? officer_name(directory, *officer) : "无人";
}

}  // namespace

std::optional<TimePoint> next_bulletin(const Schedule& schedule, TimePoint after, const Zone& zone) {
    std::optional<TimePoint> next;
    const Days today = local_day(after, zone);
    for (int ahead = 0; ahead <= 2; ++ahead) {  // the day after tomorrow: a change of the clocks lies between
        for (const auto at : schedule.bulletins) {
            const auto then = instant(today + std::chrono::days(ahead), at, zone);
            if (then > after && (!next || then < *next)) next = then;
        }
    }
    return next;
}

std::optional<TimePoint> next_drill(const Schedule& schedule, TimePoint after, const Zone& zone) {
    if (!schedule.drill) return std::nullopt;
    const std::chrono::year_month_day today(local_day(after, zone));
    const std::chrono::year_month month(today.year(), today.month());
    for (int ahead = 0; ahead <= 2; ++ahead) {
        const auto then = month + std::chrono::months(ahead);
        const std::chrono::year_month_day_last last(then.year(), std::chrono::month_day_last(then.month()));
        const auto day = std::min(std::chrono::day(schedule.drill->day), last.day());
        const auto at = instant(Days(std::chrono::year_month_day(then.year(), then.month(), day)),
                                schedule.drill->at, zone);
        if (at > after) return at;
    }
    return std::nullopt;
}

std::optional<TimePoint> next_handover(const Schedule& schedule, TimePoint after, const Roster& roster) {
    if (!schedule.handover) return std::nullopt;
    std::set<TimePoint> edges;
    for (const Shift& shift : roster.shifts) {
        for (const auto edge : {shift.start, shift.end})
            if (edge > after + *schedule.handover) edges.insert(edge);
    }
    for (const auto edge : edges)
        if (!handovers_at(roster, edge).empty()) return edge - *schedule.handover;
    return std::nullopt;
}

std::vector<Handover> handovers_at(const Roster& roster, TimePoint at) {
    std::set<std::string> roles;
    for (const Shift& shift : roster.shifts) {
        if (shift.start == at || shift.end == at) roles.insert(shift.role);
    }
    std::vector<Handover> handovers;
    for (const auto& role : roles) {
        auto from = roster.on_duty(role, at - Duration(1)), to = roster.on_duty(role, at);
        if (from != to) handovers.push_back({role, std::move(from), std::move(to)});
    }
    return handovers;
}

void add_successors(Target& target, const std::vector<Handover>& handovers, const Directory& directory) {
    const Role* role = directory.find_role(target.role);
    for (const Handover& handover : handovers) {
        if (!role || role->roster != handover.role || !handover.to) continue;
        auto& officers = target.officers;
        if (std::find(officers.begin(), officers.end(), *handover.to) == officers.end())
            officers.push_back(*handover.to);
    }
}

std::string handover_text(const std::vector<Handover>& handovers, TimePoint at, const Directory& directory,
                          const Zone& zone) {
    std::string text = format_rfc3339(at, zone).substr(11, 5) + " 交班：";
    bool first = true;
    for (const auto& [role, from, to] : handovers) {
        text.append(first ? "" : "；").append(role_name(role)).append(" ");
        text.append(name_of(from, directory)).append(" → ").append(name_of(to, directory));
        first = false;
    }
    return text;
}

}  // namespace alert
