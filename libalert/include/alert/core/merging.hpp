// Merged cases. Detections and publications of a merged case count as facts of the one it was merged
// into, and a merge that would lead back is not applied; so what merges connect is decided together,
// from all their logs.
//
// Facts told to a case that is merged already need no log: they are folded into the cases above it as
// well (DecideInput::adopted).
#pragma once

#include "alert/core/decide.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace alert {

/// What became of the merges of one case.
struct MergeOutcome {
    std::optional<CaseId> into;  // the earliest merge that holds
    std::set<EventKey> refused;  // those that would have led back to it
    std::set<CaseId> absorbed;   // all that was merged into it, directly or through others
};

/// Takes the merges of all these cases in the order of facts. A case follows one merge at a time.
std::map<CaseId, MergeOutcome> resolve_merges(const std::map<CaseId, CaseFacts>& cases);

/// The case these facts were merged into, as decided before.
std::optional<CaseId> merged_into(const CaseId& self, const CaseFacts& facts);
/// Every case that a merge of this one names, and those it took in.
std::set<CaseId> connected_cases(const CaseFacts& facts);
/// Detections and publications: what counts for the case above.
bool counts_above(const EventData& data);

/// What these cases come to together, each with what it takes in. `told` holds all that merges connect.
std::map<CaseId, CaseFacts> fold_together(const std::map<CaseId, std::vector<Fact>>& told);
/// The facts that count for a case: all it was told that was not withdrawn, and what counts of those it
/// took in.
std::vector<const Fact*> counting_facts(const std::map<CaseId, std::vector<Fact>>& told, const CaseId& id,
                                        const std::set<CaseId>& absorbed);

/// One of the cases that merges connect.
struct ConnectedCase {
    Rules rules;
    CaseId id;
    std::optional<Snapshot> before;
    std::uint64_t version = 0;
    std::vector<Fact> log;    // all it was told before
    std::vector<Fact> fresh;  // what it is told now
};

/// Decides them all; the first is the one that is told something. Cases that stay as they are are left out.
Transition decide_together(const std::vector<ConnectedCase>& cases, TimePoint now,
                           const ToldAgain* again = nullptr);

}  // namespace alert
