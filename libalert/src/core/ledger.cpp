// Fold what was recorded by then, derive what it meant at that instant, and add what facts say in words,
// which decides nothing and is therefore in no snapshot.
#include "alert/core/ledger.hpp"

#include "alert/core/merging.hpp"
#include "alert/core/messages.hpp"
#include "alert/core/obligations.hpp"

#include "flags.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace alert {

namespace {

constexpr std::string_view press_conference_id = "press_conference";
constexpr std::string_view roster_gap_notice = "attention:roster_gap";

void count_step(RecordedCase& recorded, std::string_view step) {
    const auto reason = reason_of_step(step);
    if (reason == Reason::due || reason == Reason::overdue)
        ++recorded.urged;
    else if (reason != Reason::opened)
        ++recorded.reminded;
}

using Facts = std::vector<const Fact*>;

/// Facts of one type in the order of facts.
template <class T>
std::vector<std::pair<FactKey, const T*>> of_type(const Facts& facts) {
    std::vector<std::pair<FactKey, const T*>> found;
    for (const Fact* fact : facts) {
        if (const T* data = std::get_if<T>(&fact->event.data)) found.emplace_back(key_of(*fact), data);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return found;
}

void add_detections(LedgerEntry& entry, const Facts& facts) {
    const auto keep = [](std::string& kept, const std::string& told) {
        if (kept.empty()) kept = told;
    };
    for (const auto& [key, detection] : of_type<Detected>(facts)) {
        keep(entry.source, key.source);
        keep(entry.platform, detection->platform);
        keep(entry.summary, detection->summary);
    }
}

void add_answers(LedgerEntry& entry, const Facts& facts) {
    const Published* first = nullptr;
    for (const auto& [key, published] : of_type<Published>(facts)) {
        if (entry.answers.empty()) first = published;
        entry.answers.push_back(
            {key.time, published->kind, published->channel, published->url, published->title});
    }
    // The approval that the first answer names, else the latest one before it.
    for (const auto& [key, approved] : of_type<Approved>(facts)) {
        if (!entry.answers.empty() && key.time > entry.answers.front().at) break;
        entry.approved_by = approved->by;
        entry.approved_at = key.time;
        entry.approval_note = approved->note;
    }
    if (first == nullptr || first->approved_by.empty()) return;
    if (first->approved_by != entry.approved_by) entry.approval_note.clear();
    entry.approved_by = first->approved_by;
    entry.approved_at = first->approved_at.value_or(entry.answers.front().at);
}

std::optional<TimePoint> first_assigned_at(const CaseFacts& facts, const CaseCourse& course) {
    if (led_from_detection(facts, course)) return course.detected_at;
    const FactKey* assigned = facts.assignments.first();
    return assigned ? std::optional(assigned->time) : std::nullopt;
}

/// After a return it is not given to anybody until it is assigned again.
std::optional<TimePoint> taken_on_at(const CaseFacts& facts, const CaseCourse& course) {
    const auto since = last_break(course);
    if (!since) return first_assigned_at(facts, course);
    if (course.returns.empty() || *since != course.returns.back()) return since->time;
    for (const auto& assignment : facts.assignments)
        if (*since < assignment.key) return assignment.key.time;
    return std::nullopt;
}

void add_handling(LedgerEntry& entry, const CaseCourse& course, const Facts& facts) {
    if (const auto taken = of_type<Acknowledged>(facts); !taken.empty())
        entry.first_taken_by = taken.front().second->by;
    for (const auto& [key, returned] : of_type<Returned>(facts)) {
        const auto& unit = returned->unit.empty() ? lead_at(course, key) : returned->unit;
        entry.returns.push_back({unit, returned->reason});
    }
    for (const auto& [key, noted] : of_type<Noted>(facts)) entry.noted = noted->text;
}

/// Of the closing, the dismissal and the merge in force.
void add_ends(LedgerEntry& entry, const Facts& facts) {
    for (const auto& [key, closed] : of_type<Closed>(facts)) {
        if (entry.view.closed_at != key.time) continue;
        entry.closed_because = closed->reason;
        break;
    }
    for (const auto& [key, dismissed] : of_type<Dismissed>(facts)) {
        if (entry.view.dismissed_at != key.time) continue;
        entry.dismissed_because = dismissed->reason;
        break;
    }
    for (const auto& [key, merged] : of_type<Merged>(facts)) {
        if (entry.view.into != merged->into) continue;
        entry.merged_because = merged->reason;
        break;
    }
}

/// Why nothing is asked any more; what ends all obligations of a case is told of the case.
std::string void_reason(const Duty& duty, const CaseView& view) {
    if (duty.obligation.status != ObligationStatus::void_ || is_void(view.status)) return {};
    const bool closed = view.closed_at && duty.obligation.due > *view.closed_at;
    if (closed && !duty.obligation.survives_close) return "closed";
    return duty.start == StartRule::assigned ? "reassigned" : "regraded";
}

/// Who waived it, in time or not: the earliest that names it or all of its rule.
std::optional<Excuse> waiver_of(const CaseFacts& facts, const Obligation& obligation) {
    if (obligation.status != ObligationStatus::waived) return obligation.excused;
    for (const auto& [key, waiver] : facts.waivers) {
        if (waiver.obligation == obligation.rule_id || waiver.obligation == obligation.id)
            return Excuse{waiver.by, waiver.reason};
    }
    return std::nullopt;
}

/// To whom the assignment was that an obligation starts with.
std::string assigned_to(const Obligation& obligation, const CaseFacts& facts, const CaseCourse& course) {
    if (facts.detected && obligation.climb_key == obligation.rule_id) return lead_at(course, *facts.detected);
    for (const auto& assignment : facts.assignments)
        if (obligation.climb_key.ends_with(begun_by(assignment.key))) return lead_at(course, assignment.key);
    return {};
}

/// The detection itself asks for it, and was recorded when it was due already; nobody could be in time.
bool was_due_when_detected(const Obligation& obligation, const ObligationRule& rule, const CaseFacts& facts,
                           const CaseCourse& course) {
    const bool late =
        obligation.status == ObligationStatus::late || obligation.status == ObligationStatus::overdue;
    const FactKey* asked = asked_since(rule, course);
    return late && obligation.climb_key == obligation.rule_id && asked != nullptr &&
           *asked == course.eras.front().since && facts.first_recorded_at &&
           obligation.due < *facts.first_recorded_at;
}

Duty duty_of(const Policy& policy, const Obligation& obligation, const CaseFacts& facts,
             const CaseCourse& course, const CaseView& view) {
    Duty duty{.obligation = obligation};
    duty.waiver = waiver_of(facts, obligation);
    duty.open_at_closing = was_open_at_closing(view, obligation);
    const auto rule = policy.obligations.find(obligation.rule_id);
    if (rule == policy.obligations.end()) {
        duty.kind = DutyKind::commitment;
        return duty;
    }
    const auto& by = rule->second.fulfilled_by;
    duty.by_publication = by.by_publication();
    duty.recurring = rule->second.every.has_value();
    duty.start = rule->second.start;
    if (rule->second.kind == ObligationKind::statutory)
        duty.kind = DutyKind::statutory;
    else if (event_type_names[by.event_type] == "case.acknowledged")
        duty.kind = DutyKind::acknowledgement;
    if (duty.start == StartRule::assigned) duty.unit = assigned_to(obligation, facts, course);
    duty.on_arrival =
        duty.kind == DutyKind::statutory && was_due_when_detected(obligation, rule->second, facts, course);
    duty.void_because = void_reason(duty, view);
    return duty;
}

/// Withdrawn or not; null when no detection was told at all.
const Fact* earliest_detection(const std::vector<Fact>& told) {
    const Fact* earliest = nullptr;
    for (const Fact& fact : told) {
        if (!std::holds_alternative<Detected>(fact.event.data)) continue;
        if (earliest == nullptr || key_of(fact) < key_of(*earliest)) earliest = &fact;
    }
    return earliest;
}

/// What it was, and who took it back: the earliest detection stands for all of them.
void add_withdrawn(LedgerEntry& entry, const Fact& detection, const Facts& facts) {
    entry.title = std::get<Detected>(detection.event.data).title;
    for (const auto& [key, withdrawn] : of_type<Withdrawn>(facts)) {
        const auto of = key_of(detection);
        if (withdrawn->event_source != of.source || withdrawn->event_id != of.id) continue;
        entry.withdrawn = Excuse{withdrawn->by, withdrawn->reason};
        return;
    }
}

/// The first that told of it told of what was over: others had known of it.
bool came_as_history(const Facts& facts) {
    const Fact* first = nullptr;
    for (const Fact* fact : facts) {
        if (!std::holds_alternative<Detected>(fact->event.data)) continue;
        if (first == nullptr || fact->recorded_at < first->recorded_at) first = fact;
    }
    return first != nullptr && first->silent;
}

}  // namespace

void take_entry(RecordedCase& recorded, const LogEntry& entry, std::optional<Event> event) {
    if (entry.kind == LogKind::fired) count_step(recorded, entry.step);
    if (entry.kind == LogKind::notice && entry.reason == roster_gap_notice) recorded.roster_gap = true;
    if (!event) return;
    if (const auto* merged = std::get_if<Merged>(&event->data)) {
        if (entry.kind == LogKind::fact) recorded.named.insert(merged->into);
        if (entry.kind == LogKind::adopted && event->subject) recorded.named.insert(*event->subject);
    }
    if (entry.kind != LogKind::fact) return;
    event->record.clear();  // the entry has it; thousands of these are held at once
    recorded.facts.push_back({std::move(*event), entry.at, entry.via, entry.silent});
}

const Duty* LedgerEntry::answer_owed() const {
    const auto rank = [](const Duty& duty) {
        const auto status = duty.obligation.status;
        const bool counts = !duty.obligation.excused;
        const int standing = counts && status == ObligationStatus::overdue ? 0
                             : counts && status == ObligationStatus::late  ? 1
                                                                           : 2;
        return std::tuple(status == ObligationStatus::void_, duty.kind != DutyKind::statutory, standing);
    };
    const Duty* owed = nullptr;
    for (const Duty& duty : duties) {
        if (!duty.by_publication || duty.recurring || duty.obligation.rule_id == press_conference_id)
            continue;
        if (owed == nullptr || rank(duty) < rank(*owed)) owed = &duty;
    }
    return owed;
}

const Duty* LedgerEntry::press_conference() const {
    const auto found = std::find_if(duties.begin(), duties.end(), [](const Duty& duty) {
        return duty.obligation.rule_id == press_conference_id;
    });
    return found == duties.end() ? nullptr : &*found;
}

void UnreadCases::add(UnreadCase unread) {
    if (list.size() < listed_max)
        list.push_back(std::move(unread));
    else
        ++left_out;
}

ConnectedCases::ConnectedCases(Records records) : records_(std::move(records)) {
    for (const auto& [id, recorded] : records_) told_[id] = recorded->facts;
    folded_ = fold_together(told_);
}

std::optional<LedgerEntry> ConnectedCases::entry(const Rules& rules, const CaseId& id, TimePoint at) const {
    const RecordedCase& recorded = *records_.at(id);
    Snapshot snapshot{.id = id, .policy = rules.policy.hash, .facts = folded_.at(id)};
    if (recorded.roster_gap) snapshot.progress.told.insert("roster_gap");
    const auto& detected = snapshot.facts.detected;
    const Fact* withdrawn = detected ? nullptr : earliest_detection(recorded.facts);
    if (!detected && withdrawn == nullptr) return std::nullopt;

    CaseCourse course;
    LedgerEntry entry{.view = derive(rules, snapshot, at, course),
                      .started = detected ? detected->time : key_of(*withdrawn).time};
    entry.title = entry.view.title;
    entry.reminded = recorded.reminded;
    entry.urged = recorded.urged;
    for (const auto& of : rules.policy.classes)
        if (of.id == entry.view.class_id) entry.class_title = of.title;
    const auto own = counting_facts(told_, id, {});
    const auto counting = counting_facts(told_, id, snapshot.facts.absorbed);
    const bool history = came_as_history(counting);
    for (const Obligation& obligation : entry.view.obligations) {
        auto& duty =
            entry.duties.emplace_back(duty_of(rules.policy, obligation, snapshot.facts, course, entry.view));
        duty.on_arrival = duty.on_arrival && !history;
    }
    entry.assigned_at = first_assigned_at(snapshot.facts, course);
    entry.taken_on_at = taken_on_at(snapshot.facts, course);
    if (withdrawn != nullptr) add_withdrawn(entry, *withdrawn, own);
    add_detections(entry, counting);
    add_answers(entry, counting);
    add_handling(entry, course, own);
    add_ends(entry, own);
    return entry;
}

std::vector<Records> parted_by_merges(const Records& all) {
    std::map<CaseId, std::vector<CaseId>> neighbours;
    for (const auto& [id, recorded] : all) {
        for (const CaseId& named : recorded->named) {
            neighbours[id].push_back(named);
            neighbours[named].push_back(id);
        }
    }
    std::vector<Records> parts;
    std::set<CaseId> reached;
    for (const auto& [id, recorded] : all) {
        if (reached.contains(id)) continue;
        Records& part = parts.emplace_back();
        std::vector<CaseId> next{id};
        while (!next.empty()) {
            const auto at = std::move(next.back());
            next.pop_back();
            const auto found = all.find(at);
            if (found == all.end() || !reached.insert(at).second) continue;
            part.insert(*found);
            const auto& near = neighbours[at];
            next.insert(next.end(), near.begin(), near.end());
        }
    }
    return parts;
}

}  // namespace alert
