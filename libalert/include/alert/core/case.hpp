// A case is what its facts say, ordered by (time, source, id), never by arrival.
//
// CaseFacts is the bounded fold of those facts: of detections the ones that answer a question, never
// the list; of everything else the last `history_max`. The fold commutes: any order of the same facts
// gives the same CaseFacts, so arrival cannot matter. Progress is what the daemon itself did and must
// not do twice. Everything else (class, obligations, status, cards, the next wake-up) is derived from
// the two, see derive.hpp. A Snapshot is what Redis holds of a case.
#pragma once

#include "alert/core/event.hpp"
#include "alert/core/policy.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace alert {

/// The place of a fact in the order of facts.
struct FactKey {
    TimePoint time;
    std::string source;
    std::string id;
    friend bool operator==(const FactKey&, const FactKey&) = default;
    friend auto operator<=>(const FactKey&, const FactKey&) = default;
};

/// A value with the fact that told it.
template <class T>
struct Told {
    FactKey key;
    T value;
    friend bool operator==(const Told&, const Told&) = default;
};

inline constexpr std::size_t history_max = 100;

/// The last `history_max` of one kind of fact, in the order of facts; of those before them the number and
/// the first.
template <class T>
struct History {
    std::vector<Told<T>> items;
    std::uint32_t dropped = 0;
    std::optional<FactKey> first_dropped;

    void add(FactKey key, T value) {
        Told<T> told{std::move(key), std::move(value)};
        auto at = std::upper_bound(items.begin(), items.end(), told,
                                   [](const auto& a, const auto& b) { return a.key < b.key; });
        items.insert(at, std::move(told));
        if (items.size() <= history_max) return;
        ++dropped;
        if (!first_dropped || items.front().key < *first_dropped)
            first_dropped = std::move(items.front().key);
        items.erase(items.begin());
    }
    /// The first ever told; null when there is none.
    [[nodiscard]] const FactKey* first() const {
        if (first_dropped) return &*first_dropped;
        return items.empty() ? nullptr : &items.front().key;
    }
    [[nodiscard]] bool empty() const { return items.empty(); }
    [[nodiscard]] auto begin() const { return items.begin(); }
    [[nodiscard]] auto end() const { return items.end(); }
    friend bool operator==(const History&, const History&) = default;
};

// The members of a fact that decide something; the rest is in the log.
struct Assessment {
    std::optional<IncidentGrade> incident_grade;
    std::optional<OpinionLevel> opinion_level;
    std::string field;
    bool reasoned = false;  // a lowering of the grade counts only with a reason
    bool may_lower = true;  // told by a role that may lower a grade
    friend bool operator==(const Assessment&, const Assessment&) = default;
};
struct Assignment {
    std::string lead_unit;
    std::vector<std::string> assist_units;
    friend bool operator==(const Assignment&, const Assignment&) = default;
};
struct Publication {
    ResponseKind kind{};
    std::optional<TimePoint> approved_at;
    friend bool operator==(const Publication&, const Publication&) = default;
};
struct Waiver {
    std::string obligation, by, reason;
    friend bool operator==(const Waiver&, const Waiver&) = default;
};
struct Commitment {
    std::string id, text;
    TimePoint due;
    friend bool operator==(const Commitment&, const Commitment&) = default;
};
enum class StatusChange { closed, reopened, dismissed, merged };
struct StatusFact {
    StatusChange change{};
    CaseId into;  // merged
    friend bool operator==(const StatusFact&, const StatusFact&) = default;
};
struct Mute {
    TimePoint until;
    friend bool operator==(const Mute&, const Mute&) = default;
};

/// What is left of publications of one kind: the earliest always, the number and the latest of those
/// that no longer fit into the history.
struct PublicationSummary {
    Told<Publication> earliest;
    std::uint32_t dropped = 0;
    std::optional<FactKey> last_dropped;
    friend bool operator==(const PublicationSummary&, const PublicationSummary&) = default;
};

struct CaseFacts {
    // Of detections. Nothing is set while no detection counts (all withdrawn).
    std::optional<FactKey> detected;             // the earliest
    std::optional<TimePoint> first_recorded_at;  // the earliest recording of a detection
    std::optional<TimePoint> occurred_at;        // the earliest told
    std::optional<Told<std::string>> title, place, platform, url, field, source, matter_key;
    std::optional<Told<Assignment>> detected_unit;  // the earliest detection that names a lead unit
    std::optional<Told<std::vector<std::string>>> detected_assist;  // the earliest that names assisting units
    std::optional<Told<Matter>> matter;
    std::optional<TimePoint> due_given;  // the earliest told
    // Each grade and level that a detection named, with the earliest that did: what stood when.
    std::map<IncidentGrade, FactKey> grades;
    std::map<OpinionLevel, FactKey> levels;
    std::optional<Told<Heat>> heat;  // the latest
    std::uint32_t detections = 0;
    std::optional<FactKey> last_detected;  // the latest, for `renewed`

