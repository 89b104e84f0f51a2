// One thread, one queue of what happens next on the virtual clock; ties go in the order they were planned.
//
// What belongs to a daemon is planned under its life: when the daemon crashes, its life ends and nothing of
// it is run any more.
#pragma once

#include "alert/memory/virtual_clock.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <tuple>
#include <vector>

namespace yuqing::simulation {

/// False once the daemon is dead.
using Life = std::shared_ptr<bool>;

class Scheduler {
public:
    explicit Scheduler(alert::TimePoint start) : clock_(start) {}

    void at(alert::TimePoint when, Life life, std::function<void()> what) {
        items_.push_back({std::max(when, clock_.now()), ++planned_, std::move(life), std::move(what)});
        std::push_heap(items_.begin(), items_.end(), later);
    }
    void after(alert::Duration delay, Life life, std::function<void()> what) {
        at(clock_.now() + std::max(delay, alert::Duration{0}), std::move(life), std::move(what));
    }
    /// Runs everything up to and including `until`.
    void run_until(alert::TimePoint until) {
        while (!items_.empty() && items_.front().when <= until) {
            std::pop_heap(items_.begin(), items_.end(), later);
            auto item = std::move(items_.back());
            items_.pop_back();
            if (item.life && !*item.life) continue;
            clock_.set(item.when);
            ++run_;
            item.what();
            if (between && item.life) between(item.life);
        }
        clock_.set(until);
    }
    [[nodiscard]] alert::TimePoint now() const { return clock_.now(); }
    [[nodiscard]] std::uint64_t run() const { return run_; }
    /// Called between any two things of a daemon: where it may crash.
    std::function<void(const Life&)> between;

private:
    struct Item {
        alert::TimePoint when;
        std::uint64_t order;
        Life life;
        std::function<void()> what;
    };
    static bool later(const Item& a, const Item& b) {
        return std::tie(a.when, a.order) > std::tie(b.when, b.order);
    }

    alert::VirtualClock clock_;
    std::uint64_t planned_ = 0, run_ = 0;
    std::vector<Item> items_;
};

}  // namespace yuqing::simulation
