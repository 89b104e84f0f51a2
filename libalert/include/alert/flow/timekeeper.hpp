// Sleeps until the head of the wake queue, claims what is due and puts it on the case desk.
//
// Always claims from the beginning of time to now, never from a moving cursor: whatever was missed while
// no daemon ran is simply due. The loop turns at least once a second, with or without Redis.
#pragma once

#include "alert/core/growing_pause.hpp"
#include "alert/flow/case_desk.hpp"
#include "alert/port/timers.hpp"

#include <unordered_map>

namespace alert {

struct TimekeeperLimits {
    std::size_t claim_max = 256;                    // cases of one claim
    std::size_t due_cases_max = 1024;               // on the desk at once; then it is not claimed further
    Duration lease = std::chrono::seconds(2);       // after that another daemon may take a case
    Duration look_every = std::chrono::seconds(1);  // other daemons' cases are found at least so often
    Duration pause =
        std::chrono::milliseconds(5);  // between looks that find what the store does not give yet
    Duration retry_min = std::chrono::milliseconds(10);  // after a failed claim; doubles up to look_every
    Duration undecided_max = std::chrono::minutes(1);    // a case that fails again and again waits up to this
};

class Timekeeper {
public:
    Timekeeper(CaseStore& store, Clock& clock, Timers& timers, CaseDesk& desk, Observer& observer,
               TimekeeperLimits limits = {});

    void start();
    void stop() { stopped_ = true; }
    /// A case now waits for `at`; wakes the loop when that is before what it sleeps for.
    void expect(TimePoint at);
    /// More is due than was claimed so far.
    [[nodiscard]] bool behind() const { return behind_; }
    /// Called with each job (`~anchor`) whose time has come; it comes again when its lease ends, until it is
    /// put into the queue for later or taken out.
    std::function<void(const std::string&)> on_job;
    /// While it says so, nothing is claimed: the store is not what it will be in a moment.
    std::function<bool()> waits;
    /// The desk has room again.
    void room();
    /// The desk could not decide a case whose time has come: it is put there again once claims are answered,
    /// and does not wait for its lease to end. What is decided is forgotten a little later.
    void undecided(const CaseId& id);

private:
    void turn();
    void claimed(Result<Claim> claim);
    void hand_over(std::vector<StoredCase> cases);
    void look_at_undecided();
    void sleep_until(TimePoint at);
    /// Claimed and not done with.
    [[nodiscard]] std::size_t due_cases() const { return handed_over_ + desk_.due_cases(); }

    struct Undecided {
        GrowingPause pause;
        TimePoint look_at;
        bool waits = false;  // else it is on the desk, or was decided
    };

    CaseStore& store_;
    Clock& clock_;
    Timers& timers_;
    CaseDesk& desk_;
    Observer& observer_;
    TimekeeperLimits limits_;
    GrowingPause claim_pause_;
    std::unordered_map<CaseId, Undecided> undecided_;
    TimePoint sleeps_until_ = TimePoint::max();
    std::size_t handed_over_ = 0;  // to the desk, which has not seen them yet
    std::uint64_t sleep_ = 0;      // the sleep under way; older ones wake up to nothing
    bool claiming_ = false;
    bool behind_ = false;  // the last claim may have left something
    bool stopped_ = false;
    TimePoint expected_ = TimePoint::max();  // told while a claim was under way
};

}  // namespace alert
