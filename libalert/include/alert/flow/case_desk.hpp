// Every change of a case goes over this desk: new facts and due times alike are loaded, decided and
// committed here, one change at a time per case, any number of cases at once.
//
// What waits for one case is decided in a row and committed as one Transition. The desk decides on what
// it remembers (or on the guess that a detection opens a new case) and asks the store only when the
// commit tells that this was wrong: a commit that conflicts wrote nothing, so guessing is harmless. What
// merges connect is decided together: the lane of the case that is told something loads the others for that.
#pragma once

#include "alert/core/chain.hpp"
#include "alert/core/fallbacks.hpp"
#include "alert/flow/rule_book.hpp"
#include "alert/port/case_store.hpp"
#include "alert/port/clock.hpp"
#include "alert/port/observer.hpp"

#include <deque>
#include <functional>
#include <list>
#include <set>
#include <unordered_map>
#include <variant>

namespace alert {

/// Reads back the text of a policy that a case was opened under.
using PolicyReader = std::function<Result<Policy>(const std::string& text)>;

/// An operator's order to move a case to the policy in force.
struct RebaseOrder {
    std::string by, reason;
    Via via;
};
/// An operator's order to send a dead letter about a case again.
struct RedeliverOrder {
    Notification letter;
    std::string by, reason;
    Via via;
};
struct Rebased {
    bool moved = false;  // false: that policy was in force for it already
    std::vector<ObligationDue> obligations;
};

/// A fact that was accepted before, then, and is told again.
struct AcceptedBefore {
    TimePoint recorded_at;
    bool quiet = false;  // as ToldAgain::quiet
    PolicyHash policy;   // a case it opens goes by it, unless it is nowhere any more
};

struct DeskLimits {
    std::size_t facts_per_commit_max = 64;
    std::size_t remembered_cases_max = 4096;
    int conflicts_max = 16;                          // of one change; then the client is told `retry`
    std::size_t connected_cases_max = 1000;          // that merges connect
    Duration retry_after = std::chrono::seconds(1);  // what a client is told to wait
    Duration held_for = std::chrono::minutes(10);    // of a case told again, unless it is released before
};

class CaseDesk {
public:
    using Answered = std::function<void(Answer)>;

    CaseDesk(CaseStore& store, Clock& clock, RuleBook& rules, Observer& observer, PolicyReader read_policy,
             DeskLimits limits = {}, ChainKey key = {});

    /// A decoded event for a case. `done` is called once, after the commit is durable or has failed.
    void tell(CaseId id, Event event, Via via, bool silent, Answered done,
              std::optional<AcceptedBefore> before = {});
    /// Error `not_found` when there is no such case; any other: not done, or not known whether done.
    void rebase(CaseId id, RebaseOrder order, Callback<Rebased> done);
    /// Error `not_found` when there is no such case, `not_dead` when that is no dead letter; else as above.
    void redeliver(CaseId id, RedeliverOrder order, Callback<std::monostate> done);
    /// A claimed case whose time has come.
    void due(StoredCase stored);
    /// One whose time had come and that could not be decided, as the store has it now.
    void due_again(const CaseId& id);

    /// From now on what is overtaken on the channel is overtaken on its fallback too.
    void follow(const ChannelId& channel, const std::optional<ChannelId>& fallback);

    /// Whether anything waits for this case or is under way.
    [[nodiscard]] bool working_on(const CaseId& id) const { return lanes_.contains(id); }
    /// Calls `then` when the change under way is done, which may have opened the case; else at once.
    void when_done(const CaseId& id, std::function<void()> then);

    /// The store may not be what it was: nothing that is remembered of it counts any more.
    void forget_all();

    /// Makes the rules of a policy known, then goes on; with an error when they cannot be had.
    void know_policy(const PolicyHash& hash, std::function<void(Result<void>)> then);

