#include "alert/core/fallbacks.hpp"

#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

const ChannelId duty("duty-group"), sms("sms"), mail("mail"), other("other");

std::vector<std::string> ids(const std::vector<Overtaken>& all) {
    std::vector<std::string> names;
    for (const auto& one : all) names.push_back(one.id.value + " " + one.channel.value);
    return names;
}

}  // namespace

TEST_CASE("Fallbacks: what is overtaken is overtaken down the whole chain of fallback channels") {
    std::vector<Overtaken> overtaken{{NotificationId("n1"), duty}, {NotificationId("n2"), other}};
    overtake_copies(overtaken, {{duty, sms}, {sms, mail}});
    const auto by_sms = fallback_id(NotificationId("n1"), sms);
    CHECK(ids(overtaken) == std::vector<std::string>{"n1 duty-group", "n2 other", by_sms.value + " sms",
                                                     fallback_id(by_sms, mail).value + " mail"});
}

TEST_CASE("Fallbacks: nothing is overtaken besides where no channel has one, and a circle ends") {
    std::vector<Overtaken> overtaken{{NotificationId("n1"), duty}};
    overtake_copies(overtaken, {});
    CHECK(overtaken.size() == 1);
    overtake_copies(overtaken, {{duty, sms}, {sms, duty}});
    CHECK(overtaken.size() == 3);
}

TEST_CASE(
    "Fallbacks: the answer takes back what the fallback channel was told, whatever became of the message") {
    FlowRoom room;
    room.told(detected_text());
    const auto message = room.memory.messages().all().begin()->second.notification;
    room.desk.follow(message.channel, sms);
    auto copy = message;
    copy.id = fallback_id(message.id, sms);
    copy.channel = sms;
    auto told = std::make_shared<Transition>();
    told->notifications.push_back(copy);
    room.memory.commit(told, [](const Result<CommitOutcome>&) {});
    const bool dead = GENERATE(true, false);
    if (dead)
        room.memory.messages().settle({.id = message.id,
                                       .channel = message.channel,
                                       .urgency = message.urgency,
                                       .state = DeliveryState::dead,
                                       .attempts = 1});
    const auto state = [&](const NotificationId& id) { return room.memory.messages().all().at(id).state; };
    REQUIRE(state(copy.id) == DeliveryState::pending);
    room.told(event_text("response.published", "p1", 1min, "QS-1",
                         R"({"kind":"online_reply","by":"王五","approved_by":"赵六"})"));
    CHECK(state(copy.id) == DeliveryState::superseded);
    CHECK(state(message.id) == (dead ? DeliveryState::dead : DeliveryState::superseded));
}
