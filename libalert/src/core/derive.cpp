// The course of a case: its facts walked once in their order, from the detection on. The eras it passes
// through (grade, level, lead unit in force) decide its obligations, see obligations.cpp.
#include "alert/core/derive.hpp"

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

/// What stands in the case after its detections and the deciding facts so far.
struct Standing {
    IncidentGrade grade = IncidentGrade::none;
    std::optional<OpinionLevel> level;
    std::string field;
    std::optional<Assignment> assigned;
    bool unreasoned = false;
};

/// An id where the directory knows the name, else as told.
std::string resolve_unit(const Directory& directory, const std::string& told) {
    const Unit* unit = directory.find_unit(told);
    return unit ? unit->id : told;
}

std::string resolve_field(const Directory& directory, const std::string& told) {
    const Field* field = directory.find_field(told);
    return field ? field->id : told;
}

std::vector<std::string> resolve_units(const Directory& directory, const std::vector<std::string>& told) {
    std::vector<std::string> ids;
    for (const auto& name : told) ids.push_back(resolve_unit(directory, name));
    return ids;
}

Standing standing_at_detection(const CaseFacts& facts) {
    Standing standing{.grade = facts.highest_grade.value_or(IncidentGrade::none),
                      .level = facts.highest_level,
                      .field = value_of(facts.field)};
    if (facts.detected_unit) standing.assigned = facts.detected_unit->value;
    return standing;
}

Attributes attributes_of(const Rules& rules, const CaseFacts& facts, const Standing& standing) {
    Attributes attributes{.incident_grade = standing.grade,
                          .opinion_level = standing.level,
                          .field = resolve_field(rules.directory, standing.field),
                          .platform = value_of(facts.platform),
                          .source = value_of(facts.source),
                          .matter = facts.matter ? facts.matter->value : Matter::opinion};
    if (standing.assigned) {
        attributes.lead_unit = resolve_unit(rules.directory, standing.assigned->lead_unit);
    } else if (const Field* field = rules.directory.find_field(standing.field)) {
        attributes.lead_unit = field->lead;
    }
    return attributes;
}

void assess(Standing& standing, const Assessment& assessment) {
    if (assessment.incident_grade) {
        const bool lowers = *assessment.incident_grade < standing.grade;
        if (lowers && (!assessment.reasoned || !assessment.may_lower)) {
            standing.unreasoned = true;
        } else {
            standing.grade = *assessment.incident_grade;
        }
    }
    if (assessment.opinion_level) standing.level = assessment.opinion_level;
    if (!assessment.field.empty()) standing.field = assessment.field;
}

/// Walks assessments and assignments together, in the order of facts.
Standing walk_eras(const Rules& rules, const CaseFacts& facts, std::vector<Era>& eras) {
    Standing standing = standing_at_detection(facts);
    eras.push_back({facts.detected.value_or(FactKey{}), attributes_of(rules, facts, standing)});
    auto assessment = facts.assessments.begin();
    auto assignment = facts.assignments.begin();
    while (assessment != facts.assessments.end() || assignment != facts.assignments.end()) {
        const bool assess_next = assignment == facts.assignments.end() ||
                                 (assessment != facts.assessments.end() && assessment->key < assignment->key);
        if (assess_next) {
            assess(standing, assessment->value);
            eras.push_back({assessment++->key, attributes_of(rules, facts, standing)});
        } else {
            standing.assigned = assignment->value;
            eras.push_back({assignment++->key, attributes_of(rules, facts, standing)});
        }
    }
    return standing;
}

struct StatusCourse {
    CaseStatus status = CaseStatus::open;
    std::optional<FactKey> closed;
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
                course.status = CaseStatus::open;
                break;
            case StatusChange::dismissed: course.status = CaseStatus::dismissed; break;
            case StatusChange::merged:
                if (!course.into && told.value.into != self) course.into = told.value.into;
                break;
        }
    }
    if (course.into) {
        course.status = CaseStatus::merged;
    } else if (!facts.detected) {
        course.status = CaseStatus::dismissed;  // all that was detected was withdrawn
    }
    return course;
}

