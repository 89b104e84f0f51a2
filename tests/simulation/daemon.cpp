#include "simulation/daemon.hpp"

namespace yuqing::simulation {

using namespace alert;
using namespace std::chrono_literals;

namespace {

RuleBook::Current current(const InventedOffice& office, bool second) {
    return {second ? office.second : office.first, office.directory, office.roster, office.calendar,
            office.zone};
}

DeliveryPlan plan_for(const std::string& channel, bool calm, Dice& dice) {
    DeliveryPlan plan{.channel = ChannelId(channel)};
    plan.seed = static_cast<std::uint32_t>(dice.next());
    if (channel == "units") plan.fallback = ChannelId("leaders");
    if (calm) {
        plan.look_every = 1h;
        plan.lease = 3h;
    }
    return plan;
}

TimekeeperLimits limits(bool calm) {
    TimekeeperLimits limits;
    if (calm) limits.look_every = 1h;
    return limits;
}

}  // namespace

Daemon::Daemon(World& world, int number, bool second_policy, bool calm)
    : world_(world),
      clock_(world, world.weather.wall_skew()),
      line_(world, life_),
      outbox_line_(world, life_),
      store_(line_, clock_, number),
      outbox_(outbox_line_),
      sender_(world, life_),
      timers_(world, life_),
      watcher_(world.inspector),
      rules_(current(world.office, second_policy)),
      desk_(store_, clock_, rules_, watcher_,
            [&office = world.office](const std::string& text) -> Result<Policy> {
                return office.policy(PolicyHash(text));
            }),
      intake_(store_, clock_, rules_, desk_, watcher_),
      timekeeper_(store_, clock_, timers_, desk_, watcher_, limits(calm)) {
    desk_.on_committed = [this](const Transition& transition) { committed(transition); };
    desk_.on_idle = [this] { timekeeper_.room(); };
    desk_.on_undecided = [this](const CaseId& id, const Error&) { timekeeper_.undecided(id); };
    for (const char* channel : {"duty", "leaders", "units"}) {
        auto plan = plan_for(channel, calm, world.weather.dice());
        desk_.follow(plan.channel, plan.fallback);
        dispatchers_.push_back(std::make_unique<Dispatcher>(std::move(plan), store_, outbox_, sender_, clock_,
                                                            timers_, watcher_));
        dispatchers_.back()->on_committed = [this](const Transition& transition) { committed(transition); };
        dispatchers_.back()->yields = [this] { return timekeeper_.behind(); };
    }
}

void Daemon::start() {
    timekeeper_.start();
    for (auto& dispatcher : dispatchers_) dispatcher->start();
}

void Daemon::committed(const Transition& transition) {
    for (const auto& change : transition.cases) {
        if (change.wake) timekeeper_.expect(*change.wake);
    }
    for (auto& dispatcher : dispatchers_) {
        for (const auto& n : transition.notifications) {
            if (n.channel == dispatcher->channel()) {
                dispatcher->notice();
                break;
            }
        }
    }
}

}  // namespace yuqing::simulation
