// A rule keeps the bounds of the published ones only while it is there, statutory and under its own name.
#include "references.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace alert::config {

namespace {

constexpr std::array all_grades = {IncidentGrade::extreme, IncidentGrade::major, IncidentGrade::considerable,
                                   IncidentGrade::ordinary, IncidentGrade::none};

std::vector<std::string> asked_for(IncidentGrade grade) {
    if (grade >= IncidentGrade::major) return {"authoritative_release", "press_conference"};
    return {"response"};
}

template <class T>
bool holds(const std::vector<T>& list, const T& value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool may_take(const Condition& c, IncidentGrade grade) {
    return holds(c.incident_grade, grade) && holds(c.matter, Matter::opinion);
}

/// Every matter of public opinion of this grade, whatever else is known of it.
bool takes_all(const Condition& c, IncidentGrade grade) {
    return may_take(c, grade) && c.opinion_level.empty() && c.field.empty() && c.platform.empty() &&
           c.source.empty() && c.lead_unit.empty();
}

bool is_bound(const Policy& policy, const CaseClass& one, const std::string& id, IncidentGrade grade) {
    if (std::find(one.obligations.begin(), one.obligations.end(), id) == one.obligations.end()) return false;
    const auto rule = policy.obligations.find(id);
    return rule != policy.obligations.end() && rule->second.kind == ObligationKind::statutory &&
           rule->second.start != StartRule::assigned && takes_all(rule->second.when, grade);
}

}  // namespace

void warn_of_bounds(const PolicyFile& file, const FileFindings& findings) {
    std::set<std::pair<std::size_t, std::string>> told;
    for (const IncidentGrade grade : all_grades) {
        for (std::size_t i = 0; i < file.policy.classes.size(); ++i) {
            const CaseClass& one = file.policy.classes[i];
            if (!may_take(one.match, grade)) continue;
            for (const auto& id : asked_for(grade)) {
                if (is_bound(file.policy, one, id, grade) || !told.emplace(i, id).second) continue;
                const auto bound = std::chrono::duration_cast<std::chrono::hours>(*statutory_bound(id));
                findings.warn(file.classes[i], "unbounded",
                              "the class " + in_quotes(one.id) + " takes public opinion of incident_grade " +
                                  std::string(to_string(grade)) + ", for which the published rules ask for " +
                                  in_quotes(id) + " within " + std::to_string(bound.count()) +
                                  "h: it should be among its obligations, of `kind: statutory`, without "
                                  "`start: assigned` and without a `when` that leaves some out");
            }
            if (takes_all(one.match, grade)) break;
        }
    }
}

}  // namespace alert::config
