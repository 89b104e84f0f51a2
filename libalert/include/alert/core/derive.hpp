// derive(): what a case's facts mean at an instant. Pure, total, and independent of arrival order.
#pragma once

#include "alert/core/calendar.hpp"
#include "alert/core/case.hpp"
#include "alert/core/directory.hpp"
#include "alert/core/policy.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alert {

/// What the office works by. The policy is the one frozen with the case.
struct Rules {
    const Policy& policy;
    const Directory& directory;
    const Roster& roster;
    const Calendar& calendar;
    const Zone& zone;
};

enum class ObligationStatus { pending, met, late, overdue, waived, void_ };
std::string_view to_string(ObligationStatus status);  // `void_` is written "void"
enum class CaseStatus { open, closed, dismissed, merged };
std::string_view to_string(CaseStatus status);
/// Of a dismissed or merged case nothing is asked any more.
constexpr bool is_void(CaseStatus status) {
    return status == CaseStatus::dismissed || status == CaseStatus::merged;
}

struct Excuse {
    std::string by, reason;
    friend bool operator==(const Excuse&, const Excuse&) = default;
};

struct Obligation {
    std::string id;         // with its ordinal: "continuous_release.2", "commitment.C1"
    std::string rule_id;    // without: "continuous_release", "commitment"; the metric label
    std::string climb_key;  // rule_id and the fact that began the occurrence: stable when ordinals shift
    std::string title, basis, guide;
    ObligationKind kind = ObligationKind::internal;
    ObligationStatus status = ObligationStatus::pending;
    TimePoint start, due;
    std::optional<TimePoint> fulfilled_at;
    Card card = Card::none;
    std::optional<Excuse> excused;
    const Ladder* ladder = nullptr;  // null: no steps
    Condition when;
    bool steps_stopped = false;  // closed, excused, its assignment gone
    bool review = false;
    bool survives_close = false;  // statutory, not recurring; commitments
    bool due_on_arrival = false;  // due before what asks for it was recorded

    [[nodiscard]] bool open() const {
        return status == ObligationStatus::pending || status == ObligationStatus::overdue;
    }
    /// Somebody still has to do it. One missed before the closing, excused, or of an assignment that is gone
    /// stays overdue, and nobody is asked for it any more.
    [[nodiscard]] bool owed() const { return open() && !steps_stopped; }
    friend bool operator==(const Obligation& a, const Obligation& b) {
        return a.id == b.id && a.status == b.status && a.start == b.start && a.due == b.due &&
               a.fulfilled_at == b.fulfilled_at && a.card == b.card && a.excused == b.excused;
    }
};

/// What raised a flag that people are told of.
struct Cause {
    std::string flag;
    std::string by;    // the fact, see begun_by(); empty where a name alone does it
    std::string what;  // the name told: a unit, a member, an obligation, an event
    friend auto operator<=>(const Cause&, const Cause&) = default;
};

struct CaseView {
    CaseId id;
    std::string title;
    CaseStatus status = CaseStatus::open;
    std::optional<CaseId> into;
    std::optional<TimePoint> closed_at, dismissed_at;  // while it is
    std::set<std::string> flags;
    std::set<Cause> causes;  // of the flags that are told as `attention`
    std::string class_id;
    Attributes attributes;  // grade, level, field, lead unit, ... in force
    std::vector<std::string> assist_units;
    std::string url, place;
    TimePoint detected_at;
    std::optional<TimePoint> last_detected_at, occurred_at;
    std::optional<TimePoint> acknowledged_at;  // while it counts
    bool approved = false;
    std::optional<Heat> heat;
    std::optional<TimePoint> muted_until;  // in force at `now`
    std::vector<Obligation> obligations;   // void ones included

    [[nodiscard]] bool emergency() const { return attributes.incident_grade >= IncidentGrade::major; }
};

CaseView derive(const Rules& rules, const Snapshot& snapshot, TimePoint now);

/// Whether anything still to come of the case counts working days, so that another calendar may move it.
bool counts_workdays(const Policy& policy, const CaseView& view);
/// Whether working days set this obligation's due time.
bool due_by_workdays(const Policy& policy, const Obligation& obligation);

/// What has to be answered first, by which the case sorts "most urgent first": of what is owed the
/// obligation due earliest; null when nothing is.
const Obligation* next_due(const CaseView& view);

}  // namespace alert
