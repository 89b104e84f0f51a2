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
#include <utility>
#include <vector>

namespace yuqing::simulation {

/// False once the daemon is dead.
using Life = std::shared_ptr<bool>;

class Scheduler {
public:
    explicit Scheduler(alert::TimePoint start) : clock_(start) {}

    void at(alert::TimePoint when, Life life, std::function<void()> what) {
        if (free_.empty()) free_.push_back(items_.size()), items_.emplace_back();
        const auto place = free_.back();
        free_.pop_back();
        items_[place] = {std::move(life), std::move(what)};
        queue_.push_back({std::max(when, clock_.now()), ++planned_, place});
        std::push_heap(queue_.begin(), queue_.end(), later);
    }
    void after(alert::Duration delay, Life life, std::function<void()> what) {
        at(clock_.now() + std::max(delay, alert::Duration{0}), std::move(life), std::move(what));
    }
    /// Runs everything up to and including `until`.
    void run_until(alert::TimePoint until) {
        while (!queue_.empty() && queue_.front().when <= until) {
            std::pop_heap(queue_.begin(), queue_.end(), later);
            const Turn turn = queue_.back();
            queue_.pop_back();
            const Item item = std::exchange(items_[turn.place], {});
            free_.push_back(turn.place);
            if (item.life && !*item.life) continue;
            clock_.set(turn.when);
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
    struct Turn {
        alert::TimePoint when;
        std::uint64_t order;
        std::size_t place;  // among items_, which stay where they are while the queue is sorted
    };
    struct Item {
        Life life;
        std::function<void()> what;
    };
    static bool later(const Turn& a, const Turn& b) {
        return std::tie(a.when, a.order) > std::tie(b.when, b.order);
    }

    alert::VirtualClock clock_;
    std::uint64_t planned_ = 0, run_ = 0;
    std::vector<Turn> queue_;
    std::vector<Item> items_;
    std::vector<std::size_t> free_;
};

}  // namespace yuqing::simulation
