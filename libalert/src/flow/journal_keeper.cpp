// Why it is right. Everything up to the store's mark was told to the store before the mark was written, and
// the store keeps the order of its writes: a store that has the mark has what lies before it. The mark moves
// only from what it was when it was seen last, so a store that was emptied or put back is noticed by the
// next move. A copy of the journal elsewhere has its id, and moves its mark: nothing counts as told that lies
// behind what this machine remembers to have told. Only who claimed the mark last moves it; the other, if he
// runs, takes a new id. And whenever the store comes back, what lies behind both
// is told again, whether or not it was told before: an event is known by its identity.
#include "alert/flow/journal_keeper.hpp"

#include "alert/codec/event_json.hpp"

#include <algorithm>
#include <utility>

namespace alert {

namespace {

/// What two events share only by being the same: nobody can make another with it.
Mac name_of(const std::string& source, const std::string& id) {
    return hmac_sha256("journal", std::to_string(source.size()) + ':' + source + id);
}

}  // namespace

JournalKeeper::JournalKeeper(Parts parts, JournalRules rules, JournalLimits limits)
    : parts_(parts), rules_(rules), limits_(limits), begun_after_(parts.journal.last()) {}

void JournalKeeper::stop() {
    stopped_ = true;
    if (phase_ == Phase::direct) return;
    ++pass_;
    enter(Phase::away);
    let_waiting_go();
}

void JournalKeeper::enter(Phase phase) {
    phase_ = phase;
    progress_.behind = phase != Phase::direct;
    progress_.telling = phase == Phase::telling || phase == Phase::closing;
    progress_.last = parts_.journal.last();
    if (on_progress) on_progress();
}

void JournalKeeper::store_is(bool up) {
    ++session_;
    asking_ = false;
    new_id_.reset();  // it may be another store
    auto unconfirmed = std::exchange(confirming_, {});
    unconfirmed.insert(unconfirmed.end(), std::make_move_iterator(asked_.begin()),
                       std::make_move_iterator(asked_.end()));
    asked_.clear();
    if (up) {
        compare();
    } else {
        ++pass_;
        enter(Phase::away);
        let_waiting_go();
    }
    for (const auto& then : unconfirmed) then();
}

Answer JournalKeeper::retry(const Answer& answer) const {
    return {.status = Answer::Status::retry,
            .source = answer.source,
            .id = answer.id,
            .retry_after = limits_.retry_after};
}

void JournalKeeper::keep(JournalEntry entry, Answer answer, Done done) {
    const auto name = name_of(answer.source, answer.id);
    // Of a duplicate only its first telling may count; and once it is written, it is.
    const bool duplicate = answer.status == Answer::Status::duplicate;
    if (duplicate && (answer.differs || written_.contains(name))) return done(std::move(answer));
    append(std::move(entry), name,
           [this, answer = std::move(answer), done = std::move(done)](Result<std::uint64_t> written) {
               done(written || rules_.answer_unwritten ? answer : retry(answer));
           });
}

void JournalKeeper::take(JournalEntry entry, Answer answer, Done done, std::function<void()> directly) {
    if (phase_ == Phase::direct) return directly();
    if (phase_ == Phase::closing) {
        waiting_.push_back({std::move(entry), std::move(answer), std::move(done), std::move(directly)});
        return;
    }
    if (!rules_.accept_while_away) return done(retry(answer));
    answer.status = Answer::Status::accepted;
    answer.degraded = true;
    const auto name = name_of(answer.source, answer.id);
    const auto before = written_.find(name);
    if (before != written_.end() && before->second == entry.content_hash) return done(std::move(answer));
    if (before != written_.end() && !before->second.empty()) {
        answer.status = Answer::Status::duplicate;
        answer.differs = true;
        answer.degraded = false;
        return done(std::move(answer));
    }
    if (phase_ != Phase::away && taken_ >= limits_.backlog_max) {
        parts_.observer.limit_hit("journal_backlog");
        return done(retry(answer));
    }
    ++taken_;
    entry.degraded = true;
    append(entry, name,
           [this, entry, answer = std::move(answer), done = std::move(done)](Result<std::uint64_t> written) {
               if (written && on_taken) on_taken(entry);
               done(written ? answer : retry(answer));
           });
}

void JournalKeeper::append(JournalEntry entry, const Mac& name, Callback<std::uint64_t> done) {
    ++appending_;
    auto content = entry.content_hash;
    parts_.journal.append(std::move(entry), [this, name, content = std::move(content),
                                             done = std::move(done)](Result<std::uint64_t> written) mutable {
        --appending_;
        if (written) remember(name, std::move(content));
        if (!written) parts_.observer.troubled("journal", written.error());
        done(std::move(written));
        if (progress_.telling) tell_on();
    });
}

void JournalKeeper::remember(const Mac& name, std::string content) {
    if (written_.size() >= limits_.keys_max) written_.clear();
    written_.try_emplace(name, std::move(content));
}

/// Told once more it may be taken.
void JournalKeeper::forget(const JournalEntry& entry) {
    if (const auto event = decode_record(entry.event))
        written_.erase(name_of(event->key.source, event->key.id));
}

/// Those who waited for the end of the telling go on, whichever way it ended.
void JournalKeeper::let_waiting_go() {
    for (auto& one : std::exchange(waiting_, {}))
        take(std::move(one.entry), std::move(one.answer), std::move(one.done), std::move(one.directly));
}

void JournalKeeper::look() {
    if (stopped_) return;
    parts_.timers.after(limits_.look_every, [this] { look(); });
    progress_.last = parts_.journal.last();
    if (phase_ == Phase::comparing) return compare();
    if (phase_ == Phase::away || parts_.journal.id().empty()) return;
    const auto mark = mark_.value_or(0);
    move_mark(Mark(phase_ == Phase::direct ? std::max(parts_.journal.last(), mark) : mark));
    if (progress_.telling) tell_on();
    if (progress_.telling && on_progress) on_progress();
}

void JournalKeeper::confirm(std::function<void()> then) {
    if (behind()) return then();
    confirming_.push_back(std::move(then));
    if (!asking_) move_mark(mark_);
}

/// One question at a time; who wants to be sure gets an answer to one that was asked after he came.
void JournalKeeper::move_mark(Mark next) {
    if (std::exchange(asking_, true)) return;
    asked_ = std::exchange(confirming_, {});
    const bool all_told = at_end_ && queue_.empty() && under_way_ == 0 && late_.empty();
    const bool telling = phase_ == Phase::telling && !all_told;
    parts_.marks.move(parts_.journal.id(), mark_, next, telling,
                      [this, next, session = session_](const Result<JournalMarks::Found>& found) {
                          if (session != session_) return;
                          asking_ = false;
                          const auto asked = std::exchange(asked_, {});
                          if (found)
                              mark_moved(next, *found);
                          else
                              not_moved(found.error());
                          for (const auto& then : asked) then();
                          if (!behind() && !confirming_.empty()) return move_mark(mark_);
                          for (const auto& then : std::exchange(confirming_, {})) then();
                      });
}

/// Not done, or not known whether done: asked again by look().
void JournalKeeper::not_moved(const Error& error) {
    parts_.observer.troubled("journal_mark", error);
    releasing_ = closing_ = false;
}

void JournalKeeper::mark_moved(Mark next, const JournalMarks::Found& found) {
    others_telling_ = found.others_telling;
    // One that went back, or is gone, tells of a store that was put back; whoever its owner was then.
    if (found.owner == JournalMarks::Owner::another && found.mark >= mark_) return copied();
    if (found.owner != JournalMarks::Owner::we || found.mark != mark_) return compare();
    mark_ = next;
    if (phase_ == Phase::closing && closing_) {
        releasing_ = closing_ = replay_all_ = false;
        enter(Phase::direct);
        let_waiting_go();
    }
    if (mark_) parts_.journal.told(progress_.telling ? std::min(*mark_, sure_) : *mark_);
}

/// Another daemon runs with a copy of this journal: only one can have its id, and the other has just claimed
/// its mark. What is in this one and was not told yet is told under the new id.
void JournalKeeper::copied() {
    new_id_ = NewId{.lost = progress_.telling && progress_.lost};
    renaming_ = true;
    compare();
    parts_.journal.take_new_id([this, was = parts_.journal.id()] {
        renaming_ = false;
        const auto id = parts_.journal.id();
        const auto what = "another daemon runs with a copy of journal " + was + "; this one is now " + id;
        if (id != was) parts_.observer.troubled("journal_copy", {"copied", what, ""});
        if (phase_ == Phase::comparing) compare();
    });
}

/// What the store has, when it comes up or is not what it was. A journal that cannot be opened knows nothing:
/// it is tried again.
void JournalKeeper::compare() {
    if (phase_ != Phase::comparing) {
        ++pass_;
        enter(Phase::comparing);
        let_waiting_go();
    }
    if (parts_.journal.id().empty()) {
        if (rules_.answer_unwritten) enter(Phase::direct);
        return parts_.journal.read({}, [](const Result<JournalPage>&) {});
    }
    if (renaming_ || std::exchange(asking_, true)) return;
    parts_.marks.claim(parts_.journal.id(), [this, session = session_](const Result<Mark>& found) {
        if (session != session_) return;
        asking_ = false;
        if (found)
            compared(*found);
        else
            parts_.observer.troubled("journal_mark", found.error());
    });
}

/// By the store's mark, which somebody else may have moved.
std::uint64_t JournalKeeper::told_up_to(const Mark& found) const {
    const auto told = found.value_or(0);
    return std::min(told, parts_.journal.told_before().value_or(told));
}

void JournalKeeper::compared(const Mark& found) {
    const auto last = parts_.journal.last();
    const auto knew = std::exchange(mark_, found);
    const auto new_id = std::exchange(new_id_, {});
    if (new_id && !found) return begin(told_up_to(last), new_id->lost);
    const bool less = knew ? (!found || *found < *knew) : (!found && begun_after_ > 0);
    if (found && *found > last) {
        // The journal is an older one, from a backup: what the store has besides is not in it.
        parts_.journal.continue_after(*found);
        return begin(std::min({begun_after_, last, told_up_to(found)}), less);
    }
    begin(told_up_to(found), less);
}

}  // namespace alert
