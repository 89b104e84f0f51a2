// From roles to people and channels: who is told, through what, because of which role.
#pragma once

#include "alert/core/notification.hpp"

#include <map>
#include <string>
#include <vector>

namespace alert {

struct Audience {
    std::map<ChannelId, std::vector<Target>> channels;  // roles of one step on one channel are one message
    std::vector<std::string> gaps;                      // roster roles that nobody fills at that instant
};

/// `roles` may name roles of the directory and the unit roles (lead_unit, assist_units, unit_head). A
/// role in a gap of the roster is still told through its channels, without people. A unit without
/// channels, or a case without unit, is reached through those of duty_officer.
Audience audience_of(const Rules& rules, const CaseView& view, const std::vector<std::string>& roles,
                     TimePoint now);

}  // namespace alert
