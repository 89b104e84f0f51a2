// Telling the store again what lies behind its mark: read in pages, told some hundred at a time in their
// order, the last ones with the door closed for a moment. Cases that are told so are held (ToldAgain) until
// the end, so that nobody hears of half a case.
#include "alert/flow/journal_keeper.hpp"

#include <algorithm>
#include <utility>

namespace alert {

namespace {
constexpr Duration told_again_after = std::chrono::seconds(1);
}

ReplayBegins JournalKeeper::replay() {
    replay_all_ = true;
    if (phase_ == Phase::direct || progress_.telling) begin(told_up_to(mark_), false);
    return phase_ == Phase::away ? ReplayBegins::when_store_is_back : ReplayBegins::now;
}

void JournalKeeper::begin(std::uint64_t after, bool lost) {
    sure_ = after;
    if (replay_all_) after = 0;
    ++pass_;
    const bool was_closing = phase_ == Phase::closing;
    cursor_ = {.after = after};
    queue_.clear();
    late_.clear();
    late_waits_ = false;
    touched_.clear();
    retrying_.clear();
    under_way_ = taken_ = 0;
    reading_ = at_end_ = releasing_ = closing_ = others_telling_ = false;
    told_all_at_.reset();
    wait_at_least_ = lost ? parts_.clock.boot_time() + 2 * limits_.look_every : Duration{0};
    progress_ = {.lost = lost, .from = after};
    enter(Phase::telling);
    if (was_closing) let_waiting_go();
    if (lost && on_lost) on_lost();
    parts_.journal.told(sure_);
    if (!mark_) move_mark(Mark(sure_));  // so that losing it once more is noticed
    tell_on();
}

void JournalKeeper::tell_on() {
    if (!progress_.telling || stopped_) return;
    while (under_way_ < limits_.telling_max && !queue_.empty()) {
        auto entry = std::move(queue_.front());
        queue_.pop_front();
        tell_one(std::move(entry), 1);
    }
    if (queue_.empty() && !at_end_) return read_on();
    if (queue_.empty() && under_way_ == 0 && !releasing_) reach_end();
}

void JournalKeeper::read_on() {
    if (std::exchange(reading_, true)) return;
    last_when_read_ = parts_.journal.last();
    parts_.journal.read(cursor_, [this, pass = pass_](Result<JournalPage> page) {
        if (pass != pass_) return;
        reading_ = false;
        if (!page) return parts_.observer.troubled("journal", page.error());  // look() goes on
        for (const auto& line : page->damaged) {
            ++progress_.damaged;
            parts_.observer.limit_hit("journal_damaged");
            parts_.observer.troubled("journal " + line.path, line);
        }
        for (auto& entry : page->entries) queue_.push_back(std::move(entry));
        cursor_ = std::move(page->next);
        at_end_ = page->end;
        tell_on();
    });
}

void JournalKeeper::tell_one(JournalEntry entry, int tries) {
    ++under_way_;
    tell(entry, [this, pass = pass_, entry, tries](const Answer& answer) {
        if (pass == pass_) told(entry, answer, tries);
    });
}

/// What is refused while something before it was not taken yet, such as the detection of its case, is tried
/// again with it. A case that is not there may still be told of: by a client who was asked to send its
/// detection again, or out of another journal. What cannot be told for long must not keep the store from the
/// rest.
void JournalKeeper::told(const JournalEntry& entry, const Answer& answer, int tries) {
    using Status = Answer::Status;
    const bool follows = !retrying_.empty() && *retrying_.begin() < entry.sequence;
    const bool again = answer.status == Status::retry || (answer.status == Status::rejected && follows);
    if (again && tries < limits_.tries_max) {
        retrying_.insert(entry.sequence);
        parts_.timers.after(told_again_after, [this, pass = pass_, entry, tries] {
            if (pass != pass_) return;
            --under_way_;
            tell_one(entry, tries + 1);
        });
        return;
    }
    --under_way_;
    retrying_.erase(entry.sequence);
    const bool taken = answer.status != Status::retry && answer.status != Status::rejected;
    const bool no_case =
        answer.error && (answer.error->code == "unknown_case" || answer.error->path == "/data/into");
    if (!taken && no_case && late_.size() < limits_.waiting_for_case_max) {
        late_.emplace_back(entry, answer.error);
        return tell_on();
    }
    ++progress_.told;
    if (answer.status == Status::accepted) ++progress_.missing;
    if (answer.case_id) touched_.insert(*answer.case_id);
    if (!taken) refuse_for_good(entry, answer.error);
    tell_on();
}

void JournalKeeper::refuse_for_good(const JournalEntry& entry, const std::optional<Error>& error) {
    ++progress_.refused;
    forget(entry);
    refuse(entry, error.value_or(Error{"untold", "the store could not be told of it", ""}));
}

/// When all else is told: once more every second, for as long as their cases may yet come.
void JournalKeeper::tell_late() {
    if (std::exchange(late_waits_, true)) return;
    parts_.timers.after(told_again_after, [this, pass = pass_] {
        if (pass != pass_) return;
        late_waits_ = false;
        const bool waited = parts_.clock.boot_time() - *told_all_at_ >= limits_.case_waited_for;
        for (auto& [entry, error] : std::exchange(late_, {})) {
            if (!waited || others_tell()) {
                queue_.push_back(std::move(entry));
                continue;
            }
            ++progress_.told;
            refuse_for_good(entry, error);
        }
        tell_on();
    });
}

/// Others whose journals hold the rest of these cases are waited for.
bool JournalKeeper::others_tell() const {
    const auto now = parts_.clock.boot_time();
    if (now < wait_at_least_) return true;
    return others_telling_ && now - *told_all_at_ < limits_.others_waited_for;
}

/// All that was written when it was read last is told; what came since is little.
void JournalKeeper::reach_end() {
    const bool more = parts_.journal.last() != last_when_read_;
    if (!told_all_at_) told_all_at_ = parts_.clock.boot_time();
    if (!late_.empty() && phase_ == Phase::closing) {  // the door opens: what they wait for comes through it
        enter(Phase::telling);
        let_waiting_go();
    }
    if (!late_.empty() && !more) return tell_late();
    const bool may_close = phase_ == Phase::closing || (late_.empty() && mark_ && !others_tell());
    if (may_close && phase_ != Phase::closing) enter(Phase::closing);
    if (more) {
        at_end_ = false;
        read_on();
    } else if (may_close && appending_ == 0) {
        release();
    }
}

/// Now the cases are whole: what is due of them fires.
void JournalKeeper::release() {
    releasing_ = true;
    if (touched_.empty()) return close();
    std::vector<CaseId> cases;
    while (!touched_.empty() && cases.size() < limits_.release_max)
        cases.push_back(std::move(touched_.extract(touched_.begin()).value()));
    parts_.marks.release(cases, parts_.clock.now(),
                         [this, pass = pass_, cases](const Result<std::monostate>& released) {
                             if (pass != pass_) return;
                             if (released) return release();
                             parts_.observer.troubled("journal_mark", released.error());
                             touched_.insert(cases.begin(), cases.end());
                             releasing_ = false;  // look() goes on
                         });
}

/// A question that is under way is waited for.
void JournalKeeper::close() {
    const auto end = std::max(parts_.journal.last(), mark_.value_or(0));
    if (asking_) {
        parts_.timers.after(std::chrono::milliseconds(1), [this, pass = pass_] {
            if (pass == pass_) close();
        });
        return;
    }
    closing_ = true;
    move_mark(Mark(end));
}

}  // namespace alert
