// The daemons of one Redis, and whether they go by the same files. Pure.
#pragma once

#include "alert/core/self_watch.hpp"

namespace alert {

/// What all of them must have alike, as a hash of each: policy, directory, roster, calendar and so on. One
/// that only some of them know, being of different versions, counts for nothing.
using SharedSettings = std::map<std::string, std::string>;

/// One of them, as it entered itself.
struct RunningDaemon {
    std::string id;    // of the machine and the file it was started with: a restart is the same daemon
    std::string host;  // for people
    std::int64_t pid = 0;
    TimePoint started, seen;
    SharedSettings settings;
    friend bool operator==(const RunningDaemon&, const RunningDaemon&) = default;
};

/// One that was not seen for so long has stopped.
inline constexpr Duration daemon_alive_for = std::chrono::minutes(1);
/// One that was not seen for so long leaves the roll.
inline constexpr Duration daemon_known_for = std::chrono::days(1);

std::vector<RunningDaemon> alive_daemons(std::vector<RunningDaemon> roll, TimePoint now);

/// Of those that are alive: what they do not have alike, and who they are.
std::optional<Trouble> settings_trouble(const std::vector<RunningDaemon>& alive);

}  // namespace alert
