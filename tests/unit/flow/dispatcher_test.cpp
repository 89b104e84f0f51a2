#include "dispatch_desk.hpp"

using namespace alert;
using namespace yuqing::test;

namespace {

const ChannelId sms("sms");

}  // namespace

TEST_CASE("Dispatcher: a message is sent at once and settled as delivered") {
    Desk desk;
    desk.dispatcher.start();
    desk.room.run_for(100ms);
    desk.put("n1");
    desk.room.settle_now();
    REQUIRE(desk.sender.sent.size() == 1);
    CHECK(desk.state("n1") == DeliveryState::pending);
    desk.sender.answer({.kind = Kind::delivered});
    desk.room.settle_now();
    CHECK(desk.state("n1") == DeliveryState::delivered);
    CHECK(desk.dispatcher.idle());
    desk.room.run_for(10s);
    CHECK(desk.sender.sent.size() == 1);
}

TEST_CASE(
    "Dispatcher: while the timekeeper catches up nothing is taken, so that the most urgent of all goes "
    "first") {
    Desk desk({.channel = duty, .concurrency = 1});
    bool catching_up = true;
    desk.dispatcher.yields = [&] { return catching_up; };
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.run_for(100ms);
    desk.put("n2", Reason::due);
    desk.room.run_for(100ms);
    CHECK(desk.sender.sent.empty());
    catching_up = false;
    desk.room.run_for(10ms);
    REQUIRE(desk.sender.sent.size() == 1);
    CHECK(desk.sender.sent[0].id.value == "n2");
}

TEST_CASE("Dispatcher: a timekeeper that never catches up holds a channel back for a second, not for ever") {
    Desk desk;
    desk.sender.answer_at_once = true;
    desk.dispatcher.yields = [] { return true; };
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.run_for(900ms);
    CHECK(desk.sender.sent.empty());
    desk.room.run_for(200ms);
    CHECK(desk.sender.sent.size() == 1);
    desk.put("n2");
    desk.room.run_for(20ms);
    CHECK(desk.sender.sent.size() == 2);
}

TEST_CASE("Dispatcher: the most urgent goes first, also before what was claimed earlier") {
    Desk desk({.channel = duty, .concurrency = 1});
    desk.dispatcher.start();
    for (int i = 0; i < 5; ++i) desk.put("r" + std::to_string(i), Reason::reminder);
    desk.room.run_for(1s);
    CHECK(desk.sender.sent.size() == 1);
    desk.put("due", Reason::due);
    desk.put("opened", Reason::opened);
    desk.room.run_for(1s);
    while (!desk.sender.waiting.empty()) {
        desk.sender.answer({.kind = Kind::delivered});
        desk.room.settle_now();
    }
    REQUIRE(desk.sender.sent.size() == 7);
    CHECK(desk.sender.sent[1].id.value == "due");
    CHECK(desk.sender.sent[2].id.value == "opened");
}

TEST_CASE("Dispatcher: one hung message holds up none of the others within the concurrency") {
    Desk desk({.channel = duty, .concurrency = 2});
    desk.dispatcher.start();
    for (int i = 0; i < 20; ++i) desk.put("n" + std::to_string(i));
    desk.room.settle_now();
    REQUIRE(desk.sender.waiting.size() == 2);
    auto hung = std::move(desk.sender.waiting.front());
    desk.sender.waiting.erase(desk.sender.waiting.begin());
    while (!desk.sender.waiting.empty()) {
        desk.sender.answer({.kind = Kind::delivered});
        desk.room.settle_now();
    }
    CHECK(desk.sender.sent.size() == 20);
    hung.second({.kind = Kind::delivered});
    desk.room.settle_now();
    CHECK(desk.dispatcher.idle());
}

TEST_CASE("Dispatcher: what is under way keeps its lease and is not sent twice, however long it takes") {
    Desk desk;
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.run_for(30s);
    CHECK(desk.sender.sent.size() == 1);
    CHECK(desk.room.script.calls(Ask::renew) >= 25);
}

