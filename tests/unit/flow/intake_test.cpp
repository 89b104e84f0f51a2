#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
using Status = Answer::Status;
using Texts = std::vector<std::string>;

namespace {

std::string ack(const std::string& id, Duration after = 1min, const std::string& subject = "QS-1") {
    return event_text("case.acknowledged", id, after, subject, R"({"by":"联络员"})");
}

std::string keyed(const std::string& id, const std::string& key, Duration after = 0ms) {
    return detected_text("", id, after, R"(,"matter_key":")" + key + "\"");
}

std::size_t notices_told(const FlowRoom& room, const std::string& flag) {
    std::size_t count = 0;
    for (const auto& [id, message] : const_cast<FlowRoom&>(room).memory.messages().all()) {
        count += message.notification.flag == flag ? 1 : 0;
    }
    return count;
}

std::string as_history(std::string event) { return event.insert(1, R"("history":true,)"); }

}  // namespace

TEST_CASE("Intake: an accepted event names its case and what is now due") {
    FlowRoom room;
    const auto answer = room.told(detected_text());
    CHECK(answer.status == Status::accepted);
    CHECK(answer.case_id == CaseId("QS-1"));
    CHECK(answer.source == "douyin");
    CHECK(answer.id == "d1");
    REQUIRE(answer.obligations.size() == 2);
    CHECK(answer.obligations[0].due == t0 + 48h);
    CHECK(room.intake.in_flight() == 0);
}

TEST_CASE("Intake: nothing is answered before the commit is done") {
    FlowRoom room;
    room.script.hold(Ask::commit);
    room.tell(detected_text());
    room.settle_now();
    CHECK(room.answers.empty());
    CHECK(room.intake.in_flight() == 1);
    room.script.release();
    room.settle_now();
    REQUIRE(room.answers.size() == 1);
    CHECK(room.answers[0].status == Status::accepted);
}

TEST_CASE("Intake: the first finding answers, and the reject is kept") {
    struct Row {
        std::string bytes;
        const char* code;
        ClientRole role = ClientRole::supervisor;
    };
    const Row rows[] = {
        {std::string(event_bytes_max + 1, ' '), "too_large"},
        {"{", "malformed"},
        {R"({"specversion":"1.0"})", "invalid"},
        {event_text("case.exploded", "x", 0ms, "QS-1", "{}"), "unknown_type"},
        {event_text("case.acknowledged", "x", 0ms, "QS-1", "{}"), "forbidden", ClientRole::monitor},
        {event_text("case.acknowledged", "x", 0ms, "QS-1", "{}"), "invalid"},
        {ack("x", 5min + 1ms), "future"},
        {ack("x", 0ms, "QS-404"), "unknown_case"},
        {event_text("opinion.detected", "x", 0ms, "", "{}"), "invalid"},
    };
    for (const auto& row : rows) {
        INFO(row.bytes.substr(0, 200));
        FlowRoom room;
        const auto answer = room.told(row.bytes, row.role);
        CHECK(answer.status == Status::rejected);
        REQUIRE(answer.error);
        CHECK(answer.error->code == row.code);
        CHECK(room.memory.rejects().size() == 1);
        CHECK(room.intake.in_flight() == 0);
    }
}

TEST_CASE("Intake: roles tell what they may") {
    using enum ClientRole;
    const std::string waive = event_text("obligation.waived", "w", 1min, "QS-1",
                                         R"({"obligation":"response","by":"x","reason":"y"})");
    struct Row {
        std::string bytes;
        ClientRole role;
        bool may;
    };
    const Row rows[] = {{detected_text("QS-2", "d2"), monitor, true},
                        {ack("a"), monitor, false},
                        {detected_text("QS-2", "d2"), viewer, false},
                        {ack("a"), operator_, true},
                        {waive, operator_, false},
                        {waive, supervisor, true},
                        {waive, admin, true}};
    for (const auto& row : rows) {
        FlowRoom room;
        room.told(detected_text());
        room.clock.advance(2min);
        CHECK((room.told(row.bytes, row.role).status == Status::accepted) == row.may);
    }
}

TEST_CASE("Intake: a time up to five minutes ahead counts as the moment of recording") {
    FlowRoom room;
    CHECK(room.told(detected_text("QS-1", "d1", 5min)).status == Status::accepted);
    CHECK(room.view("QS-1").detected_at == t0);
}

