// Two daemons run with copies of one journal, and with it one mark: each tells the store all that it took,
// and one of them takes a new id.
#include "journal_room.hpp"

using namespace alert;
using namespace yuqing::test;

TEST_CASE(
    "Copied journal: what another daemon's copy of the journal has told is not taken for what this one "
    "told") {
    JournalRoom before;
    before.store_up();
    before.told(detected_text("QS-1", "d1"));
    before.run_for(1s);
    before.keeper->store_is(false);
    CHECK(before.told(detected_text("QS-2", "d2")).degraded);
    CHECK(before.told(detected_text("QS-3", "d3")).degraded);
    const auto told = before.journal.told_up_to;
    REQUIRE(told == 1U);
    for (const std::uint64_t moved_to : {2U, 3U, 50U}) {  // by the copy, while this one was dead
        CAPTURE(moved_to);
        JournalRoom again({}, before.journal.entries, {{"paper", moved_to}});
        again.journal.told_up_to = told;
        again.store_up();
        again.run_for(1s);
        CHECK(again.memory.cases().contains(CaseId("QS-2")));
        CHECK(again.memory.cases().contains(CaseId("QS-3")));
        CHECK(again.losses == 0);
    }
}

TEST_CASE("Copied journal: whose mark another claims takes an id of its own, and lost nothing") {
    const std::uint64_t moved_to = GENERATE(1U, 2U, 40U);
    CAPTURE(moved_to);
    JournalRoom room;
    room.store_up();
    room.told(detected_text("QS-1", "d1"));
    room.run_for(1s);
    room.copy_claims(moved_to);
    room.run_for(1s);
    CHECK(room.journal.name == "paper-copy");
    CHECK_FALSE(room.keeper->behind());
    CHECK(room.losses == 0);
    CHECK(room.keeper->progress().told == 0);
    CHECK(room.marks.marks["paper-copy"] == 1);
    CHECK(room.marks.marks["paper"] == moved_to);
    CHECK(room.told(detected_text("QS-2", "d2")).status == Answer::Status::accepted);
    room.copy_claims(50);
    room.run_for(1s);
    CHECK(room.journal.name == "paper-copy");
    CHECK(room.marks.marks["paper-copy"] == 2);
    CHECK_THAT(room.recorder.troubles, Catch::VectorContains(std::string("journal_copy")));
}

TEST_CASE("Copied journal: whose mark another claims in the midst of it tells the rest under its new id") {
    JournalRoom before;
    before.store_up();
    before.told(detected_text("QS-1", "d1"));
    before.told(detected_text("QS-2", "d2"));
    JournalRoom room({}, before.journal.entries, {{"paper", 2}});
    room.journal.told_up_to = 2;
    room.store_up();
    room.run_for(1s);
    REQUIRE(room.memory.cases().empty());
    room.forget_marks();
    const auto tell = std::exchange(room.keeper->tell, [](const auto&, const auto&) {});
    room.run_for(300ms);
    REQUIRE(room.losses == 1);
    room.copy_claims(40);
    room.keeper->tell = tell;
    room.run_for(3s);
    CHECK(room.journal.name == "paper-copy");
    CHECK_FALSE(room.keeper->behind());
    CHECK(room.keeper->progress().lost);
    CHECK(room.memory.cases().size() == 2);
    CHECK(room.marks.marks["paper-copy"] == 2);
}

TEST_CASE("Copied journal: a mark that went back is a loss, whoever its owner was then, and keeps the id") {
    JournalRoom room;
    room.store_up();
    room.told(detected_text("QS-1", "d1"));
    room.run_for(1s);
    room.copy_claims(0);
    room.run_for(2s);
    CHECK(room.journal.name == "paper");
    CHECK(room.losses == 1);
    CHECK(room.keeper->progress().told == 1);
    CHECK(room.marks.marks["paper"] == 1);
}

TEST_CASE("Copied journal: a move whose answer was lost is no other daemon's") {
    JournalRoom room;
    room.store_up();
    room.told(detected_text("QS-1", "d1"));
    room.marks.away = true;  // it does what it is told, and its answers come to nothing
    room.run_for(1s);
    REQUIRE(room.marks.marks["paper"] == 1);
    room.marks.away = false;
    SECTION("on the same connection") {}
    SECTION("on another") {
        room.keeper->store_is(false);
        room.store_up();
    }
    room.run_for(1s);
    CHECK(room.journal.name == "paper");
    CHECK(room.losses == 0);
    CHECK_FALSE(room.keeper->behind());
}

TEST_CASE("Copied journal: who cannot write a new id claims the old one back") {
    JournalRoom room;
    room.store_up();
    room.told(detected_text("QS-1", "d1"));
    room.run_for(1s);
    room.journal.broken = true;
    room.copy_claims(3);
    room.run_for(1s);
    CHECK(room.journal.name == "paper");
    CHECK(room.marks.owners["paper"] == PaperMarks::Owner::we);
    CHECK(room.losses == 0);
    CHECK_FALSE(room.keeper->behind());
}

TEST_CASE("Copied journal: a store that went away before the new id had a mark is told everything") {
    JournalRoom room;
    room.store_up();
    room.told(detected_text("QS-1", "d1"));
    room.run_for(1s);
    room.copy_claims(9);
    room.keeper->confirm([&] { room.keeper->store_is(false); });
    room.settle_now();
    REQUIRE(room.keeper->behind());
    room.store_up();
    room.run_for(2s);
    CHECK(room.journal.name == "paper-copy");
    CHECK(room.losses == 1);
    CHECK(room.keeper->progress().told == 1);
}
