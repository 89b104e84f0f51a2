// A lane is a small state machine: take what waits -> (guess or load) -> policy -> log or other cases if
// the facts ask for them (case_desk_merge.cpp) -> decide -> commit -> answer -> again. All steps but the
// first may come back later, so each is a function of the lane; nothing else holds state. Store callbacks
// never come from inside a call, so a lane reference stays valid: a lane is erased in finish() alone.
#include "alert/flow/case_desk.hpp"

#include "alert/codec/snapshot_json.hpp"
#include "alert/core/merging.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace alert {

namespace {

/// The key by which a detection looks for its case; empty when it names one.
const std::string& matter_of(const Event& event) {
    static const std::string none;
    const auto* detected = event.subject ? nullptr : std::get_if<Detected>(&event.data);
    return detected ? detected->matter_key : none;
}

template <class Batch>
std::string matter_of(const Batch& batch) {
    for (const auto& waiting : batch) {
        if (const auto& key = matter_of(waiting.event); !key.empty()) return key;
    }
    return {};
}

}  // namespace

CaseDesk::CaseDesk(CaseStore& store, Clock& clock, RuleBook& rules, Observer& observer,
                   PolicyReader read_policy, DeskLimits limits, ChainKey key)
    : store_(store),
      clock_(clock),
      rules_(rules),
      observer_(observer),
      read_policy_(std::move(read_policy)),
      limits_(limits),
      key_(std::move(key)) {}

CaseDesk::Lane& CaseDesk::lane(const CaseId& id) {
    auto& lane = lanes_[id];
    if (lane.id.empty()) lane.id = id;
    return lane;
}

void CaseDesk::tell(CaseId id, Event event, Via via, bool silent, Answered done,
                    std::optional<AcceptedBefore> before) {
    Lane& at = lane(id);
    at.waiting.push_back({std::move(event), std::move(via), silent, std::move(done), before});
    if (!at.working) work(at);
}

void CaseDesk::due(StoredCase stored) {
    const CaseId id = stored.snapshot.id;
    if (!lane(id).working) remember(id, std::move(stored));
    due_again(id);
}

void CaseDesk::due_again(const CaseId& id) {
    Lane& at = lane(id);
    if (!std::exchange(at.tick, true)) ++due_cases_;
    if (!at.working) work(at);  // else it will be looked at when the change under way is done
}

void CaseDesk::when_done(const CaseId& id, std::function<void()> then) {
    const auto found = lanes_.find(id);
    if (found == lanes_.end()) return then();
    found->second.when_done.push_back(std::move(then));
}

void CaseDesk::work(Lane& at) {
    at.working = true;
    at.conflicts = 0;
    at.trust_memory = true;
    if (!take_order(at)) take_batch(at);
    if (guess(at)) {
        with_policy(at);
    } else {
        load(at);
    }
}

/// History, what is told live and what is told again are decided apart, for they ring in ways of their own.
bool CaseDesk::Waiting::goes_with(const Waiting& other) const {
    return silent == other.silent && before.has_value() == other.before.has_value() &&
           (!before || before->quiet == other.before->quiet);
}

/// The next facts, none of them twice: the second telling waits and finds the first one known.
void CaseDesk::take_batch(Lane& at) {
    std::set<EventKey> taken;
    std::deque<Waiting> left;
    while (!at.waiting.empty() && at.batch.size() < limits_.facts_per_commit_max) {
        if (!at.batch.empty() && !at.waiting.front().goes_with(at.batch.front())) break;
        auto next = std::move(at.waiting.front());
        at.waiting.pop_front();
        if (taken.insert(next.event.key).second)
            at.batch.push_back(std::move(next));
        else
            left.push_back(std::move(next));
    }
    at.waiting.insert(at.waiting.begin(), std::make_move_iterator(left.begin()),
                      std::make_move_iterator(left.end()));
    at.tick_in_batch = std::exchange(at.tick, false);
}

/// What the desk remembers of the case, or that it does not exist yet. False: ask the store.
bool CaseDesk::guess(Lane& at) {
    if (!at.trust_memory) return false;
    if (const auto known = memory_.find(at.id); known != memory_.end()) {
        at.stored = known->second->second;
        return true;
    }
    at.stored.reset();
    return !at.batch.empty() && std::all_of(at.batch.begin(), at.batch.end(), [](const Waiting& waiting) {
        return std::holds_alternative<Detected>(waiting.event.data);
    });
}

void CaseDesk::load(Lane& at) {
    CaseQuery query{.id = at.id};
    for (const auto& waiting : at.batch) query.events.push_back(waiting.event.key);
    store_.load(std::move(query), [this, &at](Result<CaseAnswer> answer) {
        if (!answer) return fail(at, answer.error());
        loaded(at, std::move(*answer));
    });
}

