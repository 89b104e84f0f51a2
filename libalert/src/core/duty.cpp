#include "alert/core/duty.hpp"

#include <algorithm>

namespace alert {

namespace {

/// The instants at which a role can pass to somebody else, from `now` to the horizon.
std::vector<TimePoint> turns(const Roster& roster, const std::string& role, TimePoint now,
                             TimePoint horizon) {
    std::vector<TimePoint> found{now};
    for (const Shift& shift : roster.shifts) {
        if (shift.role != role) continue;
        for (const TimePoint at : {shift.start, shift.end})
            if (now < at && at < horizon) found.push_back(at);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

RoleDuty rostered(const Role& role, const Roster& roster, TimePoint now, TimePoint horizon) {
    RoleDuty duty{.role = role.id, .officers = {}, .until = {}, .next = {}, .next_from = {}, .gaps = {}};
    const auto first = roster.on_duty(role.roster, now);
    if (first) duty.officers.push_back(*first);
    std::optional<TimePoint> empty_since;
    for (const TimePoint at : turns(roster, role.roster, now, horizon)) {
        const auto officer = roster.on_duty(role.roster, at);
        if (officer != first && !duty.until) duty.until = at;
        if (officer && duty.until && !duty.next) {
            duty.next = officer;
            duty.next_from = at;
        }
        if (!officer && !empty_since) empty_since = at;
        if (officer && empty_since) {
            duty.gaps.push_back({*empty_since, at});
            empty_since.reset();
        }
    }
    if (empty_since) duty.gaps.push_back({*empty_since, horizon});
    return duty;
}

}  // namespace

std::vector<RoleDuty> duties(const Directory& directory, const Roster& roster, TimePoint now,
                             TimePoint horizon) {
    std::vector<RoleDuty> all;
    for (const Role& role : directory.roles) {
        if (!role.roster.empty()) {
            all.push_back(rostered(role, roster, now, horizon));
            continue;
        }
        RoleDuty fixed{
            .role = role.id, .officers = role.officers, .until = {}, .next = {}, .next_from = {}, .gaps = {}};
        if (fixed.officers.empty()) fixed.gaps.push_back({now, horizon});
        all.push_back(std::move(fixed));
    }
    return all;
}

}  // namespace alert
