// With a journal: what is accepted is written before it is answered, and what comes while the store is
// away, or does not have everything, is written first.
#include "journal_room.hpp"

using namespace alert;
using namespace yuqing::test;

namespace {

std::string note(const std::string& id, const std::string& event_id = "n1") {
    return event_text("case.noted", event_id, 0ms, id, R"({"by":"张三","text":"补充"})");
}

}  // namespace

TEST_CASE("Journal: what is accepted is in it as it was told, with when it was recorded and by whom") {
    JournalRoom room;
    room.store_up();
    CHECK(room.told(detected_text()).status == Answer::Status::accepted);
    REQUIRE(room.journal.entries.size() == 1);
    const auto& entry = room.journal.entries[0];
    CHECK(entry.sequence == 1);
    CHECK(entry.recorded_at == room.memory.cases().at(CaseId("QS-1")).log[0].at);
    CHECK(entry.event == room.memory.cases().at(CaseId("QS-1")).log[0].record);
    CHECK(entry.via.door == "test");
    CHECK(entry.via.role == ClientRole::supervisor);
    CHECK_FALSE(entry.degraded);
}

TEST_CASE("Journal: what is rejected is not in it, and a duplicate is written once") {
    JournalRoom room;
    room.store_up();
    CHECK(room.told(note("QS-9")).status == Answer::Status::rejected);
    CHECK(room.told("{").status == Answer::Status::rejected);
    CHECK(room.journal.entries.empty());
    room.told(detected_text());
    CHECK(room.told(detected_text()).status == Answer::Status::duplicate);
    CHECK(room.journal.entries.size() == 1);

    // A daemon that knows nothing of it makes sure.
    JournalRoom other({}, {}, {{"paper", 0}});
    other.store_up();
    other.journal.broken = true;
    CHECK(other.told(detected_text()).status == Answer::Status::retry);
    other.journal.broken = false;
    CHECK(other.told(detected_text()).status == Answer::Status::duplicate);
    CHECK(other.told(detected_text()).status == Answer::Status::duplicate);
    CHECK(other.journal.entries.size() == 1);
}

TEST_CASE("Journal: one that cannot be written makes answers retry, or not, as it is configured") {
    for (const bool answer_unwritten : {false, true}) {
        JournalRoom room({.answer_unwritten = answer_unwritten});
        room.store_up();
        room.journal.broken = true;
        const auto status = room.told(detected_text()).status;
        CHECK(status == (answer_unwritten ? Answer::Status::accepted : Answer::Status::retry));
        CHECK(room.memory.cases().contains(CaseId("QS-1")));  // its clocks run all the same
    }
}

TEST_CASE(
    "Journal: without the store an event is accepted into it, degraded, and told when the store is back") {
    JournalRoom room;
    auto answer = room.told(detected_text());
    CHECK(answer.status == Answer::Status::accepted);
    CHECK(answer.degraded);
    CHECK(answer.case_id == CaseId("QS-1"));
    CHECK(answer.obligations.empty());
    CHECK(room.told(detected_text()).degraded);  // told twice
    CHECK(room.journal.entries.size() == 1);
    CHECK(room.journal.entries[0].degraded);
    CHECK(room.told("{").status == Answer::Status::rejected);
    CHECK(room.told(detected_text("QS-2", "d2", 6min)).status == Answer::Status::rejected);  // the future
    CHECK(room.memory.cases().empty());

    room.run_for(10min);
    room.store_up();
    REQUIRE(room.memory.cases().contains(CaseId("QS-1")));
    CHECK(room.memory.cases().at(CaseId("QS-1")).log[0].at == t0);  // recorded when it was answered
    CHECK_FALSE(room.keeper->behind());
    CHECK(room.losses == 0);
    CHECK(room.told(note("QS-1")).status == Answer::Status::accepted);
    CHECK_FALSE(room.answers.back().degraded);
}

TEST_CASE("Journal: without the store an id that comes with other content is a duplicate that differs") {
    JournalRoom room;
    CHECK(room.told(note("QS-1")).status == Answer::Status::accepted);
    CHECK(room.told(note("QS-1")).status == Answer::Status::accepted);
    const auto other = room.told(note("QS-2"));
    CHECK(other.status == Answer::Status::duplicate);
    CHECK(other.differs);
    CHECK_FALSE(other.degraded);
    CHECK(room.journal.entries.size() == 1);

    JournalRoom well;  // what was written while the store was there counts as well
    well.store_up();
    well.told(detected_text());
    well.keeper->store_is(false);
    CHECK(well.told(detected_text("QS-1", "d1", 1ms)).differs);
}