/// An acknowledgement counts for the assignment in force; a return or another lead unit ends it.
std::optional<TimePoint> acknowledged_at(const CaseFacts& facts) {
    std::optional<FactKey> since;
    std::string lead = facts.detected_unit ? facts.detected_unit->value.lead_unit : "";
    for (const auto& assignment : facts.assignments) {
        if (assignment.value.lead_unit != lead) since = assignment.key;
        lead = assignment.value.lead_unit;
    }
    for (const auto& returned : facts.returns) {
        if (!since || *since < returned.key) since = returned.key;
    }
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

/// A publication without approval that answers an obligation under review (先审后发).
bool has_unreviewed(const Rules& rules, const CaseFacts& facts, const CaseView& view) {
    for (const auto& o : view.obligations) {
        const auto rule = rules.policy.obligations.find(o.rule_id);
        if (!o.review || o.status == ObligationStatus::void_ || rule == rules.policy.obligations.end()) continue;
        const auto& kinds = rule->second.fulfilled_by.kinds;
        for (const auto& publication : facts.publications) {
            const bool counts =
                kinds.empty() || std::find(kinds.begin(), kinds.end(), publication.value.kind) != kinds.end();
            if (counts && !approved_before(facts, publication)) return true;
        }
    }
    return false;
}

/// A closing that left a statutory obligation or a commitment unanswered.
bool closed_unanswered(const CaseView& view, TimePoint closed_at) {
    return std::any_of(view.obligations.begin(), view.obligations.end(), [&](const Obligation& o) {
        const bool goes_on = o.kind == ObligationKind::statutory || o.rule_id == "commitment";
        const bool ended = o.status == ObligationStatus::void_ || o.status == ObligationStatus::waived;
        return goes_on && !ended && (!o.fulfilled_at || *o.fulfilled_at > closed_at);
    });
}

bool knows_all_names(const Rules& rules, const CaseView& view) {
    const auto& told_field = view.attributes.field;
    if (!told_field.empty() && !rules.directory.find_field(told_field)) return false;
    const auto& lead = view.attributes.lead_unit;
    if (!lead.empty() && !rules.directory.find_unit(lead)) return false;
    return std::all_of(view.assist_units.begin(), view.assist_units.end(),
                       [&](const auto& unit) { return rules.directory.find_unit(unit) != nullptr; });
}

void set_flags(const Rules& rules, const Snapshot& snapshot, bool unreasoned, CaseView& view) {
    const CaseFacts& facts = snapshot.facts;
    const auto flag = [&](bool on, const char* name) {
        if (on) view.flags.insert(name);
    };
    flag(facts.truncated, "truncated");
    flag(!facts.unreadable.empty(), "unreadable");
    flag(unreasoned, "unreasoned");
    flag(view.attributes.lead_unit.empty(), "unassigned");
    flag(!knows_all_names(rules, view), "unknown_unit");
    flag(has_unreviewed(rules, facts, view), "unreviewed");
    flag(view.status == CaseStatus::closed && view.closed_at && closed_unanswered(view, *view.closed_at),
         "closed_unanswered");
    const auto gap = snapshot.progress.told.lower_bound("roster_gap");
    flag(gap != snapshot.progress.told.end() && gap->starts_with("roster_gap"), "roster_gap");
    flag(std::any_of(view.obligations.begin(), view.obligations.end(),
                     [&](const Obligation& o) {
                         return facts.first_recorded_at && o.due < *facts.first_recorded_at && o.id == o.climb_key &&
                                o.rule_id != "commitment" && o.status != ObligationStatus::void_;
                     }),
         "overdue_on_arrival");
}

std::optional<TimePoint> muted_until(const CaseFacts& facts, TimePoint now) {
    std::optional<TimePoint> until;
    for (const auto& mute : facts.mutes) {
        if (mute.value.until > now && (!until || *until < mute.value.until)) until = mute.value.until;
    }
    return until;
}

}  // namespace

CaseView derive(const Rules& rules, const Snapshot& snapshot, TimePoint now) {
    const CaseFacts& facts = snapshot.facts;
    const auto status = walk_status(facts, snapshot.id);
    CaseCourse course;
    const Standing standing = walk_eras(rules, facts, course.eras);
    course.closed = status.status == CaseStatus::closed ? status.closed : std::nullopt;
    course.void_all = status.status == CaseStatus::dismissed || status.status == CaseStatus::merged;
    course.detected_at = facts.detected ? facts.detected->time : TimePoint{};

    CaseView view{.id = snapshot.id, .title = value_of(facts.title), .status = status.status, .into = status.into};
    if (course.closed) view.closed_at = course.closed->time;
    view.attributes = course.eras.back().attributes;
    const CaseClass* of = rules.policy.classify(view.attributes);
    view.class_id = of ? of->id : "";
    if (standing.assigned) {
        view.assist_units = resolve_units(rules.directory, standing.assigned->assist_units);
    } else if (const Field* field = rules.directory.find_field(standing.field)) {
        view.assist_units = field->assist;
    }
    view.url = value_of(facts.url);
    view.place = value_of(facts.place);
    view.detected_at = course.detected_at;
    view.occurred_at = facts.occurred_at;
    view.acknowledged_at = acknowledged_at(facts);
    view.approved = !facts.approvals.empty() || std::any_of(facts.publications.begin(), facts.publications.end(),
                                                            [](const auto& p) { return p.value.approved_at.has_value(); });
    if (facts.heat) view.heat = facts.heat->value;
    view.muted_until = muted_until(facts, now);
    view.obligations = derive_obligations(rules, facts, course, now);
    set_flags(rules, snapshot, standing.unreasoned, view);
    return view;
}

std::optional<TimePoint> next_due(const CaseView& view) {
    std::optional<TimePoint> next;
    for (const auto& o : view.obligations) {
        if (o.open() && (!next || o.due < *next)) next = o.due;
    }
    return next;
}

}  // namespace alert
