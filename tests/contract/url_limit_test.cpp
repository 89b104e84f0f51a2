// What port/outbox.hpp promises of URLs that take only so many requests, held against both implementations.
#include "contract/asking.hpp"

using namespace contract;
using alert::DeliveryState;
using alert::UrlLimit;

#define BOTH MemoryWorld, RedisWorld

namespace {

alert::Notification alone(alert::Notification message) {
    message.alone = true;
    return message;
}

UrlLimit limit_of(std::uint32_t requests, alert::Duration length) {
    return {"a-robot", {{requests, length}}};
}

}  // namespace

TEMPLATE_TEST_CASE("URL limit: while there is room for all each goes by itself", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("late", 3, now - 9s), message("due", 0, now - 1s)})) ==
            Kind::committed);
    const auto url = limit_of(3, 1h);
    CHECK(ids(claim_parcel(world, url)) == Ids{"due"});
    CHECK(ids(claim_parcel(world, url)) == Ids{"late"});
    CHECK(ids(claim_parcel(world, url)).empty());
}

TEMPLATE_TEST_CASE("URL limit: what has no room of its own travels together, most urgent first", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("d", 3, now - 9s), message("b", 1, now - 1s),
                                    message("a", 1, now - 2s), message("c", 2, now - 2s)})) ==
            Kind::committed);
    const auto url = limit_of(2, 1h);
    CHECK(ids(claim_parcel(world, url, 3)) == Ids{"a", "b", "c"});
    CHECK(ids(claim_parcel(world, url, 3)) == Ids{"d"});
}

TEMPLATE_TEST_CASE("URL limit: what travels alone goes first and by itself", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("a", 0, now - 9s), alone(message("b", 0, now - 2s)),
                                    message("c", 1, now - 9s), alone(message("d", 0, now - 1s))})) ==
            Kind::committed);
    const auto url = limit_of(3, 1h);
    CHECK(ids(claim_parcel(world, url)) == Ids{"b"});
    CHECK(ids(claim_parcel(world, url)) == Ids{"d"});
    CHECK(ids(claim_parcel(world, url)) == Ids{"a", "c"});
}

TEMPLATE_TEST_CASE("URL limit: one request in six is kept for what travels alone", "", BOTH) {
    TestType world;
    const auto now = world.now();
    std::vector<alert::Notification> many;
    for (int i = 0; i < 9; ++i) many.push_back(message("m" + std::to_string(i), 3, now - 9s));
    REQUIRE(commit(world, messages(many)) == Kind::committed);
    const auto url = limit_of(6, 1h);
    for (int i = 0; i < 5; ++i) CHECK(ids(claim_parcel(world, url, 1)).size() == 1);
    const auto none = claim_parcel(world, url, 1);
    CHECK(ids(none).empty());
    REQUIRE(none.next);
    CHECK(*none.next > none.now);
    REQUIRE(commit(world, messages({alone(message("told", 0, now - 1s)),
                                    alone(message("second", 0, now))})) == Kind::committed);
    CHECK(ids(claim_parcel(world, url)) == Ids{"told"});
    CHECK(ids(claim_parcel(world, url)).empty());
}

TEMPLATE_TEST_CASE("URL limit: of two channels each tells alone what the URL was not told yet", "", BOTH) {
    TestType world;
    const auto now = world.now();
    const alert::ChannelId leaders("leaders");
    const auto about = [](const std::string& id, alert::Notification message) {
        message.matter = alert::CaseBrief{.id = alert::CaseId(id)};
        return alone(std::move(message));
    };
    REQUIRE(commit(world, messages({about("C-1", message("duty 1", 0, now - 9s)),
                                    about("C-2", message("duty 2", 0, now - 8s)),
                                    about("C-1", message("leaders 1", 0, now - 9s, leaders)),
                                    about("C-2", message("leaders 2", 0, now - 8s, leaders))})) ==
            Kind::committed);
    const auto url = limit_of(12, 1h);
    CHECK(ids(claim_parcel(world, url)) == Ids{"duty 1"});
    CHECK(ids(claim_parcel(world, url, 100, leaders)) == Ids{"leaders 2"});
    CHECK(ids(claim_parcel(world, url, 100, leaders)) == Ids{"leaders 1"});
    CHECK(ids(claim_parcel(world, url)) == Ids{"duty 2"});
}

TEMPLATE_TEST_CASE("URL limit: what travels alone is seen behind many that do not", "", BOTH) {
    TestType world;
    const auto now = world.now();
    std::vector<alert::Notification> many;
    for (int i = 0; i < 9; ++i) many.push_back(message("m" + std::to_string(i), 0, now - 9s));
    many.push_back(alone(message("told", 0, now - 1s)));
    REQUIRE(commit(world, messages(many)) == Kind::committed);
    CHECK(ids(claim_parcel(world, limit_of(6, 1h), 2)) == Ids{"told"});
}

TEMPLATE_TEST_CASE("URL limit: a full window gives nothing and says when it is free", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("a", 0, now - 9s), message("b", 0, now - 8s)})) ==
            Kind::committed);
    const auto url = limit_of(1, 200ms);
    const auto first = claim_parcel(world, url, 1);
    REQUIRE(ids(first) == Ids{"a"});
    const auto full = claim_parcel(world, url, 1);
    CHECK(ids(full).empty());
    REQUIRE(full.next);
    CHECK(*full.next == first.now + 200ms);
    CHECK(full.limited);
    CHECK_FALSE(first.limited);
    const auto second = claim_in_time(world, [&] { return claim_parcel(world, url, 1); });
    CHECK(ids(second) == Ids{"b"});
    CHECK(second.now >= first.now + 200ms);
}

