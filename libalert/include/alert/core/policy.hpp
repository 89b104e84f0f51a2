// policy.yaml as a value: which obligations a case has, and who is told when (contract section 4).
//
// The rules are data; config/policy.hpp reads them and finds every mistake, the core only looks up.
#pragma once

#include "alert/core/event.hpp"
#include "alert/core/id.hpp"
#include "alert/core/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alert {

/// What `match` and `when` compare. Text members compare against ids or Chinese names alike.
struct Attributes {
    IncidentGrade incident_grade = IncidentGrade::none;
    std::optional<OpinionLevel> opinion_level;
    std::string field, platform, source, lead_unit;  // resolved ids where the directory knows them
    std::string field_name, lead_unit_name;          // Chinese names where the directory knows them
    Matter matter = Matter::opinion;
};

/// All named members must agree; a member agrees when its list holds the value. Empty: matches all.
struct Condition {
    std::vector<IncidentGrade> incident_grade;
    std::vector<OpinionLevel> opinion_level;
    std::vector<Matter> matter;
    std::vector<std::string> field, platform, source, lead_unit;

    [[nodiscard]] bool matches(const Attributes& attributes) const;
};

enum class ObligationKind { statutory, internal };
enum class StartRule { detected, occurred, recorded, assigned, earliest };
std::string_view to_string(ObligationKind kind);
std::string_view to_string(StartRule rule);

/// Which event fulfils an obligation; `kinds` only with response.published, empty: any.
struct Fulfilment {
    std::size_t event_type = 0;  // index into event_type_names
    std::vector<ResponseKind> kinds;

    [[nodiscard]] bool by_publication() const;
};

struct ObligationRule {
    std::string id;
    std::string title;
    ObligationKind kind = ObligationKind::internal;
    std::optional<Period> due;    // `due: 5h`
    std::optional<Period> every;  // `every: 12h`: recurring
    bool due_given = false;       // `due: given`: the event's data.due
    StartRule start = StartRule::detected;
    Fulfilment fulfilled_by;
    Condition when;
    bool review = false;
    std::string basis, guide, ladder, override_reason;
};

/// `start`, `start+D`, `due-D`, `due`, `due+D`, `P%` of start..due.
struct StepTime {
    enum class Anchor { start, due, percent };
    Anchor anchor = Anchor::start;
    Period offset;  // before `due` when `before`, else after the anchor
    bool before = false;
    int percent = 0;   // 1..99, with Anchor::percent
    std::string text;  // as written in the file

    [[nodiscard]] bool at_start() const { return anchor == Anchor::start && offset.is_zero(); }
    [[nodiscard]] bool at_due() const { return anchor == Anchor::due && offset.is_zero(); }
    [[nodiscard]] bool after_due() const { return anchor == Anchor::due && !before && !offset.is_zero(); }
};
Result<StepTime> parse_step_time(std::string_view text);

enum class Unless { never, acknowledged, approved };
/// Ordered: a red card is higher than a yellow one.
enum class Card { none, yellow, red };
std::string_view to_string(Card card);

struct Repeat {
    Duration every{};
    std::optional<int> times;  // absent: until the obligation ends
};

/// One rung of a ladder.
struct Step {
    StepTime at;
    std::vector<std::string> notify;  // roles
    Unless unless = Unless::never;
    Condition when;
    Card card = Card::none;
    std::optional<Repeat> repeat;
};

struct Ladder {
    std::string id;
    std::vector<Step> steps;  // in the order of the file
};

struct CaseClass {
    std::string id;
    std::string title;
    Condition match;
    std::vector<std::string> obligations;
};

struct Policy {
    std::string version;
    PolicyHash hash;                 // over the text of the file
    std::string text;                // the file, kept in Redis while a case holds it
    std::vector<CaseClass> classes;  // first match wins
    std::map<std::string, ObligationRule> obligations;
    std::map<std::string, Ladder> ladders;
    std::map<std::string, std::vector<std::string>> notices;  // reason -> roles
    std::string commitment_ladder;                            // empty: commitments have no steps

    [[nodiscard]] const CaseClass* classify(const Attributes& attributes) const;
    [[nodiscard]] const Ladder* find_ladder(const std::string& id) const;  // null when empty or unknown
    /// Roles told of a notice: named in `notices`, else duty_officer; `attention` and `self` are
    /// never silent.
    [[nodiscard]] std::vector<std::string> notice_roles(std::string_view reason) const;
};

/// The code's own bounds for statutory obligations: 5 h, 24 h, 48 h (石政公办〔2022〕1号 item 23;
/// 国办发〔2016〕61号, 80号). Empty for other ids.
std::optional<Duration> statutory_bound(std::string_view obligation_id);

}  // namespace alert
