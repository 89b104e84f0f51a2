// What a change concerns besides the case it is told to. A detection or publication of a merged case
// counts for the cases above it; a merge, or a withdrawal where there are merges, is decided with all
// connected cases from their logs. They are loaded one after another: merges are rare, and the order
// costs nothing else.
//
// The others have no lane for this: if one of them changes meanwhile the commit conflicts and all is
// loaded again.
#include "alert/core/merging.hpp"
#include "alert/flow/case_desk.hpp"

#include <algorithm>
#include <utility>

namespace alert {

CaseDesk::Reach CaseDesk::reach_of(const Lane& at) {
    const bool connected = at.stored && !connected_cases(at.stored->snapshot.facts).empty();
    const auto any = [&](auto what) { return std::any_of(at.batch.begin(), at.batch.end(), what); };
    if (any([](const Waiting& w) { return std::holds_alternative<Merged>(w.event.data); }))
        return Reach::connected;
    if (!connected) return Reach::alone;
    if (any([](const Waiting& w) { return std::holds_alternative<Withdrawn>(w.event.data); }))
        return Reach::connected;
    const bool counts = any([](const Waiting& w) { return counts_above(w.event.data); });
    return counts && merged_into(at.id, at.stored->snapshot.facts) ? Reach::above : Reach::alone;
}

void CaseDesk::name_other(Lane& at, const CaseId& id) {
    if (id != at.id && at.named.insert(id).second) at.ahead.push_back(id);
}

void CaseDesk::name_others(Lane& at, const std::optional<StoredCase>& of) {
    if (!of) return;
    for (const CaseId& id : connected_cases(of->snapshot.facts)) name_other(at, id);
}

/// Those that the case is connected with, or is about to be.
void CaseDesk::name_first(Lane& at) {
    for (const Waiting& waiting : at.batch) {
        if (const auto* merged = std::get_if<Merged>(&waiting.event.data)) name_other(at, merged->into);
    }
    name_others(at, at.stored);
}

std::optional<CaseId> CaseDesk::next_above(const Lane& at) {
    const Snapshot& last = at.others.empty() ? at.stored->snapshot : at.others.back().stored->snapshot;
    const auto above = merged_into(last.id, last.facts);
    const bool loaded = above && std::any_of(at.others.begin(), at.others.end(),
                                             [&](const Other& other) { return other.id == *above; });
    return above == at.id || loaded ? std::nullopt : above;
}

/// The next case that is not loaded yet; nothing when all are.
std::optional<CaseId> CaseDesk::next_other(Lane& at) {
    if (at.reach == Reach::above) return next_above(at);
    if (at.named.empty()) name_first(at);
    if (at.ahead.empty()) return std::nullopt;
    const CaseId next = std::move(at.ahead.front());
    at.ahead.pop_front();
    return next;
}

void CaseDesk::forget_others(Lane& at) {
    at.others.clear();
    at.named.clear();
    at.ahead.clear();
}

/// From the cases above to all connected ones, which need their logs as well.
void CaseDesk::reach_further(Lane& at) {
    at.reach = Reach::connected;
    forget_others(at);
}

void CaseDesk::with_others(Lane& at) {
    if (at.reach == Reach::alone) return decide_and_commit(at);
    if (at.reach == Reach::connected && at.stored && !at.log) return with_log(at);
    if (const auto id = next_other(at)) return load_other(at, *id);
    decide_and_commit(at);
}

void CaseDesk::load_other(Lane& at, const CaseId& id) {
    if (at.others.size() >= limits_.connected_cases_max) {
        observer_.limit_hit("connected_cases");
        return fail(at, {"too_many_merged", "more cases are merged than are decided together", ""});
    }
    store_.load({.id = id}, [this, &at, id](Result<CaseAnswer> answer) {
        if (!answer) return fail(at, answer.error());
        if (!answer->stored && at.reach == Reach::above) {
            reach_further(at);
            return with_others(at);
        }
        at.others.push_back({id, std::move(answer->stored), {}});
        if (!at.others.back().stored) return with_others(at);  // named by a merge and not there
        know_policy(at.others.back().stored->snapshot.policy, [this, &at, id](Result<void> known) {
            if (!known) return fail(at, known.error());
            if (at.reach == Reach::above) return with_others(at);
            name_others(at, at.others.back().stored);
            store_.load_log(id, [this, &at](Result<std::vector<Fact>> log) {
                if (!log) return fail(at, log.error());
                at.others.back().log = std::move(*log);
                with_others(at);
            });
        });
    });
}

Rules CaseDesk::rules_for(const std::optional<StoredCase>& stored) const {
    return stored ? *rules_.of(stored->snapshot.policy) : rules_.today();
}

/// A case that is opened again. That its policy is nowhere any more must not keep it from being timed: then
/// today's counts, and it is told once that is committed.
void CaseDesk::with_policy_of_then(Lane& at) {
    if (at.batch.empty() || !at.batch.front().before) return with_others(at);
    const auto hash = at.batch.front().before->policy;
    if (hash.value.empty()) return with_others(at);
    know_policy(hash, [this, &at](Result<void> known) {
        if (!known && known.error().code != "policy_lost") return fail(at, known.error());
        with_others(at);
    });
}

void CaseDesk::tell_if_policy_is_lost(const Lane& at, const Transition& transition) const {
    if (at.batch.empty() || !at.batch.front().before) return;
    const auto& hash = at.batch.front().before->policy;
    for (const CaseChange& change : transition.cases) {
        const bool opened_again = change.next.id == at.id && change.expected_version == 0;
        if (!opened_again || hash.value.empty() || change.next.policy == hash) continue;
        observer_.limit_hit("policy_lost");
        if (on_policy_lost) on_policy_lost(at.id, hash);
    }
}

/// A case that is opened again goes by the policy it was opened under.
Rules CaseDesk::rules_of(const Lane& at) const {
    const bool opened_before = !at.stored && !at.batch.empty() && at.batch.front().before;
    const auto then = opened_before ? rules_.of(at.batch.front().before->policy) : std::nullopt;
    return then ? *then : rules_for(at.stored);
}

Transition CaseDesk::decide_lane(const Lane& at, TimePoint now) {
    std::vector<Fact> facts;
    facts.reserve(at.batch.size());
    for (const auto& waiting : at.batch) {
        const auto recorded_at = waiting.before ? waiting.before->recorded_at : now;
        facts.push_back({waiting.event, recorded_at, waiting.via, waiting.silent});
    }
    std::optional<ToldAgain> again;
    if (!at.batch.empty() && at.batch.front().before)
        again = ToldAgain{now + limits_.held_for, at.batch.front().before->quiet};
    const ToldAgain* const held = again ? &*again : nullptr;
    const auto snapshot_of = [](const std::optional<StoredCase>& stored) {
        return stored ? std::optional(stored->snapshot) : std::nullopt;
    };
    if (at.reach == Reach::connected) {
        std::vector<ConnectedCase> cases{{rules_of(at), at.id, snapshot_of(at.stored),
                                          at.stored ? at.stored->version : 0,
                                          at.log.value_or(std::vector<Fact>{}), facts}};
        for (const Other& other : at.others) {
            if (!other.stored) continue;
            cases.push_back({rules_for(other.stored),
                             other.id,
                             other.stored->snapshot,
                             other.stored->version,
                             other.log,
                             {}});
        }
        return decide_together(cases, now, held);
    }
    DecideInput input{.before = snapshot_of(at.stored),
                      .version = at.stored ? at.stored->version : 0,
                      .id = at.id,
                      .facts = std::move(facts),
                      .log = at.log ? &*at.log : nullptr,
                      .again = held};
    auto transition = decide(rules_of(at), input, now);
    const auto counts = [&](const Fact& fact) {
        return counts_above(fact.event.data) && !at.stored->snapshot.facts.withdrawn.contains(fact.event.key);
    };
    for (const Other& other : at.others) {
        if (at.reach != Reach::above || transition.needs_log) break;
        DecideInput above{.before = other.stored->snapshot,
                          .version = other.stored->version,
                          .id = other.id,
                          .again = held};
        std::copy_if(input.facts.begin(), input.facts.end(), std::back_inserter(above.adopted), counts);
        decide_also(rules_for(other.stored), above, now, transition);
    }
    return transition;
}

}  // namespace alert
