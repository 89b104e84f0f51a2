#include "event_rate.hpp"

#include <algorithm>

namespace yuqing {

namespace {
constexpr alert::Duration wait_least = std::chrono::milliseconds(100);
}

EventRate::EventRate(const alert::RateLimit& limit)
    : each_(std::max(Instant(limit.length) / limit.events, Instant(1))), whole_(limit.length) {}

alert::Duration EventRate::take(Instant now) {
    const auto after = std::max(spent_, now) + each_;
    if (after - now > whole_)
        return std::max(std::chrono::ceil<alert::Duration>(after - now - whole_), wait_least);
    spent_ = after;
    return alert::Duration{0};
}

}  // namespace yuqing
