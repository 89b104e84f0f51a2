// The notifications a decision makes: one per step and channel, one per notice and channel.
#pragma once

#include "alert/core/decide.hpp"
#include "alert/core/targets.hpp"

#include <string>
#include <vector>

namespace alert {

CaseBrief case_brief(const Rules& rules, const CaseView& view);
ObligationBrief obligation_brief(const Obligation& obligation);

/// What reason a step's message has; follows from the step, never from the instant of firing.
Reason reason_of(const Step& step, std::uint32_t repeat);
/// The same of a step as the record names it; there what has time is a reminder, whatever it waited for.
Reason reason_of_step(std::string_view name);

NotificationId step_notification_id(const CaseId& id, const Obligation& obligation, std::uint32_t rung,
                                    std::uint32_t repeat, const ChannelId& channel);

Notification step_notification(const Rules& rules, const CaseView& view, const Obligation& obligation,
                               std::uint32_t rung, std::uint32_t repeat, const ChannelId& channel,
                               const std::vector<Target>& targets, TimePoint now);

struct Notice {
    Reason reason{};
    std::string flag, detail;
    /// What makes two notices the same: by itself if it names an instant or a fact, else with the case's
    /// version: a cause that returns is news. A version is not what it was once a store that lost something
    /// was told again.
    std::string once;
    bool once_for_all = false;
    const Obligation* obligation = nullptr;
    std::vector<std::string> roles;  // empty: those the policy names for the reason
};

/// Adds the notice's notifications and its log entry.
void notice(const Rules& rules, const CaseView& view, TimePoint now, Notice what, Transition& out,
            CaseChange& change);

/// Whom a notice about no one case (`rejected`, `self`) reaches, and through which channels.
std::map<ChannelId, std::vector<Target>> office_channels(const Rules& rules, Reason reason, TimePoint now);
/// Such a notice: notifications alone. Equal `once`: told once.
std::vector<Notification> office_notice(const Rules& rules, Reason reason, const std::string& flag,
                                        const std::string& detail, const std::string& once, TimePoint now);
/// The same through channels that were chosen already.
std::vector<Notification> office_notice(const std::map<ChannelId, std::vector<Target>>& channels,
                                        Reason reason, const std::string& flag, const std::string& detail,
                                        const std::string& once, TimePoint now);

/// One message to one channel, to see whether it arrives; each is one of its own.
Notification test_message(const ChannelId& channel, const std::string& detail, TimePoint now);

}  // namespace alert
