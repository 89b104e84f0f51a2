#include "dispatch_desk.hpp"

using namespace alert;
using namespace yuqing::test;

namespace {

DeliveryPlan within(std::uint32_t requests, Duration length, std::size_t parcel_max = 100) {
    return {
        .channel = duty, .url_limit = UrlLimit{"a-robot", {{requests, length}}}, .parcel_max = parcel_max};
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
