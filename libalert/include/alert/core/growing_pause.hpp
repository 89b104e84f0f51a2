// How long to wait after a failure: from the shortest to the longest, twice as long each time it fails again.
#pragma once

#include "alert/core/time.hpp"

#include <algorithm>

namespace alert {

class GrowingPause {
public:
    GrowingPause(Duration shortest, Duration longest) : shortest_(shortest), longest_(longest) {}

    Duration next() {
        pause_ = pause_ == Duration{0} ? shortest_ : std::min(pause_ * 2, longest_);
        return pause_;
    }
    void succeeded() { pause_ = Duration{0}; }

private:
    Duration shortest_, longest_;
    Duration pause_{0};
};

}  // namespace alert
