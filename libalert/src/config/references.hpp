// What no file can judge alone: names that lead from one file to another, and what is well formed
// but will not do its work (warnings).
#pragma once

#include "calendar_file.hpp"
#include "directory_file.hpp"
#include "policy_file.hpp"

#include "alert/config/config.hpp"

namespace alert::config {

/// Warned of this long before a roster, or the calendar, comes to its end.
inline constexpr Duration roster_notice = std::chrono::days(14);

void check_policy_references(const PolicyFile& policy, const Directory& directory,
                             const FileFindings& findings);
void check_channel_references(const DirectoryFile& directory,
                              const std::map<ChannelId, ChannelConfig>& channels,
                              const FileFindings& findings);

/// Obligations without a step before the deadline, or in no class.
void warn_of_policy(const PolicyFile& policy, const FileFindings& findings);
/// Classes of public opinion without the statutory obligations that the published rules ask for: taken out,
/// renamed or made internal, their bounds say nothing.
void warn_of_bounds(const PolicyFile& policy, const FileFindings& findings);
/// Roles nobody fills now, rosters that end soon.
void warn_of_roster(const DirectoryFile& directory, const Roster& roster, const Zone& zone, TimePoint now,
                    const FileFindings& findings);
void warn_of_calendar(const CalendarFile& calendar, const Zone& zone, TimePoint now,
                      const FileFindings& findings);

}  // namespace alert::config
