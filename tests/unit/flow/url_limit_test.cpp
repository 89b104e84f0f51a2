#include "dispatch_desk.hpp"

#include <algorithm>

using namespace alert;
using namespace yuqing::test;

namespace {

DeliveryPlan within(std::uint32_t requests, Duration length, std::size_t parcel_max = 100) {
    return {
        .channel = duty, .url_limit = UrlLimit{"a-robot", {{requests, length}}}, .parcel_max = parcel_max};
}

const ChannelId sms("sms");

std::size_t told_to(Desk& desk, const ChannelId& channel) {
    const auto& all = desk.room.memory.messages().all();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto& message) {
        return message.second.notification.channel == channel;
    }));
}

}  // namespace

TEST_CASE("Dispatcher: over the URL's limit what waits travels together, and nothing goes too early") {
    Desk desk(within(2, 60s, 3));
    desk.dispatcher.start();
    desk.sender.answer_at_once = true;
    for (int i = 0; i < 10; ++i) desk.put("n" + std::to_string(i));
    desk.room.run_for(59s);
    CHECK(desk.sender.requests == 2);
    CHECK(desk.sender.sent.size() == 6);
    CHECK(desk.room.recorder.limits == std::vector<std::string>{"url_rate"});  // once, however long
    desk.room.run_for(60s);
    CHECK(desk.sender.requests == 4);
    CHECK(desk.sender.sent.size() == 10);
    for (int i = 0; i < 10; ++i) CHECK(desk.state("n" + std::to_string(i)) == DeliveryState::delivered);
}

TEST_CASE("Dispatcher: what did not fit into the request waits on, with no attempt more") {
    Desk desk(within(1, 60s));
    desk.dispatcher.start();
    for (const auto* id : {"n1", "n2", "n3"}) desk.put(id);
    desk.room.run_for(1s);
    REQUIRE(desk.sender.waiting.size() == 1);
    REQUIRE(desk.sender.waiting[0].first.size() == 3);
    desk.sender.answer({.kind = Kind::delivered, .included = 2});
    desk.room.run_for(1s);
    CHECK(desk.state("n2") == DeliveryState::delivered);
    CHECK(desk.state("n3") == DeliveryState::pending);
    CHECK(desk.message("n3").attempts == 0);
    desk.room.run_for(61s);
    REQUIRE(desk.sender.waiting.size() == 1);
    CHECK(desk.sender.waiting[0].first.size() == 1);
}

TEST_CASE("Dispatcher: a URL that was told to be too fast is left alone for as long as it asked") {
    Desk desk(within(100, 60s));
    desk.dispatcher.start();
    desk.put("n1");
    desk.room.run_for(1s);
    desk.sender.answer({.kind = Kind::retry, .retry_after = 600s, .holds_url = true});
    desk.room.run_for(1s);
    desk.put("n2", Reason::due);
    desk.room.run_for(590s);
    CHECK(desk.sender.waiting.empty());
    CHECK(desk.room.recorder.limits == std::vector<std::string>{"url"});
    desk.room.run_for(20s);
    REQUIRE_FALSE(desk.sender.waiting.empty());
    CHECK(desk.sender.waiting[0].first[0].id.value == "n2");
}

TEST_CASE("Dispatcher: while the URL is held for long the most urgent go to the fallback too, once each") {
    auto plan = within(100, 60s);
    plan.fallback = sms;
    Desk desk(plan);
    desk.dispatcher.start();
    desk.put("n1", Reason::due);
    desk.room.run_for(1s);
    desk.put("n2", Reason::due);
    desk.put("n3", Reason::opened);
    desk.sender.answer(
        {.kind = Kind::retry, .retry_after = 1h, .holds_url = true, .error = "code 90030: the quota"});
    desk.room.run_for(1s);
    CHECK(told_to(desk, sms) == 2);
    for (const auto* id : {"n1", "n2"}) {
        CHECK(desk.state(id) == DeliveryState::pending);
        CHECK(desk.message(id).error == "code 90030: the quota");
    }
    desk.put("n4", Reason::overdue);
    desk.room.run_for(1s);
    CHECK(told_to(desk, sms) == 3);
    CHECK(desk.message("n4").attempts == 0);

    for (int i = 0; i < 300; ++i) desk.put("m" + std::to_string(i), Reason::due);
    desk.room.run_for(1s);
    CHECK(told_to(desk, sms) == 303);

    desk.sender.answer_at_once = true;
    desk.room.run_for(61min);
    CHECK(told_to(desk, sms) == 303);
    CHECK(desk.sender.sent.size() == 305);
    for (const auto* id : {"n1", "n2", "n3", "n4"}) CHECK(desk.state(id) == DeliveryState::delivered);
    CHECK(desk.dispatcher.idle());
}

TEST_CASE("Dispatcher: a short hold is waited for, and so is a long one where there is no fallback") {
    auto plan = within(100, 60s);
    if (GENERATE(true, false)) plan.fallback = sms;
    const Duration hold = plan.fallback ? plan.urgent_patience - 1s : 1h;
    Desk desk(plan);
    desk.dispatcher.start();
    desk.put("n1", Reason::due);
    desk.room.run_for(1s);
    desk.put("n2", Reason::due);
    desk.sender.answer({.kind = Kind::retry, .retry_after = hold, .holds_url = true});
    desk.sender.answer_at_once = true;
    desk.room.run_for(hold + 5s);
    CHECK(told_to(desk, sms) == 0);
    for (const auto* id : {"n1", "n2"}) CHECK(desk.state(id) == DeliveryState::delivered);
}

