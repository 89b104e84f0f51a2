// explain(): why each step of a case fired or did not, from its rules, its snapshot and its record.
//
// What was done comes from the record; what is to come, and what will not be, from the ladders as they stand
// at `now`. Pure: the same record at the same instant gives the same account.
#pragma once

#include "alert/core/decide.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alert {

/// One message about a step or notice: its channel, and who was told because of which role.
struct ToldOf {
    NotificationId id;
    ChannelId channel;
    std::vector<Target> targets;
};

struct StepAccount {
    enum class Outcome {
        fired,
        superseded,  // `why`: the step that was told instead, or rebased
        passed,      // `why`: acknowledged, approved, when, history
        ahead,       // `planned` is to come; `why` as for passed, should nothing change before
        held,        // by a mute until `until`
        never,       // `why`: the obligation's end, see end_of_steps() in explain.cpp
    };
    Outcome outcome{};
    std::string step;  // "due-1h", "due#3", "due#1..due#4"
    std::string why;
    TimePoint planned;
    std::optional<TimePoint> at, until;  // at: when it was recorded
    std::optional<Duration> lateness;    // of what fired: at − planned
    std::vector<ToldOf> told;
    std::vector<std::string> roles;             // ahead, held: who will be told
    std::optional<std::uint32_t> repeats_left;  // ahead: absent when there is no end to them
};
std::string_view to_string(StepAccount::Outcome outcome);

struct ObligationAccount {
    Obligation obligation;
    std::vector<StepAccount> steps;
};

struct NoticeAccount {
    TimePoint at;
    std::string reason, obligation;  // reason with its flag: "attention:unassigned"
    std::vector<ToldOf> told;
};

struct Explanation {
    CaseView view;
    std::vector<ObligationAccount> obligations;
    std::vector<NoticeAccount> notices;
    /// Steps in the record of obligations that the case no longer has: a withdrawn fact began them, or the
    /// policy that asked for them is no longer the case's.
    std::vector<ObligationAccount> undone;
    std::vector<LogEntry> redelivered;  // dead letters that were sent again, as recorded
};

/// `log` is the whole record.
Explanation explain(const Rules& rules, const Snapshot& snapshot, const std::vector<LogEntry>& log,
                    TimePoint now);

}  // namespace alert
