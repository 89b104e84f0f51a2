// The daemon watches itself: gathers what is wrong, has it judged (alert/core/self_watch.hpp), and tells the
// roles of `notices.self` through channels that work.
//
// Everything goes through the outbox but one: that Redis is away is told past it, straight to the sender,
// by every daemon that cannot reach it. A self notice that fails makes no trouble of its own: of dead and
// waiting messages only others count.
#pragma once

#include "alert/config/config.hpp"
#include "alert/core/undecided.hpp"
#include "alert/flow/journal_keeper.hpp"
#include "alert/flow/rule_book.hpp"
#include "alert/port/sender.hpp"
#include "alert/port/timers.hpp"
#include "alert/redis/case_reader.hpp"
#include "alert/redis/daemon_roll.hpp"
#include "alert/redis/trouble_book.hpp"
#include "archive/watch.hpp"
#include "direct_letters.hpp"
#include "journal/files.hpp"
#include "system_clock.hpp"
#include "watcher.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace yuqing {

/// What came of the files that were read last.
struct FilesRead {
    std::vector<alert::Error> refused;   // why they were not taken; empty: they were
    std::vector<alert::Error> warnings;  // of those in force
};

class SelfWatch {
public:
    using Send = std::function<void(std::vector<alert::Notification>, alert::Callback<std::monostate>)>;

    /// All of them outlive it.
    struct Parts {
        alert::RedisTroubleBook& book;
        alert::RedisDaemonRoll& roll;
        alert::CaseReader& reader;
        ArchiveWatch& archive;
        const alert::RuleBook& rules;
        SystemClock& clock;
        alert::Timers& timers;
        alert::Sender& sender;
        Watcher& watcher;
        Metrics& metrics;
    };
    SelfWatch(Parts parts, std::shared_ptr<const alert::Config> config, Send send);

    /// So many daemons use this Redis, this one included; told at each look. Set before start().
    std::function<void(std::size_t)> on_daemons;

    /// Looks again and again from now on.
    void start();
    void stop();

    /// Who this daemon is among those that share its Redis.
    void introduce(alert::RunningDaemon self);

    void follow(std::shared_ptr<const alert::Config> config) { config_ = std::move(config); }
    void files_read(FilesRead files) { files_ = std::move(files); }
    /// A client whose key did not open the door.
    void stranger(const std::string& address) { stranger_ = {address, parts_.clock.now()}; }
    /// A connection that was ended so that others can come.
    void flooded(const std::string& address) { flood_ = {address, parts_.clock.now()}; }
    /// What keeps the journal from writing, and how far the telling of what Redis lost is.
    void journal_written(std::optional<alert::Error> error) { unwritten_ = std::move(error); }
    void told_again(const alert::JournalProgress& progress);
    /// Somebody removed or cut a file of it.
    void journal_cut(const JournalGap& gap);
    /// A case was opened again by the policy in force, as its own is nowhere any more.
    void policy_lost(const alert::PolicyHash& hash);
    /// A case whose time has come could not be decided; it, or another change of it, was.
    void undecided(const alert::CaseId& id, const alert::Error& error) {
        undecided_.failed(id, error, parts_.clock.now());
    }
    void decided(const alert::CaseId& id) { undecided_.decided(id); }
    /// Cases that are due are not looked at now, for Redis is told the journal first.
    void claims_held() { claiming_since_ = parts_.clock.now(); }
    void clock_jumped(alert::Duration by) { jumped_by_ = by; }
    void redis_state(bool up, const std::string& reason);

private:
    struct Look;
    using LookPtr = std::shared_ptr<Look>;
    /// Redis away, for this daemon.
    struct Outage {
        alert::TimePoint since;
        std::optional<alert::TimePoint> until, told;
    };

    /// Who came to the ZeroMQ door and was not let in.
    struct Caller {
        std::string address;
        alert::TimePoint at;
    };

    void look();
    void gather_clocks(Look& look) const;
    void gather(const LookPtr& look);
    void gather_files(Look& look) const;
    static void gather_caller(Look& look, alert::TroubleKind kind, const std::optional<Caller>& last);
    /// At this one among the others, and at what they do not have alike.
    void look_at_daemons(alert::TimePoint now, alert::Callback<std::optional<alert::Trouble>> done);
    void gather_archive(const LookPtr& look);
    [[nodiscard]] std::vector<alert::Trouble> journal_troubles(alert::TimePoint now) const;
    void gather_dead_letters(const LookPtr& look);
    void gather_rejects(const LookPtr& look);
    void gather_channel(const LookPtr& look, const alert::ChannelId& channel);
    void add_waiting(const LookPtr& look, const alert::ChannelId& channel, const alert::OutboxSize& size,
                     const std::string& error);
    void read(const LookPtr& look, const std::optional<alert::Error>& error);
    [[nodiscard]] bool may_be_over(const alert::TroubleId& id, const Look& look) const;
    void act(Look& look);
    void carry_out(alert::TroubleMove move, const alert::Channels& channels, const Look& look);
    void write(const alert::TroubleMove& move);
    [[nodiscard]] alert::Channels channels_for(const alert::TroubleId& id, bool over) const;
    [[nodiscard]] alert::SelfScene scene() const { return {*config_->directory, config_->zone}; }

    void tell_outage();

    Parts parts_;
    std::shared_ptr<const alert::Config> config_;
    Send send_;
    FilesRead files_;
    alert::RunningDaemon entry_;             // in the roll of daemons
    std::optional<alert::Error> unwritten_;  // the journal
    alert::JournalProgress told_again_;
    std::optional<alert::TimePoint> told_again_at_;  // while there was something to say of it
    struct Cut {
        std::size_t files = 0;
        JournalGap last;
        std::uint64_t untold = 0;
        alert::TimePoint at;
    };
    std::optional<Cut> cut_;  // of the journal's files
    struct LostPolicy {
        std::size_t cases = 0;
        alert::PolicyHash last;
        alert::TimePoint at;
    };
    std::optional<LostPolicy> lost_policy_;
    alert::UndecidedCases undecided_;
    alert::TimePoint claiming_since_{};  // cases that are due
    alert::Duration jumped_by_{0};
    std::optional<Caller> stranger_, flood_;  // the last ones
    std::optional<Outage> outage_;            // under way, or not yet in the book
    std::string away_because_;
    DirectLetters direct_;
    std::set<alert::ChannelId> failing_;  // at the last look
    std::set<alert::TroubleId> untold_;   // that no channel could be found for
    bool up_ = false;
    bool looking_ = false;
    bool stopped_ = false;
};

}  // namespace yuqing
