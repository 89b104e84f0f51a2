// So many events in so long, as a bucket that fills evenly. Told the time.
#pragma once

#include "alert/config/config.hpp"

#include <chrono>

namespace yuqing {

class EventRate {
public:
    using Instant = std::chrono::nanoseconds;  // of a clock that never jumps

    explicit EventRate(const alert::RateLimit& limit);

    /// Nothing to wait, and the event is counted; else how long until there is room for it, which is never
    /// less than lets a few go together.
    alert::Duration take(Instant now);

private:
    Instant each_, whole_;
    Instant spent_{0};  // up to then the rate is used
};

}  // namespace yuqing
