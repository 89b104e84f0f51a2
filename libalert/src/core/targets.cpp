#include "alert/core/targets.hpp"

#include <algorithm>

namespace alert {

namespace {

void append(std::vector<std::string>& to, const std::vector<std::string>& from) {
    for (const auto& item : from) {
        if (std::find(to.begin(), to.end(), item) == to.end()) to.push_back(item);
    }
}

void tell(Audience& audience, const std::vector<ChannelId>& channels, const Target& target) {
    for (const ChannelId& channel : channels) {
        auto& targets = audience.channels[channel];
        const auto same = std::find_if(targets.begin(), targets.end(),
                                       [&](const Target& t) { return t.role == target.role; });
        if (same == targets.end())
            targets.push_back(target);
        else
            append(same->officers, target.officers);
    }
}

const std::vector<ChannelId>& duty_channels(const Directory& directory) {
    static const std::vector<ChannelId> none;
    const Role* duty = directory.find_role("duty_officer");
    return duty ? duty->channels : none;
}

void tell_unit(const Rules& rules, Audience& audience, const std::string& role, const std::string& unit_id) {
    const Unit* unit = rules.directory.find_unit(unit_id);
    Target target{role, {}};
    if (unit) target.officers = role == "unit_head" ? unit->head : unit->liaison;
    const bool reachable = unit && !unit->channels.empty();
    tell(audience, reachable ? unit->channels : duty_channels(rules.directory), target);
}

void tell_role(const Rules& rules, Audience& audience, const std::string& name, TimePoint now) {
    const Role* role = rules.directory.find_role(name);
    if (!role) return tell(audience, duty_channels(rules.directory), Target{name, {}});
    Target target{name, role->officers};
    if (!role->roster.empty()) {
        if (const auto officer = rules.roster.on_duty(role->roster, now))
            target.officers = {*officer};
        else
            audience.gaps.push_back(name);
    }
    tell(audience, role->channels, target);
}

}  // namespace

Audience audience_of(const Rules& rules, const CaseView& view, const std::vector<std::string>& roles,
                     TimePoint now) {
    Audience audience;
    for (const auto& role : roles) {
        if (role == "lead_unit" || role == "unit_head") {
            tell_unit(rules, audience, role, view.attributes.lead_unit);
        } else if (role == "assist_units") {
            for (const auto& unit : view.assist_units) tell_unit(rules, audience, role, unit);
        } else {
            tell_role(rules, audience, role, now);
        }
    }
    return audience;
}

}  // namespace alert
