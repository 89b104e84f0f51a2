// How long something is waited for in all.
#include "patience.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using yuqing::Patience;

TEST_CASE("Patience: it ends when it was waited long enough, and only then") {
    Patience patience{30s};
    CHECK_FALSE(patience.exhausted(100s));
    patience.wait(true, 100s);
    CHECK_FALSE(patience.exhausted(129s));
    CHECK(patience.exhausted(130s));
}

TEST_CASE("Patience: interruptions do not begin it anew, and do not count") {
    Patience patience{30s};
    for (auto at = 0s; at < 100s; at += 20s) {
        CHECK(patience.exhausted(at) == (at >= 60s));
        patience.wait(true, at);
        patience.wait(false, at + 10s);
    }
}

TEST_CASE("Patience: to say again that it is waited for changes nothing") {
    Patience patience{30s};
    for (auto at = 0s; at <= 30s; at += 1s) patience.wait(true, at);
    CHECK(patience.exhausted(30s));
}

TEST_CASE("Patience: it is whole again when what was waited for has come") {
    Patience patience{30s};
    patience.wait(true, 0s);
    CHECK(patience.exhausted(40s));
    patience.renew();
    CHECK_FALSE(patience.exhausted(200s));
    patience.wait(true, 200s);
    CHECK_FALSE(patience.exhausted(229s));
}
