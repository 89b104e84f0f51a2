#include "system_clock.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <ctime>
#include <memory>

namespace yuqing {

std::chrono::nanoseconds stopwatch() {
    timespec at{};
    clock_gettime(CLOCK_BOOTTIME, &at);
    return std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
}

alert::Duration boot_time() { return std::chrono::floor<alert::Duration>(stopwatch()); }

alert::TimePoint wall_time() { return std::chrono::floor<alert::Duration>(std::chrono::system_clock::now()); }

SystemClock::SystemClock() : trusted_(wall_time(), yuqing::boot_time()) {}

void SystemClock::observe(alert::TimePoint redis_now, alert::Duration asked) {
    const auto before = trusted_.steps();
    const auto difference = redis_now - now();
    trusted_.observe(redis_now, asked, boot_time());
    if (trusted_.steps() != before && on_step) on_step(difference);
}

namespace {

using TimerPtr = std::shared_ptr<boost::asio::steady_timer>;

void nap(const TimerPtr& timer, alert::Duration until, alert::Duration left, std::function<void()> then) {
    const bool last = left <= AsioTimers::nap_max;
    timer->expires_after(std::min(left, AsioTimers::nap_max));
    timer->async_wait([timer, until, last, then = std::move(then)](boost::system::error_code error) mutable {
        if (error) return;
        const auto still = until - boot_time();
        if (last || still <= alert::Duration{0}) return then();
        nap(timer, until, still, std::move(then));
    });
}

}  // namespace

void AsioTimers::after(alert::Duration delay, std::function<void()> then) {
    if (delay <= alert::Duration{0}) return boost::asio::post(io_, std::move(then));
    nap(std::make_shared<boost::asio::steady_timer>(io_), yuqing::boot_time() + delay, delay,
        std::move(then));
}

}  // namespace yuqing
