// The ledger (台账): one matter as it was known at an instant, from the records of its case and of those it
// took in.
//
// A fact counts when it was *recorded* by then, whenever it happened: so a month may be shown as it was
// reported. A matter belongs to the period in which it was detected; one whose detections were all withdrawn
// to that of the earliest. Pure: the same records at the same instant give the same entry.
#pragma once

#include "alert/core/decide.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alert {

/// What the record of one case holds up to an instant.
struct RecordedCase {
    CaseId id;
    PolicyHash policy;           // in force for it then
    std::vector<Fact> facts;     // told to it, in the order of recording
    std::set<CaseId> named;      // by merges: where it went, and what it took in
    std::uint32_t reminded = 0;  // steps that rang between start and due (催办)
    std::uint32_t urged = 0;     // steps that rang at the due time or after it, and repeats (督办)
    bool roster_gap = false;
};

/// Adds an entry of the record; `event` is what its `record` holds, nothing where it holds none.
void take_entry(RecordedCase& recorded, const LogEntry& entry, std::optional<Event> event);

/// What an obligation is asked for.
enum class DutyKind { statutory, acknowledgement, internal, commitment };

struct Duty {
    Obligation obligation;
    DutyKind kind = DutyKind::internal;
    StartRule start = StartRule::detected;
    bool recurring = false;
    bool by_publication = false;
    bool open_at_closing = false;  // the case was closed all the same
    bool on_arrival = false;       // statutory, and due before anybody told of the matter
    std::string unit;              // of one that starts with an assignment: to whom that was
    std::string void_because;      // of a void one: closed, reassigned, regraded
    std::optional<Excuse> waiver;  // of a waived or an excused one
};

/// One publication.
struct PublicAnswer {
    TimePoint at;
    ResponseKind kind{};
    std::string channel, url, title;
};

struct HandedBack {
    std::string unit;  // as told; of a return that names none, whoever led then
    std::string reason;
};

struct LedgerEntry {
    CaseView view;
    TimePoint started;  // which period it belongs to
    std::string title;  // of a matter whose detections were all withdrawn, the earliest's
    std::string class_title;
    std::string source, platform, summary;   // of the detections: the earliest that has it
    std::string first_taken_by;              // the first acknowledgement's
    std::vector<PublicAnswer> answers;       // in the order of facts
    std::string approved_by, approval_note;  // of the answer given first; while there is none, the latest
    std::optional<TimePoint> approved_at;
    std::string closed_because, dismissed_because, merged_because;
    std::optional<Excuse> withdrawn;       // by whom and why, while no detection stands
    std::optional<TimePoint> assigned_at;  // the first assignment, which may be the detection
    std::optional<TimePoint> taken_on_at;  // when who leads was given it, last without a break
    std::vector<HandedBack> returns;       // in the order of facts
    std::string noted;                     // the latest
    std::vector<Duty> duties;              // in the order of the view's obligations
    std::uint32_t reminded = 0, urged = 0;

    /// The public answer that is owed, null when there is none: not recurring, statutory if there is such; of
    /// several the one that stands worst, so that the ledger never says less than the assessment.
    [[nodiscard]] const Duty* answer_owed() const;
    [[nodiscard]] const Duty* press_conference() const;
    /// Neither dismissed nor merged: such cases are listed apart.
    [[nodiscard]] bool counts() const { return !is_void(view.status); }
};

/// A case that could not be read, or not all of it: what is not read counts nowhere, so each is named.
struct UnreadCase {
    CaseId id;
    Error error;  // its path: the file, where it lies in one
};
struct UnreadCases {
    static constexpr std::size_t listed_max = 1000;
    std::vector<UnreadCase> list;
    std::size_t left_out = 0;  // beyond `listed_max`

    void add(UnreadCase unread);
    [[nodiscard]] std::size_t count() const { return list.size() + left_out; }
};

using Records = std::map<CaseId, const RecordedCase*>;

/// Cases that merges connect, folded once for the entries of all of them.
class ConnectedCases {
public:
    /// The records outlive it.
    explicit ConnectedCases(Records records);

    [[nodiscard]] const Records& records() const { return records_; }
    /// One of them at `at`. Nothing: it was not told of any detection by then.
    [[nodiscard]] std::optional<LedgerEntry> entry(const Rules& rules, const CaseId& id, TimePoint at) const;

private:
    Records records_;
    std::map<CaseId, std::vector<Fact>> told_;
    std::map<CaseId, CaseFacts> folded_;
};

/// Parted so that whatever merges connect is together.
std::vector<Records> parted_by_merges(const Records& all);

}  // namespace alert
