// What port/outbox.hpp and commit promise of messages, held against both implementations.
#include "contract/asking.hpp"

using namespace contract;
using alert::DeliveryState;
using alert::NotificationId;

#define BOTH MemoryWorld, RedisWorld

TEMPLATE_TEST_CASE("Outbox: the most urgent go first, then the oldest", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("late", 3, now - 9s), message("b", 1, now - 1s),
                                    message("a", 1, now - 2s), message("due", 0, now)})) == Kind::committed);
    CHECK(ids(claim_messages(world, now, 2)) == Ids{"due", "a"});
    CHECK(ids(claim_messages(world, now, 9)) == Ids{"b", "late"});
    CHECK(ids(claim_messages(world, now, 9)).empty());
}

TEMPLATE_TEST_CASE("Outbox: a message comes out as it went in", "", BOTH) {
    TestType world;
    const auto now = world.now();
    const auto told = message("n1", 2, now);
    REQUIRE(commit(world, messages({told})) == Kind::committed);
    CHECK(world.state_of(told.id) == DeliveryState::pending);
    const auto claimed = claim_messages(world, now);
    REQUIRE(claimed.items.size() == 1);
    CHECK(claimed.items[0].notification == told);
    CHECK(claimed.items[0].attempts == 0);
}

TEMPLATE_TEST_CASE("Outbox: a channel sees its own messages only", "", BOTH) {
    TestType world;
    const auto now = world.now();
    const alert::ChannelId leaders("leaders");
    REQUIRE(commit(world, messages({message("n1", 0, now), message("n2", 0, now, leaders)})) ==
            Kind::committed);
    CHECK(ids(claim_messages(world, now, 9, lease, leaders)) == Ids{"n2"});
    CHECK(ids(claim_messages(world, now)) == Ids{"n1"});
}

TEMPLATE_TEST_CASE("Outbox: nothing after `until` is claimed, and the next attempt is named", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("n1", 0, now - 10s), message("n2", 3, now - 20s)})) ==
            Kind::committed);
    const auto early = claim_messages(world, now - 30s);
    CHECK(ids(early).empty());
    CHECK(early.next == now - 20s);
    CHECK(ids(claim_messages(world, now - 15s)) == Ids{"n2"});
}

TEMPLATE_TEST_CASE("Outbox: the same id again is the same message", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("n1", 0, now)})) == Kind::committed);
    auto other = message("n1", 3, now - 1min);
    REQUIRE(commit(world, messages({other})) == Kind::committed);
    const auto claimed = claim_messages(world, now);
    REQUIRE(ids(claimed) == Ids{"n1"});
    CHECK(claimed.items[0].notification.urgency == 0);

    settle(world, settlement("n1", 0, DeliveryState::delivered));
    REQUIRE(commit(world, messages({message("n1", 0, now)})) == Kind::committed);
    CHECK(ids(claim_messages(world, now + 1h)).empty());
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::delivered);
}

TEMPLATE_TEST_CASE("Outbox: what was being sent when the sender died goes out again", "", BOTH) {
    TestType world;
    REQUIRE(commit(world, messages({message("n1", 1, world.now())})) == Kind::committed);
    const auto claiming = [&] { return claim_messages(world, world.now() + 1h, 9, 30ms); };
    const auto first = claiming();
    REQUIRE(ids(first) == Ids{"n1"});
    REQUIRE(first.next);
    CHECK(*first.next >= first.now + 30ms);
    CHECK(*first.next <= first.now + 31ms);
    const auto second = claim_in_time(world, claiming);
    CHECK(ids(second) == Ids{"n1"});
    CHECK(second.now >= first.now + 30ms);
}

TEMPLATE_TEST_CASE("Outbox: a renewed lease holds on", "", BOTH) {
    TestType world;
    REQUIRE(commit(world, messages({message("n1", 1, world.now())})) == Kind::committed);
    REQUIRE(ids(claim_messages(world, world.now() + 1h, 9, 200ms)) == Ids{"n1"});
    REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                world.outbox().renew(duty, 1, NotificationId("n1"), lease, done);
            }).has_value());
    world.pass(250ms);
    CHECK(ids(claim_messages(world, world.now() + 1h)).empty());
}

TEMPLATE_TEST_CASE("Outbox: what was overtaken under way has no lease to renew", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("n1", 1, now - 1s)})) == Kind::committed);
    REQUIRE(ids(claim_messages(world, now + 1h, 9, 5s)) == Ids{"n1"});
    auto answer = messages({});
    answer.overtaken.push_back({NotificationId("n1"), duty});
    REQUIRE(commit(world, answer) == Kind::committed);
    const auto renewed = answer_of<std::monostate>(
        world, [&](auto done) { world.outbox().renew(duty, 1, NotificationId("n1"), 10s, done); });
    REQUIRE_FALSE(renewed.has_value());
    CHECK(renewed.error().code == "not_waiting");
}

