#include "alert/core/merging.hpp"

#include <algorithm>

namespace alert {

namespace {

struct Merge {
    FactKey key;
    CaseId from, into;
};

std::vector<Merge> merges_of(const std::map<CaseId, CaseFacts>& cases) {
    std::vector<Merge> merges;
    for (const auto& [id, facts] : cases) {
        for (const auto& told : facts.status) {
            if (told.value.change == StatusChange::merged) merges.push_back({told.key, id, told.value.into});
        }
    }
    std::sort(merges.begin(), merges.end(), [](const Merge& a, const Merge& b) { return a.key < b.key; });
    return merges;
}

/// Where the merges applied so far lead from here.
CaseId end_of_way(const std::map<CaseId, MergeOutcome>& outcomes, CaseId at) {
    for (auto next = outcomes.find(at); next != outcomes.end() && next->second.into;
         next = outcomes.find(at)) {
        at = *next->second.into;
    }
    return at;
}

/// All that was told and not withdrawn.
std::vector<const Fact*> standing(const std::vector<Fact>& told) {
    std::set<EventKey> withdrawn;
    for (const Fact& fact : told) {
        if (const auto* w = std::get_if<Withdrawn>(&fact.event.data))
            withdrawn.insert({w->event_source, w->event_id});
    }
    std::vector<const Fact*> facts;
    for (const Fact& fact : told) {
        if (!withdrawn.contains(fact.event.key)) facts.push_back(&fact);
    }
    return facts;
}

/// What counts above of cases that were taken in.
void add_absorbed(const std::map<CaseId, std::vector<Fact>>& told, const std::set<CaseId>& absorbed,
                  const auto& add) {
    for (const CaseId& id : absorbed) {
        const auto below = told.find(id);
        if (below == told.end()) continue;
        for (const Fact* fact : standing(below->second)) {
            if (counts_above(fact->event.data)) add(*fact);
        }
    }
}

std::vector<Fact> all_of(const ConnectedCase& one) {
    auto all = one.log;
    all.insert(all.end(), one.fresh.begin(), one.fresh.end());
    return all;
}

/// The merges that hold now and did not before, for the record of the case that takes something in.
std::vector<Fact> new_merges(const std::vector<ConnectedCase>& cases, const ConnectedCase& above,
                             const std::set<CaseId>& absorbed) {
    std::vector<Fact> merges;
    for (const ConnectedCase& other : cases) {
        const bool is_new =
            absorbed.contains(other.id) && !(above.before && above.before->facts.absorbed.contains(other.id));
        if (!is_new) continue;
        for (const Fact& fact : all_of(other)) {
            if (std::holds_alternative<Merged>(fact.event.data)) merges.push_back(fact);
        }
    }
    return merges;
}

}  // namespace

std::map<CaseId, MergeOutcome> resolve_merges(const std::map<CaseId, CaseFacts>& cases) {
    std::map<CaseId, MergeOutcome> outcomes;
    for (const auto& [id, facts] : cases) outcomes[id];
    for (const Merge& merge : merges_of(cases)) {
        MergeOutcome& outcome = outcomes[merge.from];
        if (end_of_way(outcomes, merge.into) == merge.from) {
            outcome.refused.insert({merge.key.source, merge.key.id});
        } else if (!outcome.into) {
            outcome.into = merge.into;
        }
    }
    for (const auto& [id, facts] : cases) {
        for (auto above = outcomes[id].into; above; above = outcomes[*above].into)
            outcomes[*above].absorbed.insert(id);
    }
    return outcomes;
}

std::optional<CaseId> merged_into(const CaseId& self, const CaseFacts& facts) {
    for (const auto& told : facts.status) {
        const bool holds = told.value.change == StatusChange::merged && told.value.into != self &&
                           !facts.refused_merges.contains({told.key.source, told.key.id});
        if (holds) return told.value.into;
    }
    return std::nullopt;
}

std::set<CaseId> connected_cases(const CaseFacts& facts) {
    auto connected = facts.absorbed;
    for (const auto& told : facts.status) {
        if (told.value.change == StatusChange::merged) connected.insert(told.value.into);
    }
    return connected;
}

bool counts_above(const EventData& data) {
    return std::holds_alternative<Detected>(data) || std::holds_alternative<Published>(data);
}

std::map<CaseId, CaseFacts> fold_together(const std::map<CaseId, std::vector<Fact>>& told) {
    std::map<CaseId, CaseFacts> folded;
    for (const auto& [id, facts] : told) folded[id] = refold(facts);
    for (auto& [id, outcome] : resolve_merges(folded)) {
        const auto own = told.find(id);
        if (own == told.end()) continue;  // named by a merge and not there
        CaseFacts& facts = folded.at(id);
        if (!outcome.absorbed.empty()) {
            auto counting = own->second;
            add_absorbed(told, outcome.absorbed, [&](const Fact& fact) { counting.push_back(fact); });
            facts = refold(counting);
        }
        facts.refused_merges = std::move(outcome.refused);
        facts.absorbed = std::move(outcome.absorbed);
    }
    return folded;
}

std::vector<const Fact*> counting_facts(const std::map<CaseId, std::vector<Fact>>& told, const CaseId& id,
                                        const std::set<CaseId>& absorbed) {
    auto counting = standing(told.at(id));
    add_absorbed(told, absorbed, [&](const Fact& fact) { counting.push_back(&fact); });
    return counting;
}

Transition decide_together(const std::vector<ConnectedCase>& cases, TimePoint now, const ToldAgain* again) {
    std::map<CaseId, std::vector<Fact>> told;
    for (const ConnectedCase& one : cases) told[one.id] = all_of(one);
    auto folded = fold_together(told);
    // Where a merge is or was refused all of them are written: that none changed meanwhile is part of
    // the decision.
    const bool write_all = std::any_of(cases.begin(), cases.end(), [&](const ConnectedCase& one) {
        return !folded.at(one.id).refused_merges.empty() ||
               (one.before && !one.before->facts.refused_merges.empty());
    });
    Transition out;
    for (const ConnectedCase& one : cases) {
        CaseFacts& facts = folded.at(one.id);
        const bool unchanged = one.before && one.before->facts == facts && !write_all;
        if (one.fresh.empty() && (unchanged || !one.before)) continue;
        DecideInput input{.before = one.before, .version = one.version, .id = one.id, .facts = one.fresh};
        input.adopted = new_merges(cases, one, facts.absorbed);
        input.folded = std::move(facts);
        input.again = again;
        decide_also(one.rules, input, now, out);
    }
    return out;
}

}  // namespace alert
