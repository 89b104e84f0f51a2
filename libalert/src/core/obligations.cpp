// An obligation is built in three moves: the rule gives its *occurrences* (one, a chain, or one per
// assignment), the facts give each occurrence its *end* (fulfilled, waived, dropped by a re-grading,
// closed), and `now` gives what is left its status. Nothing here depends on what was fired.
#include "alert/core/obligations.hpp"

#include "alert/core/climb.hpp"
#include "alert/core/hash.hpp"

#include <algorithm>

namespace alert {

namespace {

constexpr std::size_t published_index = 6;
static_assert(event_type_names[published_index] == "response.published");

struct Occurrence {
    std::string id;
    std::string climb_key;
    TimePoint start, due;
    std::optional<FactKey> fulfilled;
    std::optional<TimePoint> replaced_at;  // a new assignment or a return ended it
};

std::optional<TimePoint> start_of(const ObligationRule& rule, const CaseFacts& facts, const CaseCourse& course) {
    const auto detected = course.detected_at;
    switch (rule.start) {
        case StartRule::detected: return detected;
        case StartRule::recorded: return facts.first_recorded_at.value_or(detected);
        case StartRule::occurred: return facts.occurred_at.value_or(detected);
        case StartRule::earliest: return std::min(detected, facts.occurred_at.value_or(detected));
        case StartRule::assigned: break;
    }
    return std::nullopt;
}

std::optional<Occurrence> single(const Rules& rules, const ObligationRule& rule, const CaseFacts& facts,
                                 const CaseCourse& course) {
    const auto start = start_of(rule, facts, course);
    if (!start || (rule.due_given && !facts.due_given)) return std::nullopt;
    Occurrence one{.id = rule.id, .climb_key = rule.id, .start = *start};
    one.due = rule.due_given ? *facts.due_given : add(*start, rule.due.value_or(Period{}), rules.calendar, rules.zone);
    const auto qualifying = qualifying_facts(facts, rule.fulfilled_by);
    if (!qualifying.empty()) one.fulfilled = qualifying.front();
    return one;
}

/// Number and latest of the qualifying publications that the bounded history let go: each fulfilled
/// one occurrence of a chain.
std::uint32_t dropped_publications(const CaseFacts& facts, const Fulfilment& by, std::optional<FactKey>& last) {
    std::uint32_t dropped = 0;
    if (by.event_type != published_index) return 0;
    for (const auto& [kind, summary] : facts.publication_summary) {
        if (!by.kinds.empty() && std::find(by.kinds.begin(), by.kinds.end(), kind) == by.kinds.end()) continue;
        dropped += summary.dropped;
        if (summary.last_dropped && (!last || *last < *summary.last_dropped)) last = summary.last_dropped;
    }
    return dropped;
}

/// Recurring: each qualifying fact after the start of the open occurrence fulfils it and starts the next.
std::vector<Occurrence> chain(const Rules& rules, const ObligationRule& rule, const CaseFacts& facts,
                              const CaseCourse& course, TimePoint last_start) {
    std::vector<Occurrence> occurrences;
    std::optional<FactKey> begin;
    std::uint32_t ordinal = dropped_publications(facts, rule.fulfilled_by, begin) + 1;
    TimePoint start = begin ? begin->time : start_of(rule, facts, course).value_or(course.detected_at);
    const auto qualifying = qualifying_facts(facts, rule.fulfilled_by);
    auto next = qualifying.begin();
    while (start <= last_start) {
        Occurrence one{.id = rule.id + "." + std::to_string(ordinal++),
                       .climb_key = begin ? rule.id + "@" + begun_by(*begin) : rule.id,
                       .start = start,
                       .due = add(start, *rule.every, rules.calendar, rules.zone)};
        while (next != qualifying.end() && (next->time <= start || (begin && !(*begin < *next)))) ++next;
        if (next != qualifying.end()) one.fulfilled = *next;
        occurrences.push_back(std::move(one));
        if (next == qualifying.end()) break;
        begin = *next++;
        start = begin->time;
    }
    return occurrences;
}

/// `start: assigned`: one occurrence per assignment; a lead unit known from the detection is the first.
std::vector<Occurrence> per_assignment(const Rules& rules, const ObligationRule& rule, const CaseFacts& facts,
                                       const CaseCourse& course) {
    std::vector<FactKey> begins;
    if (facts.detected && !course.eras.front().attributes.lead_unit.empty()) begins.push_back(*facts.detected);
    for (const auto& assignment : facts.assignments) begins.push_back(assignment.key);
    const auto qualifying = qualifying_facts(facts, rule.fulfilled_by);
    std::vector<Occurrence> occurrences;
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const FactKey& begin = begins[i];
        std::optional<FactKey> end = i + 1 < begins.size() ? std::optional(begins[i + 1]) : std::nullopt;
        for (const auto& returned : facts.returns) {
            if (begin < returned.key && (!end || returned.key < *end)) end = returned.key;
        }
        Occurrence one{.id = rule.id + "." + std::to_string(i + 1),
                       .climb_key = i == 0 && begin == facts.detected ? rule.id : rule.id + "@" + begun_by(begin),
                       .start = begin.time,
                       .due = add(begin.time, rule.due.value_or(Period{}), rules.calendar, rules.zone)};
        const auto first = std::find_if(qualifying.begin(), qualifying.end(), [&](const FactKey& key) {
            return begin < key && (!end || key < *end);
        });
        if (first != qualifying.end()) one.fulfilled = *first;
        else if (end) one.replaced_at = end->time;
        occurrences.push_back(std::move(one));
    }
    return occurrences;
}

/// The earliest waiver that names this occurrence or all of its rule.
const Told<Waiver>* waiver_of(const CaseFacts& facts, const std::string& rule_id, const std::string& id) {
    for (const auto& waiver : facts.waivers) {
        if (waiver.value.obligation == rule_id || waiver.value.obligation == id) return &waiver;
    }
    return nullptr;
}

/// When a re-grading let go of the rule for good; nothing while the last era names it.
struct Naming {
    bool ever = false;
    std::optional<TimePoint> dropped_at;
};

Naming naming_of(const Policy& policy, const ObligationRule& rule, const CaseCourse& course) {
    Naming naming;
    for (const Era& era : course.eras) {
        const CaseClass* of = policy.classify(era.attributes);
        const bool named = of && rule.when.matches(era.attributes) &&
                           std::find(of->obligations.begin(), of->obligations.end(), rule.id) != of->obligations.end();
        if (named) {
            naming = {true, std::nullopt};
        } else if (naming.ever && !naming.dropped_at) {
            naming.dropped_at = era.since.time;
        }
    }
    return naming;
}

/// Open and not yet due at that instant: what a re-grading, a closing or a new assignment makes void.
bool open_before_due(const Occurrence& one, TimePoint at) {
    return one.due > at && (!one.fulfilled || one.fulfilled->time > at);
}

struct Ends {
    std::optional<TimePoint> dropped_at;  // re-graded
    std::optional<TimePoint> closed_at;   // for those a closing ends
    const Told<Waiver>* waiver = nullptr;
    bool void_all = false;
};

/// The status, and what follows from it, of an occurrence whose rule members are already set.
void settle(Obligation& o, const Occurrence& one, const Ends& ends, TimePoint now) {
    const bool ended = (ends.dropped_at && open_before_due(one, *ends.dropped_at)) ||
                       (ends.closed_at && open_before_due(one, *ends.closed_at)) ||
                       (one.replaced_at && open_before_due(one, *one.replaced_at));
    if (ends.void_all || ended) {
        o.status = ObligationStatus::void_;
        return;
    }
    const auto* waiver = ends.waiver;
    if (waiver && waiver->key.time <= one.due && (!one.fulfilled || waiver->key.time < one.fulfilled->time)) {
        o.status = ObligationStatus::waived;
        return;
    }
    if (waiver && waiver->key.time > one.due) o.excused = Excuse{waiver->value.by, waiver->value.reason};
    if (one.fulfilled) {
        o.fulfilled_at = one.fulfilled->time;
        o.status = *o.fulfilled_at <= one.due ? ObligationStatus::met : ObligationStatus::late;
    } else {
        o.status = now < one.due ? ObligationStatus::pending : ObligationStatus::overdue;
    }
    o.steps_stopped = o.excused || one.replaced_at || (ends.closed_at && !one.fulfilled);
}

/// Until when steps could put a card on it.
TimePoint open_until(const Obligation& o, const Occurrence& one, const Ends& ends, TimePoint now) {
    auto until = now;
    if (o.fulfilled_at) until = std::min(until, *o.fulfilled_at - Duration{1});
    if (o.excused && ends.waiver) until = std::min(until, ends.waiver->key.time);
    if (ends.closed_at) until = std::min(until, *ends.closed_at);
    if (one.replaced_at) until = std::min(until, *one.replaced_at);
    return until;
}

Obligation from_rule(const Rules& rules, const ObligationRule& rule, const Occurrence& one) {
    return Obligation{.id = one.id, .rule_id = rule.id, .climb_key = one.climb_key, .title = rule.title,
                      .basis = rule.basis, .guide = rule.guide, .kind = rule.kind, .start = one.start, .due = one.due,
                      .ladder = rules.policy.find_ladder(rule.ladder), .when = rule.when, .review = rule.review};
}

void finish(const Rules& rules, const CaseCourse& course, Obligation& o, const Occurrence& one, const Ends& ends,
            TimePoint now) {
    settle(o, one, ends, now);
    if (o.status == ObligationStatus::void_ || o.status == ObligationStatus::waived) return;
    o.card = card_at(rules, course.eras.back().attributes, o, open_until(o, one, ends, now));
}

void add_rule(const Rules& rules, const ObligationRule& rule, const CaseFacts& facts, const CaseCourse& course,
              TimePoint now, std::vector<Obligation>& obligations) {
    const auto naming = naming_of(rules.policy, rule, course);
    if (!naming.ever) return;
    const auto closed_at = course.closed ? std::optional(course.closed->time) : std::nullopt;
    std::vector<Occurrence> occurrences;
    if (rule.every) {
        // Nothing new begins once the case is closed or the class no longer asks for it.
        auto last_start = closed_at.value_or(TimePoint::max());
        if (naming.dropped_at) last_start = std::min(last_start, *naming.dropped_at);
        if (const auto* waiver = waiver_of(facts, rule.id, rule.id)) last_start = std::min(last_start, waiver->key.time);
        occurrences = chain(rules, rule, facts, course, last_start);
    } else if (rule.start == StartRule::assigned) {
        occurrences = per_assignment(rules, rule, facts, course);
    } else if (auto one = single(rules, rule, facts, course)) {
        occurrences.push_back(std::move(*one));
    }
    for (const Occurrence& one : occurrences) {
        Ends ends{.dropped_at = naming.dropped_at, .waiver = waiver_of(facts, rule.id, one.id), .void_all = course.void_all};
        if (rule.kind == ObligationKind::internal || rule.every) ends.closed_at = closed_at;
        auto o = from_rule(rules, rule, one);
        finish(rules, course, o, one, ends, now);
        obligations.push_back(std::move(o));
    }
}

void add_commitment(const Rules& rules, const Told<Commitment>& made, const CaseFacts& facts, const CaseCourse& course,
                    TimePoint now, std::vector<Obligation>& obligations) {
    const auto id = "commitment." + made.value.id;
    Occurrence one{.id = id, .climb_key = id, .start = made.key.time, .due = made.value.due};
    if (const auto kept = facts.commitments_kept.find(made.value.id); kept != facts.commitments_kept.end()) {
        one.fulfilled = kept->second;
    }
    const Ends ends{.waiver = waiver_of(facts, "commitment", id), .void_all = course.void_all};
    Obligation o{.id = id, .rule_id = "commitment", .climb_key = id, .title = made.value.text, .basis = "承诺事项",
                 .start = one.start, .due = one.due, .ladder = rules.policy.find_ladder(rules.policy.commitment_ladder)};
    finish(rules, course, o, one, ends, now);
    obligations.push_back(std::move(o));
}

template <class T>
void append_keys(const History<T>& history, std::vector<FactKey>& keys) {
    for (const auto& told : history) keys.push_back(told.key);
}

}  // namespace

