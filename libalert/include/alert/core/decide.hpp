// decide(): the one place where anything is decided. Facts in, Transition out; pure.
//
// Called with new facts, or with none when a case is due; either way it also fires whatever is due at
// `now`. Deciding the same thing twice gives the same notification ids, so a repeat is harmless.
#pragma once

#include "alert/core/notification.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alert {

enum class LogKind { fact, fired, superseded, skipped, notice, adopted, rebased, redelivered };
std::string_view to_string(LogKind kind);

/// Over which channel a notification went, and how many of its entry's targets it was for.
struct Carried {
    ChannelId channel;
    std::size_t targets = 0;
    friend bool operator==(const Carried&, const Carried&) = default;
};

/// One entry of a case's record. `record` is the event's JSON for a fact, and for a merge or a fact of a
/// merged case that counts here (`adopted`); of a move to another policy (`rebased`) who, why, from and to;
/// of a dead letter sent again (`redelivered`) who and why; else empty.
struct LogEntry {
    LogKind kind{};
    TimePoint at;                  // when it was recorded
    Via via;                       // fact, adopted, rebased, redelivered
    std::string record;            // the same
    std::string obligation, step;  // fired, superseded, skipped: "due-1h", "due#3" for the third repeat
    TimePoint planned;             // the same
    std::string reason;            // notice: reason, and flag after a colon, so of redelivered; skipped: why
    std::vector<NotificationId> notifications;
    std::vector<Target> targets;    // who was told because of which role, notification by notification
    std::vector<Carried> channels;  // of the notifications, in their order
    bool silent = false;            // fact told as history
    std::string seal;               // its link in the record's chain, see chain.hpp; set by the desk
};

/// The identity of an accepted event, kept as long as the case.
struct AcceptedEvent {
    EventKey key;
    CaseId case_id;
    std::string content_hash;
};

struct CaseChange {
    Snapshot next;
    std::uint64_t expected_version = 0;  // 0: the case must not exist
    std::vector<LogEntry> log;
    std::string head;                   // seal of the last entry of the record; set by the desk
    std::optional<TimePoint> wake;      // when to look at the case next; absent: never
    std::optional<TimePoint> open_due;  // place in the index of open cases; absent: not open
    bool open = true;
    std::uint32_t dropped = 0;  // facts that no longer count, see dropped_facts()
    TimePoint started;          // place in the index of all cases
    std::string matter_key;     // non-empty: `matter_open` says whether it joins here
    bool matter_open = false;
    bool matter_must_be_free = false;  // a conflict when another case holds the key (set by CaseDesk)
};

/// A fired step's message replaces the earlier ones of the same obligation that still wait.
struct Overtaken {
    NotificationId id;
    ChannelId channel;
};

/// A dead letter that waits in its queue again.
struct Redelivered {
    NotificationId id;
    ChannelId channel;
    Urgency urgency = 3;
};

/// What an accepted event is told in its answer.
struct ObligationDue {
    std::string id;
    TimePoint due;
};

/// What one decision changes; committed atomically or not at all.
struct Transition {
    std::vector<CaseChange> cases;  // the one that was told first, then those merges concern
    std::vector<AcceptedEvent> events;
    std::vector<Notification> notifications;
    std::vector<Overtaken> overtaken;  // messages that need not be sent any more
    std::vector<Redelivered> redelivered;
    std::map<std::string, std::int64_t>
        counters;  // stats field -> delta: "open:CLASS", "obligation:RULE:STATUS"
    // How late each fired step is, for yuqing_step_lateness_seconds.
    std::vector<Duration> lateness;
    // Fulfilled obligations, for counters and yuqing_response_seconds.
    struct Fulfilled {
        std::string rule_id;
        bool on_time;
        Duration took;
    };
    std::vector<Fulfilled> fulfilled;
    std::vector<ObligationDue> obligations;  // open ones of the case after the change
    bool needs_log = false;  // what is told changes facts already folded: decide again with `log`
};

/// A case's move to another policy, the one of the Rules that decide() is given.
struct Rebase {
    Rules from;  // what the case was decided by
    Via via;
    std::string record;  // one line of JSON
};

/// An order to send a dead letter about the case again.
struct Redelivery {
    Notification letter;
    Via via;
    std::string record;  // one line of JSON
};

/// Facts that were accepted before are told again, to a store that lost them or was away. Nothing fires until
/// the case is looked at again at `wake`, when it is whole: else half a case would ring.
struct ToldAgain {
    TimePoint wake;
    bool quiet = false;  // what these facts bring about was told to people at that time
};

struct DecideInput {
    std::optional<Snapshot> before;  // absent: the case does not exist
    std::uint64_t version = 0;
    CaseId id;
    std::vector<Fact> facts;                 // new, accepted, in any order; may be empty
    const std::vector<Fact>* log = nullptr;  // all facts of the case before these, when asked for
    std::vector<Fact> adopted;       // told to a case that was merged into this one, or the merge itself
    const Rebase* rebase = nullptr;  // without facts
    const Redelivery* redelivery = nullptr;  // the same
    const ToldAgain* again = nullptr;
    std::optional<CaseFacts> folded;  // what all of these come to, when other cases' facts decide that too
};

Transition decide(const Rules& rules, const DecideInput& input, TimePoint now);

/// Adds another case to a Transition.
void decide_also(const Rules& rules, const DecideInput& input, TimePoint now, Transition& out);

std::vector<ObligationDue> open_obligations(const CaseView& view);

}  // namespace alert