TEST_CASE("Dispatcher: after a crash what was under way goes again within three seconds under the same id") {
    Desk desk;
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.settle_now();
    desk.dispatcher.stop();  // as good as dead: its sender never answers, its leases are not renewed
    desk.sender.waiting.clear();
    HeldSender sender;
    FlowRoom& room = desk.room;
    VirtualTimers timers(room.clock);  // the dead one's timers are gone
    Dispatcher next({.channel = duty}, room.store, room.outbox, sender, room.clock, timers, room.recorder);
    next.start();
    for (int i = 0; i < 300; ++i) {
        room.clock.advance(10ms);
        while (room.memory.run_pending() || timers.run_due()) {}
    }
    REQUIRE(sender.sent.size() == 1);
    CHECK(sender.sent[0].id.value == "n1");
}

TEST_CASE("Dispatcher: backs off, twice as long each time up to the most, and counts the attempts") {
    const DeliveryPlan plan{.channel = duty, .retry_min = 1s, .retry_max = 60s};
    CHECK(back_off(plan, 1, {}, 0.0) == 1s);
    CHECK(back_off(plan, 2, {}, 0.0) == 2s);
    CHECK(back_off(plan, 3, {}, 1.0) == 2s);  // shortened by up to half
    CHECK(back_off(plan, 7, {}, 0.0) == 60s);
    CHECK(back_off(plan, 4'000'000'000U, {}, 0.0) == 60s);
    CHECK(back_off(plan, 1, 90s, 0.0) == 90s);  // never shorter than the receiver asked for
    CHECK(back_off(plan, 7, 1s, 0.0) == 60s);

    Desk desk(plan);
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.settle_now();
    for (std::uint32_t attempt = 1; attempt <= 3; ++attempt) {
        REQUIRE(desk.sender.waiting.size() == 1);
        desk.sender.answer({.kind = Kind::retry, .error = "503"});
        desk.room.settle_now();
        CHECK(desk.message("n1").attempts == attempt);
        CHECK(desk.message("n1").error == "503");
        const Duration longest = 1s * (1 << (attempt - 1));
        desk.room.run_for(longest / 2 - 1ms);
        CHECK(desk.sender.waiting.empty());
        desk.room.run_for(longest / 2 + 1ms);
    }
    CHECK(desk.sender.sent.size() == 4);
}

TEST_CASE("Dispatcher: waits as long as the receiver asks for") {
    Desk desk;
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.settle_now();
    desk.sender.answer({.kind = Kind::retry, .retry_after = 30s});
    desk.room.run_for(30s - 1ms);
    CHECK(desk.sender.sent.size() == 1);
    desk.room.run_for(2ms);
    CHECK(desk.sender.sent.size() == 2);
}

TEST_CASE("Dispatcher: a retry that falls due while a claim is under way is not slept past") {
    Desk desk({.channel = duty, .retry_min = 200ms, .retry_max = 200ms});
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.settle_now();
    desk.room.script.hold(Ask::claim_outbox);
    desk.room.run_for(1s);
    REQUIRE(desk.room.script.held() == 1);
    desk.sender.answer({.kind = Kind::retry});
    desk.room.settle_now();
    desk.room.run_for(150ms);
    desk.room.script.release();
    desk.room.run_for(60ms);
    CHECK(desk.sender.sent.size() == 2);
}

TEST_CASE("Dispatcher: a permanent error or too many attempts is the end of a message") {
    Desk desk({.channel = duty, .retry_min = 1s, .retry_max = 1s, .attempts_max = 3});
    desk.dispatcher.start();
    desk.put("gone");
    desk.room.settle_now();
    desk.sender.answer({.kind = Kind::permanent, .error = "404"});
    desk.room.settle_now();
    CHECK(desk.state("gone") == DeliveryState::dead);
    CHECK(desk.message("gone").error == "404");
    desk.put("tired");
    for (int i = 0; i < 3; ++i) {
        desk.room.run_for(1s);
        desk.sender.answer({.kind = Kind::retry});
    }
    desk.room.settle_now();
    CHECK(desk.state("tired") == DeliveryState::dead);
    CHECK(desk.room.recorder.limits == std::vector<std::string>{"delivery_attempts"});
    desk.room.run_for(10s);
    CHECK(desk.sender.sent.size() == 4);
}

TEST_CASE("Dispatcher: an answer that nobody understands is tried again a few times only") {
    Desk desk({.channel = duty, .retry_max = 10s, .attempts_max = 20, .unknown_attempts_max = 3});
    desk.dispatcher.start();
    desk.put("n1");
    for (const auto kind : {Kind::retry, Kind::unknown, Kind::unknown}) {
        desk.room.run_for(10s);
        CHECK(desk.state("n1") == DeliveryState::pending);
        desk.sender.answer({.kind = kind});
    }
    desk.room.settle_now();
    CHECK(desk.state("n1") == DeliveryState::dead);
    CHECK(desk.room.recorder.limits == std::vector<std::string>{"delivery_attempts"});
}

TEST_CASE("Dispatcher: a dead message goes to the fallback channel at once, under an id of its own") {
    Desk desk({.channel = duty, .fallback = sms});
    bool noticed = false;
    desk.dispatcher.on_committed = [&](const Transition& t) {
        noticed = t.notifications.at(0).channel == sms;
    };
    desk.dispatcher.start();
    desk.put("n1", Reason::due);
    desk.room.settle_now();
    desk.sender.answer({.kind = Kind::permanent});
    desk.room.settle_now();
    CHECK(desk.state("n1") == DeliveryState::dead);
    CHECK(noticed);
    const auto& all = desk.room.memory.messages().all();
    REQUIRE(all.size() == 2);
    const auto other =
        std::find_if(all.begin(), all.end(), [](const auto& m) { return m.first.value != "n1"; });
    CHECK(other->second.notification.channel == sms);
    CHECK(other->second.notification.urgency == 0);
    CHECK(other->second.state == DeliveryState::pending);
}

TEST_CASE("Dispatcher: a test that dies is told to no other channel") {
    Desk desk({.channel = duty, .fallback = sms});
    desk.dispatcher.start();
    desk.put("n1", Reason::test);
    desk.room.settle_now();
    desk.sender.answer({.kind = Kind::permanent});
    desk.room.settle_now();
    CHECK(desk.state("n1") == DeliveryState::dead);
    CHECK(desk.room.memory.messages().all().size() == 1);
}

TEST_CASE("Dispatcher: what the answer overtakes while it is under way is told to nobody else") {
    Desk desk({.channel = duty, .fallback = sms});
    desk.dispatcher.start();
    desk.put("n1", Reason::due);
    desk.room.run_for(1s);
    REQUIRE(desk.sender.waiting.size() == 1);
    auto answer = std::make_shared<Transition>();
    answer->overtaken.push_back({NotificationId("n1"), duty});
    desk.room.memory.commit(answer, [](const Result<CommitOutcome>&) {});
    desk.room.run_for(1s);
    desk.sender.answer({.kind = GENERATE(Kind::permanent, Kind::retry), .retry_after = 1h});
    desk.room.run_for(1min);
    CHECK(desk.state("n1") == DeliveryState::superseded);
    CHECK(desk.room.memory.messages().all().size() == 1);
    CHECK(desk.dispatcher.idle());
}

TEST_CASE("Dispatcher: the fallback is told before the message is buried, however often the store is away") {
    Desk desk({.channel = duty, .fallback = sms});
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.settle_now();
    desk.room.script.fail(Ask::commit, 3);
    desk.sender.answer({.kind = Kind::permanent});
    desk.room.run_for(2s);
    CHECK(desk.state("n1") == DeliveryState::pending);
    CHECK_FALSE(desk.dispatcher.idle());
    desk.room.run_for(2s);
    CHECK(desk.state("n1") == DeliveryState::dead);
    CHECK(desk.room.memory.messages().all().size() == 2);
    CHECK(desk.sender.sent.size() == 1);
    CHECK(desk.dispatcher.idle());
}

TEST_CASE("Dispatcher: settling goes on while the outbox is away, and nothing is sent again meanwhile") {
    Desk desk;
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.settle_now();
    desk.room.script.fail(Ask::settle, 20);
    desk.sender.answer({.kind = Kind::delivered});
    desk.room.run_for(15s);
    CHECK(desk.state("n1") == DeliveryState::pending);
    CHECK(desk.sender.sent.size() == 1);
    CHECK_FALSE(desk.dispatcher.idle());
    desk.room.run_for(10s);
    CHECK(desk.state("n1") == DeliveryState::delivered);
    CHECK(desk.dispatcher.idle());
    CHECK(desk.sender.sent.size() == 1);
}

TEST_CASE("Dispatcher: when claims fail it tries again soon, then every second") {
    Desk desk;
    desk.room.script.fail(Ask::claim_outbox);
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.run_for(20ms);
    CHECK(desk.sender.sent.size() == 1);

    desk.room.script.fail(Ask::claim_outbox, 10);
    desk.put("n2");
    desk.room.run_for(3s);
    CHECK(desk.sender.sent.size() == 1);
    desk.room.run_for(2s);
    CHECK(desk.sender.sent.size() == 2);
}

TEST_CASE("Dispatcher: a long queue drains through a bounded number held, without a claim for each message") {
    Desk desk({.channel = duty, .concurrency = 8, .claim_max = 64});
    desk.sender.answer_at_once = true;
    for (int i = 0; i < 5000; ++i) desk.put("n" + std::to_string(i));
    desk.dispatcher.start();
    desk.room.settle_now();
    CHECK(desk.sender.sent.size() == 5000);
    CHECK(desk.room.script.calls(Ask::claim_outbox) < 300);
    CHECK(desk.dispatcher.idle());
    const auto claims = desk.room.script.calls(Ask::claim_outbox);
    desk.room.run_for(10s);
    CHECK(desk.room.script.calls(Ask::claim_outbox) - claims <= 12);
}

TEST_CASE("Dispatcher: holds no more than it may while its receiver hangs") {
    Desk desk({.channel = duty, .concurrency = 2, .claim_max = 8});
    desk.dispatcher.start();
    for (int i = 0; i < 100; ++i) desk.put("n" + std::to_string(i));
    desk.room.run_for(20s);
    CHECK(desk.sender.sent.size() == 2);
    std::size_t leased = 0;
    for (const auto& [id, message] : desk.room.memory.messages().all()) leased += message.leased ? 1 : 0;
    CHECK(leased <= 2 + 8);
    desk.room.run_for(60s);
    CHECK(desk.room.timers.waiting() < 10);
}

TEST_CASE("Dispatcher: messages added by other daemons are found within a second") {
    Desk desk;
    desk.dispatcher.start();
    desk.room.run_for(100ms);
    auto transition = std::make_shared<Transition>();
    transition->notifications.push_back(
        {.id = NotificationId("n1"), .channel = duty, .created_at = desk.room.clock.now()});
    desk.room.memory.commit(transition, [](Result<CommitOutcome>) {});
    desk.room.run_for(1s);
    CHECK(desk.sender.sent.size() == 1);
}

TEST_CASE(
    "Dispatcher: stopped, it sends nothing more, settles what is under way and leaves the rest to others") {
    Desk desk({.channel = duty, .concurrency = 1});
    desk.dispatcher.start();
    desk.put("n1");
    desk.put("n2");
    desk.room.settle_now();
    desk.dispatcher.stop();
    CHECK_FALSE(desk.dispatcher.idle());
    desk.room.script.fail(Ask::settle, 2);
    desk.sender.answer({.kind = Kind::delivered});
    desk.room.run_for(5s);
    CHECK(desk.dispatcher.idle());
    CHECK(desk.state("n1") == DeliveryState::delivered);
    CHECK(desk.sender.sent.size() == 1);
    const auto claim =
        desk.room.memory.messages().claim(duty, desk.room.clock.now(), 10, 3s, desk.room.clock.now());
    REQUIRE(claim.items.size() == 1);  // its lease was not renewed
    CHECK(claim.items[0].notification.id.value == "n2");
}