TEMPLATE_TEST_CASE("URL limit: every window counts, for all channels of the URL", "", BOTH) {
    TestType world;
    const auto now = world.now();
    const alert::ChannelId leaders("leaders");
    REQUIRE(commit(world, messages({message("a", 0, now - 9s), message("b", 0, now - 8s),
                                    message("c", 0, now - 8s, leaders)})) == Kind::committed);
    const UrlLimit url{"a-robot", {{2, 1h}, {1, 100ms}}};
    const auto first = claim_parcel(world, url, 1);
    REQUIRE(ids(first) == Ids{"a"});
    CHECK(claim_parcel(world, url, 1).next == first.now + 100ms);
    const auto second = claim_in_time(world, [&] { return claim_parcel(world, url, 1); });
    REQUIRE(ids(second) == Ids{"b"});
    CHECK(claim_parcel(world, url, 1, leaders).next == first.now + 1h);
    CHECK(ids(claim_parcel(world, {"another", {{1, 1h}}}, 1, leaders)) == Ids{"c"});
}

TEMPLATE_TEST_CASE("URL limit: a held URL gets nothing until it is free, and a shorter hold changes nothing",
                   "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("a", 1, now - 9s)})) == Kind::committed);
    const auto url = limit_of(5, 1s);
    const auto hold = [&](alert::Duration length) {
        REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                    world.outbox().answered(url, {"", 0, length}, std::move(done));
                }).has_value());
    };
    const auto held_at = world.now();
    hold(300ms);
    hold(10ms);
    const auto held = claim_parcel(world, url);
    CHECK(ids(held).empty());
    REQUIRE(held.next);
    CHECK(*held.next >= held_at + 300ms);
    CHECK_FALSE(held.limited);  // its windows are not full
    CHECK(ids(claim_in_time(world, [&] { return claim_parcel(world, url); })) == Ids{"a"});
}

TEMPLATE_TEST_CASE("URL limit: while it is held it gives the most urgent to be told elsewhere, uncounted", "",
                   BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("a", 0, now - 9s), alone(message("b", 0, now - 8s)),
                                    message("c", 1, now - 9s), message("d", 0, now + 1h)})) ==
            Kind::committed);
    const auto url = limit_of(1, 1h);
    const auto held_at = world.now();
    REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                world.outbox().answered(url, {"", 0, 10s}, std::move(done));
            }).has_value());
    const auto first = claim_parcel(world, url, 1);
    CHECK(ids(first) == Ids{"a"});
    CHECK(first.request.empty());
    REQUIRE(first.held_until);
    CHECK(*first.held_until >= held_at + 10s);
    CHECK(ids(claim_parcel(world, url)) == Ids{"b"});
    CHECK(ids(claim_parcel(world, url)).empty());  // leased
    auto waits = settlement("a", 0, DeliveryState::pending);
    waits.next = *first.held_until;
    settle(world, waits);
    const auto rest = claim_parcel(world, url);
    CHECK(ids(rest).empty());
    CHECK(rest.held_until);
    CHECK(rest.next >= first.held_until);
    CHECK(ids(claim_parcel(world, {"another", {{1, 1h}}})) == Ids{"c"});
}

TEMPLATE_TEST_CASE("URL limit: a request counts from its answer, and so do those it took besides", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("a", 0, now - 9s), message("b", 0, now - 8s)})) ==
            Kind::committed);
    const auto url = limit_of(2, 1h);
    const auto first = claim_parcel(world, url, 1);
    REQUIRE(ids(first) == Ids{"a"});
    REQUIRE_FALSE(first.request.empty());
    world.pass(20ms);
    REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                world.outbox().answered(url, {first.request, 2}, std::move(done));
            }).has_value());
    const auto full = claim_parcel(world, url, 1);
    CHECK(ids(full).empty());
    CHECK(full.request.empty());
    REQUIRE(full.next);
    CHECK(*full.next >= first.now + 20ms + 1h);
}

TEMPLATE_TEST_CASE("URL limit: who asks is told the requests that went, by name, and how long it is held", "",
                   BOTH) {
    TestType world;
    const auto use_of = [&](const UrlLimit& url) {
        return answer_of<alert::UrlUse>(world, [&](auto done) { world.urls().use_of(url, std::move(done)); })
            .value();
    };
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("a", 0, now - 9s)})) == Kind::committed);
    const auto url = limit_of(8, 1h);
    CHECK(use_of(url).requests.empty());
    const auto claimed = claim_parcel(world, url, 1);
    REQUIRE(ids(claimed) == Ids{"a"});
    CHECK(use_of(url).requests == std::map<std::string, alert::TimePoint>{{claimed.request, claimed.now}});
    REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                world.outbox().answered(url, {claimed.request, 3, 10s}, std::move(done));
            }).has_value());
    const auto use = use_of(url);
    REQUIRE(use.requests.size() == 3);
    CHECK(use.requests.contains(claimed.request + "/3"));
    REQUIRE(use.held_until);
    CHECK(*use.held_until - use.requests.at(claimed.request) == 10s);
}