TEST_CASE("Intake: the end of a mute and a promised day may lie ahead") {
    FlowRoom room;
    room.told(detected_text());
    room.told(event_text("case.muted", "m1", 0ms, "QS-1",
                         R"({"until":"2026-06-03T00:00:00Z","by":"x","reason":"y"})"));
    CHECK(room.view("QS-1").muted_until == parse_rfc3339("2026-06-03T00:00:00Z").value());
    const auto promised =
        room.told(event_text("commitment.made", "c1", 0ms, "QS-1",
                             R"({"by":"x","commitment":"C1","text":"y","due":"2026-06-30T00:00:00Z"})"));
    CHECK(promised.status == Status::accepted);
    CHECK(promised.obligations.back().due == parse_rfc3339("2026-06-30T00:00:00Z").value());
}

TEST_CASE("Intake: an unknown case is rejected until it is there") {
    FlowRoom room;
    room.clock.advance(2min);
    CHECK(room.told(ack("a1")).error->code == "unknown_case");
    room.told(detected_text());
    CHECK(room.told(ack("a1")).status == Status::accepted);
    CHECK(room.view("QS-1").acknowledged_at == t0 + 1min);
}

TEST_CASE("Intake: the same event again is a duplicate, with other content it differs") {
    FlowRoom room;
    room.told(detected_text());
    auto again = room.told(detected_text());
    CHECK(again.status == Status::duplicate);
    CHECK_FALSE(again.differs);
    CHECK(again.case_id == CaseId("QS-1"));
    CHECK(again.obligations.size() == 2);
    again = room.told(detected_text("QS-1", "d1", 0ms, R"(,"lead_unit":"jyj")"));
    CHECK(again.status == Status::duplicate);
    CHECK(again.differs);
    CHECK(room.memory.cases().at(CaseId("QS-1")).stored.version == 1);
}

TEST_CASE("Intake: a duplicate under another subject names the case that has it") {
    FlowRoom room;
    room.told(detected_text());
    const auto other = room.told(detected_text("QS-2"));
    CHECK(other.status == Status::duplicate);
    CHECK(other.case_id == CaseId("QS-1"));
    CHECK_FALSE(room.memory.cases().contains(CaseId("QS-2")));
}

TEST_CASE("Intake: the same event twice in one batch, also under another subject, is accepted once") {
    FlowRoom room;
    room.tell(detected_text());
    room.tell(detected_text());
    room.tell(detected_text("QS-2"));
    room.settle_now();
    REQUIRE(room.answers.size() == 3);
    CHECK(std::count_if(room.answers.begin(), room.answers.end(),
                        [](const Answer& a) { return a.status == Status::accepted; }) == 1);
    CHECK(std::count_if(room.answers.begin(), room.answers.end(),
                        [](const Answer& a) { return a.status == Status::duplicate; }) == 2);
    CHECK(room.memory.cases().size() == 1);
}

TEST_CASE("Intake: whatever became of a case, every fact about it is accepted") {
    const std::pair<const char*, const char*> ends[] = {{"case.closed", R"({"by":"x"})"},
                                                        {"case.dismissed", R"({"by":"x","reason":"y"})"},
                                                        {"case.merged", R"({"by":"x","into":"QS-2"})"}};
    const std::pair<const char*, const char*> facts[] = {
        {"opinion.detected", R"({"title":"又一条"})"},
        {"case.assessed", R"({"by":"x","incident_grade":"major"})"},
        {"case.assigned", R"({"by":"x","lead_unit":"jyj"})"},
        {"case.returned", R"({"by":"x","reason":"y"})"},
        {"case.acknowledged", R"({"by":"x"})"},
        {"response.approved", R"({"by":"x"})"},
        {"response.published", R"({"by":"x","kind":"online_reply"})"},
        {"obligation.waived", R"({"by":"x","obligation":"nothing","reason":"y"})"},
        {"commitment.made", R"({"by":"x","commitment":"C1","text":"y","due":"2026-06-30T00:00:00Z"})"},
        {"commitment.kept", R"({"by":"x","commitment":"C2"})"},
        {"rating.received", R"({"score":1})"},
        {"case.muted", R"({"by":"x","until":"2026-06-02T00:00:00Z","reason":"y"})"},
        {"case.noted", R"({"by":"x","text":"y"})"},
        {"case.closed", R"({"by":"x"})"},
        {"case.reopened", R"({"by":"x","reason":"y"})"},
        {"case.dismissed", R"({"by":"x","reason":"y"})"},
        {"fact.withdrawn", R"({"by":"x","event_source":"a","event_id":"b","reason":"y"})"}};
    for (const auto& [end, end_data] : ends) {
        FlowRoom room;
        room.told(detected_text());
        room.told(detected_text("QS-2", "d2"));
        room.told(event_text(end, "end", 0ms, "QS-1", end_data));
        int n = 0;
        for (const auto& [type, data] : facts) {
            CAPTURE(end, type);
            const auto answer = room.told(event_text(type, "f" + std::to_string(n++), 0ms, "QS-1", data));
            CHECK(answer.status == Status::accepted);
        }
    }
}

