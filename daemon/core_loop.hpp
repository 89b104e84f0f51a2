// The core thread's parts, wired: doors in, Redis, the desk, the timekeeper, the dispatchers.
//
// Everything here lives on one io_context and one thread. What can take a millisecond is not here: sending,
// rendering and HTTP belong to the edge (edge_loop.hpp), reached by hand-over of values.
#pragma once

#include "alert/config/config.hpp"
#include "alert/flow/archived_cases.hpp"
#include "alert/flow/archiver.hpp"
#include "alert/flow/case_desk.hpp"
#include "alert/flow/dispatcher.hpp"
#include "alert/flow/intake.hpp"
#include "alert/flow/revisit.hpp"
#include "alert/flow/timekeeper.hpp"
#include "alert/mirror/mirror.hpp"
#include "alert/redis/case_reader.hpp"
#include "alert/redis/redis_case_archive.hpp"
#include "alert/redis/redis_case_store.hpp"
#include "alert/redis/redis_journal_marks.hpp"
#include "alert/redis/redis_outbox.hpp"
#include "archive/file_shelf.hpp"
#include "archive/watch.hpp"
#include "ingest_doors.hpp"
#include "journal/file_journal.hpp"
#include "letter_order.hpp"
#include "patience.hpp"
#include "retelling.hpp"
#include "scheduled_notices.hpp"
#include "self_watch.hpp"
#include "system_clock.hpp"
#include "watchdog.hpp"
#include "watcher.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <set>
#include <vector>

namespace yuqing {

class CoreLoop {
public:
    /// Binds the ZeroMQ sockets; throws when it cannot. `sender` outlives the loop's last run.
    CoreLoop(boost::asio::io_context& io, std::shared_ptr<const alert::Config> config, alert::Sender& sender,
             Metrics& metrics, Watchdog& watchdog);

    void start();
    /// Takes nothing more, answers what it holds, settles what was sent; then `stopped` is called.
    void stop(std::function<void()> stopped);

    using Answers = std::vector<alert::Answer>;
    /// Decides, sends and lets in by these files from now on, whether Redis is there or away.
    void take(std::shared_ptr<const alert::Config> config);

    /// Events of one HTTP request; answered together, in their order, on this thread.
    void submit(std::vector<std::string> events, const alert::Via& via, std::function<void(Answers)> done);

    void rebase(alert::CaseId id, alert::RebaseOrder order, alert::Callback<alert::Rebased> done) {
        desk_.rebase(std::move(id), std::move(order), std::move(done));
    }
    /// Sends a dead letter again and records who ordered that. Errors: `not_found`, `not_dead`; `overtaken`:
    /// it tells nothing new and is superseded instead; any other:
    /// not done, or not known whether done.
    void redeliver(const alert::NotificationId& id, LetterOrder order, alert::Callback<std::monostate> done);
    /// Messages about no case.
    void send(std::vector<alert::Notification> messages, alert::Callback<std::monostate> done) {
        alert::Transition transition;
        transition.notifications = std::move(messages);
        commit_messages(std::move(transition), std::move(done));
    }
    /// What came of reading an archived case on the other thread.
    void archive_read(const alert::CaseId& id, const std::optional<alert::Error>& error) {
        archive_watch_.read(id, error);
    }
    /// Before it starts.
    void introduce(alert::RunningDaemon self) { self_.introduce(std::move(self)); }
    /// What came of reading the files, when they were read.
    void files_read(FilesRead files) { self_.files_read(std::move(files)); }
    /// Asked when the time for anchors has come: writes them on the other thread, answers on this one.
    std::function<void(std::function<void(bool)> done)> anchor;

    /// Asked when it is time to look for cases that may leave Redis: on the other thread, answers on this
    /// one.
    std::function<void(alert::Archiver::Done done)> archive;

    /// The command that keeps the files, as long as those that are in force loaded from the disk.
    std::vector<std::string> keep_files_by;

    /// Tells Redis everything again that is in the journal. Error `no_journal`: there is none.
    void replay(alert::Callback<alert::ReplayBegins> done);

    /// Tells Redis entries of any journal, and keeps them in this daemon's. With an error nothing was told;
    /// `unknown_policy`: one of them names a policy that is not known here.
    void retell(Retelling order, alert::Callback<Answers> done);
    /// A policy that such entries name: from now on it is known, and in Redis when `done` says so.
    void bring_policy(std::shared_ptr<const alert::Policy> policy, alert::Callback<std::monostate> done);
    /// Error `policy_lost`: it is not known here; any other: Redis could not be asked.
    void find_policy(const alert::PolicyHash& hash, alert::Callback<std::monostate> done);

