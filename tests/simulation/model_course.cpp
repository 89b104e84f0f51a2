#include "simulation/model_course.hpp"

#include <algorithm>

namespace yuqing::simulation {

using namespace alert;

namespace {

/// The directory's id of a unit or field, whichever way it was written; unknown names stay as told.
template <class Entry>
std::string id_of(const std::vector<Entry>& entries, const std::string& told) {
    for (const Entry& entry : entries) {
        if (told == entry.id || told == entry.name) return entry.id;
    }
    return told;
}

template <class Entry>
std::string name_of(const std::vector<Entry>& entries, const std::string& id) {
    for (const Entry& entry : entries) {
        if (id == entry.id) return entry.name;
    }
    return "";
}

/// What is in force while the facts are walked.
struct Standing {
    std::optional<IncidentGrade> grade;
    bool graded = false, levelled = false, field_assessed = false;
    std::optional<OpinionLevel> level;
    std::string field, platform, source, detected_unit, assigned_unit;
    std::vector<std::string> detected_assist, assigned_assist;
    std::optional<Matter> matter;

    /// What a detection tells of the matter holds from the start: "the earliest detection that has it".
    void told_by(const Fact& fact, const Detected& d, bool assigned_before) {
        if (field.empty()) field = d.field;
        if (platform.empty()) platform = d.platform;
        if (source.empty()) source = fact.event.key.source;
        if (!matter) matter = d.matter;
        // Who was assigned before a detection named a unit leads: that detection came too late to say so.
        if (detected_unit.empty() && !assigned_before) detected_unit = d.lead_unit;
    }
    /// The grade and level of the detections so far.
    void detected(const Detected& d) {
        if (!graded && d.incident_grade)
            grade = std::max(grade.value_or(*d.incident_grade), *d.incident_grade);
        if (!levelled && d.opinion_level)
            level = std::max(level.value_or(*d.opinion_level), *d.opinion_level);
    }
    /// False: a lowering that is not applied.
    bool assessed(const Assessed& a, ClientRole by) {
        bool applied = true;
        if (a.incident_grade) {
            const bool lower = *a.incident_grade < grade.value_or(IncidentGrade::none);
            applied = !lower || (!a.reason.empty() && by >= ClientRole::supervisor);
            if (applied) grade = a.incident_grade, graded = true;
        }
        if (a.opinion_level) level = a.opinion_level, levelled = true;
        if (!a.field.empty()) field = a.field;
        return applied;
    }
    [[nodiscard]] Attributes attributes(const Directory& directory) const {
        Attributes out;
        out.incident_grade = grade.value_or(IncidentGrade::none);
        out.opinion_level = level;
        out.field = id_of(directory.fields, field);
        out.field_name = name_of(directory.fields, out.field);
        out.platform = platform;
        out.source = source;
        std::string unit = assigned_unit.empty() ? detected_unit : assigned_unit;
        for (const Field& one : directory.fields) {
            if (unit.empty() && one.id == out.field) unit = one.lead;
        }
        out.lead_unit = id_of(directory.units, unit);
        out.lead_unit_name = name_of(directory.units, out.lead_unit);
        out.matter = matter.value_or(Matter::opinion);
        return out;
    }
};

bool among(const std::vector<std::string>& list, const std::string& id, const std::string& name) {
    return list.empty() || std::any_of(list.begin(), list.end(), [&](const std::string& one) {
               return !one.empty() && (one == id || one == name);
           });
}

template <class E>
bool among(const std::vector<E>& list, const std::optional<E>& value) {
    return list.empty() || (value && std::find(list.begin(), list.end(), *value) != list.end());
}

const CaseClass* class_for(const Policy& policy, const Attributes& attributes) {
    for (const CaseClass& one : policy.classes) {
        if (holds(one.match, attributes)) return &one;
    }
    return nullptr;
}

bool known_unit(const Directory& directory, const std::string& id) {
    return id.empty() || std::any_of(directory.units.begin(), directory.units.end(),
                                     [&](const Unit& unit) { return unit.id == id; });
}

void follow_status(const Fact& fact, ModelCourse& course, CaseStatus& status) {
    if (as<Closed>(fact)) {
        // Closing what is closed changes nothing: the first closing is the one in force.
        if (!course.closed) course.closed = place_of(fact);
        status = CaseStatus::closed;
    } else if (as<Dismissed>(fact)) {
        status = CaseStatus::dismissed;
    } else if (as<Reopened>(fact)) {
        status = CaseStatus::open;
        course.closed.reset();
    }
}

/// Who leads, since when; an acknowledgement counts while it lasts.
void follow_tenure(const Fact& fact, bool gives_back, ModelCourse& course) {
    const auto* assigned = as<Assigned>(fact);
    if (!assigned && !gives_back) return;
    if (!course.tenures.empty() && !course.tenures.back().until) course.tenures.back().until = place_of(fact);
    if (assigned) {
        course.tenures.push_back({place_of(fact), fact.event.key.source + "\n" + fact.event.key.id, {}});
    }
}

void follow_detection(const Fact& fact, const Detected& d, ModelCourse& course) {
    const auto at = std::get<0>(place_of(fact));
    if (!course.any_detected) course.detected_at = at, course.recorded_at = fact.recorded_at;
    course.any_detected = true;
    course.recorded_at = std::min(course.recorded_at, fact.recorded_at);
    if (d.occurred_at)
        course.occurred_at = std::min(course.occurred_at.value_or(*d.occurred_at), *d.occurred_at);
    if (d.due) course.due_given = std::min(course.due_given.value_or(*d.due), *d.due);
}

/// What the detections tell of the matter, whichever tells it first.
Standing at_first(const std::vector<const Fact*>& facts) {
    Standing standing;
    bool assigned = false;
    for (const Fact* fact : facts) {
        assigned |= as<Assigned>(*fact) != nullptr;
        if (const auto* d = as<Detected>(*fact)) standing.told_by(*fact, *d, assigned);
    }
    return standing;
}

/// "A lead unit known from the detection is the first, at the detected time."
void follow_first_detection(const Fact& fact, const Attributes& attributes, ModelCourse& course) {
    if (course.tenures.empty() && !attributes.lead_unit.empty())
        course.tenures.push_back({place_of(fact), "", {}});
}

}  // namespace

bool holds(const Condition& c, const Attributes& a) {
    return among(c.incident_grade, std::optional(a.incident_grade)) &&
           among(c.opinion_level, a.opinion_level) && among(c.matter, std::optional(a.matter)) &&
           among(c.field, a.field, a.field_name) && among(c.platform, a.platform, "") &&
           among(c.source, a.source, "") && among(c.lead_unit, a.lead_unit, a.lead_unit_name);
}

ModelCourse walk(const InventedOffice& office, const Policy& policy, std::vector<const Fact*> facts,
                 bool merged, ModelCase& out) {
    ModelCourse course;
    const Directory& directory = *office.directory;
    Standing standing = at_first(facts);
    std::string lead = standing.attributes(directory).lead_unit;
    bool given_back = false;
    for (const Fact* fact : facts) {
        const bool first = as<Detected>(*fact) && !course.any_detected;
        if (const auto* d = as<Detected>(*fact)) {
            follow_detection(*fact, *d, course);
            standing.detected(*d);
        } else if (const auto* a = as<Assessed>(*fact)) {
            if (!standing.assessed(*a, fact->via.role)) out.flags.insert("unreasoned");
        } else if (const auto* assigned = as<Assigned>(*fact)) {
            standing.assigned_unit = assigned->lead_unit;
        }
        const auto attributes = standing.attributes(directory);
        if (first) follow_first_detection(*fact, attributes, course);
        follow_status(*fact, course, out.status);
        const auto* returned = as<Returned>(*fact);
        const bool gives_back =
            returned && (returned->unit.empty() || id_of(directory.units, returned->unit) == lead);
        follow_tenure(*fact, gives_back, course);
        if (attributes.lead_unit != lead || gives_back) out.acknowledged_at.reset();
        if (first || as<Assigned>(*fact)) given_back = false;
        if (gives_back && course.any_detected) given_back = true;
        lead = attributes.lead_unit;
        if (as<Acknowledged>(*fact) && !out.acknowledged_at)
            out.acknowledged_at = std::get<0>(place_of(*fact));
        const auto* published = as<Published>(*fact);
        if (as<Approved>(*fact) || (published && (published->approved_at || !published->approved_by.empty())))
            out.approved = true;
        if (course.any_detected)  // what was told of the time before counts, but nothing was owed then
            course.eras.push_back({place_of(*fact), attributes, class_for(policy, attributes)});
    }
    if (!course.any_detected) out.status = CaseStatus::dismissed;
    if (merged) out.status = CaseStatus::merged;
    course.void_all = out.status == CaseStatus::merged || out.status == CaseStatus::dismissed;
    if (out.status != CaseStatus::closed) course.closed.reset();
    out.attributes = standing.attributes(directory);
    const auto* of = class_for(policy, out.attributes);
    out.class_id = of ? of->id : "";
    if (out.attributes.lead_unit.empty() || given_back) out.flags.insert("unassigned");
    const bool known_field = out.attributes.field.empty() || !out.attributes.field_name.empty();
    if (!known_unit(directory, out.attributes.lead_unit) || !known_field) out.flags.insert("unknown_unit");
    course.facts = std::move(facts);
    return course;
}

std::vector<const Fact*> fulfilling(const ModelCourse& course, const Fulfilment& by) {
    std::vector<const Fact*> found;
    for (const Fact* fact : course.facts) {
        if (fact->event.data.index() != by.event_type) continue;
        const auto* published = as<Published>(*fact);
        const bool kind = !published || by.kinds.empty() ||
                          std::find(by.kinds.begin(), by.kinds.end(), published->kind) != by.kinds.end();
        if (kind) found.push_back(fact);
    }
    return found;
}

}  // namespace yuqing::simulation
