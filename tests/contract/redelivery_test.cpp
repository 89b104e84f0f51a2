// What a commit promises of dead letters that are sent again, held against both implementations.
#include "contract/asking.hpp"

using namespace contract;
using alert::DeliveryState;
using alert::NotificationId;

#define BOTH MemoryWorld, RedisWorld

namespace {

template <class World>
void bury(World& world, const std::string& id, alert::Urgency urgency) {
    REQUIRE(commit(world, messages({message(id, urgency, world.now())})) == Kind::committed);
    claim_messages(world, world.now());
    settle(world, settlement(id, urgency, DeliveryState::dead, 7));
}

}  // namespace

TEMPLATE_TEST_CASE("Redelivery: a dead letter waits again at once, its attempts counted anew", "", BOTH) {
    TestType world;
    bury(world, "n1", 1);
    REQUIRE(commit(world, redelivering("n1", 1)) == Kind::committed);
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::pending);
    const auto again = claim_in_time(world, [&] { return claim_messages(world, world.now() + 1h); });
    REQUIRE(ids(again) == Ids{"n1"});
    CHECK(again.items[0].attempts == 0);
    settle(world, settlement("n1", 1, DeliveryState::delivered));
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::delivered);
}

TEMPLATE_TEST_CASE("Redelivery: what is no dead letter is refused, and nothing is written", "", BOTH) {
    TestType world;
    bury(world, "dead", 1);
    REQUIRE(commit(world, messages({message("waits", 1, world.now())})) == Kind::committed);
    const std::string other = GENERATE("waits", "unknown");
    auto transition = opening("QS-1", "e1", world.now());
    transition.redelivered = {{NotificationId("dead"), duty, 1}, {NotificationId(other), duty, 1}};
    CHECK(commit(world, transition) == Kind::not_dead);
    CHECK(world.state_of(NotificationId("dead")) == DeliveryState::dead);
    CHECK_FALSE(load(world, "QS-1").stored);
    transition.redelivered.pop_back();
    CHECK(commit(world, transition) == Kind::committed);  // its event was not taken either
}

TEMPLATE_TEST_CASE("Redelivery: a dead letter that was overtaken is superseded, and no other message by that",
                   "", BOTH) {
    TestType world;
    bury(world, "n1", 1);
    settle(world, settlement("n1", 1, DeliveryState::superseded, 7));
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::superseded);
    CHECK(commit(world, redelivering("n1", 1)) == Kind::not_dead);

    REQUIRE(commit(world, messages({message("n2", 1, world.now())})) == Kind::committed);
    claim_messages(world, world.now());
    settle(world, settlement("n2", 1, DeliveryState::delivered));
    settle(world, settlement("n2", 1, DeliveryState::superseded));
    CHECK(world.state_of(NotificationId("n2")) == DeliveryState::delivered);
}

TEMPLATE_TEST_CASE("Redelivery: one of two orders at once is done", "", BOTH) {
    TestType world;
    bury(world, "n1", 0);
    CHECK(commit(world, redelivering("n1", 0)) == Kind::committed);
    CHECK(commit(world, redelivering("n1", 0)) == Kind::not_dead);
}

TEMPLATE_TEST_CASE("Redelivery: a case that changed meanwhile is a conflict, and the letter stays", "",
                   BOTH) {
    TestType world;
    bury(world, "n1", 1);
    REQUIRE(commit(world, opening("QS-1", "e1", world.now())) == Kind::committed);
    auto order = change_of("QS-1", 7, world.now());
    order.redelivered = {{NotificationId("n1"), duty, 1}};
    CHECK(commit(world, order) == Kind::conflict);
    CHECK(world.state_of(NotificationId("n1")) == DeliveryState::dead);
}

TEMPLATE_TEST_CASE("Redelivery: with messages, overtaken ones, counters and a matter in one commit", "",
                   BOTH) {
    TestType world;
    bury(world, "n1", 1);
    REQUIRE(commit(world, messages({message("n2", 2, world.now())})) == Kind::committed);
    auto transition = opening("QS-1", "e1", world.now());
    transition.cases[0].matter_key = "lamp";
    transition.cases[0].matter_open = true;
    transition.notifications = {message("n3", 3, world.now())};
    transition.overtaken = {{NotificationId("n2"), duty}};
    transition.redelivered = {{NotificationId("n1"), duty, 1}};
    REQUIRE(commit(world, transition) == Kind::committed);
    CHECK(holder_of(world, "lamp") == alert::CaseId("QS-1"));
    CHECK(world.state_of(NotificationId("n2")) == DeliveryState::superseded);
    CHECK(world.stats().at("open:general") == 1);
    const auto claimed = claim_in_time(world, [&] { return claim_messages(world, world.now() + 1h); });
    CHECK(ids(claimed) == Ids{"n1", "n3"});
}
