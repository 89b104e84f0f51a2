// Time as somebody sets it: for `simulate` and for tests. Stands still until it is told to go on.
#pragma once

#include "alert/port/clock.hpp"

namespace alert {

class VirtualClock : public Clock {
public:
    explicit VirtualClock(TimePoint start = {}) : now_(start) {}

    void set(TimePoint now) { now_ = now; }
    void advance(Duration by) { now_ += by; }

    [[nodiscard]] TimePoint now() const override { return now_; }
    [[nodiscard]] Duration boot_time() const override { return now_.time_since_epoch(); }
    [[nodiscard]] bool distrusting() const override { return false; }
    void observe(TimePoint, Duration) override {}  // nobody knows better

private:
    TimePoint now_;
};

}  // namespace alert
