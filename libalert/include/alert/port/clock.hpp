// The only way to learn what time it is outside the core.
#pragma once

#include "alert/core/time.hpp"

namespace alert {

class Clock {
public:
    virtual ~Clock() = default;
    /// Redis's time as far as it can be trusted, run on by the boot-time clock (architecture.md).
    [[nodiscard]] virtual TimePoint now() const = 0;
    /// Boot-time clock: only differences mean anything; counts while the machine is suspended.
    [[nodiscard]] virtual Duration boot_time() const = 0;
    /// Redis's time is not to be gone by: it jumped.
    [[nodiscard]] virtual bool distrusting() const = 0;
    /// The time that Redis returned, observed now, to what was asked at boot time `asked`.
    virtual void observe(TimePoint redis_now, Duration asked) = 0;
};

}  // namespace alert