    History<Assessment> assessments;
    History<Assignment> assignments;
    History<std::string> returns;  // unit
    History<char> acknowledgements, approvals;
    History<Publication> publications;
    std::map<ResponseKind, PublicationSummary> publication_summary;
    History<Waiver> waivers;
    std::map<std::string, Told<Commitment>> commitments;  // the earlier due holds
    std::map<std::string, FactKey> commitments_kept;      // the earliest
    std::uint32_t commitments_dropped = 0;                // beyond `commitments_max`
    History<StatusFact> status;
    History<Mute> mutes;
    std::set<EventKey> withdrawn;  // named by withdrawals, and not (yet) among the facts

    // What other cases have to do with it; decided for all of them together, see merging.hpp.
    std::set<EventKey> refused_merges;  // its merges that would lead back to it
    std::set<CaseId> absorbed;          // cases whose detections and publications count here

    bool truncated = false;
    History<std::string> unreadable;  // "type.member": the first `unreadable_max`, each is told
    friend bool operator==(const CaseFacts&, const CaseFacts&) = default;
};

/// Beyond it what is done with goes first, then what is due last; with the next that is kept it comes back.
inline constexpr std::size_t commitments_max = 100;
/// A source that spells a member wrongly does so in every event: after so many nobody learns more.
inline constexpr std::size_t unreadable_max = 20;
/// With so many withdrawals ahead of their facts the list is full, and every further fact is folded from
/// the log.
inline constexpr std::size_t withdrawn_max = 100;
/// What people wrote is kept in the log; of it the snapshot holds so much.
inline constexpr std::size_t snapshot_chars_max = 200;

/// The place of a fact in the order of facts: a time a little ahead counts as the moment of recording.
FactKey key_of(const Fact& fact);

/// How many facts no longer count because of the bounds.
std::uint32_t dropped_facts(const CaseFacts& facts);

/// Adds one fact that is no withdrawal. A fact named in `withdrawn` is passed over, and its name forgotten:
/// it cannot be told again.
void fold(CaseFacts& facts, const Fact& fact);
/// To be called once all facts are folded: what is beyond the bounds depends on all of them.
void bound(CaseFacts& facts);
/// Folds all facts of a case, withdrawals among them, in any order.
CaseFacts refold(const std::vector<Fact>& log);
/// Whether these facts can only be added by folding the whole log again.
bool needs_refold(const CaseFacts& before, const std::vector<Fact>& facts);

/// How far the ladder of one obligation was climbed, by rung of the case's frozen policy: the number
/// of its occurrences (1 and the repeats) that fired, were superseded or did not apply. An occurrence
/// counted here never fires again, whatever moves its time.
struct Climb {
    std::map<std::uint32_t, std::uint32_t> rungs;                     // rung -> occurrences done
    std::vector<std::pair<std::uint32_t, std::uint32_t>> last_fired;  // rung, repeat: what may still wait
    std::set<std::uint32_t> told_late;  // rungs at `due` or later that somebody was told of
    friend bool operator==(const Climb&, const Climb&) = default;
};

/// What the daemon did for the case.
struct Progress {
    std::map<std::string, Climb> climbs;  // by Obligation::climb_key
    std::set<std::string> told;           // notices told once: "roster_gap:duty_officer"
    std::optional<TimePoint> renewed_told_at;
    // Due times that working days came to when last decided, by Obligation::climb_key, while it is open: the
    // calendar is not frozen, and what it moves is told.
    std::map<std::string, TimePoint> workday_dues;
    // What the jurisdiction's gauges count this case as; deltas are against this.
    std::map<std::string, char> counted;  // obligation id -> first letter of its status, see derive.hpp
    std::string counted_class;            // empty: not counted as open
    friend bool operator==(const Progress&, const Progress&) = default;
};

struct Snapshot {
    static constexpr int schema = 1;
    CaseId id;
    PolicyHash policy;  // in force when the case opened
    CaseFacts facts;
    Progress progress;
    friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

}  // namespace alert
