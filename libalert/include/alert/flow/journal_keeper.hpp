// Keeps the journal and the store in agreement, so that what was answered outlives either of them.
//
// While all is well (`direct`) an event goes to the store first and to the journal before it is answered.
// While the store is away, or is being told again what it lost, an event goes to the journal first, and
// the store is told in the journal's order; so there is one way to catch up, however it fell behind.
//
//     away --store is up--> comparing --its mark--> telling --all told--> closing --mark moved--> direct
//
// In `closing` events wait for a moment, that the end is reached under any load.
#pragma once

#include "alert/core/answer.hpp"
#include "alert/core/hash.hpp"
#include "alert/port/clock.hpp"
#include "alert/port/journal.hpp"
#include "alert/port/observer.hpp"
#include "alert/port/timers.hpp"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace alert {

struct JournalRules {
    bool accept_while_away = true;  // else `retry` until the store has everything
    bool answer_unwritten = false;  // what the store has and the journal cannot take; else `retry`
};

struct JournalLimits {
    Duration look_every = std::chrono::milliseconds(250);  // at the store's mark
    std::size_t telling_max = 512;                         // entries under way to the store
    std::size_t backlog_max = 10'000;                      // taken in while telling; then `retry`
    std::size_t keys_max = 200'000;                        // remembered, to write a duplicate once
    std::size_t release_max = 500;                         // cases of one call
    Duration retry_after = std::chrono::seconds(1);
    int tries_max = 10;                                    // of one entry, a second apart
    Duration others_waited_for = std::chrono::minutes(5);  // who tell the store what they have
    Duration case_waited_for = std::chrono::seconds(5);    // of what names one that nobody has told of yet
    std::size_t waiting_for_case_max = 10'000;             // such entries; more are refused at once
};

/// How far it is.
struct JournalProgress {
    bool behind = true;  // the store does not have everything
    bool telling = false;
    bool lost = false;          // the store had more before; else it was merely away
    std::uint64_t from = 0;     // what is told comes after this
    std::uint64_t told = 0;     // entries, in this pass
    std::uint64_t missing = 0;  // of them those that the store had no more
    std::uint64_t refused = 0;  // that the store could not take
    std::uint64_t damaged = 0;  // lines that could not be read
    std::uint64_t last = 0;     // sequence in the journal
};

enum class ReplayBegins { now, when_store_is_back };

class JournalKeeper {
public:
    using Done = std::function<void(Answer)>;
    /// All of them outlive it.
    struct Parts {
        Journal& journal;
        JournalMarks& marks;
        Clock& clock;
        Timers& timers;
        Observer& observer;
    };
    JournalKeeper(Parts parts, JournalRules rules, JournalLimits limits = {});

    void start() { look(); }
    void stop();
    /// The store is up or away; told at every change.
    void store_is(bool up);
    /// Tells everything that is in the journal again, which is harmless; an order holds until that is done,
    /// be the store away now or go away meanwhile.
    ReplayBegins replay();

    /// What is told now is to be taken by take().
    [[nodiscard]] bool behind() const { return phase_ != Phase::direct; }
    /// An event that the store has: writes it, then answers.
    void keep(JournalEntry entry, Answer answer, Done done);
    /// An event that the store was not asked about: writes it and answers `accepted` with what `answer`
    /// says, or `retry`; `directly` instead, once the store has everything. One that it wrote before is
    /// answered without being written, `duplicate` if its content is another.
    void take(JournalEntry entry, Answer answer, Done done, std::function<void()> directly);
    /// Looks at the store's mark now; if it is not what it was, behind() when `then` is called.
    void confirm(std::function<void()> then);
    [[nodiscard]] const JournalProgress& progress() const { return progress_; }

    /// Tells the store one entry.
    std::function<void(const JournalEntry&, Done)> tell;
    /// An event was taken in, the store will be told later: it is on the disk now.
    std::function<void(const JournalEntry&)> on_taken;
    /// The store cannot be told this one; people must know.
    std::function<void(const JournalEntry&, const Error&)> refuse;
    /// The store lost something: what is remembered of it does not count any more.
    std::function<void()> on_lost;
    /// At every change of the phase, and while telling now and then.
    std::function<void()> on_progress;

private:
    enum class Phase { away, comparing, telling, closing, direct };
    struct Waiting {
        JournalEntry entry;
        Answer answer;
        Done done;
        std::function<void()> directly;
    };
    using Mark = JournalMarks::Mark;

    // At any time (journal_keeper.cpp).
    void look();
    void move_mark(Mark next);
    void mark_moved(Mark next, const JournalMarks::Found& found);
    void not_moved(const Error& error);
    void copied();
    void compare();
    void compared(const Mark& found);
    [[nodiscard]] std::uint64_t told_up_to(const Mark& found) const;
    void append(JournalEntry entry, const Mac& name, Callback<std::uint64_t> done);
    void remember(const Mac& name, std::string content);
    void forget(const JournalEntry& entry);
    void let_waiting_go();
    [[nodiscard]] Answer retry(const Answer& answer) const;
    void enter(Phase phase);

    // Telling the store again (journal_telling.cpp).
    void begin(std::uint64_t after, bool lost);
    void tell_on();
    void read_on();
    void tell_one(JournalEntry entry, int tries);
    void told(const JournalEntry& entry, const Answer& answer, int tries);
    void refuse_for_good(const JournalEntry& entry, const std::optional<Error>& error);
    void tell_late();
    void reach_end();
    [[nodiscard]] bool others_tell() const;
    void release();
    void close();

    Parts parts_;
    const JournalRules rules_;
    const JournalLimits limits_;
    Phase phase_ = Phase::away;
    JournalProgress progress_;
    Mark mark_;                      // what the store said last
    std::uint64_t begun_after_ = 0;  // the end of the journal when this daemon began
    std::uint64_t session_ = 0;      // with the store; answers of an earlier one do not count
    bool asking_ = false;
    std::vector<std::function<void()>> confirming_, asked_;
    std::size_t appending_ = 0;
    std::size_t taken_ = 0;  // since the telling began
    std::deque<Waiting> waiting_;
    std::map<Mac, std::string> written_;  // by this daemon: an event's name, and the hash of its content
    bool replay_all_ = false;             // ordered, and not done yet
    struct NewId {
        bool lost;  // while what the store lost was told again
    };
    std::optional<NewId> new_id_;  // taken, and has no mark yet
    bool renaming_ = false;
    std::uint64_t sure_ = 0;  // what the store has, while it is told the rest
    bool stopped_ = false;

    // Of the telling under way.
    std::uint64_t pass_ = 0;
    JournalCursor cursor_;
    std::deque<JournalEntry> queue_;
    std::size_t under_way_ = 0;
    bool reading_ = false, at_end_ = false, releasing_ = false, closing_ = false;
    std::uint64_t last_when_read_ = 0;
    std::vector<std::pair<JournalEntry, std::optional<Error>>> late_;  // whose case is not there yet
    bool late_waits_ = false;                                          // they are told again in a moment
    std::set<CaseId> touched_;
    std::set<std::uint64_t> retrying_;     // sequences
    std::optional<Duration> told_all_at_;  // boot time
    Duration wait_at_least_{};             // the same
    bool others_telling_ = false;
};

}  // namespace alert
