// The course of a case: its facts walked once in their order, from the detection on. The eras it passes
// through (grade, level, lead unit in force) decide its obligations, see obligations.cpp.
#include "alert/core/derive.hpp"

#include "alert/core/merging.hpp"
#include "alert/core/obligations.hpp"

#include "flags.hpp"

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

/// Walks everything that decides in the order of facts.
Standing walk_eras(const Rules& rules, const CaseFacts& facts, std::vector<Era>& eras,
                   std::set<Cause>& causes, std::vector<Lead>& leads) {
    Standing standing{.field = value_of(facts.field), .assigned = assigned_at_detection(facts)};
    const auto detected = facts.detected.value_or(FactKey{});
    leads.push_back({{}, attributes_of(rules, facts, standing).lead_unit});
    const auto follow_lead = [&](const FactKey& since, const Attributes& attributes) {
        if (attributes.lead_unit != leads.back().unit) leads.push_back({since, attributes.lead_unit});
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

/// A return counts from the unit that leads at its time, or from nobody named: an assisting unit gives back
/// its own part only.
std::vector<FactKey> returns_of_lead(const Rules& rules, const CaseFacts& facts, const CaseCourse& course) {
    std::vector<FactKey> returns;
    for (const auto& [key, unit] : facts.returns) {
        if (unit.empty() || resolve_unit(rules.directory, unit) == lead_at(course, key))
            returns.push_back(key);
    }
    return returns;
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

/// An acknowledgement counts for the assignment in force.
std::optional<TimePoint> acknowledged_at(const CaseFacts& facts, const std::optional<FactKey>& since) {
    for (const auto& acknowledgement : facts.acknowledgements) {
        if (!since || *since < acknowledgement.key) return acknowledgement.key.time;
    }
    return std::nullopt;
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

Standing walk_course(const Rules& rules, const CaseFacts& facts, const StatusCourse& status,
                     CaseCourse& course, std::set<Cause>& causes) {
    const Standing standing = walk_eras(rules, facts, course.eras, causes, course.leads);
    course.closed = status.status == CaseStatus::closed ? status.closed : std::nullopt;
    course.void_all = is_void(status.status);
    course.returns = returns_of_lead(rules, facts, course);
    course.detected_at = facts.detected ? facts.detected->time : TimePoint{};
    return standing;
}

}  // namespace

const std::string& lead_at(const CaseCourse& course, const FactKey& key) {
    const auto after = std::upper_bound(course.leads.begin() + 1, course.leads.end(), key,
                                        [](const FactKey& at, const Lead& lead) { return at < lead.since; });
    return std::prev(after)->unit;
}

std::optional<FactKey> last_break(const CaseCourse& course) {
    auto since = course.leads.size() > 1 ? std::optional(course.leads.back().since) : std::nullopt;
    if (!course.returns.empty()) since = std::max(since, std::optional(course.returns.back()));
    return since;
}

CaseView derive(const Rules& rules, const Snapshot& snapshot, TimePoint now) {
    CaseCourse course;
    return derive(rules, snapshot, now, course);
}

CaseView derive(const Rules& rules, const Snapshot& snapshot, TimePoint now, CaseCourse& course) {
    const CaseFacts& facts = snapshot.facts;
    const auto status = walk_status(facts, snapshot.id);
    CaseView view{
        .id = snapshot.id, .title = value_of(facts.title), .status = status.status, .into = status.into};
    const Standing standing = walk_course(rules, facts, status, course, view.causes);

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
    view.acknowledged_at = acknowledged_at(facts, last_break(course));
    view.approved = !facts.approvals.empty() ||
                    std::any_of(facts.publications.begin(), facts.publications.end(),
                                [](const auto& told) { return told.value.approved_at.has_value(); });
    if (facts.heat) view.heat = facts.heat->value;
    view.muted_until = muted_until(facts, now);
    view.obligations = derive_obligations(rules, facts, course, now);
    set_flags(rules, snapshot, course, view);
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

const Obligation* next_due(const CaseView& view) {
    const Obligation* next = nullptr;
    for (const auto& o : view.obligations)
        if (o.owed() && (!next || o.due < next->due)) next = &o;
    return next;
}

}  // namespace alert