    // Any thread.
    [[nodiscard]] bool redis_up() const { return redis_up_.load(); }
    /// It does not have everything that is in the journal.
    [[nodiscard]] bool redis_behind() const { return redis_behind_.load(); }

private:
    void redis_state(bool up, const std::string& reason);
    void leave_other_server(alert::redis::Connection& writer);
    void furnish();
    void follow_journal();
    void keep_policies();
    void write_policy_beside_journal();
    void journal_progress();
    void know_policies_of(const std::shared_ptr<Retelling>& order, std::size_t at,
                          std::function<void(alert::Result<void>)> then);
    void keep_policies_of(const Retelling& order);
    void retell_all(const std::shared_ptr<Retelling>& order, alert::Callback<Answers> done);
    void retell_one(alert::JournalEntry entry, std::function<void(alert::Answer)> done);
    void hold_retold();
    void release_retold();
    void job(const std::string& name);
    void plan_anchor(alert::TimePoint at);
    void archive_job();
    void plan_archive(alert::TimePoint at);
    void follow_archive();
    void follow_mirror();
    void mirror_changed();
    void judge_redis();
    [[nodiscard]] bool told_first() const;
    [[nodiscard]] bool replicated();
    void unreplicated();
    [[nodiscard]] std::vector<alert::DeliveryPlan> plans() const;
    void keep_policy(const alert::PolicyHash& hash, const std::string& text);
    void keep_files();
    void look_for_gone_channels();
    void look_after_if_gone(const alert::ChannelId& id);
    /// Every channel for which nobody sends yet.
    void serve_all();
    void follow_channels(const alert::Config& before);
    [[nodiscard]] bool serves(const alert::ChannelId& id) const;
    void add_dispatcher(alert::DeliveryPlan plan);
    void follow_calendar();
    void committed(const alert::Transition& transition);
    void let_go_if_overtaken(const alert::Settlement& overtaken, alert::Result<std::monostate> result,
                             alert::Callback<std::monostate> told);
    /// What concerns no case: written, and those it concerns are woken.
    void commit_messages(alert::Transition transition, alert::Callback<std::monostate> done);
    void wait_until_idle(std::function<void()> stopped, alert::Duration since);
    [[nodiscard]] bool idle() const;

    boost::asio::io_context& io_;
    std::shared_ptr<const alert::Config> config_;
    alert::Sender& sender_;
    Metrics& metrics_;
    Watchdog& watchdog_;
    Watcher watcher_;
    SystemClock clock_;
    AsioTimers timers_;
    std::shared_ptr<alert::redis::MasterWatch> masters_;  // shared by the connections; null without sentinels
    alert::redis::Connection connection_;
    std::vector<std::unique_ptr<alert::redis::Connection>> writers_;  // of commits; see RedisCaseStore
    alert::redis::Keys keys_;
    alert::RedisCaseStore store_;
    std::unique_ptr<FileShelf> shelf_;  // none without `archive`
    alert::RedisCaseArchive archived_;
    ArchiveWatch archive_watch_;
    alert::ArchivedCases cases_;  // what the store has, and what was archived
    alert::RedisOutbox outbox_;
    alert::RuleBook rules_;
    alert::CaseDesk desk_;
    alert::Intake intake_;
    alert::RedisJournalMarks marks_;
    std::unique_ptr<FileJournal> journal_;  // none without `journal`
    std::optional<alert::JournalKeeper> keeper_;
    alert::JournalProgress told_again_;  // as it was told last
    std::set<alert::CaseId> retold_;     // by hand, and held until there are no more
    std::uint64_t retellings_ = 0;       // by hand: each holds them anew
    alert::Timekeeper timekeeper_;
    std::optional<alert::Mirror> mirror_;
    alert::CaseReader reader_;
    alert::Revisit revisit_;
    ScheduledNotices scheduled_;
    alert::RedisTroubleBook troubles_;
    alert::RedisDaemonRoll roll_;
    SelfWatch self_;
    std::vector<std::unique_ptr<alert::Dispatcher>> dispatchers_;
    std::vector<std::unique_ptr<alert::Dispatcher>> replaced_;  // their timers may still come
    IngestDoors doors_;
    std::set<alert::ChannelId> gone_channels_;  // not configured any more; something may wait for them
    bool gone_channels_known_ = false;
    bool anchoring_ = false;
    bool archiving_ = false;
    bool stopping_ = false;
    bool complete_ = false;              // Redis is up and has everything that was accepted
    bool unreplicated_ = false;          // too few replicas had something that was written
    alert::Duration unreplicated_at_{};  // boot time
    /// A journal that cannot be read, or is very long, holds nothing up for ever.
    Patience telling_{std::chrono::seconds(30)};
    std::atomic<bool> redis_up_{false};
    std::atomic<bool> redis_behind_{false};
};

/// The job of the wake queue that looks for cases to archive.
inline constexpr std::string_view archive_job_name = "~archive";

/// The files of the archive for one loop; null when it has none.
std::unique_ptr<FileShelf> make_shelf(boost::asio::io_context& loop, const alert::Config& config,
                                      Metrics& metrics, FileShelf::OnRead on_read);

}  // namespace yuqing
