#include "core_loop.hpp"

#include "log.hpp"
#include "redis_options.hpp"

#include <spdlog/spdlog.h>

#include <stdexcept>

namespace yuqing {

namespace {

constexpr alert::Duration stop_within = std::chrono::seconds(8);  // then the leases do the rest
constexpr alert::Duration policy_kept_again_after = std::chrono::seconds(1);
constexpr std::string_view anchor_job = "~anchor";
constexpr alert::Duration anchored_again_after = std::chrono::minutes(1);  // when it failed
constexpr alert::Duration idle_looked_every = std::chrono::milliseconds(20);

alert::TimePoint next_midnight(alert::TimePoint now, const alert::Zone& zone) {
    const auto today = std::chrono::floor<std::chrono::days>(zone.to_local(now));
    return zone.to_sys(alert::LocalTime(today + std::chrono::days(1)));
}

alert::RuleBook::Current current_rules(const alert::Config& config) {
    return {config.policy, config.directory, config.roster, config.calendar, config.zone};
}

std::vector<std::unique_ptr<alert::redis::Connection>> make_writers(
    boost::asio::io_context& io, const alert::Config& config,
    const std::shared_ptr<alert::redis::MasterWatch>& masters) {
    std::vector<std::unique_ptr<alert::redis::Connection>> writers;
    const auto options = commit_options(redis_place(config), masters);
    for (std::size_t i = 0; i < config.redis.writers; ++i)
        writers.push_back(std::make_unique<alert::redis::Connection>(io, options));
    return writers;
}

std::vector<alert::redis::Connection*> pointers_to(
    const std::vector<std::unique_ptr<alert::redis::Connection>>& writers) {
    std::vector<alert::redis::Connection*> pointers;
    for (const auto& writer : writers) pointers.push_back(writer.get());
    return pointers;
}

}  // namespace

CoreLoop::CoreLoop(boost::asio::io_context& io, std::shared_ptr<const alert::Config> config,
                   alert::Sender& sender, Metrics& metrics, Watchdog& watchdog)
    : io_(io),
      config_(std::move(config)),
      sender_(sender),
      metrics_(metrics),
      watchdog_(watchdog),
      watcher_(metrics),
      timers_(io),
      masters_(make_master_watch(io, config_->redis)),
      connection_(io, commit_options(redis_place(*config_), masters_), &clock_),
      writers_(make_writers(io_, *config_, masters_)),
      keys_(config_->jurisdiction),
      store_(connection_, keys_, watcher_, pointers_to(writers_)),
      shelf_(make_shelf(io, *config_, metrics,
                        [this](const auto& id, const auto& error) { archive_read(id, error); })),
      archived_(connection_, keys_),
      archive_watch_(archived_, shelf_.get()),
      cases_(store_, archived_, shelf_.get(), watcher_),
      outbox_(connection_, keys_, watcher_),
      rules_(current_rules(*config_)),
      desk_(
          cases_, clock_, rules_, watcher_,
          [](const std::string& text) { return alert::parse_policy(text, "a case's policy"); }, {},
          config_->audit.key),
      intake_(cases_, clock_, rules_, desk_, watcher_),
      marks_(connection_, keys_),
      timekeeper_(cases_, clock_, timers_, desk_, watcher_),
      reader_(connection_, keys_, watcher_),
      revisit_([this](std::string cursor, std::size_t limit,
                      auto done) { reader_.page(std::move(cursor), limit, std::move(done)); },
               desk_, rules_, clock_, timers_, watcher_),
      scheduled_({store_, reader_, rules_, clock_, timekeeper_, watcher_},
                 [this](auto messages, auto done) { send(std::move(messages), std::move(done)); }),
      troubles_(connection_, keys_),
      roll_(connection_, keys_),
      self_({troubles_, roll_, reader_, archive_watch_, rules_, clock_, timers_, sender_, watcher_, metrics_},
            config_, [this](auto messages, auto done) { send(std::move(messages), std::move(done)); }),
      doors_(io, *config_, {intake_, clock_, watcher_, metrics_}) {
    doors_.on_stranger = [this](const std::string& address) { self_.stranger(address); };
    doors_.on_flood = [this](const std::string& address) { self_.flooded(address); };
    follow_archive();
    follow_mirror();
    follow_journal();
    watcher_.on_turn = [this] { watchdog_.turned(); };
    clock_.on_step = [this](alert::Duration by) {
        metrics_.clock_steps.Increment();
        self_.clock_jumped(by);
        spdlog::error("clock=jumped by_ms={} message=\"now runs on by the boot-time clock\"", by.count());
    };
    connection_.on_state([this](bool up, const std::string& reason) { redis_state(up, reason); });
    const auto watch = [this](alert::redis::Connection& connection) {
        connection.on_answer(&stopwatch, [this](std::chrono::nanoseconds took) {
            metrics_.redis_seconds.Observe(std::chrono::duration<double>(took).count());
        });
        connection.on_full([this] { watcher_.limit_hit("redis_in_flight"); });
        connection.on_unreplicated([this] { unreplicated(); });
    };
    watch(connection_);
    for (auto& writer : writers_) {
        watch(*writer);
        writer->on_state([this, &writer = *writer](bool up, const std::string&) {
            if (up) leave_other_server(writer);
        });
    }
    desk_.on_committed = [this](const alert::Transition& transition) { committed(transition); };
    desk_.on_policy_lost = [this](const alert::CaseId& id, const alert::PolicyHash& hash) {
        watcher_.troubled(
            "policy_lost",
            {"policy_lost", "case " + id.value + " was opened again by the policy in force", hash.value});
        self_.policy_lost(hash);
    };
    desk_.on_idle = [this] { timekeeper_.room(); };
    desk_.on_undecided = [this](const alert::CaseId& id, const alert::Error& error) {
        timekeeper_.undecided(id);
        self_.undecided(id, error);
    };
    store_.on_unreadable = [this](const auto& id, const auto& error) { self_.undecided(id, error); };
    timekeeper_.waits = [this] {
        judge_redis();
        const bool held = told_first();
        if (held) self_.claims_held();
        return held;
    };
    timekeeper_.on_job = [this](const std::string& name) { job(name); };
    for (auto& plan : plans()) add_dispatcher(std::move(plan));
}

void CoreLoop::start() {
    connection_.start();
    for (auto& writer : writers_) writer->start();
    timekeeper_.start();
    for (auto& dispatcher : dispatchers_) dispatcher->start();
    if (keeper_) keeper_->start();
    if (mirror_) mirror_->start();
    self_.start();
}

void CoreLoop::redis_state(bool up, const std::string& reason) {
    redis_up_ = up;
    metrics_.redis_up.Set(up ? 1 : 0);
    if (!stopping_) self_.redis_state(up, reason);
    telling_.wait(up && keeper_ && keeper_->behind(), clock_.boot_time());
    judge_redis();
    if (!up) {
        if (keeper_) keeper_->store_is(false);
        if (stopping_) return;
        spdlog::error("redis=down reason={}", log_value(reason));
        watchdog_.status("waiting for Redis: " + reason);
        return;
    }
    spdlog::info("redis=up");
    for (auto& writer : writers_) leave_other_server(*writer);
    watchdog_.status("running");
    furnish();
    timekeeper_.expect(clock_.now());
    for (auto& dispatcher : dispatchers_) dispatcher->notice();
    if (keeper_) keeper_->store_is(true);
}

/// What a writer committed to another server than the journal's mark is in would count as told and be lost.
void CoreLoop::leave_other_server(alert::redis::Connection& writer) {
    const auto server = connection_.server();
    if (server.empty()) return;
    if (writer.up() && writer.server() != server)
        watcher_.troubled("redis_writer", {"another_server", "redis.url leads to more than one Redis", ""});
    writer.leave_unless(server);
}

/// What Redis must hold besides the cases, whatever it holds already. The policies come first: what is
/// committed under one of them comes behind it.
void CoreLoop::furnish() {
    keep_policies();
    keep_files();
    look_for_gone_channels();
    if (!config_->audit.anchors.empty())
        store_.plan_job(std::string(anchor_job), next_midnight(clock_.now(), config_->zone), [](auto) {});
    if (config_->archive) store_.plan_job(std::string(archive_job_name), clock_.now(), [](auto) {});
    scheduled_.follow(config_);
    follow_calendar();
}

/// So that this daemon can start again with what it runs with, whatever becomes of the files.
void CoreLoop::keep_files() {
    if (keep_files_by.empty()) return;
    connection_.command(keep_files_by, [this](const alert::redis::Reply& reply) {
        if (reply.is_error()) watcher_.troubled("keep_files", reply.error());
    });
}

/// Whatever the calendar was when the cases were decided last, by this daemon or another: when it has
/// changed, those that count working days are decided again. A walk that was cut short is walked again.
void CoreLoop::follow_calendar() {
    store_.load_calendar_hash([this](alert::Result<std::optional<std::string>> known) {
        if (!known) return watcher_.troubled("calendar", known.error());
        const auto hash = rules_.today().calendar.hash();
        if (*known == hash) return;
        spdlog::info("calendar=changed message=\"looking again at the cases that count working days\"");
        revisit_.start([this, hash] {
            spdlog::info("calendar=followed");
            store_.keep_calendar_hash(hash, [this](const alert::Result<std::monostate>& kept) {
                if (!kept) watcher_.troubled("calendar", kept.error());
            });
        });
    });
}

/// A daemon without anchors takes the job out; one that has a file puts it back when it starts.
void CoreLoop::job(const std::string& name) {
    if (name == archive_job_name) return archive_job();
    if (name != anchor_job) return scheduled_.run(name);
    if (anchoring_) return;
    if (config_->audit.anchors.empty() || !anchor) return store_.schedule_job(name, {}, [](auto) {});
    anchoring_ = true;
    anchor([this](bool done) {
        anchoring_ = false;
        const auto now = clock_.now();
        plan_anchor(done ? next_midnight(now, config_->zone) : now + anchored_again_after);
    });
}

/// Should this fail, the job comes again when its lease ends, and finds little left to do.
void CoreLoop::plan_anchor(alert::TimePoint at) {
    store_.schedule_job(std::string(anchor_job), at, [this](alert::Result<std::monostate> planned) {
        if (!planned) watcher_.troubled("plan_anchor", planned.error());
    });
}

/// Again until it is kept: without its policy a case could not be decided by another daemon, or after a
/// change of the files. Until then the store commits nothing under it. Should Redis go away, all is kept anew
/// when it is back.
void CoreLoop::keep_policy(const alert::PolicyHash& hash, const std::string& text) {
    store_.keep_policy(hash, text, [this, hash, text](const alert::Result<std::monostate>& kept) {
        if (kept || stopping_) return;
        watcher_.troubled("keep_policy", kept.error());
        timers_.after(policy_kept_again_after, [this, hash, text] {
            if (!stopping_ && redis_up_) keep_policy(hash, text);
        });
    });
}

/// All of it, or the rules would name channels that nobody serves. What Redis must hold for it is kept as
/// soon as it can be: who stands in for Redis goes by these files as well.
void CoreLoop::take(std::shared_ptr<const alert::Config> config) {
    const auto before = std::exchange(config_, std::move(config));
    doors_.take(*config_);
    rules_.swap(current_rules(*config_));
    follow_channels(*before);
    self_.follow(config_);
    write_policy_beside_journal();
    if (redis_up_) furnish();
}

/// What was just written may be due before anything the loops sleep for.
void CoreLoop::committed(const alert::Transition& transition) {
    if (mirror_) mirror_->committed(transition);
    for (const auto& change : transition.cases) {
        self_.decided(change.next.id);
        if (change.wake) timekeeper_.expect(*change.wake);
    }
    for (auto& dispatcher : dispatchers_) {
        const auto concerned = [&](const auto& messages) {
            return std::any_of(messages.begin(), messages.end(),
                               [&](const auto& n) { return n.channel == dispatcher->channel(); });
        };
        if (concerned(transition.notifications) || concerned(transition.redelivered)) dispatcher->notice();
    }
}

void CoreLoop::submit(std::vector<std::string> events, const alert::Via& via,
                      std::function<void(Answers)> done) {
    struct Request {
        Answers answers;
        std::size_t missing;
        std::function<void(Answers)> done;
    };
    auto request = std::make_shared<Request>(Request{Answers(events.size()), events.size(), std::move(done)});
    const bool full = intake_.in_flight() + events.size() > config_->ingest.in_flight_max;
    if (full) watcher_.limit_hit("ingest_in_flight");
    for (std::size_t i = 0; i < events.size(); ++i) {
        auto answered = [request, i](alert::Answer answer) {
            request->answers[i] = std::move(answer);
            if (--request->missing == 0) request->done(std::move(request->answers));
        };
        if (full)
            answered({.status = alert::Answer::Status::retry, .retry_after = std::chrono::seconds(1)});
        else
            intake_.submit(events[i], via, std::move(answered));
    }
}

void CoreLoop::stop(std::function<void()> stopped) {
    stopping_ = true;
    timekeeper_.stop();
    self_.stop();
    if (keeper_) keeper_->stop();
    if (mirror_) mirror_->stop();
    for (auto& dispatcher : dispatchers_) dispatcher->stop();
    doors_.stop();
    wait_until_idle(std::move(stopped), boot_time());
}

bool CoreLoop::idle() const {
    return doors_.drained() && intake_.in_flight() == 0 && desk_.busy() == 0 &&
           std::all_of(dispatchers_.begin(), dispatchers_.end(), [](const auto& d) { return d->idle(); }) &&
           std::all_of(replaced_.begin(), replaced_.end(), [](const auto& d) { return d->idle(); });
}

void CoreLoop::wait_until_idle(std::function<void()> stopped, alert::Duration since) {
    const bool late = boot_time() - since > stop_within;
    if (late) spdlog::warn("stop=late message=\"what was under way goes again after the next start\"");
    if (idle() || late) {
        connection_.stop();
        for (auto& writer : writers_) writer->stop();
        return stopped();
    }
    timers_.after(idle_looked_every, [this, stopped = std::move(stopped), since]() mutable {
        wait_until_idle(std::move(stopped), since);
    });
}

}  // namespace yuqing
