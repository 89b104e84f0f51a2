// A store that lost something is told it again: the same cases with the same due times, and nobody hears
// of half a case.
#include "journal_room.hpp"

using namespace alert;
using namespace yuqing::test;

namespace {

std::string note(const std::string& id, const std::string& event_id = "n1") {
    return event_text("case.noted", event_id, 0ms, id, R"({"by":"张三","text":"补充"})");
}

std::string answer_to(const std::string& id, Duration after) {
    return event_text("response.published", "p-" + id, after, id,
                      R"({"kind":"online_reply","by":"张三","approved_by":"王五","approved_at":")" +
                          format_rfc3339(t0, Zone::utc()) + "\"}");
}

/// Two days of an office: one matter answered and closed, one that nobody answered.
JournalRoom& a_past(JournalRoom& room) {
    room.store_up();
    room.told(detected_text("QS-1", "d1"));
    room.told(detected_text("QS-2", "d2"));
    room.run_for(1h);
    room.told(answer_to("QS-1", 1h));
    room.told(event_text("case.acknowledged", "a1", 1h, "QS-1", R"({"by":"张三"})"));
    room.told(event_text("case.closed", "c1", 1h, "QS-1", R"({"by":"张三"})"));
    room.run_for(49h);
    return room;
}

std::map<std::string, TimePoint> dues(const JournalRoom& room, const std::string& id) {
    std::map<std::string, TimePoint> due;
    for (const auto& o : room.view(id).obligations) due[o.id] = o.due;
    return due;
}

}  // namespace

TEST_CASE("Telling again: an empty store gets every case back, with the same facts, times and due times") {
    JournalRoom before;
    a_past(before);
    JournalRoom after({}, before.journal.entries, {}, 50h);
    after.store_up();
    after.run_for(2s);
    CHECK_FALSE(after.keeper->behind());
    CHECK(after.losses == 1);
    CHECK(after.keeper->progress().told == 5);
    CHECK(after.keeper->progress().missing == 5);
    for (const auto* id : {"QS-1", "QS-2"}) {
        INFO(id);
        CHECK(dues(after, id) == dues(before, id));
        CHECK(after.view(id).status == before.view(id).status);
        std::vector<std::pair<TimePoint, std::string>> facts, were;
        const auto collect = [&](const JournalRoom& room, auto& to) {
            for (const auto& entry : room.memory.cases().at(CaseId(id)).log)
                if (entry.kind == LogKind::fact) to.emplace_back(entry.at, entry.record);
        };
        collect(after, facts);
        collect(before, were);
        CHECK(facts == were);
    }
}

TEST_CASE("Telling again: only the latest step of what is still owed rings, under the id it had") {
    JournalRoom before;
    a_past(before);
    JournalRoom after({}, before.journal.entries, {}, 50h);
    after.store_up();
    after.run_for(2s);
    std::map<std::string, int> rang;  // by case and obligation
    for (const auto& [id, message] : after.memory.messages().all()) {
        const auto& n = message.notification;
        REQUIRE(n.step);  // no notice: those were told at that time
        CHECK(n.matter->id == CaseId("QS-2"));
        CHECK(before.memory.messages().all().contains(id));
        ++rang[n.obligation->id + " " + n.channel.value];
    }
    CHECK_FALSE(rang.empty());
    for (const auto& [what, times] : rang) {
        INFO(what);
        CHECK(times == 1);
    }
}

TEST_CASE(
    "Telling again: a case opens under its own policy though only the store has that, whatever is in force") {
    JournalRoom before;
    before.store_up();
    before.told(detected_text());
    auto entries = before.journal.entries;
    entries.front().policy = PolicyHash("00000000deadbeef");
    JournalRoom after({}, entries);
    after.memory.keep_policy(PolicyHash("00000000deadbeef"), "the policy", [](const auto&) {});
    after.store_up();
    after.run_for(2s);
    CHECK(after.memory.cases().at(CaseId("QS-1")).stored.snapshot.policy == PolicyHash("00000000deadbeef"));
    CHECK_THAT(after.recorder.limits, !Catch::VectorContains(std::string("policy_lost")));
}

TEST_CASE("Telling again: a case whose policy is nowhere goes by the one in force, and that is told once") {
    JournalRoom before;
    before.store_up();
    before.told(detected_text());
    before.told(note("QS-1"));
    auto entries = before.journal.entries;
    for (auto& entry : entries) entry.policy = PolicyHash("00000000deadbeef");
    JournalRoom after({}, entries);
    std::vector<std::string> lost;
    after.desk.on_policy_lost = [&](const CaseId& id, const PolicyHash& hash) {
        lost.push_back(id.value + " " + hash.value);
    };
    after.store_up();
    after.run_for(2s);
    CHECK(dues(after, "QS-1") == dues(before, "QS-1"));
    CHECK(lost == std::vector<std::string>{"QS-1 00000000deadbeef"});
    CHECK_THAT(after.recorder.limits, Catch::VectorContains(std::string("policy_lost")));
}

