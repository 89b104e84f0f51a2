// Who is on duty now, until when, who comes next, and when nobody is: the roster as people ask for it.
#pragma once

#include "alert/core/directory.hpp"

namespace alert {

struct DutyGap {
    TimePoint from, to;
};

struct RoleDuty {
    std::string role;
    std::vector<std::string> officers;  // on duty now; empty in a gap
    std::optional<TimePoint> until;     // when that changes; nothing: not within the horizon
    std::optional<std::string> next;    // the next officer after that change
    std::optional<TimePoint> next_from;
    std::vector<DutyGap> gaps;  // within the horizon, where the last one may be cut off
};

/// Every role of the directory, in its order. Roles with fixed officers never change and have no gaps, unless
/// they have no officers at all.
std::vector<RoleDuty> duties(const Directory& directory, const Roster& roster, TimePoint now,
                             TimePoint horizon);

}  // namespace alert