TEST_CASE("Intake: without subject the case id is the date and a hash of source and id") {
    FlowRoom room;
    const auto answer = room.told(detected_text("", "d7"));
    REQUIRE(answer.case_id);
    CHECK_THAT(answer.case_id->value, Catch::StartsWith("20260601-"));
    CHECK(answer.case_id->value.size() == 9 + 12);
    CHECK(room.told(detected_text("", "d7")).status == Status::duplicate);
}

TEST_CASE("Intake: a matter_key joins the open case of that key, and opens a new one after it was closed") {
    FlowRoom room;
    const auto first = room.told(keyed("d1", "k")).case_id;
    CHECK(room.told(keyed("d2", "k")).case_id == first);
    CHECK(room.told(keyed("d3", "other")).case_id != first);
    room.told(event_text("case.closed", "c", 0ms, first->value, R"({"by":"x"})"));
    CHECK(room.told(keyed("d4", "k")).case_id != first);
    CHECK(room.told(keyed("d1", "k")).case_id == first);  // the event is known, whatever the key says now
}

TEST_CASE("Intake: a matter_key finds a reopened case again once the one opened meanwhile is closed") {
    FlowRoom room;
    const auto first = room.told(keyed("d1", "k")).case_id;
    room.told(event_text("case.closed", "c1", 1min, first->value, R"({"by":"x"})"));
    const auto second = room.told(keyed("d2", "k", 2min)).case_id;
    REQUIRE(second != first);
    room.told(event_text("case.reopened", "r1", 3min, first->value, R"({"by":"x","reason":"y"})"));
    room.told(event_text("case.closed", "c2", 4min, second->value, R"({"by":"x"})"));
    CHECK(room.told(keyed("d3", "k", 5min)).case_id == first);
    CHECK(room.memory.cases().size() == 2);
}

TEST_CASE("Intake: when the bounded history of a case lets a fact go, that is counted") {
    FlowRoom room;
    room.told(detected_text());
    for (int i = 0; i < 100; ++i) room.told(ack("a" + std::to_string(i), std::chrono::seconds(i)));
    CHECK(room.recorder.limits.empty());
    room.told(ack("late", -1s));
    CHECK(room.recorder.limits == std::vector<std::string>{"case_history"});
    room.told(ack("last", 100s));
    CHECK(room.recorder.limits.size() == 2);
}

TEST_CASE("Intake: detections of one new matter that come together open one case") {
    FlowRoom room;
    for (int i = 0; i < 10; ++i) room.tell(keyed("d" + std::to_string(i), "k"));
    room.settle_now();
    REQUIRE(room.answers.size() == 10);
    for (const auto& answer : room.answers) CHECK(answer.case_id == room.answers[0].case_id);
    CHECK(room.memory.cases().size() == 1);
}

TEST_CASE("Intake: a merge into itself or into nothing is invalid") {
    FlowRoom room;
    room.told(detected_text());
    for (const char* into : {"QS-1", "QS-404"}) {
        const auto answer = room.told(event_text("case.merged", std::string("m") + into, 0ms, "QS-1",
                                                 R"({"into":")" + std::string(into) + R"(","by":"x"})"));
        REQUIRE(answer.error);
        CHECK(answer.error->code == "invalid");
        CHECK(answer.error->path == "/data/into");
    }
    CHECK(room.view("QS-1").status == CaseStatus::open);
}

TEST_CASE("Intake: a rejected detection is told once per source and ten minutes") {
    FlowRoom room;
    const auto bad = [](const std::string& source) {
        return event_text("opinion.detected", "x", 0ms, "", R"({"summary":"y"})", source);
    };
    for (int i = 0; i < 20; ++i) room.told(bad("weibo"));
    CHECK(notices_told(room, "rejected") == 1);
    room.told(bad("douyin"));
    CHECK(notices_told(room, "rejected") == 2);
    room.clock.advance(9min + 59s);
    room.told(bad("weibo"));
    CHECK(notices_told(room, "rejected") == 2);
    room.clock.advance(2s);
    room.told(bad("weibo"));
    CHECK(notices_told(room, "rejected") == 3);
    CHECK(room.memory.rejects().size() == 23);
}