TEST_CASE("Telling again: a case is not opened by another policy because the store could not be asked") {
    JournalRoom before;
    before.store_up();
    before.told(detected_text());
    auto entries = before.journal.entries;
    entries.front().policy = PolicyHash("00000000deadbeef");
    JournalRoom after({}, entries);
    after.memory.keep_policy(PolicyHash("00000000deadbeef"), "the policy", [](const auto&) {});
    after.script.fail(Ask::load_policy, 2);
    after.store_up();
    after.run_for(5s);
    CHECK(after.memory.cases().at(CaseId("QS-1")).stored.snapshot.policy == PolicyHash("00000000deadbeef"));
}

TEST_CASE("Telling again: a store that is put back is told what came after its mark, and no more") {
    JournalRoom before;
    a_past(before);
    JournalRoom after({}, before.journal.entries, {{"paper", 3}}, 50h);
    // What the older store has: the first three.
    JournalRoom* const room = &after;
    for (std::size_t i = 0; i < 3; ++i)
        room->intake.tell_again(before.journal.entries[i], [](const Answer&) {});
    room->settle_now();
    room->store_up();
    room->run_for(2s);
    CHECK(room->keeper->progress().told == 2);
    CHECK(room->view("QS-1").status == CaseStatus::closed);
}

TEST_CASE("Telling again: a mark that went back while all seemed well is noticed within a moment") {
    JournalRoom room;
    room.store_up();
    room.told(detected_text());
    room.run_for(1s);
    room.forget_marks();
    room.run_for(300ms);
    CHECK(room.keeper->behind());
    CHECK(room.losses == 1);
    CHECK(room.told(note("QS-1")).degraded);
    room.run_for(2s);
    CHECK_FALSE(room.keeper->behind());
    CHECK(room.memory.cases().at(CaseId("QS-1")).log.back().kind == LogKind::fact);
    CHECK(room.marks.marks.at("paper") == 2);
}

TEST_CASE("Telling again: a case that is not there is not refused before the store's mark was looked at") {
    JournalRoom before;
    before.store_up();
    before.told(detected_text());
    // The store is another one by now, and nobody has noticed yet.
    JournalRoom room({}, {}, {{"paper", 0}});
    room.store_up();
    room.journal.inherit(before.journal.entries);
    room.forget_marks();
    const auto answer = room.told(note("QS-1"));
    CHECK(answer.status == Answer::Status::accepted);
    CHECK(answer.degraded);
    room.run_for(2s);
    CHECK(room.view("QS-1").status == CaseStatus::open);
    CHECK(room.memory.rejects().empty());
}

TEST_CASE("Telling again: until it is done nothing of a case rings, and then it does at once") {
    JournalRoom before;
    a_past(before);
    JournalRoom after({}, before.journal.entries, {}, 50h);
    after.marks.others_telling = true;  // their journals hold the rest
    after.store_up();
    after.run_for(30s);
    CHECK(after.keeper->behind());
    CHECK(after.marks.told_of_telling);
    CHECK(after.memory.cases().size() == 2);
    CHECK(after.memory.messages().all().empty());
    after.marks.others_telling = false;
    after.run_for(2s);
    CHECK_FALSE(after.keeper->behind());
    CHECK_FALSE(after.memory.messages().all().empty());
}

TEST_CASE("Telling again: others who never end are not waited for longer than five minutes") {
    JournalRoom before;
    a_past(before);
    JournalRoom after({}, before.journal.entries, {}, 50h);
    after.marks.others_telling = true;
    after.store_up();
    after.run_for(5min + 2s);
    CHECK_FALSE(after.keeper->behind());
}

TEST_CASE("Telling again: a store that goes away meanwhile is told the rest when it is back") {
    JournalRoom before;
    a_past(before);
    JournalRoom after({}, before.journal.entries, {}, 50h);
    after.script.fail(Ask::commit, 2);
    after.keeper->store_is(true);
    after.keeper->store_is(false);
    after.settle_now();
    CHECK(after.keeper->behind());
    after.store_up();
    after.run_for(5s);
    CHECK_FALSE(after.keeper->behind());
    CHECK(after.view("QS-1").status == CaseStatus::closed);
    CHECK(after.memory.cases().size() == 2);
}

TEST_CASE("Telling again: what cannot be told for long is refused aloud and keeps nothing else waiting") {
    JournalRoom before;
    a_past(before);
    JournalRoom after({}, before.journal.entries, {}, 50h);
    after.script.fail(Ask::commit, 1000);
    after.store_up();
    after.run_for(20s);
    CHECK_FALSE(after.keeper->behind());
    CHECK(after.keeper->progress().refused == 5);
    CHECK(after.memory.rejects().size() == 5);
}

TEST_CASE("Telling again: damaged lines are counted and named, the rest is told") {
    JournalRoom before;
    a_past(before);
    JournalRoom after({}, before.journal.entries, {}, 50h);
    after.journal.damaged = true;
    after.store_up();
    after.run_for(2s);
    CHECK(after.memory.cases().size() == 2);
    CHECK(after.keeper->progress().damaged > 0);
    CHECK_THAT(after.recorder.troubles, Catch::VectorContains(std::string("journal paper:7")));
    CHECK_THAT(after.recorder.limits, Catch::VectorContains(std::string("journal_damaged")));
}

