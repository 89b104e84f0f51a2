#include "mirror_room.hpp"

#include <set>

using namespace yuqing::test;

namespace {

using Texts = std::vector<std::string>;

/// A matter of 48 hours, told at t0, whose deadline is a minute away.
void run_to_deadline(MirrorRoom& at) {
    at.room.told(detected_text());
    at.room.run_for(48h - 1min);
    at.sender.sent.clear();
}

/// Another daemon commits something else about QS-1.
void note_besides(MirrorRoom& at) {
    const auto stored = at.room.memory.cases().at(CaseId("QS-1")).stored;
    const DecideInput noted{.before = stored.snapshot,
                            .version = stored.version,
                            .id = CaseId("QS-1"),
                            .facts = {fact(Noted{"a", "b"}, 1h)}};
    at.room.memory.commit(std::make_shared<Transition>(decide(at.room.office.rules(), noted, t0 + 47h)),
                          [](Result<CommitOutcome>) {});
}

std::size_t count(const Texts& texts, const std::string& text) {
    return static_cast<std::size_t>(std::count(texts.begin(), texts.end(), text));
}

}  // namespace

TEST_CASE("Mirror: what falls due while the store is away is told at its time, and recorded as of then") {
    MirrorRoom at;
    run_to_deadline(at);
    at.leave();
    at.room.run_for(61s);
    CHECK(at.mirror.standing_in());
    REQUIRE(count(at.sent(), "QS-1 due") == 1);
    const auto told = at.sender.sent.back();

    at.room.run_for(10min);
    at.come_back();
    at.room.run_for(10s);
    CHECK_FALSE(at.mirror.standing_in());
    CHECK(count(at.sent(), "QS-1 due") == 1);
    const auto& message = at.room.memory.messages().all().at(told.id);
    CHECK(message.state == DeliveryState::delivered);
    CHECK(message.attempts == 1);
    CHECK(count(at.room.fired(), "QS-1 response due@2880m") == 1);
}

TEST_CASE("Mirror: a store that hangs is away after a moment, one that refuses as well") {
    const bool hangs = GENERATE(true, false);
    MirrorRoom at;
    run_to_deadline(at);
    at.room.run_for(59s);
    if (hangs)
        at.hang();
    else
        at.refuse();
    at.room.run_for(2s);
    CHECK(at.mirror.standing_in());
    CHECK(count(at.sent(), "QS-1 due") == 1);
    at.come_back();
    at.room.run_for(10s);
    CHECK(count(at.sent(), "QS-1 due") == 1);
}

TEST_CASE("Mirror: a store that is slow for less than a moment decides by itself") {
    MirrorRoom at;
    run_to_deadline(at);
    at.hang();
    at.room.run_for(200ms);
    at.come_back();
    at.room.run_for(1min);
    CHECK_FALSE(at.mirror.standing_in());
    CHECK(count(at.sent(), "QS-1 due") == 1);
}

TEST_CASE("Mirror: a store that is slow now and then is back when it was well for a while, and not before") {
    MirrorRoom at;
    at.room.run_for(1s);
    at.slow_by = 500ms;
    at.room.run_for(2s);
    REQUIRE(at.mirror.standing_in());
    CHECK(at.changes == 1);
    for (int i = 0; i < 10; ++i) {
        for (const auto by : {140ms, 290ms, 20ms, 450ms}) {
            at.slow_by = by;
            at.room.run_for(600ms);
        }
    }
    CHECK(at.changes == 1);
    at.slow_by = 140ms;
    at.room.run_for(1500ms);
    CHECK(at.changes == 1);
    at.room.run_for(2s);
    CHECK(at.changes == 2);
    CHECK_FALSE(at.mirror.standing_in());
}

TEST_CASE("Mirror: what is answered through a slow store is not told as owed") {
    MirrorRoom at;
    run_to_deadline(at);
    at.slow_by = 500ms;
    at.room.run_for(5s);
    REQUIRE(at.mirror.standing_in());
    at.room.told(event_text(
        "response.published", "p1", 48h - 58s, "QS-1",
        R"({"kind":"online_reply","by":"a","approved_by":"b","approved_at":"2026-06-02T00:00:00Z"})"));
    at.room.run_for(2min);
    CHECK(at.mirror.standing_in());
    CHECK(count(at.sent(), "QS-1 due") == 0);
}

TEST_CASE("Mirror: what the slow store gives out itself goes once") {
    MirrorRoom at;
    run_to_deadline(at);
    at.slow_by = 500ms;
    at.room.run_for(5s);
    REQUIRE(at.mirror.standing_in());
    at.room.told(detected_text("QS-2", "d2", 48h - 55s));
    at.room.run_for(3min);
    CHECK(at.mirror.standing_in());
    const auto told = at.sent();
    CHECK(count(told, "QS-2 start") == 1);
    CHECK(std::set<std::string>(told.begin(), told.end()).size() == told.size());
    CHECK(count(told, "QS-1 due") == 1);
    const auto fired = at.room.fired();
    CHECK(std::set<std::string>(fired.begin(), fired.end()).size() == fired.size());
}