    /// Cases being worked on.
    [[nodiscard]] std::size_t busy() const { return lanes_.size(); }
    /// Those of them that were claimed because their time has come.
    [[nodiscard]] std::size_t due_cases() const { return due_cases_; }
    /// Called after every commit, with what it wrote: wakes the timekeeper and the dispatchers.
    std::function<void(const Transition&)> on_committed;
    /// Asked of each case whose time has come: the instant of which it is decided, if it was decided then
    /// already while the store was away. The same instant again until it is told to be recorded.
    std::function<std::optional<TimePoint>(const CaseId&)> decided_meanwhile;
    /// Called when a case whose time had come was decided as of that instant, and that was committed.
    std::function<void(const CaseId&, TimePoint)> on_recorded;
    /// Called when a case whose time has come could not be decided: the store failed, or what it gave.
    std::function<void(const CaseId&, const Error&)> on_undecided;
    /// Called when a case was opened again by today's policy, for the one it was opened under is nowhere.
    std::function<void(const CaseId&, const PolicyHash&)> on_policy_lost;
    /// Called whenever a case is done with.
    std::function<void()> on_idle;

private:
    struct Waiting {
        Event event;
        Via via;
        bool silent = false;
        Answered done;
        std::optional<AcceptedBefore> before;
        /// Whether both may be decided in one row.
        [[nodiscard]] bool goes_with(const Waiting& other) const;
    };
    struct Ordered {
        std::variant<RebaseOrder, RedeliverOrder> order;
        Callback<Rebased> done;
    };
    /// A case that this change concerns too.
    struct Other {
        CaseId id;
        std::optional<StoredCase> stored;
        std::vector<Fact> log;
    };
    /// What a change concerns besides the case itself.
    enum class Reach { alone, above, connected };
    /// The work on one case. Lives in lanes_ from the first thing that waits until nothing does.
    struct Lane {
        CaseId id;
        std::deque<Waiting> waiting;
        std::vector<Waiting> batch;  // being decided
        std::deque<Ordered> orders;
        std::optional<Ordered> order;  // being decided, alone
        bool tick = false;             // its time has come
        bool tick_in_batch = false;
        bool working = false;
        int conflicts = 0;
        TimePoint decided_at;
        bool trust_memory = true;  // false after a conflict: load first
        std::optional<StoredCase> stored;
        std::optional<std::vector<Fact>> log;
        Reach reach = Reach::alone;
        std::vector<Other> others;  // loaded
        std::set<CaseId> named;     // of connected ones: loaded, or ahead
        std::deque<CaseId> ahead;   // to be loaded
        std::vector<std::function<void()>> when_done;
    };

    Lane& lane(const CaseId& id);
    void work(Lane& lane);
    void take_batch(Lane& lane);
    static bool take_order(Lane& lane);
    bool guess(Lane& lane);
    void load(Lane& lane);
    void loaded(Lane& lane, CaseAnswer answer);
    void answer_duplicate(Waiting waiting, const KnownEvent& known);
    void with_policy(Lane& lane);
    void with_policy_of_then(Lane& lane);
    void tell_if_policy_is_lost(const Lane& lane, const Transition& transition) const;
    void with_log(Lane& lane);
    void with_others(Lane& lane);
    static void forget_others(Lane& lane);
    static void reach_further(Lane& lane);
    static void name_other(Lane& lane, const CaseId& id);
    static void name_others(Lane& lane, const std::optional<StoredCase>& of);
    static void name_first(Lane& lane);
    void load_other(Lane& lane, const CaseId& id);
    void join_again(Lane& lane, const std::string& matter_key);
    [[nodiscard]] static Reach reach_of(const Lane& lane);
    [[nodiscard]] static std::optional<CaseId> next_above(const Lane& lane);
    [[nodiscard]] static std::optional<CaseId> next_other(Lane& lane);
    [[nodiscard]] Transition decide_lane(const Lane& lane, TimePoint now);
    [[nodiscard]] Rules rules_for(const std::optional<StoredCase>& stored) const;
    [[nodiscard]] Rules rules_of(const Lane& lane) const;
    [[nodiscard]] TimePoint instant_of(const Lane& lane) const;
    void decide_and_commit(Lane& lane);
    void add_order(const CaseId& id, Ordered ordered);
    void decide_order(Lane& lane);
    void decide_rebase(Lane& lane, const RebaseOrder& order);
    void decide_redelivery(Lane& lane, const RedeliverOrder& order);
    static void answer_order(Lane& lane, Result<Rebased> result);
    void seal(const Lane& lane, Transition& transition) const;
    void commit(Lane& lane, Transition decided);
    void outcome(Lane& lane, const std::shared_ptr<const Transition>& transition,
                 Result<CommitOutcome> result);
    void accepted(Lane& lane, const Transition& transition);
    void fail(Lane& lane, const Error& error);
    void finish(Lane& lane);
    void remember(const CaseId& id, StoredCase stored);
    void forget(const CaseId& id);

    CaseStore& store_;
    Clock& clock_;
    RuleBook& rules_;
    Observer& observer_;
    PolicyReader read_policy_;
    DeskLimits limits_;
    ChainKey key_;
    Fallbacks fallbacks_;
    std::unordered_map<CaseId, Lane> lanes_;
    std::size_t due_cases_ = 0;
    // The cases committed last, the latest in front.
    std::list<std::pair<CaseId, StoredCase>> remembered_;
    std::unordered_map<CaseId, std::list<std::pair<CaseId, StoredCase>>::iterator> memory_;
};

}  // namespace alert
