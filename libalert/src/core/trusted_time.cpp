#include "alert/core/trusted_time.hpp"

namespace alert {

void TrustedTime::observe(TimePoint redis, Duration asked, Duration boot) {
    if (!heard_) {
        heard_ = true;
        base_ = redis;
        base_boot_ = boot;
        return;
    }
    // By how much `now` is behind at least, and by how much at most.
    const Duration least = redis - now(boot), most = redis - now(asked);
    if (least > tolerance || most < -tolerance) {
        steps_ += distrusting_ ? 0 : 1;
        distrusting_ = true;
        agreeing_since_.reset();
        return;
    }
    if (distrusting_) {
        if (!agreeing_since_) agreeing_since_ = boot;
        if (boot - *agreeing_since_ < agreed_for) return;
        distrusting_ = false;
        agreeing_since_.reset();
    }
    if (least > Duration{0})
        base_ += least;
    else if (most < Duration{0})
        base_ += most;
}

}  // namespace alert
