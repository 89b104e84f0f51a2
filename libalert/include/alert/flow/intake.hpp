// From bytes to an answer: decode, admit, find the case, hand over to its desk. One path for all doors.
//
// Every submission is answered exactly once: accepted or duplicate after the commit is durable, rejected
// with the first finding, or retry when it is not known whether it was stored. With a journal whatever is
// accepted is in it before it is answered, see journal_keeper.hpp.
#pragma once

#include "alert/flow/case_desk.hpp"
#include "alert/flow/journal_keeper.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace alert {

struct DecodedEvent;

class Intake {
public:
    using Done = std::function<void(Answer)>;

    Intake(CaseStore& store, Clock& clock, RuleBook& rules, CaseDesk& desk, Observer& observer);

    void submit(const std::string& bytes, const Via& via, Done done);
    /// From now on; it outlives the intake's last answer.
    void write_to(JournalKeeper& journal) { journal_ = &journal; }
    /// An entry of a journal, told as it was then. When it is rejected nothing else comes of it.
    void tell_again(const JournalEntry& entry, Done done);
    /// The same, as if it happened now.
    void tell_live(const JournalEntry& entry, Done done);
    /// It is kept as a reject; as its client was told `accepted` and will not come again, people hear of it.
    void refuse_again(const JournalEntry& entry, const Error& error);
    /// Events submitted and not yet answered.
    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

private:
    struct Admitted {
        Event event;
        Via via;
        bool silent = false;
        Done done;
        std::optional<AcceptedBefore> before;
    };

    void reject(const DecodedEvent& decoded, const std::string& bytes, const Via& via, Error error,
                const Done& done);
    void keep_reject(const DecodedEvent& decoded, const std::string& bytes, const Via& via,
                     const Error& error);
    void tell_rejected(const DecodedEvent& decoded, const Error& error, bool was_accepted = false);
    // With a journal (intake_journal.cpp).
    void tell_now(Admitted admitted);
    void tell_later(Admitted admitted);
    void reject_if_sure(DecodedEvent decoded, std::string bytes, Via via, Error error, Done done);
    [[nodiscard]] JournalEntry entry_of(const Admitted& admitted) const;
    [[nodiscard]] Answer early_answer(const Event& event) const;
    bool told_lately(const std::string& source, TimePoint now);
    void find_case(Admitted admitted);
    void join_matter(Admitted admitted, const std::string& key);
    void check_merge(Admitted admitted, bool waited = false);
    void hand_over(CaseId id, Admitted admitted);

    CaseStore& store_;
    Clock& clock_;
    RuleBook& rules_;
    CaseDesk& desk_;
    Observer& observer_;
    JournalKeeper* journal_ = nullptr;
    std::size_t in_flight_ = 0;
    // Detections that wait to learn which case their matter_key joins; the first of a new matter opens it.
    std::map<std::string, std::vector<Admitted>> matters_;
    std::map<std::string, TimePoint> rejects_told_;  // by source, when last
};

/// The first finding against an event: its role, what could not be read, its time. Nothing: it is taken.
std::optional<Error> admit(const DecodedEvent& decoded, const Via& via, TimePoint now);

Answer rejected(const DecodedEvent& decoded, Error error);

/// `YYYYMMDD-` and 12 base32 digits of a hash of (source, id); the date is the event's, in the zone.
CaseId case_id_for(const Event& event, const Zone& zone);

}  // namespace alert
