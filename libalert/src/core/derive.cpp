// The course of a case: its facts walked once in their order, from the detection on. The eras it passes
// through (grade, level, lead unit in force) decide its obligations, see obligations.cpp.
#include "alert/core/derive.hpp"

#include "alert/core/merging.hpp"
#include "alert/core/obligations.hpp"

#include <algorithm>

namespace alert {

std::string_view to_string(ObligationStatus status) {
    switch (status) {
        case ObligationStatus::pending: return "pending";
        case ObligationStatus::met: return "met";
        case ObligationStatus::late: return "late";
        case ObligationStatus::overdue: return "overdue";
        case ObligationStatus::waived: return "waived";
        case ObligationStatus::void_: return "void";
    }
    return "";
}

std::string_view to_string(CaseStatus status) {
    switch (status) {
        case CaseStatus::open: return "open";
        case CaseStatus::closed: return "closed";
        case CaseStatus::dismissed: return "dismissed";
        case CaseStatus::merged: return "merged";
    }
    return "";
}

namespace {

template <class T>
T value_of(const std::optional<Told<T>>& told) {
    return told ? told->value : T{};
}

/// What stands in the case after the facts so far.
struct Standing {
    IncidentGrade grade = IncidentGrade::none;
    std::optional<OpinionLevel> level;
    bool grade_assessed = false, level_assessed = false;  // from then on detections no longer count
    std::string field;
    const Assignment* assigned = nullptr;
};

/// An id where the directory knows the name, else as told.
std::string resolve_unit(const Directory& directory, const std::string& told) {
    const Unit* unit = directory.find_unit(told);
    return unit ? unit->id : told;
}

std::vector<std::string> resolve_units(const Directory& directory, const std::vector<std::string>& told) {
    std::vector<std::string> ids;
    for (const auto& name : told) ids.push_back(resolve_unit(directory, name));
    return ids;
}

/// The unit a detection names answers from the start, unless an assignment came before that detection.
const Assignment* assigned_at_detection(const CaseFacts& facts) {
    const auto& unit = facts.detected_unit;
    const FactKey* assigned = facts.assignments.first();
    const bool counts = unit && (!assigned || unit->key < *assigned);
    return counts ? &unit->value : nullptr;
}

Attributes attributes_of(const Rules& rules, const CaseFacts& facts, const Standing& standing) {
    Attributes attributes{.incident_grade = standing.grade,
                          .opinion_level = standing.level,
                          .field = standing.field,
                          .platform = value_of(facts.platform),
                          .source = value_of(facts.source),
                          .matter = facts.matter ? facts.matter->value : Matter::opinion};
    const Field* field = rules.directory.find_field(standing.field);
    if (field) {
        attributes.field = field->id;
        attributes.field_name = field->name;
    }
    if (standing.assigned)
        attributes.lead_unit = standing.assigned->lead_unit;
    else if (field)
        attributes.lead_unit = field->lead;
    if (const Unit* unit = rules.directory.find_unit(attributes.lead_unit)) {
        attributes.lead_unit = unit->id;
        attributes.lead_unit_name = unit->name;
    }
    return attributes;
}

/// One deciding fact: exactly one of the four is there.
struct Turn {
    const FactKey* key = nullptr;
    std::optional<IncidentGrade> detected_grade;
    std::optional<OpinionLevel> detected_level;
    const Assessment* assessment = nullptr;
    const Assignment* assignment = nullptr;
};

std::vector<Turn> turns_of(const CaseFacts& facts) {
    std::vector<Turn> turns;
    turns.reserve(facts.grades.size() + facts.levels.size() + facts.assessments.items.size() +
                  facts.assignments.items.size());
    for (const auto& [grade, key] : facts.grades) turns.push_back({.key = &key, .detected_grade = grade});
    for (const auto& [level, key] : facts.levels) turns.push_back({.key = &key, .detected_level = level});
    for (const auto& told : facts.assessments) turns.push_back({.key = &told.key, .assessment = &told.value});
    for (const auto& told : facts.assignments) turns.push_back({.key = &told.key, .assignment = &told.value});
    std::stable_sort(turns.begin(), turns.end(),
                     [](const Turn& a, const Turn& b) { return *a.key < *b.key; });
    return turns;
}

/// False: it lowers the grade without a reason or without the right to; the grade is not applied.
bool assess(Standing& standing, const Assessment& assessment) {
    bool applied = true;
    if (assessment.incident_grade) {
        const bool lowers = *assessment.incident_grade < standing.grade;
        applied = !lowers || (assessment.reasoned && assessment.may_lower);
        if (applied) {
            standing.grade = *assessment.incident_grade;
            standing.grade_assessed = true;
        }
    }
    if (assessment.opinion_level) {
        standing.level = assessment.opinion_level;
        standing.level_assessed = true;
    }
    if (!assessment.field.empty()) standing.field = assessment.field;
    return applied;
}

void take(const Turn& turn, Standing& standing, std::set<Cause>& causes) {
    if (turn.detected_grade && !standing.grade_assessed)
        standing.grade = std::max(standing.grade, *turn.detected_grade);
    if (turn.detected_level && !standing.level_assessed) {
        standing.level = std::max(standing.level, turn.detected_level);
    }
    if (turn.assignment) standing.assigned = turn.assignment;
    if (turn.assessment && !assess(standing, *turn.assessment))
        causes.insert({"unreasoned", begun_by(*turn.key), ""});
}

/// Walks everything that decides in the order of facts; `led_since` is the last change of the lead unit.
Standing walk_eras(const Rules& rules, const CaseFacts& facts, std::vector<Era>& eras,
                   std::set<Cause>& causes, std::optional<FactKey>& led_since) {
    Standing standing{.field = value_of(facts.field), .assigned = assigned_at_detection(facts)};
    const auto detected = facts.detected.value_or(FactKey{});
    auto lead = attributes_of(rules, facts, standing).lead_unit;
    const auto follow_lead = [&](const FactKey& since, const Attributes& attributes) {
        if (attributes.lead_unit == lead) return;
        lead = attributes.lead_unit;
        led_since = since;
    };
    const auto add_era = [&](const FactKey& since) {
        auto attributes = attributes_of(rules, facts, standing);
        follow_lead(since, attributes);
        const CaseClass* of = rules.policy.classify(attributes);
        eras.push_back({since, std::move(attributes), of});
    };
    const auto turns = turns_of(facts);
    auto turn = turns.begin();
    for (; turn != turns.end() && *turn->key <= detected; ++turn) {
        take(*turn, standing, causes);
        follow_lead(*turn->key, attributes_of(rules, facts, standing));
    }
    add_era(detected);
    while (turn != turns.end()) {
        const FactKey& key = *turn->key;  // one fact may tell grade and level: both at once
        for (; turn != turns.end() && *turn->key == key; ++turn) take(*turn, standing, causes);
        add_era(key);
    }
    return standing;
}

struct StatusCourse {
    CaseStatus status = CaseStatus::open;
    std::optional<FactKey> closed, dismissed;  // the first since it was last open
    std::optional<CaseId> into;
};

StatusCourse walk_status(const CaseFacts& facts, const CaseId& self) {
    StatusCourse course;
    for (const auto& told : facts.status) {
        switch (told.value.change) {
            case StatusChange::closed:
                if (!course.closed) course.closed = told.key;
                course.status = CaseStatus::closed;
                break;
            case StatusChange::reopened:
                course.closed.reset();
                course.dismissed.reset();
                course.status = CaseStatus::open;
                break;
            case StatusChange::dismissed:
                if (!course.dismissed) course.dismissed = told.key;
                course.status = CaseStatus::dismissed;
                break;
            case StatusChange::merged: break;
        }
    }
    course.into = merged_into(self, facts);
    if (course.into) {
        course.status = CaseStatus::merged;
    } else if (!facts.detected) {
        course.status = CaseStatus::dismissed;  // all that was detected was withdrawn
    }
    return course;
}

/// An acknowledgement counts for the assignment in force; a return or another lead unit ends it.
std::optional<TimePoint> acknowledged_at(const CaseFacts& facts, std::optional<FactKey> since) {
    if (!facts.returns.empty()) since = std::max(since, std::optional(facts.returns.items.back().key));
    for (const auto& acknowledgement : facts.acknowledgements) {
        if (!since || *since < acknowledgement.key) return acknowledgement.key.time;
    }
    return std::nullopt;
}

bool approved_before(const CaseFacts& facts, const Told<Publication>& publication) {
    if (publication.value.approved_at) return *publication.value.approved_at <= publication.key.time;
    return std::any_of(facts.approvals.begin(), facts.approvals.end(),
                       [&](const auto& approval) { return approval.key.time <= publication.key.time; });
}

/// Publications without approval that answer an obligation under review (先审后发).
void find_unreviewed(const Rules& rules, const CaseFacts& facts, CaseView& view) {
    for (const auto& publication : facts.publications) {
        if (approved_before(facts, publication)) continue;
        const auto answers = [&](const Obligation& o) {
            if (!o.review || o.status == ObligationStatus::void_) return false;
            const auto rule = rules.policy.obligations.find(o.rule_id);
            if (rule == rules.policy.obligations.end()) return false;
            return counts_kind(rule->second.fulfilled_by, publication.value.kind);
        };
        if (std::any_of(view.obligations.begin(), view.obligations.end(), answers)) {
            view.causes.insert({"unreviewed", begun_by(publication.key), ""});
        }
    }
}

/// A closing that left a statutory obligation or a commitment unanswered.
void find_unanswered(CaseView& view) {
    if (!view.closed_at) return;
    for (const Obligation& o : view.obligations) {
        const bool ended = o.status == ObligationStatus::void_ || o.status == ObligationStatus::waived;
        if (!o.survives_close || ended || (o.fulfilled_at && *o.fulfilled_at <= *view.closed_at)) continue;
        const auto closing = std::to_string(view.closed_at->time_since_epoch().count());
        view.causes.insert({"closed_unanswered", closing, ""});
    }
}

void find_unknown_names(const Rules& rules, CaseView& view) {
    const auto& field = view.attributes.field;
    if (!field.empty() && view.attributes.field_name.empty()) view.causes.insert({"unknown_unit", "", field});
    const auto& lead = view.attributes.lead_unit;
    if (!lead.empty() && view.attributes.lead_unit_name.empty())
        view.causes.insert({"unknown_unit", "", lead});
    for (const auto& unit : view.assist_units) {
        if (!rules.directory.find_unit(unit)) view.causes.insert({"unknown_unit", "", unit});
    }
}

/// Withdrawals of what the case was never told, waivers of what it does not have, commitments kept that
/// made: without effect, unless what they name comes yet. Nothing can be waived without a detection.
void find_without_effect(const Rules& rules, const CaseFacts& facts, const CaseCourse& course,
                         CaseView& view) {
    for (const EventKey& name : facts.withdrawn)
        view.causes.insert({"withdrawn_unknown", "", name.source + " " + name.id});
    for (const auto& [id, key] : facts.commitments_kept) {
        if (!facts.commitments.contains(id) && facts.commitments_dropped == 0)
            view.causes.insert({"kept_unknown", begun_by(key), id});
    }
    if (!facts.detected) return;
    for (const auto& waiver : facts.waivers) {
        const std::string& name = waiver.value.obligation;
        const auto rule = rules.policy.obligations.find(name);
        const bool known =
            (rule != rules.policy.obligations.end() && asks_for(rule->second, course)) ||
            std::any_of(view.obligations.begin(), view.obligations.end(),
                        [&](const Obligation& o) { return o.id == name || o.rule_id == name; });
        if (!known) view.causes.insert({"waived_unknown", begun_by(waiver.key), name});
    }
}

/// Nobody leads, or whoever does has given it back and it was not assigned since.
void find_unassigned(const Rules& rules, const CaseFacts& facts, const std::optional<FactKey>& led_since,
                     CaseView& view) {
    if (view.attributes.lead_unit.empty()) view.causes.insert({"unassigned", "", ""});
    if (facts.returns.empty()) return;
    const auto& [key, told] = facts.returns.items.back();
    const bool assigned_since = !facts.assignments.empty() && key < facts.assignments.items.back().key;
    if (assigned_since || (led_since && key <= *led_since)) return;
    const auto& by = told.empty() ? view.attributes.lead_unit : told;
    const Unit* unit = rules.directory.find_unit(by);
    view.causes.insert({"unassigned", begun_by(key), unit ? unit->name : by});
}

void set_flags(const Rules& rules, const Snapshot& snapshot, const CaseCourse& course,
               const std::optional<FactKey>& led_since, CaseView& view) {
    const CaseFacts& facts = snapshot.facts;
    find_unassigned(rules, facts, led_since, view);
    for (const auto& told : facts.unreadable)
        view.causes.insert({"unreadable", begun_by(told.key), told.value});
    find_unknown_names(rules, view);
    find_unreviewed(rules, facts, view);
    find_unanswered(view);
    find_without_effect(rules, facts, course, view);
    for (const Cause& cause : view.causes) view.flags.insert(cause.flag);
    if (facts.truncated) view.flags.insert("truncated");
    if (!facts.refused_merges.empty()) view.flags.insert("merge_loop");
    const auto gap = snapshot.progress.told.lower_bound("roster_gap");
    if (gap != snapshot.progress.told.end() && gap->starts_with("roster_gap"))
        view.flags.insert("roster_gap");
    if (std::any_of(view.obligations.begin(), view.obligations.end(),
                    [](const Obligation& o) { return o.due_on_arrival; })) {
        view.flags.insert("overdue_on_arrival");
    }
}

/// The latest mute in the order of facts, so that a shorter one ends it.
std::optional<TimePoint> muted_until(const CaseFacts& facts, TimePoint now) {
    if (facts.mutes.empty() || facts.mutes.items.back().value.until <= now) return std::nullopt;
    return facts.mutes.items.back().value.until;
}

std::vector<std::string> assist_units_of(const Rules& rules, const CaseFacts& facts,
                                         const Standing& standing) {
    const bool was_assigned = standing.assigned && !facts.assignments.empty();
    if (was_assigned) return resolve_units(rules.directory, standing.assigned->assist_units);
    if (facts.detected_assist) return resolve_units(rules.directory, facts.detected_assist->value);
    const Field* field = standing.assigned ? nullptr : rules.directory.find_field(standing.field);
    return field ? field->assist : std::vector<std::string>{};
}

}  // namespace

CaseView derive(const Rules& rules, const Snapshot& snapshot, TimePoint now) {
    const CaseFacts& facts = snapshot.facts;
    const auto status = walk_status(facts, snapshot.id);
    CaseView view{
        .id = snapshot.id, .title = value_of(facts.title), .status = status.status, .into = status.into};
    CaseCourse course;
    std::optional<FactKey> led_since;
    const Standing standing = walk_eras(rules, facts, course.eras, view.causes, led_since);
    course.closed = status.status == CaseStatus::closed ? status.closed : std::nullopt;
    course.void_all = status.status == CaseStatus::dismissed || status.status == CaseStatus::merged;
    course.detected_at = facts.detected ? facts.detected->time : TimePoint{};

    if (course.closed) view.closed_at = course.closed->time;
    if (status.status == CaseStatus::dismissed && status.dismissed)
        view.dismissed_at = status.dismissed->time;
    if (facts.last_detected) view.last_detected_at = facts.last_detected->time;
    view.attributes = course.eras.back().attributes;
    view.class_id = course.eras.back().of ? course.eras.back().of->id : "";
    view.assist_units = assist_units_of(rules, facts, standing);
    view.url = value_of(facts.url);
    view.place = value_of(facts.place);
    view.detected_at = course.detected_at;
    view.occurred_at = facts.occurred_at;
    view.acknowledged_at = acknowledged_at(facts, led_since);
    view.approved = !facts.approvals.empty() ||
                    std::any_of(facts.publications.begin(), facts.publications.end(),
                                [](const auto& told) { return told.value.approved_at.has_value(); });
    if (facts.heat) view.heat = facts.heat->value;
    view.muted_until = muted_until(facts, now);
    view.obligations = derive_obligations(rules, facts, course, now);
    set_flags(rules, snapshot, course, led_since, view);
    return view;
}

bool due_by_workdays(const Policy& policy, const Obligation& obligation) {
    const auto rule = policy.obligations.find(obligation.rule_id);
    if (rule == policy.obligations.end()) return false;  // a commitment
    const auto& length = rule->second.every ? rule->second.every : rule->second.due;
    return length && length->workdays != 0;
}

bool counts_workdays(const Policy& policy, const CaseView& view) {
    return std::any_of(view.obligations.begin(), view.obligations.end(), [&](const Obligation& o) {
        if (!o.open()) return false;
        const bool by_step =
            o.ladder && std::any_of(o.ladder->steps.begin(), o.ladder->steps.end(),
                                    [](const Step& step) { return step.at.offset.workdays != 0; });
        return by_step || due_by_workdays(policy, o);
    });
}

std::optional<TimePoint> next_due(const CaseView& view) {
    std::optional<TimePoint> next;
    for (const auto& o : view.obligations) {
        if (o.open() && (!next || o.due < *next)) next = o.due;
    }
    return next;
}

}  // namespace alert
