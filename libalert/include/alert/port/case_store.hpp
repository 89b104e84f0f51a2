// Where cases live. Implemented over Redis (redis/redis_case_store.hpp) and in memory
// (tests/support and `simulate`); one contract test holds both to the same behaviour.
//
// Calls may be made while others are under way; they are answered in the order of the calls, always
// later, never from inside the call. An Error means: not done, or not known whether done.
#pragma once

#include "alert/core/decide.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alert {

template <class T>
using Callback = std::function<void(Result<T>)>;

struct StoredCase {
    std::uint64_t version = 0;
    Snapshot snapshot;
    std::string head;  // seal of the last entry of its record
};

/// What is known of an event already accepted.
struct KnownEvent {
    CaseId case_id;
    std::string content_hash;
};

struct CaseQuery {
    CaseId id;
    std::vector<EventKey> events;  // are these known?
};
struct CaseAnswer {
    std::optional<StoredCase> stored;
    std::vector<std::optional<KnownEvent>> events;  // in the order of the query
};

struct CommitOutcome {
    enum class Kind {
        committed,
        conflict,  // a case changed, or an event was accepted elsewhere: nothing was written
        not_dead,  // what was to be sent again is no dead letter: nothing was written
    };
    Kind kind = Kind::committed;
    TimePoint now;  // Redis's TIME
};

/// Cases whose time has come, with their snapshots. A claim is a lease: the entries move at most
/// `lease` ahead, so whatever is not decided comes again.
struct Claim {
    TimePoint now;
    std::vector<StoredCase> cases;
    std::vector<std::string> jobs;  // `~bulletin` and the like
    std::optional<TimePoint> next;  // head of the queue after the claim
};

struct Page {
    std::vector<StoredCase> cases;
    std::string next;  // cursor, empty at the end
};

/// One reject, as `GET /api/v1/rejects` shows it.
struct Reject {
    TimePoint at;
    Via via;
    Error error;
    std::string source, id, type;  // where they could be read
    std::string bytes;             // what was told, cut at 4 KiB
};

class CaseStore {
public:
    virtual ~CaseStore() = default;

    virtual void load(CaseQuery query, Callback<CaseAnswer> done) = 0;
    /// The open case of a matter_key that started first; nothing when there is none.
    virtual void find_matter(std::string matter_key, Callback<std::optional<CaseId>> done) = 0;
    virtual void load_log(CaseId id, Callback<std::vector<Fact>> done) = 0;
    virtual void commit(std::shared_ptr<const Transition> transition, Callback<CommitOutcome> done) = 0;
    /// Never claims what lies after `until`, whatever Redis's own clock says; nor what lies after that,
    /// unless it is not to be trusted.
    virtual void claim_due(TimePoint until, std::size_t limit, Duration lease, Callback<Claim> done) = 0;
    virtual void keep_reject(Reject reject, Callback<std::monostate> done) = 0;
    virtual void keep_policy(PolicyHash hash, std::string text, Callback<std::monostate> done) = 0;
    virtual void load_policy(PolicyHash hash, Callback<std::optional<std::string>> done) = 0;
};

}  // namespace alert
