#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("Timekeeper: steps fire at their time, never before") {
    FlowRoom room;
    room.timekeeper.start();
    room.told(detected_text());
    room.told(event_text("case.acknowledged", "a", 0ms, "QS-1", R"({"by":"x"})"));
    room.run_for(73h);
    CHECK(room.fired() == Texts{"QS-1 response start@0m", "QS-1 response 50%@1440m",
                                "QS-1 response due-1h@2820m", "QS-1 response due@2880m",
                                "QS-1 response due+24h@4320m"});
    for (const auto lateness : room.recorder.lateness) CHECK(lateness == 0ms);
}

TEST_CASE("Timekeeper: turns at least once a second, with or without replies of the store") {
    FlowRoom room;
    room.timekeeper.start();
    room.run_for(10s);
    CHECK(room.recorder.turns >= 10);
    room.script.hold(Ask::claim);
    room.run_for(1s);
    REQUIRE(room.script.held() == 1);
    const auto turns = room.recorder.turns;
    room.run_for(10s);
    CHECK(room.recorder.turns >= turns + 10);
    CHECK(room.script.held() == 1);  // and does not ask again while an answer is under way
}

TEST_CASE("Timekeeper: a wake committed while a claim is under way is not slept past") {
    FlowRoom room;
    room.timekeeper.start();
    room.run_for(100ms);
    room.script.hold(Ask::claim);
    room.run_for(1s);  // a claim is under way now, taken before the case is there
    REQUIRE(room.script.held() == 1);
    room.told(detected_text("QS-1", "d1", -24h + 1s + 400ms));  // its 50% falls 300 ms from now
    const auto due = t0 + 1400ms;
    room.clock.set(t0 + 1200ms);
    room.script.release();
    room.run_for(300ms);
    const auto& log = room.memory.cases().at(CaseId("QS-1")).log;
    const auto fired = std::find_if(log.begin(), log.end(), [](const LogEntry& e) {
        return e.step == "50%" && e.kind == LogKind::fired;
    });
    REQUIRE(fired != log.end());
    CHECK(fired->at == due);
}

TEST_CASE("Timekeeper: an earlier wake shortens the sleep, a later one does not lengthen it") {
    FlowRoom room;
    room.timekeeper.start();
    room.run_for(10ms);
    room.timekeeper.expect(t0 + 500ms);
    room.timekeeper.expect(t0 + 900ms);
    const auto claims = room.script.calls(Ask::claim);
    room.run_for(489ms);
    CHECK(room.script.calls(Ask::claim) == claims);
    room.run_for(1ms);
    CHECK(room.script.calls(Ask::claim) == claims + 1);
}

TEST_CASE("Timekeeper: cases of other daemons are found within a second") {
    FlowRoom room;
    room.timekeeper.start();
    room.run_for(100ms);
    auto transition = std::make_shared<Transition>(
        decide(room.office.rules(),
               {.id = CaseId("QS-7"), .facts = {detected(-24h + 500ms, {.lead_unit = "mzj"})}}, t0));
    room.memory.commit(transition, [](Result<CommitOutcome>) {});
    room.run_for(1500ms);
    CHECK(room.fired().back() == "QS-7 response 50%@0m");
}

TEST_CASE("Timekeeper: when the store is away it goes on, and what was missed is simply due") {
    FlowRoom room;
    room.timekeeper.start();
    room.told(detected_text());
    room.script.fail(Ask::claim, 3600 * 50);
    room.run_for(48h + 10min);
    CHECK(room.recorder.troubles.size() > 1000);
    CHECK(room.fired() == Texts{"QS-1 response start@0m"});
    while (room.script.next(Ask::claim) == Script::Way::fail) {}
    room.run_for(2s);
    CHECK(room.fired() == Texts{"QS-1 response start@0m", "QS-1 response due@2890m"});  // the latest alone
}

TEST_CASE("Timekeeper: a claim that failed is made again soon, then every second") {
    FlowRoom room;
    room.timekeeper.start();
    room.told(detected_text());
    room.run_for(24h - 100ms);
    room.script.fail(Ask::claim, 3);
    room.run_for(200ms);
    CHECK(room.fired().back() == "QS-1 response 50%@1440m");
    room.script.fail(Ask::claim, 100);
    const auto before = room.recorder.troubles.size();
    room.run_for(20s);
    const auto failed = room.recorder.troubles.size() - before;
    CHECK(failed >= 20);
    CHECK(failed <= 30);
}

