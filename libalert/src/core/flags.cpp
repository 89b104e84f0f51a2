// What raises a flag on a case: of most of them people are told, see tell.cpp.
#include "flags.hpp"

#include "alert/core/obligations.hpp"

#include <algorithm>
#include <string>

namespace alert {

namespace {

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

void find_unanswered(CaseView& view) {
    for (const Obligation& o : view.obligations) {
        if (!was_open_at_closing(view, o)) continue;
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

/// Withdrawals of what the case was never told, waivers of what it does not have, keeping what nobody
/// promised: without effect, unless what they name comes yet. Nothing can be waived without a detection.
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
void find_unassigned(const CaseFacts& facts, const CaseCourse& course, CaseView& view) {
    if (view.attributes.lead_unit.empty()) view.causes.insert({"unassigned", "", ""});
    if (!facts.detected || course.returns.empty()) return;
    const FactKey& back = course.returns.back();
    const bool assigned_since = !facts.assignments.empty() && back < facts.assignments.items.back().key;
    if (*facts.detected < back && !assigned_since) view.causes.insert({"unassigned", begun_by(back), ""});
}

}  // namespace

bool was_open_at_closing(const CaseView& view, const Obligation& o) {
    const bool ended = o.status == ObligationStatus::void_ || o.status == ObligationStatus::waived;
    return view.closed_at && o.survives_close && !ended &&
           !(o.fulfilled_at && *o.fulfilled_at <= *view.closed_at);
}

void set_flags(const Rules& rules, const Snapshot& snapshot, const CaseCourse& course, CaseView& view) {
    const CaseFacts& facts = snapshot.facts;
    find_unassigned(facts, course, view);
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

}  // namespace alert
