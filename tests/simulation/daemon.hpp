// One daemon as the shipped one is wired: intake, desk, timekeeper and a dispatcher for each channel, over
// faulty ports. Dropping it is a crash: nothing of it is run any more.
#pragma once

#include "alert/flow/dispatcher.hpp"
#include "alert/flow/intake.hpp"
#include "alert/flow/timekeeper.hpp"
#include "simulation/faulty_ports.hpp"

namespace yuqing::simulation {

class Watcher : public alert::Observer {
public:
    explicit Watcher(Inspector& inspector) : inspector_(inspector) {}
    void answered(std::string_view, const alert::Answer&, alert::Duration) override {}
    void committed(const alert::Transition&) override {}
    void attempted(const alert::Notification&, std::uint32_t, alert::DeliveryState,
                   const alert::DeliveryResult&) override {}
    void turned() override {}
    void troubled(std::string_view, const alert::Error&) override {}
    void limit_hit(std::string_view) override { inspector_.reached("a limit hit"); }

private:
    Inspector& inspector_;
};

class Daemon {
public:
    /// A calm daemon looks once an hour at what others did, a busy one every second.
    Daemon(World& world, int number, bool second_policy, bool calm);
    ~Daemon() { *life_ = false; }
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    void start();
    void submit(const std::string& bytes, const alert::Via& via, alert::Intake::Done done) {
        intake_.submit(bytes, via, std::move(done));
    }
    /// Doors open once Redis was heard.
    [[nodiscard]] bool ready() const { return clock_.heard(); }
    [[nodiscard]] const Life& life() const { return life_; }

private:
    void committed(const alert::Transition& transition);

    World& world_;
    Life life_ = std::make_shared<bool>(true);
    DaemonClock clock_;
    Line line_, outbox_line_;
    FaultyStore store_;
    FaultyOutbox outbox_;
    FaultySender sender_;
    DaemonTimers timers_;
    Watcher watcher_;
    alert::RuleBook rules_;
    alert::CaseDesk desk_;
    alert::Intake intake_;
    alert::Timekeeper timekeeper_;
    std::vector<std::unique_ptr<alert::Dispatcher>> dispatchers_;
};

}  // namespace yuqing::simulation