TEST_CASE("Timekeeper: a case whose decision failed is decided again at once, not when its lease ends") {
    FlowRoom room;
    room.timekeeper.start();
    room.told(detected_text());
    room.run_for(24h - 1s);
    room.script.fail(Ask::commit, 3);
    room.run_for(1s);
    CHECK(room.fired().size() == 1);
    room.run_for(200ms);
    CHECK(room.fired().back() == "QS-1 response 50%@1440m");
    CHECK(room.desk.due_cases() == 0);
}

TEST_CASE("Timekeeper: a case that cannot be decided is tried ever more seldom, then when its lease ends") {
    FlowRoom room;
    room.timekeeper.start();
    room.told(detected_text());
    room.run_for(24h - 1s);
    room.script.fail(Ask::commit, 1000);
    room.run_for(60s);
    const auto before = room.recorder.troubles.size();
    room.run_for(60s);
    const auto failed = room.recorder.troubles.size() - before;
    CHECK(failed >= 20);
    CHECK(failed <= 60);
    while (room.script.next(Ask::commit) == Script::Way::fail) {}
    room.run_for(2s);
    CHECK(room.fired().back() == "QS-1 response 50%@1442m");
    CHECK(room.desk.due_cases() == 0);
}

TEST_CASE("Timekeeper: many cases due at one instant are all decided, a claim at a time") {
    FlowRoom room;
    room.timekeeper.start();
    constexpr int cases = 1500;
    for (int i = 0; i < cases; ++i)
        room.tell(detected_text("QS-" + std::to_string(i), "d" + std::to_string(i)));
    room.run_for(23h);
    const auto claims = room.script.calls(Ask::claim);
    room.run_for(1h + 1ms);
    CHECK(room.fired().size() == 2 * cases);
    CHECK(room.desk.busy() == 0);
    CHECK(room.script.calls(Ask::claim) - claims < 3600 * 3);
    for (const auto lateness : room.recorder.lateness) CHECK(lateness == 0ms);
}

TEST_CASE("Timekeeper: many cases whose decision failed come back a claim at a time, and others find room") {
    FlowRoom room;
    room.timekeeper.start();
    constexpr int cases = 1500;
    for (int i = 0; i < cases; ++i)
        room.tell(detected_text("QS-" + std::to_string(i), "d" + std::to_string(i)));
    room.run_for(24h - 1ms);
    room.script.fail(Ask::commit, cases);
    room.run_for(2ms);
    CHECK(room.fired().size() == cases);
    room.run_for(20ms);
    CHECK(room.desk.due_cases() <= TimekeeperLimits{}.due_cases_max);
    room.run_for(200ms);
    CHECK(room.fired().size() == 2 * cases);
}

TEST_CASE("Timekeeper: ingest under way does not hold up what is due") {
    FlowRoom room;
    room.timekeeper.start();
    room.told(detected_text());
    room.run_for(24h - 10ms);
    for (int i = 0; i < 5000; ++i) room.script.hold(Ask::commit);
    for (int i = 0; i < 5000; ++i)
        room.tell(detected_text("X-" + std::to_string(i), "x" + std::to_string(i)));
    CHECK(room.desk.busy() == 5000);
    room.run_for(10ms);
    CHECK(room.fired().back() == "QS-1 response 50%@1440m");
}

TEST_CASE("Timekeeper: stopped, it claims nothing more") {
    FlowRoom room;
    room.timekeeper.start();
    room.told(detected_text());
    room.run_for(1s);
    room.timekeeper.stop();
    const auto claims = room.script.calls(Ask::claim);
    room.run_for(30h);
    room.timekeeper.expect(room.clock.now());
    room.run_for(1h);
    CHECK(room.script.calls(Ask::claim) == claims);
}

TEST_CASE("Timekeeper: timers do not pile up") {
    FlowRoom room;
    room.timekeeper.start();
    for (int i = 0; i < 1000; ++i) {
        room.tell(detected_text("QS-" + std::to_string(i), "d" + std::to_string(i)));
        room.run_for(100ms);
    }
    CHECK(room.timers.waiting() < 20);
}
