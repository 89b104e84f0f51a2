// What time it is, when two clocks are heard: Redis's TIME and the boot-time clock, which only runs.
//
// `now` follows Redis while Redis agrees within `tolerance` with the boot-time clock run on from the last
// agreement. A jump is not followed: now runs on by the boot-time clock until both have agreed for
// `agreed_for`. So a clock that is set under a running daemon fires nothing early and nothing twice.
#pragma once

#include "alert/core/time.hpp"

#include <cstdint>
#include <optional>

namespace alert {

class TrustedTime {
public:
    static constexpr Duration tolerance = std::chrono::milliseconds(250);
    static constexpr Duration agreed_for = std::chrono::seconds(60);

    /// `wall` is trusted until Redis is first heard.
    TrustedTime(TimePoint wall, Duration boot) : base_(wall), base_boot_(boot) {}

    /// Redis answered `redis` to what was asked at boot time `asked`; the answer is here at `boot`. Its time
    /// lies between the two, however long the answer waited; `now` moves as little as that asks for.
    void observe(TimePoint redis, Duration asked, Duration boot);
    [[nodiscard]] TimePoint now(Duration boot) const { return base_ + (boot - base_boot_); }
    /// Jumps seen so far.
    [[nodiscard]] std::uint64_t steps() const { return steps_; }
    [[nodiscard]] bool distrusting() const { return distrusting_; }

private:
    TimePoint base_;
    Duration base_boot_;
    bool heard_ = false;
    bool distrusting_ = false;
    std::optional<Duration> agreeing_since_;
    std::uint64_t steps_ = 0;
};

}  // namespace alert