TEST_CASE("Dispatcher: however short the holds are that follow each other, all of the most urgent are told") {
    auto plan = within(100, 60s);
    plan.fallback = sms;
    plan.attempts_max = 1000;
    Desk desk(plan);
    desk.dispatcher.start();
    for (int i = 0; i < 5; ++i) desk.put("n" + std::to_string(i), Reason::due);
    const auto refuse_for = [&](Duration length) {
        for (Duration passed{}; passed < length; passed += 1s) {
            desk.sender.answer_all({.kind = Kind::retry, .retry_after = 15s, .holds_url = true});
            desk.room.run_for(1s);
        }
    };
    refuse_for(40s);
    CHECK(told_to(desk, sms) == 0);
    refuse_for(22s);
    CHECK(told_to(desk, sms) == 5);
    desk.put("late", Reason::due);
    refuse_for(62s);
    CHECK(told_to(desk, sms) == 6);
    CHECK(desk.room.recorder.limits.size() > 6);  // each hold, and each that was told meanwhile
}

TEST_CASE("Dispatcher: what waited for a held URL goes to another one within seconds") {
    auto plan = within(100, 60s);
    plan.fallback = GENERATE(as<std::optional<ChannelId>>{}, std::nullopt, sms);
    Desk desk(plan);
    desk.dispatcher.start();
    desk.put("n1", Reason::due);
    desk.room.run_for(1s);
    desk.sender.answer({.kind = Kind::retry, .retry_after = 1h, .holds_url = true});
    desk.put("n2", Reason::due);
    desk.put("n3", Reason::reminder);
    desk.room.run_for(5min);
    CHECK(desk.sender.waiting.empty());
    desk.dispatcher.stop();

    plan.url_limit->url_hash = "another robot";
    HeldSender other;
    other.answer_at_once = true;
    Dispatcher next(plan, desk.room.store, desk.room.outbox, other, desk.room.clock, desk.room.timers,
                    desk.room.recorder);
    next.start();
    desk.room.run_for(plan.held_look_every + 1s);
    for (const auto* id : {"n1", "n2", "n3"}) CHECK(desk.state(id) == DeliveryState::delivered);
}

TEST_CASE("Dispatcher: a fallback that a held URL is given later is told") {
    auto plan = within(100, 60s);
    Desk desk(plan);
    desk.dispatcher.start();
    desk.put("n1", Reason::due);
    desk.room.run_for(1s);
    desk.sender.answer({.kind = Kind::retry, .retry_after = 1h, .holds_url = true});
    desk.room.run_for(5min);
    desk.dispatcher.stop();
    plan.fallback = sms;
    HeldSender none;
    Dispatcher next(plan, desk.room.store, desk.room.outbox, none, desk.room.clock, desk.room.timers,
                    desk.room.recorder);
    next.start();
    desk.room.run_for(plan.held_look_every + 1s);
    CHECK(told_to(desk, sms) == 1);
    CHECK(none.requests == 0);
}

TEST_CASE("Dispatcher: what is most urgent and fails for a minute goes to the fallback too, once") {
    Desk desk({.channel = duty, .fallback = sms, .retry_max = 10s, .attempts_max = 20});
    desk.dispatcher.start();
    desk.put("n1", Reason::due);
    desk.put("n2", Reason::reminder);
    const auto fail_for = [&](Duration length) {
        for (Duration passed{}; passed < length; passed += 1s) {
            desk.sender.answer_all({.kind = Kind::retry, .error = "connection refused"});
            desk.room.run_for(1s);
        }
    };
    fail_for(50s);
    CHECK(told_to(desk, sms) == 0);
    fail_for(25s);
    CHECK(told_to(desk, sms) == 1);
    CHECK(desk.state("n1") == DeliveryState::pending);
    fail_for(5min);  // both die, and only what was not told yet is told
    CHECK(desk.state("n1") == DeliveryState::dead);
    CHECK(desk.state("n2") == DeliveryState::dead);
    CHECK(told_to(desk, sms) == 2);
}

TEST_CASE("Dispatcher: reminders of the hour and half hour go a little later where everybody's do") {
    Notification reminder{.id = NotificationId("n1"), .reason = Reason::reminder};
    const TimePoint hour(std::chrono::hours(490'000));
    for (const auto at : {hour, hour + 30min}) {
        reminder.step = StepBrief{.at = "due-1h", .planned = at};
        const auto later = later_than_round(reminder);
        REQUIRE(later);
        CHECK(*later >= at + 5s);
        CHECK(*later <= at + 25s);
    }
    reminder.step->planned = hour + 1s;
    CHECK_FALSE(later_than_round(reminder));
    reminder.step->planned = hour;
    for (const Reason reason : {Reason::due, Reason::overdue, Reason::opened}) {
        reminder.reason = reason;
        CHECK_FALSE(later_than_round(reminder));
    }

    auto plan = within(100, 60s);
    plan.shuns_round_times = true;
    Desk desk(plan);
    desk.dispatcher.start();
    const auto now = desk.room.clock.now();
    REQUIRE(now.time_since_epoch() % std::chrono::minutes(30) == 0ms);
    desk.put("n1", Reason::reminder, duty, StepBrief{.at = "due-1h", .planned = now});
    desk.put("n2", Reason::due, duty, StepBrief{.at = "due", .planned = now});
    desk.room.run_for(4s);
    REQUIRE(desk.sender.sent.size() == 1);
    CHECK(desk.sender.sent[0].id.value == "n2");
    desk.room.run_for(22s);
    CHECK(desk.sender.sent.size() == 2);
}
