#include "alert/core/trusted_time.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint noon{1'780'000'000'000ms};

/// A Redis that is `ahead` of the boot-time clock's idea, asked every 100 ms from `from` to `to`.
void hear(TrustedTime& time, Duration from, Duration to, Duration ahead) {
    for (auto boot = from; boot <= to; boot += 100ms) time.observe(noon + boot + ahead, boot, boot);
}

}  // namespace

TEST_CASE(
    "TrustedTime: until Redis is heard the wall clock counts, then Redis does, without counting a jump") {
    TrustedTime time(noon, 0ms);
    CHECK(time.now(10s) == noon + 10s);
    time.observe(noon + 1h, 10s, 10s);
    CHECK(time.now(11s) == noon + 1h + 1s);
    CHECK(time.steps() == 0);
}

TEST_CASE("TrustedTime: small differences are followed") {
    TrustedTime time(noon, 0ms);
    hear(time, 0s, 5s, 0ms);
    hear(time, 5100ms, 12s, 100ms);
    CHECK(time.now(12s) == noon + 12s + 100ms);
    CHECK(time.steps() == 0);
}

TEST_CASE("TrustedTime: a Redis a little behind is followed back, within what the answer's way leaves open") {
    TrustedTime time(noon, 0ms);
    hear(time, 0s, 5s, 0ms);
    hear(time, 5100ms, 12s, -100ms);
    CHECK(time.now(12s) == noon + 12s - 100ms);
    CHECK(time.steps() == 0);
    CHECK_FALSE(time.distrusting());
}

TEST_CASE("TrustedTime: an answer that waited long is no jump") {
    TrustedTime time(noon, 0ms);
    hear(time, 0s, 5s, 0ms);
    time.observe(noon + 6s, 6s, 9s);  // answered at once, delivered three seconds late
    time.observe(noon + 9s, 6s, 9s);  // answered late
    CHECK(time.steps() == 0);
    CHECK_FALSE(time.distrusting());
    CHECK(time.now(9s) == noon + 9s);
}

TEST_CASE("TrustedTime: a clock set forward is counted once and not followed") {
    TrustedTime time(noon, 0ms);
    hear(time, 0s, 5s, 0ms);
    hear(time, 5100ms, 20s, 1h);
    CHECK(time.steps() == 1);
    CHECK(time.distrusting());
    CHECK(time.now(20s) == noon + 20s);
}

TEST_CASE("TrustedTime: a clock set back is counted once and not followed") {
    TrustedTime time(noon, 0ms);
    hear(time, 0s, 5s, 0ms);
    hear(time, 5100ms, 20s, -1h);
    CHECK(time.steps() == 1);
    CHECK(time.now(20s) == noon + 20s);
}

TEST_CASE("TrustedTime: after both agreed for a minute Redis is followed again") {
    TrustedTime time(noon, 0ms);
    hear(time, 0s, 5s, 0ms);
    hear(time, 5100ms, 20s, 1h);
    hear(time, 20100ms, 79s, 0ms);
    CHECK(time.distrusting());
    hear(time, 79100ms, 83s, 50ms);
    CHECK_FALSE(time.distrusting());
    CHECK(time.now(83s) == noon + 83s + 50ms);
    CHECK(time.steps() == 1);
}

TEST_CASE("TrustedTime: a disagreement within that minute begins it again") {
    TrustedTime time(noon, 0ms);
    hear(time, 0s, 5s, 0ms);
    hear(time, 5100ms, 6s, 1h);
    hear(time, 6100ms, 60s, 0ms);
    hear(time, 60100ms, 61s, 1h);
    hear(time, 61100ms, 120s, 0ms);
    CHECK(time.distrusting());
    CHECK(time.steps() == 1);  // distrusted all along: one jump
}
