#include "alert/core/trusted_time.hpp"

#include <algorithm>

namespace alert {

void TrustedTime::observe(TimePoint redis, Duration asked, Duration boot) {
    const Duration late = redis - now(boot), early = redis - now(asked);
    if (!heard_) {
        heard_ = true;
        base_ = redis;
        base_boot_ = boot;
        window_began_ = boot;
        return;
    }
    if (late > tolerance || early < -tolerance) {
        steps_ += distrusting_ ? 0 : 1;
        distrusting_ = true;
        agreeing_since_.reset();
        best_.reset();
        window_began_ = boot;
        return;
    }
    if (distrusting_) {
        if (!agreeing_since_) agreeing_since_ = boot;
        if (boot - *agreeing_since_ < agreed_for) return;
        distrusting_ = false;
        agreeing_since_.reset();
    }
    follow(late, boot);
}

void TrustedTime::follow(Duration difference, Duration boot) {
    best_ = std::max(best_.value_or(difference), difference);
    if (boot - window_began_ < window) return;
    base_ += (boot - base_boot_) + *best_;
    base_boot_ = boot;
    window_began_ = boot;
    best_.reset();
}

}  // namespace alert
