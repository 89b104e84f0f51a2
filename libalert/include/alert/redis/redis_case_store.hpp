// The cases of one jurisdiction in Redis; see port/case_store.hpp for what it promises.
//
// A case hash holds version (v) and snapshot (s); the head of its hash-chained record joins them when the
// record is chained, until then log entries are plain JSON. To this store an archived case is not there,
// and yet no commit can open it anew, see redis_case_archive.hpp.
#pragma once

#include "alert/port/case_store.hpp"
#include "alert/port/observer.hpp"
#include "alert/port/waiting_cases.hpp"
#include "alert/redis/claim_names.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

#include <map>

namespace alert {

/// Never more ahead than this: what a crashed daemon had claimed comes again within it.
inline constexpr Duration lease_max = std::chrono::seconds(2);
inline constexpr std::size_t claim_max = 1000;
inline constexpr std::size_t commit_events_max = 2000;  // as many values as one call in a script can take

class RedisCaseStore : public CaseStore, public WaitingCases {
public:
    /// Connection and observer outlive the store. The observer is told of a due case whose snapshot cannot
    /// be read; it is looked at again a minute later.
    ///
    /// Commits go over the writers, those of one case over one of them; over the connection while that one is
    /// not up, or leads to another server than the connection, over which all else is asked. Redis reads
    /// 32 KB of a connection at a time and makes each reading durable by itself: with more connections one
    /// fdatasync serves more commits. Where replicas are waited for, a commit is done and an event is known
    /// when they have it.
    ///
    /// A claim whose answer was lost is made again under its name: the next one gives first what it leased.
    ///
    /// What names a policy that keep_policy() was given comes behind it, over the same connection; with an
    /// error, `policy_unkept`, when Redis did not take it. So no case in Redis names a policy it has not.
    RedisCaseStore(redis::Connection& connection, redis::Keys keys, Observer& observer,
                   std::vector<redis::Connection*> writers = {});

    void load(CaseQuery query, Callback<CaseAnswer> done) override;
    void find_matter(std::string matter_key, Callback<std::optional<CaseId>> done) override;
    void load_log(CaseId id, Callback<std::vector<Fact>> done) override;
    void commit(std::shared_ptr<const Transition> transition, Callback<CommitOutcome> done) override;
    void claim_due(TimePoint until, std::size_t limit, Duration lease, Callback<Claim> done) override;
    void keep_reject(Reject reject, Callback<std::monostate> done) override;
    void keep_policy(PolicyHash hash, std::string text, Callback<std::monostate> done) override;
    void load_policy(PolicyHash hash, Callback<std::optional<std::string>> done) override;

    void waiting(std::size_t from, std::size_t limit, Callback<WaitingPage> done) override;

    /// Called with a due case that cannot be read, again every 10 s while it cannot.
    std::function<void(const CaseId&, const Error&)> on_unreadable;

    /// The hash of the calendar by which all cases were decided last.
    void load_calendar_hash(Callback<std::optional<std::string>> done);
    void keep_calendar_hash(std::string hash, Callback<std::monostate> done);
    /// Puts a job (`~bulletin`) into the wake queue, or takes it out.
    void schedule_job(std::string name, std::optional<TimePoint> at, Callback<std::monostate> done);
    /// Puts it there unless it is there already.
    void plan_job(const std::string& name, TimePoint at, Callback<std::monostate> done);

private:
    void load_log_from(CaseId id, std::int64_t start, std::shared_ptr<std::vector<Fact>> facts,
                       Callback<std::vector<Fact>> done);
    Result<Claim> read_claim(const redis::Reply& reply);
    void postpone_corrupt(const CaseId& id, TimePoint now, const Error& error);

    [[nodiscard]] redis::Connection& writer_of(const CaseId& id);
    enum class Keeping { asked, refused };
    [[nodiscard]] std::optional<Keeping> keeping(const Transition& transition) const;
    void confirm(const CaseId& id, redis::Connection::Handler then);

    redis::Connection& connection_;
    const std::vector<redis::Connection*> writers_;
    const redis::Keys keys_;
    Observer& observer_;
    redis::ClaimNames claims_;
    std::map<PolicyHash, Keeping> unkept_;  // that Redis is not known to have
};

}  // namespace alert
