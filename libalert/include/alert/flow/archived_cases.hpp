// A case store through which archived cases are there: they are read from their files, and put back into the
// store by the first commit that changes them. Whoever decides need not know where a case is.
//
// Nothing is lost or invented on the way: a case that was archived cannot be committed to, so a decision
// taken on what was known before conflicts, is taken again on the case as it was archived, and committed
// once it is back.
#pragma once

#include "alert/port/archive.hpp"
#include "alert/port/observer.hpp"

#include <map>

namespace alert {

class ArchivedCases : public CaseStore {
public:
    static constexpr std::size_t met_max = 1000;  // archived cases looked at lately

    /// All outlive it. Without a shelf an archived case cannot be loaded: whoever tells of it is told
    /// `retry`.
    ArchivedCases(CaseStore& store, CaseArchive& archive, Shelf* shelf, Observer& observer)
        : store_(store), archive_(archive), shelf_(shelf), observer_(observer) {}

    void load(CaseQuery query, Callback<CaseAnswer> done) override;
    void load_log(CaseId id, Callback<std::vector<Fact>> done) override;
    void commit(std::shared_ptr<const Transition> transition, Callback<CommitOutcome> done) override;

    void find_matter(std::string matter_key, Callback<std::optional<CaseId>> done) override {
        store_.find_matter(std::move(matter_key), std::move(done));
    }
    void claim_due(TimePoint until, std::size_t limit, Duration lease, Callback<Claim> done) override {
        store_.claim_due(until, limit, lease, std::move(done));
    }
    void keep_reject(Reject reject, Callback<std::monostate> done) override {
        store_.keep_reject(std::move(reject), std::move(done));
    }
    void keep_policy(PolicyHash hash, std::string text, Callback<std::monostate> done) override {
        store_.keep_policy(std::move(hash), std::move(text), std::move(done));
    }
    void load_policy(PolicyHash hash, Callback<std::optional<std::string>> done) override {
        store_.load_policy(std::move(hash), std::move(done));
    }

    std::function<void(const CaseId&)> on_restored;

private:
    using Archived = std::shared_ptr<const ArchivedCase>;

    void load_archived(const Whereabouts& where, CaseQuery query, CaseAnswer answer,
                       Callback<CaseAnswer> done);
    void read(const CaseId& id, const Whereabouts& where, Callback<Archived> done);
    void restore(const CaseId& id, std::function<void(std::optional<Error>)> then);
    void meet(const CaseId& id, const Whereabouts& where);

    CaseStore& store_;
    CaseArchive& archive_;
    Shelf* const shelf_;
    Observer& observer_;
    std::map<CaseId, Whereabouts> met_;  // loaded from their files, and not committed since
};

}  // namespace alert