TEMPLATE_TEST_CASE("Outbox: a settled message has no lease to renew", "", BOTH) {
    TestType world;
    REQUIRE(commit(world, messages({message("n1", 1, world.now())})) == Kind::committed);
    claim_messages(world, world.now());
    settle(world, settlement("n1", 1, DeliveryState::delivered));
    const auto renewed = answer_of<std::monostate>(
        world, [&](auto done) { world.outbox().renew(duty, 1, NotificationId("n1"), lease, done); });
    REQUIRE_FALSE(renewed.has_value());
    CHECK(renewed.error().code == "not_waiting");
}

TEMPLATE_TEST_CASE("Outbox: a postponed message waits for its next attempt and counts them", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("n1", 1, now)})) == Kind::committed);
    claim_messages(world, now);
    auto postponed = settlement("n1", 1, DeliveryState::pending, 3);
    postponed.next = now + 1h;
    postponed.error = "503\nService Unavailable";
    settle(world, postponed);
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::pending);
    const auto waiting = claim_messages(world, now + 2h);
    CHECK(ids(waiting).empty());
    CHECK(waiting.next == now + 1h);

    postponed.next = now;
    postponed.attempts = 4;
    settle(world, postponed);
    const auto again = claim_messages(world, world.now());
    REQUIRE(ids(again) == Ids{"n1"});
    CHECK(again.items[0].attempts == 4);
    CHECK(again.items[0].notification == message("n1", 1, now));
}

TEMPLATE_TEST_CASE("Outbox: delivered and dead messages are not handed out again", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("n1", 1, now), message("n2", 1, now)})) == Kind::committed);
    claim_messages(world, now);
    settle(world, settlement("n1", 1, DeliveryState::delivered));
    settle(world, settlement("n2", 1, DeliveryState::dead));
    const auto after = claim_messages(world, now + 1h);
    CHECK(ids(after).empty());
    CHECK_FALSE(after.next);
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::delivered);
    CHECK(world.state_of(NotificationId("n2")) == DeliveryState::dead);
}

TEMPLATE_TEST_CASE("Outbox: nobody undoes a delivery", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("n1", 1, now)})) == Kind::committed);
    claim_messages(world, now);
    settle(world, settlement("n1", 1, DeliveryState::delivered));
    const auto outcome = GENERATE(DeliveryState::pending, DeliveryState::dead);
    settle(world, settlement("n1", 1, outcome));
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::delivered);
    CHECK(ids(claim_messages(world, now + 1h)).empty());
}

TEMPLATE_TEST_CASE("Outbox: an overtaken message that waits is not sent", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("n1", 2, now)})) == Kind::committed);
    REQUIRE(commit(world, overtaking("n1")) == Kind::committed);
    REQUIRE(commit(world, overtaking("unknown")) == Kind::committed);
    const auto after = claim_messages(world, now);
    CHECK(ids(after).empty());
    CHECK_FALSE(after.next);
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::superseded);
}

TEMPLATE_TEST_CASE("Outbox: an overtaken message that waits for another attempt is not sent", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("n1", 2, now)})) == Kind::committed);
    claim_messages(world, now);
    auto postponed = settlement("n1", 2, DeliveryState::pending);
    postponed.next = now + 1h;
    settle(world, postponed);
    REQUIRE(commit(world, overtaking("n1")) == Kind::committed);
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::superseded);
    CHECK_FALSE(claim_messages(world, now).next);
}

TEMPLATE_TEST_CASE("Outbox: what is overtaken while it is being sent may arrive, but is not tried again", "",
                   BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("n1", 2, now)})) == Kind::committed);
    REQUIRE(ids(claim_messages(world, now)) == Ids{"n1"});
    REQUIRE(commit(world, overtaking("n1")) == Kind::committed);
    const auto [outcome, state] =
        GENERATE(table<DeliveryState, DeliveryState>({{DeliveryState::delivered, DeliveryState::delivered},
                                                      {DeliveryState::pending, DeliveryState::superseded},
                                                      {DeliveryState::dead, DeliveryState::superseded}}));
    settle(world, settlement("n1", 2, outcome));
    CHECK(world.state_of(NotificationId("n1")) == state);
    CHECK_FALSE(claim_messages(world, now + 1h).next);
}

TEMPLATE_TEST_CASE("Outbox: what is overtaken while its sender dies is not sent again", "", BOTH) {
    TestType world;
    REQUIRE(commit(world, messages({message("n1", 2, world.now())})) == Kind::committed);
    REQUIRE(ids(claim_messages(world, world.now() + 1h, 9, 50ms)) == Ids{"n1"});
    REQUIRE(commit(world, overtaking("n1")) == Kind::committed);
    for (int i = 0; i < 2000 && world.state_of(NotificationId("n1")) != DeliveryState::superseded; ++i) {
        world.pass(5ms);
        CHECK(ids(claim_messages(world, world.now() + 1h)).empty());
    }
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::superseded);
}

TEMPLATE_TEST_CASE("Outbox: a message is settled as often as its outcome is told", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, messages({message("n1", 1, now)})) == Kind::committed);
    claim_messages(world, now);
    for (int i = 0; i < 2; ++i) settle(world, settlement("n1", 1, DeliveryState::dead));
    settle(world, settlement("unknown", 1, DeliveryState::delivered));
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::dead);
    CHECK_FALSE(world.state_of(NotificationId("unknown")));
}
