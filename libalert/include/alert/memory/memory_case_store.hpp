// The cases of a jurisdiction in memory; behaves as RedisCaseStore does (one contract test holds both).
//
// `simulate` and tests run the engine on it. Answers wait in a queue until run_pending(): never from inside
// a call, as with Redis.
#pragma once

#include "alert/memory/due_queue.hpp"
#include "alert/memory/memory_messages.hpp"
#include "alert/port/archive.hpp"
#include "alert/port/clock.hpp"
#include "alert/port/waiting_cases.hpp"

#include <deque>
#include <map>
#include <set>

namespace alert {

class MemoryCaseStore : public CaseStore, public WaitingCases {
public:
    /// The clock is this store's TIME; it outlives the store.
    explicit MemoryCaseStore(const Clock& clock) : clock_(clock) {}

    void load(CaseQuery query, Callback<CaseAnswer> done) override;
    void find_matter(std::string matter_key, Callback<std::optional<CaseId>> done) override;
    void load_log(CaseId id, Callback<std::vector<Fact>> done) override;
    void commit(std::shared_ptr<const Transition> transition, Callback<CommitOutcome> done) override;
    void claim_due(TimePoint until, std::size_t limit, Duration lease, Callback<Claim> done) override;
    void keep_reject(Reject reject, Callback<std::monostate> done) override;
    void keep_policy(PolicyHash hash, std::string text, Callback<std::monostate> done) override;
    void load_policy(PolicyHash hash, Callback<std::optional<std::string>> done) override;

    void waiting(std::size_t from, std::size_t limit, Callback<WaitingPage> done) override;

    /// A case as another store has it, without its record.
    void put(StoredCase stored, std::optional<TimePoint> wake);
    void schedule_job(std::string name, std::optional<TimePoint> at, Callback<std::monostate> done);

    /// The timekeeper looks at the case then, if it waits for anything.
    void look_at(const CaseId& id, TimePoint at) {
        if (wake_.find(id.value)) wake_.put(id.value, at);
    }

    /// Gives the answers that wait, and those that come of them. False: there were none.
    bool run_pending();
    /// For whoever answers beside the store, in one order with it.
    void post(std::function<void()> answer) { pending_.push_back(std::move(answer)); }
    /// Head of the wake queue.
    [[nodiscard]] std::optional<TimePoint> next_wake() const { return wake_.head(); }

    struct Kept {
        StoredCase stored;
        std::vector<LogEntry> log;
        TimePoint started;
        bool owing = true;  // in the index of open cases
    };
    [[nodiscard]] const std::map<CaseId, Kept>& cases() const { return cases_; }
    [[nodiscard]] const std::map<std::string, std::int64_t>& stats() const { return stats_; }
    [[nodiscard]] const std::deque<Reject>& rejects() const { return rejects_; }  // the latest first
    [[nodiscard]] MemoryMessages& messages() { return messages_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }

    /// What stays of an archived case.
    struct Away {
        std::uint64_t version = 0;
        ArchivePlace place;
    };
    [[nodiscard]] const std::map<CaseId, Away>& archived() const { return archived_; }

private:
    friend class MemoryCaseArchive;
    template <class T>
    void answer(Callback<T> done, Result<T> result) {
        post([done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
    }
    [[nodiscard]] bool conflicts(const Transition& transition) const;
    void write(const CaseChange& change);
    void write_matter(const CaseChange& change);
    [[nodiscard]] std::optional<CaseId> holder_of(const std::string& matter_key) const;

    const Clock& clock_;
    std::map<CaseId, Kept> cases_;
    std::map<CaseId, Away> archived_;
    std::map<EventKey, KnownEvent> events_;
    // Of each matter_key the open cases by their start.
    std::map<std::string, std::set<std::pair<TimePoint, CaseId>>> matters_;
    DueQueue<std::string> wake_;
    MemoryMessages messages_;
    std::map<std::string, std::int64_t> stats_;
    std::deque<Reject> rejects_;
    std::map<PolicyHash, std::string> policies_;
    std::deque<std::function<void()>> pending_;
};

}  // namespace alert
