// The assessment (考核): what the matters of a period come to by unit, field or month, in counts that people
// are ranked by, so every figure here is said in words in the README of src/core.
//
// Matters are given one at a time in any order, those of the period before too; memory grows with groups,
// not with matters, but for answering times (8 bytes each) and the bounded lists. Rates are hundredths of a
// percent, rounded half up; nothing is ever an average of rates. Pure.
#pragma once

#include "alert/core/ledger.hpp"
#include "alert/core/score_rules.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alert {

enum class GroupBy { unit, field, month };

/// From `from`, included, to `to`, not included.
struct ReportPeriod {
    TimePoint from, to;
    [[nodiscard]] bool holds(TimePoint at) const { return at >= from && at < to; }
};

/// Obligations of one kind by what became of them; each counts once.
struct Tally {
    std::size_t met = 0, late = 0, overdue = 0;                   // what was due and counts
    std::size_t pending = 0, waived = 0, void_ = 0, excused = 0;  // counted apart
    void add(const Obligation& obligation);
    [[nodiscard]] std::size_t due() const { return met + late + overdue; }
    /// met of what was due, in hundredths of a percent; nothing when nothing was due.
    [[nodiscard]] std::optional<std::int64_t> rate() const;
    friend bool operator==(const Tally&, const Tally&) = default;
};

/// Of so many times the one in the middle (of two the mean) and the one that nine tenths do not exceed
/// (nearest rank).
struct Spread {
    std::size_t count = 0;
    Duration median{}, p90{};
    static Spread of(std::vector<Duration> times);
    friend bool operator==(const Spread&, const Spread&) = default;
};

struct AssessmentRow {
    std::string id, name;  // of the unit or field, `2026-10`; empty: none was named
    std::size_t received = 0, answered = 0, on_arrival = 0;
    Tally statutory, acknowledgement, commitments;
    Spread first_answer, taking;  // from the start of the answer owed; from the first assignment
    std::size_t reminded = 0, urged = 0, returns = 0;
    std::size_t yellow = 0, red = 0, excused_cards = 0;  // cards of what is excused count only there
    // Of a unit or a field of which a statutory obligation was due; nothing of a month or of all together,
    // whose pieces are those of many.
    std::optional<std::int64_t> score;  // in hundredths of a point
    std::optional<std::size_t> rank;
    // Against the period before; nothing when there is nothing to compare with.
    std::optional<std::int64_t> rate_change, score_change, rank_change;  // rank: places won
};

struct Listed {
    CaseId id;
    TimePoint started;
    std::string title, unit;       // the unit's name, else as told
    std::string obligation, what;  // id and title; empty when it is about the case
    std::string status;            // late, overdue; pending, waived, void, excused; dismissed, merged
    std::optional<TimePoint> due, fulfilled_at;
    std::optional<Duration> late_by;
    bool on_arrival = false;              // it was due before anybody told of the matter
    std::string because;                  // closed, reassigned, regraded
    std::string by, reason;               // of the waiver; of the dismissal or the merge the reason
    std::optional<Excuse> withdrawn;      // all its detections were
    std::string into;                     // merged
    std::string returned_because, noted;  // the latest of the case
};

struct AssessmentReport {
    ReportPeriod period, before;
    TimePoint at;
    GroupBy by = GroupBy::unit;
    ScoreRules rules;
    AssessmentRow total;
    std::vector<AssessmentRow> rows;  // by rank; those without one behind, by name
    struct ByObligation {
        std::string id, title;
        DutyKind kind{};
        Tally tally;
    };
    std::vector<ByObligation> obligations;                       // in the order of ids
    std::map<std::string, std::size_t> classes, levels, grades;  // matters by each
    std::vector<Listed> overdue, excluded, apart;                // by detection, then by id
    std::size_t listed_left_out = 0;                             // beyond `listed_max` of a list
    UnreadCases unread;                                          // of this period or the one before

    /// A unit or field that was scored reached the mark.
    [[nodiscard]] bool passed(const AssessmentRow& row) const;
};

class Assessor {
public:
    static constexpr std::size_t listed_max = 5000;

    Assessor(ReportPeriod period, ReportPeriod before, TimePoint at, GroupBy by, ScoreRules rules, Zone zone);

    /// A matter of the period or of the one before; others are passed over.
    void add(const Rules& rules, const LedgerEntry& entry);
    [[nodiscard]] AssessmentReport result() const;

private:
    struct Group {
        AssessmentRow row;
        std::vector<Duration> first_answers, takings;
    };
    using Groups = std::map<std::string, Group>;

    static Group& group_in(Groups& groups, const std::string& id, const std::string& name);
    Group& group_of_unit(Groups& groups, Group& matter, const Rules& rules, const std::string& unit) const;
    static void add_matter(Group& group, const LedgerEntry& entry);
    void list(const Rules& rules, const LedgerEntry& entry);
    void list_case(const Rules& rules, const LedgerEntry& entry);
    void keep(std::vector<Listed>& list, Listed listed);
    [[nodiscard]] AssessmentRow finished(const Group& group) const;
    [[nodiscard]] std::vector<AssessmentRow> ranked(const Groups& groups) const;
    [[nodiscard]] std::pair<std::string, std::string> group_of(const Rules& rules,
                                                               const LedgerEntry& entry) const;

    Zone zone_;
    AssessmentReport so_far_;
    std::map<std::string, AssessmentReport::ByObligation> obligations_;
    Groups groups_, before_groups_;
    Group total_, before_total_;
};

/// The calendar month of an instant, and the instants of a month, by the office's clock.
std::chrono::year_month month_of(TimePoint at, const Zone& zone);
ReportPeriod whole_month(std::chrono::year_month month, const Zone& zone);

/// The period before, as long as this one; before whole calendar months so many months.
ReportPeriod period_before(const ReportPeriod& period, const Zone& zone);

/// How late an obligation was answered, or is at `at`; nothing when it is not.
std::optional<Duration> late_by(const Obligation& obligation, TimePoint at);

}  // namespace alert
