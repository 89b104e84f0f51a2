#include "event_rate.hpp"

#include <catch2/catch.hpp>

using yuqing::EventRate;
using namespace std::chrono_literals;

namespace {

/// Of so many at one instant, how many are taken.
int taken(EventRate& rate, EventRate::Instant now, int asked) {
    int count = 0;
    while (asked-- > 0) count += rate.take(now) == alert::Duration{0} ? 1 : 0;
    return count;
}

}  // namespace

TEST_CASE("Event rate: a second's worth may come at once, then as many as the second brings") {
    EventRate rate({100, 1s});
    CHECK(taken(rate, 10s, 500) == 100);
    CHECK(taken(rate, 10s + 500ms, 500) == 50);
    CHECK(taken(rate, 10s + 510ms, 500) == 1);
    CHECK(taken(rate, 1h, 500) == 100);  // what was not used is not saved up
}

TEST_CASE("Event rate: whoever asks at its pace is never put off") {
    EventRate rate({1000, 1s});
    for (int i = 0; i < 10'000; ++i) REQUIRE(rate.take(1s + i * 1ms) == alert::Duration{0});
}

TEST_CASE("Event rate: who is put off learns when there is room, and never comes in vain then") {
    EventRate rate({2, 1min});
    CHECK(taken(rate, 10s, 3) == 2);
    const auto wait = rate.take(10s);
    CHECK(wait == 30s);
    CHECK(rate.take(10s + 29s) == 1s);
    CHECK(rate.take(10s + wait) == alert::Duration{0});
    EventRate fast({100'000, 1s});
    CHECK(taken(fast, 10s, 100'001) == 100'000);
    CHECK(fast.take(10s) == 100ms);  // else each would come back for one
}