TEST_CASE("Journal: another event whose name hashes to the same 64 bits is not taken for the one before") {
    JournalRoom room;
    const auto told = [&](const std::string& id, const std::string& source) {
        return room.told(event_text("opinion.detected", id, 0ms, "", R"({"title":"低保发放"})", source))
            .status;
    };
    // std::hash of source, line feed, id was the same for these two.
    CHECK(told("0000000000003885---^7;e}KFj", "evil") == Answer::Status::accepted);
    CHECK(told("20260612-001", "monitor/weibo") == Answer::Status::accepted);
    CHECK(room.journal.entries.size() == 2);
}

TEST_CASE("Journal: what was refused for good is written again when it is told again without the store") {
    JournalRoom room;
    CHECK(room.told(note("QS-9")).degraded);
    room.store_up();
    room.run_for(20s);
    REQUIRE_FALSE(room.keeper->behind());
    room.keeper->store_is(false);
    CHECK(room.told(note("QS-9")).degraded);
    CHECK(room.journal.entries.size() == 2);
    room.told(detected_text("QS-9"));
    room.store_up();
    room.run_for(20s);
    CHECK(room.memory.cases().at(CaseId("QS-9")).log.size() >= 2);
}

TEST_CASE(
    "Journal: of a detection without a subject the case is named as it will be, unless a matter decides") {
    JournalRoom room;
    const auto named = room.told(detected_text("")).case_id;
    CHECK_FALSE(room.told(detected_text("", "d2", 0ms, R"(,"matter_key":"k")")).case_id);
    room.store_up();
    REQUIRE(named);
    CHECK(room.memory.cases().contains(*named));
    CHECK(room.memory.cases().size() == 2);
}

TEST_CASE("Journal: with `redis_away: retry` nothing is taken in without the store") {
    JournalRoom room({.accept_while_away = false});
    CHECK(room.told(detected_text()).status == Answer::Status::retry);
    CHECK(room.journal.entries.empty());
    room.store_up();
    CHECK(room.told(detected_text()).status == Answer::Status::accepted);
}

TEST_CASE("Journal: an event whose store went away under it is accepted into it") {
    JournalRoom room;
    room.store_up();
    room.script.lose_reply(Ask::commit);
    room.tell(detected_text());
    room.keeper->store_is(false);
    room.settle_now();
    REQUIRE(room.answers.size() == 1);
    CHECK(room.answers[0].degraded);
    room.store_up();
    CHECK(room.memory.cases().at(CaseId("QS-1")).log.front().kind == LogKind::fact);
    CHECK(room.memory.cases().at(CaseId("QS-1")).stored.snapshot.facts.detections == 1);
}

TEST_CASE("Journal: what was accepted without the store and is then refused is kept, and people hear of it") {
    JournalRoom room;
    CHECK(room.told(note("QS-9")).degraded);
    CHECK(room.told(event_text("case.merged", "m1", 0ms, "QS-9", R"({"into":"QS-8","by":"张三"})")).degraded);
    room.store_up();
    CHECK(room.keeper->behind());  // their case may yet be told of
    room.run_for(7s);
    REQUIRE(room.memory.rejects().size() == 2);
    const auto reasons = room.told_reasons();
    REQUIRE_FALSE(reasons.empty());
    CHECK(std::all_of(reasons.begin(), reasons.end(), [](const auto& r) { return r == "attention"; }));
    CHECK_THAT(room.memory.messages().all().begin()->second.notification.detail,
               Catch::Contains("此前已答复接收"));
    CHECK_FALSE(room.keeper->behind());
    CHECK(room.keeper->progress().refused == 2);
}

TEST_CASE("Journal: what came before the detection that was asked for again counts when that has come") {
    JournalRoom room;
    CHECK(room.told(note("QS-1")).degraded);  // of both, the detection was answered `retry`
    room.store_up();
    room.run_for(2s);
    CHECK(room.keeper->behind());
    CHECK(room.told(detected_text()).degraded);  // at once: the door stays open for it
    room.run_for(2s);
    CHECK_FALSE(room.keeper->behind());
    CHECK(room.memory.rejects().empty());
    CHECK(room.memory.cases().at(CaseId("QS-1")).log.size() >= 2);
    CHECK(room.keeper->progress().refused == 0);
}

TEST_CASE("Journal: the store's mark follows what is written") {
    JournalRoom room;
    room.store_up();
    CHECK(room.marks.marks.at("paper") == 0);
    room.told(detected_text());
    room.told(note("QS-1"));
    room.run_for(1s);
    CHECK(room.marks.marks.at("paper") == 2);
    CHECK(room.journal.told_up_to == 2);
}

TEST_CASE("Journal: one that cannot be opened keeps events waiting until it can") {
    JournalRoom room;
    room.journal.name.clear();
    room.journal.broken = true;
    room.store_up();
    CHECK(room.told(detected_text()).status == Answer::Status::retry);
    room.journal.name = "paper";
    room.journal.broken = false;
    room.run_for(1s);
    CHECK_FALSE(room.keeper->behind());
    CHECK(room.told(detected_text()).status == Answer::Status::accepted);
}
