// The loop is in one of two states: claiming (an answer is under way) or asleep until sleeps_until_. What is
// expected while it claims is kept in expected_ and looked at with the answer: the claim may have been taken
// before that case was written. Two things end a sleep: its timer and an earlier expectation; a timer of an
// older sleep finds sleep_ moved on and does nothing. While claiming, a timer turns the loop on the spot, so
// that the watchdog sees it turn however long Redis takes.
#include "alert/flow/timekeeper.hpp"

#include <algorithm>
#include <utility>

namespace alert {

Timekeeper::Timekeeper(CaseStore& store, Clock& clock, Timers& timers, CaseDesk& desk, Observer& observer,
                       TimekeeperLimits limits)
    : store_(store),
      clock_(clock),
      timers_(timers),
      desk_(desk),
      observer_(observer),
      limits_(limits),
      claim_pause_(limits.retry_min, limits.look_every) {}

void Timekeeper::start() { turn(); }

void Timekeeper::turn() {
    if (stopped_) return;
    observer_.turned();
    // Claiming faster than the desk decides would only let leases run out.
    if (claiming_ || due_cases() >= limits_.due_cases_max || (waits && waits()))
        return sleep_until(clock_.now() + limits_.look_every);
    claiming_ = true;
    sleeps_until_ = TimePoint::max();
    ++sleep_;
    expected_ = TimePoint::max();
    const auto asked = clock_.boot_time();
    store_.claim_due(clock_.now(), limits_.claim_max, limits_.lease, [this, asked](Result<Claim> claim) {
        if (claim) clock_.observe(claim->now, asked);
        claimed(std::move(claim));
    });
    const auto sleep = sleep_;  // a reply that never comes must not stop the loop
    timers_.after(limits_.look_every, [this, sleep] {
        if (sleep == sleep_ && !stopped_) turn();
    });
}

void Timekeeper::claimed(Result<Claim> claim) {
    claiming_ = false;
    if (stopped_) return;
    if (!claim) {
        behind_ = false;
        observer_.troubled("timekeeper", claim.error());
        return sleep_until(clock_.now() + claim_pause_.next());
    }
    claim_pause_.succeeded();
    look_at_undecided();
    behind_ = claim->cases.size() >= limits_.claim_max;
    // The store's own clock may be a little behind: what is due here is given there in a moment.
    const auto earliest = clock_.now() + (claim->cases.empty() ? limits_.pause : Duration{0});
    for (const auto& job : claim->jobs) {
        if (on_job) on_job(job);
    }
    hand_over(std::move(claim->cases));
    if (behind_ && due_cases() < limits_.due_cases_max) return turn();
    const auto latest = clock_.now() + limits_.look_every;
    sleep_until(std::min({std::max(claim->next.value_or(latest), earliest), expected_, latest}));
}

/// A turn of the loop later, so that the next claim is on its way to the store before this one is decided:
/// they work side by side.
void Timekeeper::hand_over(std::vector<StoredCase> cases) {
    handed_over_ += cases.size();
    timers_.after(Duration{0}, [this, cases = std::move(cases)]() mutable {
        handed_over_ -= cases.size();
        if (stopped_) return;  // their leases run out
        for (auto& stored : cases) desk_.due(std::move(stored));
    });
}

void Timekeeper::undecided(const CaseId& id) {
    auto& at =
        undecided_.try_emplace(id, Undecided{{limits_.retry_min, limits_.undecided_max}, {}}).first->second;
    at.waits = true;
    at.look_at = clock_.now() + at.pause.next();
    expect(at.look_at);
}

/// As many at a time as one claim gives: others must have room on the desk.
void Timekeeper::look_at_undecided() {
    const auto now = clock_.now();
    std::vector<CaseId> again;
    for (auto& [id, at] : undecided_) {
        if (!at.waits || at.look_at > now) continue;
        if (again.size() < limits_.claim_max)
            again.push_back(id);
        else
            expected_ = std::min(expected_, now + limits_.pause);
    }
    // What fails for good fails again within this.
    std::erase_if(undecided_, [&](const auto& each) {
        return !each.second.waits && each.second.look_at + 2 * limits_.look_every < now;
    });
    for (const auto& id : again) {
        undecided_.at(id).waits = false;
        desk_.due_again(id);
    }
}

void Timekeeper::room() {
    if (stopped_) return;
    if (behind_ && !claiming_ && due_cases() < limits_.due_cases_max - limits_.claim_max) turn();
}

void Timekeeper::expect(TimePoint at) {
    if (stopped_) return;
    if (claiming_) {
        expected_ = std::min(expected_, at);
    } else if (at < sleeps_until_) {
        sleep_until(at);
    }
}

void Timekeeper::sleep_until(TimePoint at) {
    sleeps_until_ = at;
    const auto sleep = ++sleep_;
    const auto delay = std::max(at - clock_.now(), Duration{0});
    timers_.after(delay, [this, sleep] {
        if (sleep == sleep_) turn();
    });
}

}  // namespace alert
