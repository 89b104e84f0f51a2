// The one place that asks the machine what time it is.
#pragma once

#include "alert/core/trusted_time.hpp"
#include "alert/port/clock.hpp"
#include "alert/port/timers.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <functional>

namespace yuqing {

/// CLOCK_BOOTTIME: runs on while the machine is suspended, never jumps.
alert::Duration boot_time();
/// The same to the nanosecond: for measuring.
std::chrono::nanoseconds stopwatch();
/// The machine's wall clock; used before Redis is heard, and by tools.
alert::TimePoint wall_time();

/// The core's clock: Redis's time as far as it can be trusted.
class SystemClock : public alert::Clock {
public:
    SystemClock();
    [[nodiscard]] alert::TimePoint now() const override { return trusted_.now(yuqing::boot_time()); }
    [[nodiscard]] alert::Duration boot_time() const override { return yuqing::boot_time(); }
    void observe(alert::TimePoint redis_now, alert::Duration asked) override;
    [[nodiscard]] bool distrusting() const override { return trusted_.distrusting(); }

    /// Told at each jump of Redis's clock against the boot-time clock.
    std::function<void(alert::Duration by)> on_step;

private:
    alert::TrustedTime trusted_;
};

/// By the boot-time clock: timers of the kernel stand still while the machine is suspended, so that what is
/// waited for longer than `nap_max` is looked at again that often.
class AsioTimers : public alert::Timers {
public:
    static constexpr alert::Duration nap_max = std::chrono::milliseconds(250);
    explicit AsioTimers(boost::asio::io_context& io) : io_(io) {}
    void after(alert::Duration delay, std::function<void()> then) override;

private:
    boost::asio::io_context& io_;
};

}  // namespace yuqing