TEST_CASE("Mirror: each step of an outage is told in its turn, and the record has them all") {
    MirrorRoom at;
    at.room.told(detected_text());
    at.room.run_for(40h);
    at.sender.sent.clear();
    at.leave();
    at.room.run_for(10h);
    const auto told = at.sent();
    at.come_back();
    at.room.run_for(10s);
    CHECK(at.sent() == told);
    MirrorRoom undisturbed;
    undisturbed.room.told(detected_text());
    undisturbed.room.run_for(40h);
    undisturbed.sender.sent.clear();
    undisturbed.room.run_for(10h);
    CHECK(told == undisturbed.sent());
    undisturbed.room.run_for(10s);
    CHECK(at.room.fired() == undisturbed.room.fired());
}

TEST_CASE("Mirror: what is told while the store is away counts at once") {
    MirrorRoom at;
    run_to_deadline(at);
    at.leave();
    at.mirror.tell(entry_of(detected_text("QS-2", "d2", 48h - 1min)));  // before anybody stands in
    at.room.run_for(1s);
    CHECK(count(at.sent(), "QS-2 start") >= 1);
    at.mirror.tell(entry_of(event_text(
        "response.published", "p1", 48h - 59s, "QS-1",
        R"({"kind":"online_reply","by":"a","approved_by":"b","approved_at":"2026-06-02T00:00:00Z"})")));
    at.room.run_for(2min);
    CHECK(count(at.sent(), "QS-1 due") == 0);
    CHECK(count(at.sent(), "QS-1 fulfilled") == 0);  // a notice waits
}

TEST_CASE("Mirror: a store that is told again what it lost teaches nothing before it has everything") {
    MirrorRoom at;
    run_to_deadline(at);
    at.leave();
    at.room.run_for(1s);
    const ToldAgain again{t0 + 49h};
    const auto stored = at.room.memory.cases().at(CaseId("QS-1")).stored;
    const DecideInput told{.before = stored.snapshot,
                           .version = stored.version,
                           .id = CaseId("QS-1"),
                           .facts = {fact(Noted{"a", "b"}, 1h)},
                           .again = &again};
    at.mirror.committed(decide(at.room.office.rules(), told, t0 + 48h - 59s));
    at.room.run_for(2min);
    CHECK(count(at.sent(), "QS-1 due") == 1);
}

TEST_CASE("Mirror: of a case that nobody here knows nothing is said") {
    MirrorRoom at;
    at.leave();
    at.room.run_for(1s);
    at.mirror.tell(entry_of(event_text("case.closed", "c1", 0ms, "QS-9", R"({"by":"a"})")));
    at.room.run_for(1s);
    CHECK(at.sender.sent.empty());
}

TEST_CASE("Mirror: of what a first detection finds long past nothing is told: it may be an answered matter") {
    MirrorRoom at;
    at.room.run_for(60h);
    at.leave();
    at.room.run_for(1s);
    at.mirror.tell(entry_of(detected_text("QS-9", "d9", 0ms)));
    at.mirror.tell(entry_of(detected_text("QS-8", "d8", 60h - 5min)));
    at.room.run_for(1min);
    for (const auto& told : at.sent()) CHECK_FALSE(told.starts_with("QS-9"));
    CHECK(count(at.sent(), "QS-8 start") == 1);
}

TEST_CASE(
    "Mirror: a matter of long ago that is first told of while the store is away is told when it is due") {
    MirrorRoom at;
    at.room.run_for(48h - 1min);
    at.leave();
    at.room.run_for(1s);
    at.mirror.tell(entry_of(detected_text("QS-9", "d9", 0ms)));
    at.room.run_for(50s);
    CHECK(at.sent().empty());
    at.room.run_for(1min);
    CHECK(count(at.sent(), "QS-9 due") == 1);
}

TEST_CASE("Mirror: what is opened meanwhile has a bound") {
    MirrorRoom at({.channel = duty}, {.cases_max = 2});
    at.leave();
    at.room.run_for(1s);
    for (int i = 1; i < 6; ++i)
        at.mirror.tell(entry_of(detected_text("QS-" + std::to_string(i), "d" + std::to_string(i))));
    at.room.run_for(1s);
    CHECK(count(at.sent(), "QS-2 start") >= 1);
    CHECK(count(at.sent(), "QS-5 start") == 0);
    CHECK(std::count(at.room.recorder.limits.begin(), at.room.recorder.limits.end(), "mirror_cases") > 0);
}

