#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
using Status = Answer::Status;

namespace {

std::string ack(int n) {
    return event_text("case.acknowledged", "a" + std::to_string(n), 0ms, "QS-1", R"({"by":"联络员"})");
}

/// Another daemon commits a fact to QS-1, whatever this one remembers.
void rival(FlowRoom& room, const Fact& told) {
    const auto stored = room.memory.cases().at(CaseId("QS-1")).stored;
    auto transition = std::make_shared<Transition>(
        decide(room.office.rules(),
               {.before = stored.snapshot, .version = stored.version, .id = CaseId("QS-1"), .facts = {told}},
               room.clock.now()));
    room.memory.commit(transition, [](Result<CommitOutcome>) {});
}

Event event_of(const Fact& told) { return told.event; }

}  // namespace

TEST_CASE("CaseDesk: what waits for one case is one Transition") {
    FlowRoom room;
    room.told(detected_text());
    room.script.hold(Ask::commit);
    for (int n = 0; n < 40; ++n) room.tell(ack(n));
    room.settle_now();
    CHECK(room.memory.cases().at(CaseId("QS-1")).stored.version == 2);  // the first went alone
    room.script.release();
    room.settle_now();
    CHECK(room.answers.size() == 41);
    CHECK(room.memory.cases().at(CaseId("QS-1")).stored.version == 3);
    CHECK(room.desk.busy() == 0);
}

TEST_CASE("CaseDesk: a batch is bounded, the rest is decided next") {
    FlowRoom room;
    room.told(detected_text());
    const auto before = room.script.calls(Ask::commit);
    for (int n = 0; n < 1000; ++n) room.tell(ack(n));
    room.settle_now();
    CHECK(room.answers.size() == 1001);
    CHECK(room.script.calls(Ask::commit) - before == 1 + (999 + 63) / 64);
    CHECK(room.desk.busy() == 0);
}

TEST_CASE("CaseDesk: a case it remembers costs one commit and no load") {
    FlowRoom room;
    room.told(detected_text());
    room.told(ack(1));
    CHECK(room.script.calls(Ask::load) == 0);
    CHECK(room.script.calls(Ask::commit) == 2);
}

TEST_CASE("CaseDesk: on a conflict it loads and decides again") {
    FlowRoom room;
    room.told(detected_text());
    room.store.before_commit = [&] { rival(room, published(0ms)); };
    CHECK(room.told(ack(1)).status == Status::accepted);
    CHECK(room.script.calls(Ask::load) == 1);
    const auto view = room.view("QS-1");
    CHECK(view.acknowledged_at == t0);
    CHECK(view.obligations.at(0).status == ObligationStatus::met);
    CHECK(room.memory.cases().at(CaseId("QS-1")).stored.version == 3);
}

TEST_CASE("CaseDesk: a conflict because another daemon took the same event makes it a duplicate") {
    FlowRoom room;
    room.told(detected_text());
    room.store.before_commit = [&] {
        auto same = fact(Acknowledged{"联络员", ""}, 0ms);
        same.event.key = {"office", "a1"};
        rival(room, same);
    };
    const auto answer = room.told(ack(1));
    CHECK(answer.status == Status::duplicate);
    CHECK(answer.differs);  // told with other content by that daemon
}

TEST_CASE("CaseDesk: a case that changes all the time is answered retry in the end") {
    FlowRoom room;
    room.told(detected_text());
    int rivals = 0;
    std::function<void()> again = [&] {
        rival(room, detected(0ms, {}, "r" + std::to_string(rivals++)));
        room.store.before_commit = again;
    };
    room.store.before_commit = again;
    CHECK(room.told(ack(1)).status == Status::retry);
    CHECK(rivals == 17);
    room.store.before_commit = nullptr;
    CHECK(room.told(ack(1)).status == Status::accepted);
    CHECK(room.desk.busy() == 0);
}

TEST_CASE(
    "CaseDesk: when a load fails everything of the batch is answered retry, and the next batch is tried") {
    FlowRoom room;
    room.told(detected_text());
    FlowRoom fresh;  // remembers nothing
    fresh.script.fail(Ask::load);
    fresh.tell(ack(1));
    fresh.tell(ack(2));
    fresh.settle_now();
    REQUIRE(fresh.answers.size() == 2);
    CHECK(fresh.answers[0].status == Status::retry);
    CHECK(fresh.answers[1].error->code == "unknown_case");
    CHECK(fresh.desk.busy() == 0);
}

