// Doing something later, on the boot-time clock.
#pragma once

#include "alert/core/time.hpp"

#include <functional>

namespace alert {

class Timers {
public:
    virtual ~Timers() = default;
    /// Calls `then` once, from the loop, not before `delay` has passed. Cannot be taken back: whoever may
    /// change its mind checks in `then` whether it still wants it.
    virtual void after(Duration delay, std::function<void()> then) = 0;
};

}  // namespace alert