TEST_CASE("Mirror: a message that was committed and not taken goes all the same") {
    MirrorRoom at;
    at.dispatcher.stop();
    at.room.told(detected_text());
    at.leave();
    at.room.run_for(1s);
    CHECK(count(at.sent(), "QS-1 start") >= 1);
}

TEST_CASE("Mirror: what was taken before its commit was heard of is not sent twice") {
    MirrorRoom at;
    at.room.told(detected_text());
    const auto told = at.sent();
    REQUIRE_FALSE(told.empty());
    Transition again;
    again.notifications = at.sender.sent;
    at.mirror.committed(again);
    at.leave();
    at.room.run_for(1s);
    CHECK(at.sent() == told);
    at.mirror.committed(again);
    at.room.run_for(1s);
    CHECK(at.sent() == told);
}

TEST_CASE("Mirror: an outage that returns before the store decided tells nothing twice") {
    MirrorRoom at;
    run_to_deadline(at);
    at.leave();
    at.room.run_for(61s);
    REQUIRE(count(at.sent(), "QS-1 due") == 1);
    at.mirror.store_is(true);  // and nothing is claimed before it goes again
    at.mirror.store_is(false);
    at.room.run_for(5s);
    CHECK(count(at.sent(), "QS-1 due") == 1);
}

TEST_CASE("Mirror: a commit that failed or lost a race is decided again as of the instant that was told") {
    const bool raced = GENERATE(true, false);
    MirrorRoom at;
    run_to_deadline(at);
    at.leave();
    at.room.run_for(10min);
    at.come_back();
    if (raced)
        at.room.store.before_commit = [&at] { note_besides(at); };
    else
        at.room.script.fail(Ask::commit);
    at.room.run_for(10s);
    CHECK(count(at.room.fired(), "QS-1 response due@2880m") == 1);
}

TEST_CASE("Mirror: what fired meanwhile is forgotten when nobody asked for it in time") {
    MirrorRoom at;
    run_to_deadline(at);
    at.leave();
    at.room.run_for(2min);
    const CaseId id("QS-1");
    REQUIRE(at.mirror.decided_meanwhile(id));
    at.room.timekeeper.stop();  // it asks for nothing
    at.come_back();
    at.room.run_for(1s);
    at.leave();
    at.room.run_for(20min);
    CHECK(at.mirror.decided_meanwhile(id));
    at.come_back();
    at.room.run_for(9min);
    CHECK(at.mirror.decided_meanwhile(id));
    at.room.run_for(2min);
    CHECK_FALSE(at.mirror.decided_meanwhile(id));
}

TEST_CASE("Mirror: copies follow the store, whoever writes to it") {
    MirrorRoom at;
    at.room.told(detected_text());
    at.room.run_for(1s);
    CHECK(at.mirror.cases() == 1);
    CaseDesk other(at.room.memory, at.room.clock, at.room.rules, at.room.recorder, [](const std::string&) {
        return Result<Policy>(Error{"invalid", "", ""});
    });
    Intake door(at.room.memory, at.room.clock, at.room.rules, other, at.room.recorder);
    door.submit(detected_text("QS-2", "d2"), {"test", "", ClientRole::supervisor}, [](const Answer&) {});
    at.room.run_for(1s);
    CHECK(at.mirror.cases() == 2);
}

TEST_CASE("Mirror: more cases than it may keep are counted as a limit") {
    MirrorRoom at({.channel = duty}, {.cases_max = 2, .page_max = 2});
    for (int i = 1; i < 6; ++i)
        at.room.told(detected_text("QS-" + std::to_string(i), "d" + std::to_string(i)));
    at.room.run_for(2s);
    CHECK(at.mirror.cases() == 2);
    CHECK(std::count(at.room.recorder.limits.begin(), at.room.recorder.limits.end(), "mirror_cases") > 0);
}

TEST_CASE("Mirror: channels that change while it stands in are served at once, and what waits goes on") {
    const ChannelId other("other");
    MirrorRoom at;
    run_to_deadline(at);
    at.sender.answer_at_once = false;
    at.leave();
    at.room.run_for(61s);
    REQUIRE(count(at.sent(), "QS-1 due") == 1);

    at.mirror.serve({{.channel = duty, .fallback = other}, {.channel = other}});
    at.sender.answer({.kind = Kind::retry, .error = "under way by what it was"});
    at.room.run_for(2min);
    REQUIRE(at.sender.waiting.size() == 1);
    CHECK(at.sender.sent.back().channel == duty);
    at.sender.answer({.kind = Kind::permanent, .error = "there is no such channel any more"});
    at.room.run_for(1s);
    CHECK(at.sender.sent.back().channel == other);
    CHECK(at.sent().back() == "QS-1 due");
    at.sender.answer({.kind = Kind::delivered});
    at.room.run_for(10min);
    CHECK(at.sender.waiting.empty());
    CHECK(count(at.sent(), "QS-1 due") == 3);
}