TEST_CASE(
    "Intake: a flood of invented sources is told a bounded number of times, and that limit is noticed") {
    FlowRoom room;
    for (int i = 0; i < 1100; ++i) {
        room.told(
            event_text("opinion.detected", "x", 0ms, "", R"({"summary":"y"})", "s" + std::to_string(i)));
    }
    CHECK(notices_told(room, "rejected") == 1024);
    CHECK(room.recorder.limits.size() == 76);
}

TEST_CASE("Intake: when the store is away the answer is retry, and the same again is accepted later") {
    for (const Ask ask : {Ask::commit, Ask::find_matter}) {
        FlowRoom room;
        room.script.fail(ask);
        const auto away = room.told(keyed("d1", "k"));
        CHECK(away.status == Status::retry);
        CHECK(away.retry_after == 1s);
        CHECK(away.id == "d1");
        CHECK(room.told(keyed("d1", "k")).status == Status::accepted);
        CHECK(room.intake.in_flight() == 0);
    }
}

TEST_CASE("Intake: a commit whose answer was lost is a duplicate when it is sent again") {
    FlowRoom room;
    room.script.lose_reply(Ask::commit);
    CHECK(room.told(detected_text()).status == Status::retry);
    CHECK(room.told(detected_text()).status == Status::duplicate);
}
TEST_CASE("Intake: a matter that another daemon opened meanwhile is joined") {
    FlowRoom room;
    room.store.before_commit = [&] {  // between the question and the commit
        auto transition = std::make_shared<Transition>(decide(
            room.office.rules(), {.id = CaseId("RIVAL"), .facts = {detected(0ms, {.matter_key = "k"})}}, t0));
        room.memory.commit(transition, [](Result<CommitOutcome>) {});
    };
    const auto answer = room.told(keyed("d1", "k"));
    CHECK(answer.status == Status::accepted);
    CHECK(answer.case_id == CaseId("RIVAL"));
    CHECK(room.memory.cases().size() == 1);
    CHECK(room.view("RIVAL").detected_at == t0);
}

TEST_CASE("Intake: what is told as history is recorded and rings nobody, and what comes after it rings") {
    FlowRoom room;
    room.clock.set(t0 + 30h);
    room.timekeeper.start();
    CHECK(room.told(as_history(detected_text())).status == Status::accepted);
    const auto& record = room.memory.cases().at(CaseId("QS-1"));
    CHECK(record.log.front().silent);
    CHECK(record.log.front().record.find(R"("history":true)") != std::string::npos);
    CHECK(room.fired().empty());
    CHECK(room.memory.messages().all().empty());
    room.run_for(18h);
    CHECK(room.fired() == Texts{"QS-1 response due-1h@2820m", "QS-1 response due@2880m"});
}

TEST_CASE("Intake: history and what is told live in one go are decided apart") {
    FlowRoom room;
    room.clock.set(t0 + 30h);
    room.tell(as_history(detected_text()));
    room.tell(event_text("case.noted", "n1", 30h, "QS-1", R"({"by":"x","text":"y"})"));
    room.tell(event_text("case.assessed", "s1", 30h, "QS-1", R"({"by":"x","incident_grade":"major"})"));
    room.settle_now();
    REQUIRE(room.answers.size() == 3);
    CHECK(room.fired() ==
          Texts{"QS-1 authoritative_release due#3@1800m", "QS-1 continuous_release.1 due@1800m"});
}

TEST_CASE("Intake: an event told live and as history is one event, whichever came first") {
    FlowRoom room;
    room.told(detected_text());
    const auto again = room.told(as_history(detected_text()));
    CHECK(again.status == Status::duplicate);
    CHECK_FALSE(again.differs);
}

TEST_CASE("Intake: a monitor may not tell history, and a refused detection of history rings nobody") {
    FlowRoom room;
    const auto refused = room.told(as_history(detected_text()), ClientRole::monitor);
    REQUIRE(refused.error);
    CHECK(refused.error->code == "forbidden");
    CHECK(refused.error->path == "/history");
    room.told(as_history(event_text("opinion.detected", "bad", 0ms, "QS-1", "{}")));
    CHECK(room.memory.rejects().size() == 2);
    CHECK(room.memory.messages().all().empty());
    for (const auto* no_mark : {R"("true")", "1", "null", "false"}) {
        auto told = detected_text("QS-9", no_mark[0] == '"' ? "text" : no_mark);
        told.insert(1, R"("history":)" + std::string(no_mark) + ",");
        CHECK(room.told(told, ClientRole::monitor).status == Status::accepted);
        CHECK_FALSE(room.memory.cases().at(CaseId("QS-9")).log.front().silent);
    }
}
