#include "mirror_room.hpp"

using namespace yuqing::test;

TEST_CASE("Mirror: what goes by way of a slow store and besides it keeps to one limit") {
    const UrlLimit limit{"url", {{4, 60s}}};
    MirrorRoom at({.channel = duty, .url_limit = limit, .parcel_max = 1});
    at.slow_by = 500ms;
    at.room.run_for(5s);
    REQUIRE(at.mirror.standing_in());
    at.room.told(detected_text("QS-1", "d1", 5s));
    at.room.told(detected_text("QS-2", "d2", 5s));
    at.tell_many(20);
    at.room.run_for(30s);
    CHECK(at.sender.requests == 4);
}

TEST_CASE("Mirror: the requests of a limited URL count on both sides of an outage") {
    const UrlLimit limit{"url", {{2, 60s}}};
    MirrorRoom at({.channel = duty, .url_limit = limit, .parcel_max = 1});
    at.room.told(detected_text());
    at.room.run_for(1s);
    const auto before = at.sender.requests;
    REQUIRE(before >= 1);
    at.leave();
    for (int i = 2; i < 8; ++i)
        at.mirror.tell(entry_of(detected_text("QS-" + std::to_string(i), "d" + std::to_string(i), 0ms)));
    at.room.run_for(30s);
    CHECK(at.sender.requests == 2);
    at.come_back();
    at.room.run_for(20s);
    CHECK(at.sender.requests == 2);
    CHECK(at.meanwhile.size() == static_cast<std::size_t>(2 - before));
}

TEST_CASE("Mirror: daemons that stand in at once keep to the limit together, with what they sent before") {
    const UrlLimit limit{"url", {{8, 60s}}};
    MirrorRoom at({.channel = duty, .url_limit = limit, .parcel_max = 1});
    at.mirror.daemons_are(2);
    at.told_by_others(limit, 3);
    at.room.run_for(1s);
    at.leave();
    at.tell_many(20);
    at.room.run_for(30s);
    CHECK(at.sender.requests == 2);  // the other one as many: 3 + 2 + 2
    at.room.run_for(40s);            // what was sent before counts no more
    CHECK(at.sender.requests == 4 + 2);
}

TEST_CASE("Mirror: however many daemons there are, each sends something") {
    const UrlLimit limit{"url", {{2, 60s}}};
    MirrorRoom at({.channel = duty, .url_limit = limit, .parcel_max = 1});
    at.mirror.daemons_are(5);
    at.leave();
    at.tell_many(20);
    at.room.run_for(30s);
    CHECK(at.sender.requests == 1);
}

TEST_CASE("Mirror: a daemon that was there a moment ago still has its share") {
    const auto [gone_for, sent] = GENERATE(table<Duration, int>({{30s, 2}, {70s, 4}}));
    const UrlLimit limit{"url", {{4, 60s}}};
    MirrorRoom at({.channel = duty, .url_limit = limit, .parcel_max = 1});
    at.mirror.daemons_are(2);
    at.mirror.daemons_are(1);
    at.room.run_for(gone_for);
    at.mirror.daemons_are(1);
    at.leave();
    at.tell_many(20);
    at.room.run_for(30s);
    CHECK(at.sender.requests == sent);
}

TEST_CASE("Mirror: a URL that another daemon was told to leave alone is left alone") {
    const UrlLimit limit{"url", {{8, 60s}}};
    MirrorRoom at({.channel = duty, .url_limit = limit, .parcel_max = 1});
    at.room.memory.messages().answered(limit, {"other", 1, 20s}, at.room.clock.now());
    at.room.run_for(1s);
    at.leave();
    at.tell_many(1);
    at.room.run_for(10s);
    CHECK(at.sender.requests == 0);
    at.room.run_for(20s);
    CHECK(at.sender.requests > 0);
}
