// From bytes to an answer: decode, admit, find the case, hand over to its desk. One path for all doors.
//
// Every submission is answered exactly once: accepted or duplicate after the commit is durable, rejected
// with the first finding, or retry when it is not known whether it was stored.
#pragma once

#include "alert/flow/case_desk.hpp"

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
    /// Events submitted and not yet answered.
    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

private:
    struct Admitted {
        Event event;
        Via via;
        bool silent = false;
        Done done;
    };

    void reject(const DecodedEvent& decoded, const std::string& bytes, const Via& via, Error error,
                const Done& done);
    void tell_rejected(const DecodedEvent& decoded, const Error& error);
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
    std::size_t in_flight_ = 0;
    // Detections that wait to learn which case their matter_key joins; the first of a new matter opens it.
    std::map<std::string, std::vector<Admitted>> matters_;
    std::map<std::string, TimePoint> rejects_told_;  // by source, when last
};

/// The first finding against an event: its role, what could not be read, its time. Nothing: it is taken.
std::optional<Error> admit(const DecodedEvent& decoded, const Via& via, TimePoint now);

/// `YYYYMMDD-` and 12 base32 digits of a hash of (source, id); the date is the event's, in the zone.
CaseId case_id_for(const Event& event, const Zone& zone);

}  // namespace alert
