// An order to send a dead letter about a case again is recorded by the commit that takes it back.
#include "support/flow_room.hpp"

#include <boost/json/parse.hpp>

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

struct Room : FlowRoom {
    /// A case whose first message died.
    Room() {
        told(detected_text());
        letter = memory.messages().all().begin()->second.notification;
        memory.messages().settle({.id = letter.id,
                                  .channel = letter.channel,
                                  .urgency = letter.urgency,
                                  .state = DeliveryState::dead,
                                  .attempts = 1});
    }
    void order(const std::string& id = "QS-1") {
        desk.redeliver(CaseId(id), {letter, "王五", "机器人已恢复", {"http", "", ClientRole::supervisor}},
                       [this](Result<std::monostate> result) { results.push_back(std::move(result)); });
    }
    [[nodiscard]] std::vector<LogEntry> recorded() const {
        std::vector<LogEntry> entries;
        for (const auto& entry : memory.cases().at(CaseId("QS-1")).log)
            if (entry.kind == LogKind::redelivered) entries.push_back(entry);
        return entries;
    }
    [[nodiscard]] DeliveryState state() { return memory.messages().all().at(letter.id).state; }

    Notification letter;
    std::vector<Result<std::monostate>> results;
};

}  // namespace

TEST_CASE("Redeliver order: the letter waits again, and the record says who, why, which and for whom") {
    Room room;
    room.order();
    room.settle_now();
    REQUIRE(room.results.size() == 1);
    CHECK(room.results[0].has_value());
    CHECK(room.state() == DeliveryState::pending);
    REQUIRE(room.recorded().size() == 1);
    const auto entry = room.recorded()[0];
    const auto record = boost::json::parse(entry.record);
    CHECK(record.at("by").as_string() == "王五");
    CHECK(record.at("reason").as_string() == "机器人已恢复");
    CHECK(entry.via.door == "http");
    CHECK(entry.notifications == std::vector{room.letter.id});
    CHECK(entry.channels == std::vector{Carried{room.letter.channel, room.letter.targets.size()}});
    CHECK(entry.targets == room.letter.targets);
    CHECK(entry.obligation == room.letter.obligation->id);
    CHECK(entry.step == "start");
    CHECK(entry.reason == "opened");
    CHECK(room.memory.cases().at(CaseId("QS-1")).stored.head == entry.seal);
    CHECK(room.desk.busy() == 0);
}

TEST_CASE("Redeliver order: the second of two finds the letter sent, and records nothing") {
    Room room;
    room.order();
    room.order();
    room.settle_now();
    REQUIRE(room.results.size() == 2);
    CHECK(room.results[0].has_value());
    REQUIRE_FALSE(room.results[1].has_value());
    CHECK(room.results[1].error().code == "not_dead");
    CHECK(room.recorded().size() == 1);
    CHECK(room.desk.busy() == 0);
}

TEST_CASE("Redeliver order: a case that does not exist is told, a store that is away is an error") {
    Room room;
    room.order("QS-9");
    room.settle_now();
    REQUIRE(room.results.size() == 1);
    CHECK(room.results[0].error().code == "not_found");
    room.script.fail(Ask::commit);
    room.order();
    room.settle_now();
    CHECK(room.results.back().error().code == "unavailable");
    CHECK(room.state() == DeliveryState::dead);
    room.order();
    room.settle_now();
    CHECK(room.results.back().has_value());
}

TEST_CASE("Redeliver order: what the answer or a later step has overtaken is refused, and nothing recorded") {
    Room room;
    SECTION("the answer") {
        room.told(event_text("response.published", "p1", 1min, "QS-1",
                             R"({"kind":"online_reply","by":"王五","approved_by":"赵六"})"));
    }
    SECTION("a later step of the same obligation on the same channel") {
        room.timekeeper.start();
        room.run_for(50h);
    }
    const auto messages = room.memory.messages().all().size();
    room.order();
    room.settle_now();
    REQUIRE(room.results.size() == 1);
    REQUIRE_FALSE(room.results[0].has_value());
    CHECK(room.results[0].error().code == "overtaken");
    CHECK(room.recorded().empty());
    CHECK(room.state() == DeliveryState::dead);  // whoever ordered it lets go of it
    CHECK(room.memory.messages().all().size() == messages);
    CHECK(room.desk.busy() == 0);
}

TEST_CASE("Redeliver order: a notice, and a step after which nothing was told there, still go") {
    Room room;
    SECTION("another channel heard more") { room.letter.channel = ChannelId("nobody-else"); }
    SECTION("a notice is about no step") { room.letter.step.reset(); }
    room.timekeeper.start();
    room.run_for(50h);
    room.order();
    room.settle_now();
    REQUIRE(room.results.size() == 1);
    CHECK(room.results[0].has_value());
}

TEST_CASE("Redeliver order: decides nothing else, whatever the case is") {
    Room room;
    const auto before = room.memory.cases().at(CaseId("QS-1")).stored.snapshot;
    const auto messages = room.memory.messages().all().size();
    room.order();
    room.settle_now();
    CHECK(room.memory.cases().at(CaseId("QS-1")).stored.snapshot == before);
    CHECK(room.memory.messages().all().size() == messages);
}
