#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;
using namespace std::chrono_literals;

namespace {

LoadedConfig with(const std::string& self) {
    return Scratch().append("yuqingd.yaml", "self: " + self + "\n").load();
}

}  // namespace

TEST_CASE("Self: when the daemon tells of itself may be set, and has defaults") {
    const auto usual = with("{}").config->self;
    CHECK(usual.redis_after == 1min);
    CHECK(usual.rejects == 50);
    const auto set = with(
                         "{redis_after: 2s, channel_after: 3m, settings_after: 4h, roster_ahead: 7d, "
                         "rejects: 1000, remind_every: 2d, over_after: 5s, look_every: 1s}")
                         .config->self;
    CHECK(set.redis_after == 2s);
    CHECK(set.channel_after == 3min);
    CHECK(set.settings_after == 4h);
    CHECK(set.roster_ahead == 7 * 24h);
    CHECK(set.rejects == 1000);
    CHECK(set.remind_every == 48h);
    CHECK(set.over_after == 5s);
    CHECK(set.look_every == 1s);
}

TEST_CASE("Self: what is out of bounds is refused, and reminders come at most daily") {
    CHECK(tells(with("{remind_every: 23h}").errors, "invalid", "yuqingd.yaml:23", "from 1d to 30d"));
    CHECK(tells(with("{rejects: 0}").errors, "invalid", "yuqingd.yaml:23", "from 1 to 1000"));
    CHECK(tells(with("{look_every: 0s}").errors, "invalid", "yuqingd.yaml:23", "from 1s"));
    CHECK(tells(with("{redis: 1m}").errors, "unknown_key", "yuqingd.yaml:23", "redis_after"));
    CHECK_FALSE(with("[]").config);
}