TEST_CASE("Telling again: a journal older than the store's mark goes on behind it") {
    JournalRoom room({}, {}, {{"paper", 40}});
    CHECK(room.told(detected_text()).degraded);
    room.store_up();
    room.run_for(1s);
    CHECK(room.memory.cases().contains(CaseId("QS-1")));
    CHECK_FALSE(room.keeper->behind());
    room.told(note("QS-1"));
    CHECK(room.journal.entries.back().sequence == 41);
    room.run_for(1s);
    CHECK(room.marks.marks.at("paper") == 41);
}

TEST_CASE("Telling again: ordered by hand it changes nothing and rings nobody") {
    JournalRoom room;
    a_past(room);
    const auto messages = room.memory.messages().all().size();
    const auto log = room.memory.cases().at(CaseId("QS-1")).log.size();
    CHECK(room.keeper->replay() == ReplayBegins::now);
    room.run_for(2s);
    CHECK_FALSE(room.keeper->behind());
    CHECK(room.keeper->progress().told == 5);
    CHECK(room.keeper->progress().missing == 0);
    CHECK(room.memory.messages().all().size() == messages);
    CHECK(room.memory.cases().at(CaseId("QS-1")).log.size() == log);
}

TEST_CASE(
    "Telling again: ordered while the store is away it begins when that is back, and goes on to its end") {
    JournalRoom room;
    a_past(room);
    room.keeper->store_is(false);
    CHECK(room.keeper->replay() == ReplayBegins::when_store_is_back);
    room.run_for(2s);
    CHECK(room.keeper->behind());
    const auto tell = std::exchange(room.keeper->tell, [](const auto&, const auto&) {});
    room.store_up();
    REQUIRE(room.keeper->progress().telling);
    room.keeper->store_is(false);  // once more, before it was told
    room.keeper->tell = tell;
    room.store_up();
    room.run_for(2s);
    CHECK_FALSE(room.keeper->behind());
    CHECK(room.keeper->progress().told == 5);
    room.keeper->store_is(false);
    room.store_up();
    room.run_for(2s);
    CHECK(room.keeper->progress().told == 0);  // the order is done
}

TEST_CASE("Telling again: too much that comes meanwhile is asked to come later") {
    JournalRoom room;
    room.store_up();
    room.told(detected_text());
    room.run_for(1s);
    room.forget_marks();
    room.run_for(300ms);
    REQUIRE(room.keeper->behind());
    Answer last;
    for (int i = 0; i < 10'001; ++i)
        room.intake.submit(note("QS-1", "n" + std::to_string(i)), {"test", "", ClientRole::supervisor},
                           [&](const Answer& answer) { last = answer; });
    CHECK(last.status == Answer::Status::retry);
    CHECK_THAT(room.recorder.limits, Catch::VectorContains(std::string("journal_backlog")));
}

TEST_CASE("Telling again: a case opens again under the policy that was in force then") {
    JournalRoom before;
    a_past(before);
    JournalRoom after({}, before.journal.entries, {}, 50h);
    auto newer = std::make_shared<Policy>(after.office.policy);
    newer->hash = PolicyHash("ffffffffffffffff");
    newer->obligations.at("response").due = Period{.fixed = 24h};
    after.rules.swap({newer, std::make_shared<Directory>(after.office.directory),
                      std::make_shared<Roster>(after.office.roster),
                      std::make_shared<Calendar>(after.office.calendar), after.office.zone});
    after.store_up();
    after.run_for(2s);
    CHECK(after.memory.cases().at(CaseId("QS-2")).stored.snapshot.policy == before.office.policy.hash);
    CHECK(dues(after, "QS-2") == dues(before, "QS-2"));
    CHECK(after.told(detected_text("QS-7", "d7")).obligations.at(0).due == t0 + 24h);
}

TEST_CASE("Telling again: history rings nobody the second time either, and what fell due since does") {
    const auto history = [](std::string text) {
        text.insert(1, R"("history":true,)");
        return text;
    };
    JournalRoom before;
    before.store_up();
    before.clock.advance(400h);
    before.told(history(detected_text("QS-OLD", "d1")));
    before.told(history(detected_text("QS-LATELY", "d2", 400h - 47h)));
    REQUIRE(before.journal.entries.size() == 2);
    CHECK(before.journal.entries[0].silent);
    before.run_for(2h);
    const auto rang = before.memory.messages().all();

    JournalRoom after({}, before.journal.entries, {}, 402h);
    after.store_up();
    after.run_for(2s);
    CHECK_FALSE(after.memory.messages().all().empty());
    for (const auto& [id, message] : after.memory.messages().all()) {
        CHECK(message.notification.matter->id == CaseId("QS-LATELY"));
        CHECK(rang.contains(id));
    }
}
