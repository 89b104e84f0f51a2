// How long something was waited for in all, whatever interrupts the wait.
#pragma once

#include "alert/core/time.hpp"

#include <optional>

namespace yuqing {

class Patience {
public:
    explicit Patience(alert::Duration within) : within_(within) {}

    /// From now on, which is boot time, it is waited for, or not.
    void wait(bool waits, alert::Duration now) {
        waited_ = waited(now);
        since_ = waits ? std::optional(now) : std::nullopt;
    }
    /// What was waited for has come.
    void renew() {
        waited_ = {};
        since_.reset();
    }
    [[nodiscard]] bool exhausted(alert::Duration now) const { return waited(now) >= within_; }

private:
    [[nodiscard]] alert::Duration waited(alert::Duration now) const {
        return since_ ? waited_ + (now - *since_) : waited_;
    }

    const alert::Duration within_;
    alert::Duration waited_{};
    std::optional<alert::Duration> since_;
};

}  // namespace yuqing
