// An obligation is built in three moves: the rule gives its *occurrences* (one, a chain, or one per
// assignment), the facts give each occurrence its *end* (fulfilled, waived, dropped by a re-grading,
// closed), and `now` gives what is left its status. Nothing here depends on what was fired.
#include "alert/core/obligations.hpp"

#include "alert/core/climb.hpp"
#include "alert/core/hash.hpp"

#include <algorithm>

namespace alert {

namespace {

struct Occurrence {
    std::string id;
    std::string climb_key;
    TimePoint start, due;
    std::optional<FactKey> fulfilled;
    std::optional<FactKey> replaced;  // a new assignment or a return ended it
};

TimePoint start_of(const ObligationRule& rule, const CaseFacts& facts, const CaseCourse& course) {
    const auto detected = course.detected_at;
    switch (rule.start) {
        case StartRule::detected: break;
        case StartRule::recorded: return facts.first_recorded_at.value_or(detected);
        case StartRule::occurred: return facts.occurred_at.value_or(detected);
        case StartRule::earliest: return std::min(detected, facts.occurred_at.value_or(detected));
        case StartRule::assigned: break;  // a recurring one begins with its case
    }
    return detected;
}

std::optional<Occurrence> single(const Rules& rules, const ObligationRule& rule, const CaseFacts& facts,
                                 const CaseCourse& course) {
    if (rule.due_given && !facts.due_given) return std::nullopt;
    Occurrence one{.id = rule.id, .climb_key = rule.id, .start = start_of(rule, facts, course)};
    one.due = rule.due_given ? *facts.due_given
                             : add(one.start, rule.due.value_or(Period{}), rules.calendar, rules.zone);
    const auto qualifying = qualifying_facts(facts, rule.fulfilled_by);
    if (!qualifying.empty()) one.fulfilled = qualifying.front();
    return one;
}

/// Number and latest of the qualifying publications that the bounded history let go: each fulfilled
/// one occurrence of a chain.
std::uint32_t dropped_publications(const CaseFacts& facts, const Fulfilment& by,
                                   std::optional<FactKey>& last) {
    std::uint32_t dropped = 0;
    if (!by.by_publication()) return 0;
    for (const auto& [kind, summary] : facts.publication_summary) {
        if (!counts_kind(by, kind)) continue;
        dropped += summary.dropped;
        if (summary.last_dropped && (!last || *last < *summary.last_dropped)) last = summary.last_dropped;
    }
    return dropped;
}

/// Recurring: each qualifying fact after the start of the open occurrence fulfils it and starts the next, up
/// to the fact that ends them all.
std::vector<Occurrence> chain(const Rules& rules, const ObligationRule& rule, const CaseFacts& facts,
                              const CaseCourse& course, const std::optional<FactKey>& ended) {
    std::vector<Occurrence> occurrences;
    std::optional<FactKey> begin;
    std::uint32_t ordinal = dropped_publications(facts, rule.fulfilled_by, begin) + 1;
    TimePoint start = begin ? begin->time : start_of(rule, facts, course);
    const auto qualifying = qualifying_facts(facts, rule.fulfilled_by);
    auto next = qualifying.begin();
    while (!begin || !ended || *begin < *ended) {  // the first is there, if only to be waived or void
        Occurrence one{.id = rule.id + "." + std::to_string(ordinal++),
                       .climb_key = begin ? rule.id + "@" + begun_by(*begin) : rule.id,
                       .start = start,
                       .due = add(start, *rule.every, rules.calendar, rules.zone)};
        while (next != qualifying.end() && next->time <= start) ++next;
        if (next != qualifying.end()) one.fulfilled = *next;
        occurrences.push_back(std::move(one));
        if (next == qualifying.end()) break;
        begin = *next++;
        start = begin->time;
    }
    return occurrences;
}

/// `start: assigned`: one occurrence per assignment, that by the detection included.
std::vector<Occurrence> per_assignment(const Rules& rules, const ObligationRule& rule, const CaseFacts& facts,
                                       const CaseCourse& course) {
    std::vector<FactKey> begins;
    const FactKey* first = facts.assignments.first();
    if (led_from_detection(facts, course)) begins.push_back(*facts.detected);
    const std::size_t known = begins.size();  // from the detection
    for (const auto& assignment : facts.assignments) begins.push_back(assignment.key);
    const auto qualifying = qualifying_facts(facts, rule.fulfilled_by);
    std::vector<Occurrence> occurrences;
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const FactKey& begin = begins[i];
        std::optional<FactKey> end = i + 1 < begins.size() ? std::optional(begins[i + 1]) : std::nullopt;
        if (i < known && first) end = *first;
        for (const FactKey& returned : course.returns) {
            if (begin < returned && (!end || returned < *end)) end = returned;
        }
        Occurrence one{
            .id = rule.id + "." + std::to_string(i + 1 + (i < known ? 0 : facts.assignments.dropped)),
            .climb_key = i == 0 && begin == facts.detected ? rule.id : rule.id + "@" + begun_by(begin),
            .start = begin.time,
            .due = add(begin.time, rule.due.value_or(Period{}), rules.calendar, rules.zone)};
        const auto answer = std::find_if(qualifying.begin(), qualifying.end(), [&](const FactKey& key) {
            return begin < key && (!end || key < *end);
        });
        if (answer != qualifying.end())
            one.fulfilled = *answer;
        else
            one.replaced = end;
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

/// Since when the case's class asked for the rule, and when a re-grading let go of it for good.
struct Naming {
    const FactKey* since = nullptr;  // null: never
    std::optional<FactKey> dropped;  // nothing while the last era names it
};

Naming naming_of(const ObligationRule& rule, const CaseCourse& course) {
    Naming naming;
    for (const Era& era : course.eras) {
        const bool named = era.of && rule.when.matches(era.attributes) &&
                           std::find(era.of->obligations.begin(), era.of->obligations.end(), rule.id) !=
                               era.of->obligations.end();
        if (named) {
            if (!naming.since) naming.since = &era.since;
            naming.dropped.reset();
        } else if (naming.since && !naming.dropped) {
            naming.dropped = era.since;
        }
    }
    return naming;
}

struct Ends {
    std::optional<FactKey> dropped;  // re-graded
    std::optional<FactKey> closed;   // for those a closing ends
    const Told<Waiver>* waiver = nullptr;
    bool void_all = false;
};

/// What came first in the order of facts: the answer, a waiver in time, or what makes void whatever is
/// open and not yet due.
ObligationStatus ended_as(const Occurrence& one, const Ends& ends) {
    auto status = ObligationStatus::pending;
    std::optional<FactKey> first;
    const auto consider = [&](const FactKey& key, ObligationStatus as) {
        if (first && *first < key) return;
        first = key;
        status = as;
    };
    for (const auto& end : {ends.dropped, ends.closed, one.replaced}) {
        if (end && one.due > end->time) consider(*end, ObligationStatus::void_);
    }
    if (ends.waiver && ends.waiver->key.time <= one.due) consider(ends.waiver->key, ObligationStatus::waived);
    if (one.fulfilled) {
        consider(*one.fulfilled,
                 one.fulfilled->time <= one.due ? ObligationStatus::met : ObligationStatus::late);
    }
    return status;
}

/// The status, and what follows from it, of an occurrence whose rule members are already set.
void settle(Obligation& o, const Occurrence& one, const Ends& ends, TimePoint now) {
    o.status = ends.void_all ? ObligationStatus::void_ : ended_as(one, ends);
    if (o.status == ObligationStatus::void_ || o.status == ObligationStatus::waived) return;
    if (o.status == ObligationStatus::pending && now >= one.due) o.status = ObligationStatus::overdue;
    if (!o.open()) o.fulfilled_at = one.fulfilled->time;
    const bool excusable = o.status == ObligationStatus::late || o.status == ObligationStatus::overdue;
    // One in time would have waived it.
    if (excusable && ends.waiver) o.excused = Excuse{ends.waiver->value.by, ends.waiver->value.reason};
    o.steps_stopped = o.excused || one.replaced || ends.closed;
}

/// Until when steps could put a card on it.
TimePoint open_until(const Obligation& o, const Occurrence& one, const Ends& ends, TimePoint now) {
    auto until = now;
    if (o.fulfilled_at) until = std::min(until, *o.fulfilled_at - Duration{1});
    if (o.excused) until = std::min(until, ends.waiver->key.time);
    if (ends.closed) until = std::min(until, ends.closed->time);
    if (one.replaced) until = std::min(until, one.replaced->time);
    return until;
}

Obligation from_rule(const Rules& rules, const ObligationRule& rule, const Occurrence& one) {
    return Obligation{.id = one.id,
                      .rule_id = rule.id,
                      .climb_key = one.climb_key,
                      .title = rule.title,
                      .basis = rule.basis,
                      .guide = rule.guide,
                      .kind = rule.kind,
                      .start = one.start,
                      .due = one.due,
                      .ladder = rules.policy.find_ladder(rule.ladder),
                      .when = rule.when,
                      .review = rule.review,
                      .survives_close = rule.kind == ObligationKind::statutory && !rule.every};
}

void finish(const Rules& rules, const CaseCourse& course, Obligation& o, const Occurrence& one,
            const Ends& ends, TimePoint now) {
    settle(o, one, ends, now);
    if (o.status == ObligationStatus::void_ || o.status == ObligationStatus::waived) return;
    o.card = card_at(rules, course.eras.back().attributes, o, open_until(o, one, ends, now));
}

std::vector<Occurrence> occurrences_of(const Rules& rules, const ObligationRule& rule, const CaseFacts& facts,
                                       const CaseCourse& course, const Naming& naming) {
    if (rule.every) {
        // Nothing new begins once the case is closed, the class no longer asks for it, or all is waived.
        std::optional<FactKey> ended;
        const auto end_at = [&ended](const FactKey& key) { ended = ended ? std::min(*ended, key) : key; };
        if (course.closed) end_at(*course.closed);
        if (naming.dropped) end_at(*naming.dropped);
        if (const auto* waiver = waiver_of(facts, rule.id, rule.id)) end_at(waiver->key);
        return chain(rules, rule, facts, course, ended);
    }
    if (rule.start == StartRule::assigned) return per_assignment(rules, rule, facts, course);
    auto one = single(rules, rule, facts, course);
    return one ? std::vector<Occurrence>{std::move(*one)} : std::vector<Occurrence>{};
}

/// Due before the detection was recorded, or before the re-grading that asks for it; nobody could be in time.
bool was_due_on_arrival(const Obligation& o, const CaseFacts& facts, const FactKey& asked_since) {
    const bool begun_with_case = o.climb_key == o.rule_id;
    const bool counts = o.status == ObligationStatus::late || o.status == ObligationStatus::overdue;
    return begun_with_case && counts &&
           ((facts.first_recorded_at && o.due < *facts.first_recorded_at) || o.due < asked_since.time);
}

void add_rule(const Rules& rules, const ObligationRule& rule, const CaseFacts& facts,
              const CaseCourse& course, TimePoint now, std::vector<Obligation>& obligations) {
    const auto naming = naming_of(rule, course);
    if (!naming.since) return;
    for (const Occurrence& one : occurrences_of(rules, rule, facts, course, naming)) {
        Ends ends{.dropped = naming.dropped,
                  .waiver = waiver_of(facts, rule.id, one.id),
                  .void_all = course.void_all};
        auto o = from_rule(rules, rule, one);
        if (!o.survives_close) ends.closed = course.closed;
        finish(rules, course, o, one, ends, now);
        o.due_on_arrival = was_due_on_arrival(o, facts, *naming.since);
        obligations.push_back(std::move(o));
    }
}

void add_commitment(const Rules& rules, const Told<Commitment>& made, const CaseFacts& facts,
                    const CaseCourse& course, TimePoint now, std::vector<Obligation>& obligations) {
    const auto id = "commitment." + made.value.id;
    Occurrence one{.id = id, .climb_key = id, .start = made.key.time, .due = made.value.due};
    if (const auto kept = facts.commitments_kept.find(made.value.id); kept != facts.commitments_kept.end()) {
        one.fulfilled = kept->second;
    }
    const Ends ends{.waiver = waiver_of(facts, "commitment", id), .void_all = course.void_all};
    Obligation o{.id = id,
                 .rule_id = "commitment",
                 .climb_key = id,
                 .title = made.value.text,
                 .basis = "承诺事项",
                 .start = one.start,
                 .due = one.due,
                 .ladder = rules.policy.find_ladder(rules.policy.commitment_ladder),
                 .survives_close = true};
    finish(rules, course, o, one, ends, now);
    obligations.push_back(std::move(o));
}

template <class T>
void append_keys(const History<T>& history, std::vector<FactKey>& keys) {
    for (const auto& told : history) keys.push_back(told.key);
}

}  // namespace

bool led_from_detection(const CaseFacts& facts, const CaseCourse& course) {
    if (!facts.detected || course.eras.front().attributes.lead_unit.empty()) return false;
    const FactKey* assigned = facts.assignments.first();
    return !assigned || *facts.detected < *assigned;
}

std::string begun_by(const FactKey& key) { return hash_hex({key.source, key.id}, 12); }

const FactKey* asked_since(const ObligationRule& rule, const CaseCourse& course) {
    return naming_of(rule, course).since;
}

bool counts_kind(const Fulfilment& by, ResponseKind kind) {
    return by.kinds.empty() || std::find(by.kinds.begin(), by.kinds.end(), kind) != by.kinds.end();
}

std::vector<FactKey> qualifying_facts(const CaseFacts& facts, const Fulfilment& by) {
    std::vector<FactKey> keys;
    const auto name = event_type_names[by.event_type];
    if (by.by_publication()) {
        for (const auto& told : facts.publications) {
            if (counts_kind(by, told.value.kind)) keys.push_back(told.key);
        }
        for (const auto& [kind, summary] : facts.publication_summary) {
            if (counts_kind(by, kind) && summary.dropped > 0) keys.push_back(summary.earliest.key);
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

std::vector<Obligation> derive_obligations(const Rules& rules, const CaseFacts& facts,
                                           const CaseCourse& course, TimePoint now) {
    std::vector<Obligation> obligations;
    std::vector<const std::string*> in_order;  // as the classes name them, the last class first
    const CaseClass* seen = nullptr;
    for (auto era = course.eras.rbegin(); facts.detected && era != course.eras.rend(); ++era) {
        if (!era->of || era->of == seen) continue;
        seen = era->of;
        for (const auto& id : seen->obligations) {
            const auto same = [&](const std::string* other) { return *other == id; };
            if (std::none_of(in_order.begin(), in_order.end(), same)) in_order.push_back(&id);
        }
    }
    for (const auto* id : in_order) {
        const auto rule = rules.policy.obligations.find(*id);
        if (rule != rules.policy.obligations.end())
            add_rule(rules, rule->second, facts, course, now, obligations);
    }
    for (const auto& [id, made] : facts.commitments)
        add_commitment(rules, made, facts, course, now, obligations);
    return obligations;
}

}  // namespace alert