void CaseDesk::loaded(Lane& at, CaseAnswer answer) {
    at.stored = std::move(answer.stored);
    std::vector<Waiting> fresh;
    bool exists = at.stored.has_value();
    for (std::size_t i = 0; i < at.batch.size(); ++i) {
        Waiting& waiting = at.batch[i];
        const auto& event = waiting.event;
        if (answer.events[i]) {
            answer_duplicate(std::move(waiting), *answer.events[i]);
        } else if (!exists && !std::holds_alternative<Detected>(event.data)) {
            waiting.done({.status = Answer::Status::rejected,
                          .source = event.key.source,
                          .id = event.key.id,
                          .error = Error{"unknown_case",
                                         "there is no case " + at.id.value +
                                             "; send its opinion.detected first, then this again",
                                         "/subject"}});
        } else {
            exists = true;  // a detection opens the case for those behind it
            fresh.push_back(std::move(waiting));
        }
    }
    at.batch = std::move(fresh);
    const auto joined = at.stored || at.conflicts == 0 ? std::string() : matter_of(at.batch);
    if (!joined.empty()) return join_again(at, joined);
    with_policy(at);
}

/// The commit of a new case conflicted: another case may hold its matter by now. Its facts go there.
void CaseDesk::join_again(Lane& at, const std::string& key) {
    store_.find_matter(key, [this, &at, key](Result<std::optional<CaseId>> found) {
        if (!found) return fail(at, found.error());
        if (!*found || **found == at.id) return with_policy(at);
        auto batch = std::exchange(at.batch, {});
        for (Waiting& waiting : batch) {
            if (matter_of(waiting.event) == key) {
                tell(**found, std::move(waiting.event), std::move(waiting.via), waiting.silent,
                     std::move(waiting.done), waiting.before);
            } else {
                at.batch.push_back(std::move(waiting));
            }
        }
        with_policy(at);
    });
}

/// The case stands as it stands now: another event of the same batch may have changed it since.
void CaseDesk::answer_duplicate(Waiting waiting, const KnownEvent& known) {
    Answer answer{.status = Answer::Status::duplicate,
                  .source = waiting.event.key.source,
                  .id = waiting.event.key.id,
                  .case_id = known.case_id,
                  .differs = known.content_hash != waiting.event.content_hash};
    store_.load({.id = known.case_id}, [this, answer = std::move(answer),
                                        done = std::move(waiting.done)](Result<CaseAnswer> result) mutable {
        const auto again = [this](Answer told) {
            return Answer{.status = Answer::Status::retry,
                          .source = std::move(told.source),
                          .id = std::move(told.id),
                          .retry_after = limits_.retry_after};
        };
        if (!result) return done(again(std::move(answer)));
        if (!result->stored) return done(std::move(answer));
        auto snapshot = std::make_shared<Snapshot>(std::move(result->stored->snapshot));
        know_policy(snapshot->policy, [this, again, snapshot, answer = std::move(answer),
                                       done = std::move(done)](Result<void> known_policy) mutable {
            if (!known_policy) return done(again(std::move(answer)));
            answer.obligations =
                open_obligations(derive(*rules_.of(snapshot->policy), *snapshot, clock_.now()));
            done(std::move(answer));
        });
    });
}

void CaseDesk::know_policy(const PolicyHash& hash, std::function<void(Result<void>)> then) {
    if (rules_.of(hash)) return then({});
    store_.load_policy(hash, [this, hash, then = std::move(then)](Result<std::optional<std::string>> text) {
        if (!text) return then(text.error());
        if (!*text)
            return then(Error{"policy_lost", "the policy " + hash.value + " is not in Redis", hash.value});
        auto policy = read_policy_(**text);
        if (!policy)
            return then(
                Error{"policy_lost",
                      "the policy " + hash.value + " cannot be read any more: " + policy.error().message,
                      hash.value});
        policy->hash = hash;  // what it is asked for by, whatever today's reader makes of its text
        rules_.add(std::make_shared<const Policy>(std::move(*policy)));
        then({});
    });
}

void CaseDesk::with_policy(Lane& at) {
    if (at.order && !at.stored) answer_order(at, Error{"not_found", "there is no case " + at.id.value, "ID"});
    if (!at.order && at.batch.empty() && (!at.tick_in_batch || !at.stored)) return finish(at);
    at.reach = reach_of(at);
    if (!at.stored) return with_policy_of_then(at);
    know_policy(at.stored->snapshot.policy, [this, &at](Result<void> known) {
        if (!known) return fail(at, known.error());
        with_others(at);
    });
}

void CaseDesk::with_log(Lane& at) {
    store_.load_log(at.id, [this, &at](Result<std::vector<Fact>> log) {
        if (!log) return fail(at, log.error());
        at.log = std::move(*log);
        with_others(at);
    });
}

/// Decided as of then the record tells what was sent, and when; whatever fell due since wakes it again.
TimePoint CaseDesk::instant_of(const Lane& at) const {
    const auto now = clock_.now();
    if (!at.batch.empty() || !decided_meanwhile) return now;
    return std::min(now, decided_meanwhile(at.id).value_or(now));
}

