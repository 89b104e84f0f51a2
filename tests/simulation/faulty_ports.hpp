// The ports of one daemon: the store in memory behind a line that is slow, cut, doubled or dead.
//
// A request takes effect when it arrives, its answer comes later, and both keep the order of the calls, as on
// one connection. When the daemon dies in between, what was sent still takes effect.
#pragma once

#include "alert/core/trusted_time.hpp"
#include "alert/memory/memory_case_store.hpp"
#include "alert/memory/memory_outbox.hpp"
#include "alert/port/sender.hpp"
#include "alert/port/timers.hpp"
#include "simulation/inspector.hpp"
#include "simulation/scheduler.hpp"
#include "simulation/weather.hpp"

#include <set>

namespace yuqing::simulation {

/// Redis's clock: the true time, but for steps.
class StoreClock : public alert::Clock {
public:
    StoreClock(const Scheduler& scheduler, Weather& weather) : scheduler_(scheduler), weather_(weather) {}
    [[nodiscard]] alert::TimePoint now() const override {
        return scheduler_.now() + weather_.clock_error(scheduler_.now());
    }
    [[nodiscard]] alert::Duration boot_time() const override { return scheduler_.now().time_since_epoch(); }
    [[nodiscard]] bool distrusting() const override { return false; }
    void observe(alert::TimePoint, alert::Duration) override {}

private:
    const Scheduler& scheduler_;
    Weather& weather_;
};

/// What daemons share.
struct World {
    Scheduler& scheduler;
    Weather& weather;
    alert::MemoryCaseStore& memory;
    Inspector& inspector;
    const InventedOffice& office;
};

class DaemonClock : public alert::Clock {
public:
    DaemonClock(World& world, alert::Duration skew)
        : world_(world), trusted_(world.scheduler.now() + skew, boot_time()) {}
    [[nodiscard]] alert::TimePoint now() const override { return trusted_.now(boot_time()); }
    [[nodiscard]] alert::Duration boot_time() const override {
        return world_.scheduler.now().time_since_epoch();
    }
    [[nodiscard]] bool distrusting() const override { return trusted_.distrusting(); }
    void observe(alert::TimePoint redis, alert::Duration asked) override;
    /// Redis was heard once; until then the wall clock is all there is.
    [[nodiscard]] bool heard() const { return heard_; }

private:
    World& world_;
    alert::TrustedTime trusted_;
    bool heard_ = false;
};

class DaemonTimers : public alert::Timers {
public:
    DaemonTimers(World& world, Life life) : world_(world), life_(std::move(life)) {}
    void after(alert::Duration delay, std::function<void()> then) override {
        world_.scheduler.after(delay, life_, std::move(then));
    }

private:
    World& world_;
    Life life_;
};

/// One connection to the store.
class Line {
public:
    Line(World& world, Life life) : world_(world), life_(std::move(life)) {}

    /// `effect` gives the result when the request arrives.
    template <class T>
    void ask(Fate fate, alert::Callback<T> done, std::function<alert::Result<T>()> effect) {
        auto& scheduler = world_.scheduler;
        arrives_ = std::max(arrives_, scheduler.now() + world_.weather.latency());
        scheduler.at(arrives_, nullptr,
                     [this, &world = world_, life = life_, fate, done = std::move(done),
                      effect = std::move(effect)]() mutable {
                         if (!*life && fate == Fate::refused) return;
                         const bool away =
                             fate == Fate::refused || world.weather.outage(world.scheduler.now());
                         alert::Result<T> result = away ? alert::Result<T>(cut()) : effect();
                         if (fate == Fate::doubled) result = effect();
                         if (fate == Fate::reply_lost) result = cut();
                         if (!*life) return;
                         answered_ = std::max(answered_, world_.scheduler.now() + world_.weather.latency());
                         world_.scheduler.at(answered_, life,
                                             [done = std::move(done), result = std::move(result)]() mutable {
                                                 done(std::move(result));
                                             });
                     });
    }
    World& world() { return world_; }

private:
    static alert::Error cut() { return {"unavailable", "the connection was cut", ""}; }

    World& world_;
    Life life_;
    alert::TimePoint arrives_{}, answered_{};
};

class FaultyStore : public alert::CaseStore {
public:
    FaultyStore(Line& line, const alert::Clock& clock, int daemon)
        : line_(line), clock_(clock), daemon_(daemon) {}
    void load(alert::CaseQuery query, alert::Callback<alert::CaseAnswer> done) override;
    void find_matter(std::string matter_key, alert::Callback<std::optional<alert::CaseId>> done) override;
    void load_log(alert::CaseId id, alert::Callback<std::vector<alert::Fact>> done) override;
    void commit(std::shared_ptr<const alert::Transition> transition,
                alert::Callback<alert::CommitOutcome> done) override;
    void claim_due(alert::TimePoint until, std::size_t limit, alert::Duration lease,
                   alert::Callback<alert::Claim> done) override;
    void keep_reject(alert::Reject reject, alert::Callback<std::monostate> done) override;
    void keep_policy(alert::PolicyHash hash, std::string text, alert::Callback<std::monostate> done) override;
    void load_policy(alert::PolicyHash hash, alert::Callback<std::optional<std::string>> done) override;

private:
    template <class T, class Call>
    void question(alert::Callback<T> done, Call call);

    Line& line_;
    const alert::Clock& clock_;
    int daemon_;
};

class FaultyOutbox : public alert::Outbox {
public:
    explicit FaultyOutbox(Line& line) : line_(line) {}
    void claim(alert::ChannelId channel, alert::TimePoint until, std::size_t limit, alert::Duration lease,
               alert::Callback<alert::OutboxClaim> done) override;
    void claim_parcel(alert::ChannelId channel, alert::UrlLimit url, std::size_t limit, alert::Duration lease,
                      alert::Callback<alert::OutboxClaim> done) override;
    void answered(alert::UrlLimit url, alert::UrlAnswer answer,
                  alert::Callback<std::monostate> done) override;
    void renew(alert::ChannelId channel, alert::Urgency urgency, alert::NotificationId id,
               alert::Duration lease, alert::Callback<std::monostate> done) override;
    void settle(alert::Settlement settlement, alert::Callback<std::monostate> done) override;

private:
    Line& line_;
};

class FaultySender : public alert::Sender {
public:
    FaultySender(World& world, Life life) : world_(world), life_(std::move(life)) {}
    void send(std::vector<alert::Notification> messages,
              std::function<void(alert::DeliveryResult)> done) override;

private:
    World& world_;
    Life life_;
    std::set<alert::NotificationId> heard_;  // that they arrived: this daemon must not send them again
};

}  // namespace yuqing::simulation
