#include "system_clock.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

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

void AsioTimers::after(alert::Duration delay, std::function<void()> then) {
    if (delay <= alert::Duration{0}) return boost::asio::post(io_, std::move(then));
    auto timer = std::make_shared<boost::asio::steady_timer>(io_, delay);
    timer->async_wait([timer, then = std::move(then)](boost::system::error_code error) {
        if (!error) then();
    });
}

}  // namespace yuqing