TEST_CASE("CaseDesk: a duplicate that cannot be looked up is answered retry") {
    FlowRoom room;
    room.told(detected_text());
    room.tell(detected_text());
    room.script.fail(Ask::load, 1);  // of the conflict
    room.settle_now();
    CHECK(room.answers.back().status == Status::retry);
    room.tell(detected_text());
    room.script.hold(Ask::load);
    room.settle_now();
    room.script.fail(Ask::load);  // of the case it belongs to
    room.script.release();
    room.settle_now();
    CHECK(room.answers.back().status == Status::retry);
    CHECK(room.told(detected_text()).status == Status::duplicate);
}

TEST_CASE("CaseDesk: a withdrawal rebuilds the case from its log") {
    FlowRoom room;
    room.told(detected_text());
    room.told(detected_text("QS-1", "d2", -10h));
    CHECK(room.view("QS-1").detected_at == t0 - 10h);
    const auto withdrawal =
        event_text("fact.withdrawn", "w", 0ms, "QS-1",
                   R"({"event_source":"douyin","event_id":"d2","by":"x","reason":"误报"})");
    room.script.fail(Ask::load_log);
    CHECK(room.told(withdrawal).status == Status::retry);
    CHECK(room.told(withdrawal).status == Status::accepted);
    CHECK(room.view("QS-1").detected_at == t0);
    CHECK(room.memory.cases().at(CaseId("QS-1")).log.size() >= 3);  // both stay in the record
}

TEST_CASE("CaseDesk: a case keeps the policy it was opened under, read back when it is not known") {
    FlowRoom room;
    room.told(detected_text());
    const auto hash = room.office.policy.hash;
    room.memory.keep_policy(hash, "the policy", [](Result<std::monostate>) {});
    FlowRoom later;
    auto newer = std::make_shared<Policy>(later.office.policy);
    newer->hash = PolicyHash("ffffffffffffffff");
    newer->obligations.at("response").due = Period{.fixed = 1h};
    RuleBook rules({newer, std::make_shared<Directory>(later.office.directory),
                    std::make_shared<Roster>(later.office.roster), std::make_shared<Calendar>(),
                    later.office.zone});
    CaseDesk desk(room.store, room.clock, rules, room.recorder,
                  [&](const std::string&) { return room.office.policy; });
    std::vector<Answer> answers;
    desk.tell(CaseId("QS-1"), event_of(acknowledged(0ms)), {}, false,
              [&](Answer answer) { answers.push_back(answer); });
    desk.tell(CaseId("QS-9"), event_of(detected()), {}, false,
              [&](Answer answer) { answers.push_back(answer); });
    room.settle_now();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].obligations.at(0).due == t0 + 1h);
    CHECK(answers[1].obligations.at(0).due == t0 + 48h);
    CHECK(room.script.calls(Ask::load_policy) == 1);
}

TEST_CASE("CaseDesk: a policy that is lost is trouble and a retry, not a guess") {
    FlowRoom room;
    room.told(detected_text());
    RuleBook::Current other{std::make_shared<Policy>(), std::make_shared<Directory>(),
                            std::make_shared<Roster>(), std::make_shared<Calendar>(), Zone::utc()};
    RuleBook rules(other);
    CaseDesk desk(room.store, room.clock, rules, room.recorder, [](const std::string&) { return Policy{}; });
    Answer answer;
    desk.tell(CaseId("QS-1"), event_of(acknowledged(0ms)), {}, false,
              [&](Answer told) { answer = std::move(told); });
    room.settle_now();
    CHECK(answer.status == Status::retry);
    CHECK_FALSE(room.recorder.troubles.empty());
}

TEST_CASE("CaseDesk: what is told from inside an answer is decided too") {
    FlowRoom room;
    room.told(detected_text());
    int answered = 0;
    std::function<void(Answer)> again = [&](const Answer&) {
        if (++answered < 100) room.intake.submit(ack(answered), {}, again);
    };
    room.intake.submit(ack(0), {}, again);
    room.settle_now();
    CHECK(answered == 100);
    CHECK(room.desk.busy() == 0);
    CHECK(room.intake.in_flight() == 0);
}

TEST_CASE("CaseDesk: remembers a bounded number of cases") {
    FlowRoom room;
    CaseDesk desk(room.store, room.clock, room.rules, room.recorder,
                  [&](const std::string&) { return room.office.policy; }, {.remembered_cases_max = 2});
    const auto tell = [&](const std::string& id, const Fact& told) {
        desk.tell(CaseId(id), event_of(told), {}, false, [](const Answer&) {});
        room.settle_now();
    };
    for (const char* id : {"A", "B", "C"}) tell(id, detected(0ms, {}, id));
    const auto loads = room.script.calls(Ask::load);
    tell("C", acknowledged(0ms));
    CHECK(room.script.calls(Ask::load) == loads);
    tell("A", fact(Noted{"x", "y"}, 0ms));
    CHECK(room.script.calls(Ask::load) == loads + 1);
}