void CaseDesk::decide_and_commit(Lane& at) {
    if (at.order) return decide_order(at);
    at.decided_at = instant_of(at);
    auto transition = decide_lane(at, at.decided_at);
    if (transition.needs_log) {
        // What merges connect is folded from all their logs together.
        const bool merged =
            at.reach != Reach::alone || (at.stored && !connected_cases(at.stored->snapshot.facts).empty());
        if (merged) reach_further(at);
        return with_log(at);
    }
    CaseChange& change = transition.cases.front();
    change.matter_must_be_free = !at.stored && !matter_of(at.batch).empty();
    commit(at, std::move(transition));
}

/// Chains what is new to each record as it was loaded: if that is not its end any more, the commit conflicts.
void CaseDesk::seal(const Lane& at, Transition& transition) const {
    for (CaseChange& change : transition.cases) {
        const auto other = std::find_if(at.others.begin(), at.others.end(),
                                        [&](const Other& o) { return o.id == change.next.id; });
        const auto& stored = change.next.id == at.id || other == at.others.end() ? at.stored : other->stored;
        change.head = seal_record(key_, change.next.id, stored ? stored->head : "", change.log);
    }
}

void CaseDesk::follow(const ChannelId& channel, const std::optional<ChannelId>& fallback) {
    fallbacks_[channel] = fallback;
}

void CaseDesk::commit(Lane& at, Transition decided) {
    seal(at, decided);
    overtake_copies(decided.overtaken, fallbacks_);
    const auto transition = std::make_shared<const Transition>(std::move(decided));
    const auto asked = clock_.boot_time();
    store_.commit(transition, [this, &at, transition, asked](Result<CommitOutcome> result) {
        if (result) clock_.observe(result->now, asked);
        outcome(at, transition, std::move(result));
    });
}

void CaseDesk::outcome(Lane& at, const std::shared_ptr<const Transition>& transition,
                       Result<CommitOutcome> result) {
    if (!result) return fail(at, result.error());
    if (result->kind == CommitOutcome::Kind::committed) return accepted(at, *transition);
    if (result->kind == CommitOutcome::Kind::not_dead) {
        answer_order(at, Error{"not_dead", "the message is no dead letter any more", "ID"});
        return finish(at);
    }
    for (const auto& change : transition->cases) forget(change.next.id);
    at.log.reset();
    forget_others(at);
    at.trust_memory = false;
    if (++at.conflicts > limits_.conflicts_max) {
        observer_.limit_hit("desk_conflicts");
        return fail(at, {"conflict", "the case changed too often while it was being decided", ""});
    }
    load(at);
}

void CaseDesk::accepted(Lane& at, const Transition& transition) {
    for (const auto& change : transition.cases)
        remember(change.next.id, {change.expected_version + 1, change.next, change.head});
    observer_.committed(transition);
    for (const auto& change : transition.cases) {
        if (change.dropped > 0) observer_.limit_hit("case_history");
    }
    tell_if_policy_is_lost(at, transition);
    if (on_committed) on_committed(transition);
    if (at.tick_in_batch && at.batch.empty() && on_recorded) on_recorded(at.id, at.decided_at);
    for (auto& waiting : at.batch) {
        waiting.done({.source = waiting.event.key.source,
                      .id = waiting.event.key.id,
                      .case_id = at.id,
                      .obligations = transition.obligations,
                      .recorded_at = waiting.before ? waiting.before->recorded_at : at.decided_at});
    }
    at.batch.clear();
    answer_order(at, Rebased{true, transition.obligations});
    finish(at);
}

/// Not done, or not known whether done: the same again is always safe, so that is what clients are told.
void CaseDesk::fail(Lane& at, const Error& error) {
    observer_.troubled("case_desk", {error.code, "case " + at.id.value + ": " + error.message, error.path});
    forget(at.id);
    for (auto& waiting : at.batch) {
        waiting.done({.status = Answer::Status::retry,
                      .source = waiting.event.key.source,
                      .id = waiting.event.key.id,
                      .retry_after = limits_.retry_after});
    }
    at.batch.clear();
    answer_order(at, error);
    if (at.tick_in_batch && on_undecided) on_undecided(at.id, error);
    finish(at);
}

void CaseDesk::finish(Lane& at) {
    at.working = false;
    if (std::exchange(at.tick_in_batch, false)) --due_cases_;
    at.stored.reset();
    at.log.reset();
    forget_others(at);
    const auto told = std::exchange(at.when_done, {});
    if (!at.waiting.empty() || !at.orders.empty() || at.tick) {
        work(at);
    } else {
        lanes_.erase(CaseId{at.id});
        if (on_idle) on_idle();
    }
    for (const auto& then : told) then();
}

void CaseDesk::remember(const CaseId& id, StoredCase stored) {
    forget(id);
    remembered_.emplace_front(id, std::move(stored));
    memory_[id] = remembered_.begin();
    if (remembered_.size() <= limits_.remembered_cases_max) return;
    memory_.erase(remembered_.back().first);
    remembered_.pop_back();
}

void CaseDesk::forget_all() {
    remembered_.clear();
    memory_.clear();
}

void CaseDesk::forget(const CaseId& id) {
    const auto at = memory_.find(id);
    if (at == memory_.end()) return;
    remembered_.erase(at->second);
    memory_.erase(at);
}

}  // namespace alert