std::string begun_by(const FactKey& key) {
    return hash_hex({key.source, key.id}, 12);
}

std::vector<FactKey> qualifying_facts(const CaseFacts& facts, const Fulfilment& by) {
    std::vector<FactKey> keys;
    const auto name = event_type_names[by.event_type];
    if (name == "response.published") {
        const auto counts = [&](ResponseKind kind) {
            return by.kinds.empty() || std::find(by.kinds.begin(), by.kinds.end(), kind) != by.kinds.end();
        };
        for (const auto& told : facts.publications) {
            if (counts(told.value.kind)) keys.push_back(told.key);
        }
        for (const auto& [kind, summary] : facts.publication_summary) {
            if (counts(kind) && summary.dropped > 0) keys.push_back(summary.earliest.key);
        }
        std::sort(keys.begin(), keys.end());
        keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    } else if (name == "case.acknowledged") {
        append_keys(facts.acknowledgements, keys);
    } else if (name == "response.approved") {
        append_keys(facts.approvals, keys);
    } else if (name == "case.assessed") {
        append_keys(facts.assessments, keys);
    } else if (name == "case.assigned") {
        append_keys(facts.assignments, keys);
    } else if (name == "case.closed") {
        for (const auto& told : facts.status) {
            if (told.value.change == StatusChange::closed) keys.push_back(told.key);
        }
    }
    return keys;
}

std::vector<Obligation> derive_obligations(const Rules& rules, const CaseFacts& facts, const CaseCourse& course,
                                           TimePoint now) {
    std::vector<Obligation> obligations;
    std::vector<std::string> in_order;  // as the classes name them, the last class first
    for (auto era = course.eras.rbegin(); era != course.eras.rend(); ++era) {
        const CaseClass* of = rules.policy.classify(era->attributes);
        if (!of) continue;
        for (const auto& id : of->obligations) {
            if (std::find(in_order.begin(), in_order.end(), id) == in_order.end()) in_order.push_back(id);
        }
    }
    for (const auto& id : in_order) {
        const auto rule = rules.policy.obligations.find(id);
        if (rule != rules.policy.obligations.end()) add_rule(rules, rule->second, facts, course, now, obligations);
    }
    for (const auto& [id, made] : facts.commitments) add_commitment(rules, made, facts, course, now, obligations);
    return obligations;
}

}  // namespace alert
