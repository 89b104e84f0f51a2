// Cases leave for the archive, are there all the same, and come back when something new is told of them.
#include "support/flow_room.hpp"

#include "alert/flow/archived_cases.hpp"
#include "alert/flow/archiver.hpp"
#include "alert/memory/memory_case_archive.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

/// A room whose desk sees the store through the archive.
struct ArchiveRoom : FlowRoom {
    MemoryCaseArchive archive{memory};
    MemoryShelf shelf{memory};
    ArchivedCases cases{store, archive, &shelf, recorder};
    CaseDesk clerk{cases, clock, rules, recorder, [](const auto&) { return Error{"invalid", "", ""}; },
                   {},    key};
    Intake door{cases, clock, rules, clerk, recorder};
    Archiver archiver{archive, shelf, clock, recorder, Zone::utc()};
    std::vector<Archiver::Run> runs;
    ArchiveRules archive_rules;

    Answer tells(const std::string& bytes) {
        std::vector<Answer> told_now;
        door.submit(bytes, {"test", "", ClientRole::supervisor},
                    [&](Answer answer) { told_now.push_back(std::move(answer)); });
        settle_now();
        REQUIRE(told_now.size() == 1);
        return told_now[0];
    }
    void closed_case(const std::string& id) {
        tells(detected_text(id, "d-" + id));
        tells(event_text("response.published", "p-" + id, 1h, id,
                         R"({"kind":"online_reply","by":"张三","approved_by":"王五","approved_at":")" +
                             format_rfc3339(t0, Zone::utc()) + "\"}"));
        tells(event_text("case.acknowledged", "a-" + id, 1h, id, R"({"by":"张三"})"));
        tells(event_text("case.closed", "c-" + id, 2h, id, R"({"by":"张三"})"));
    }
    Archiver::Run sweep() {
        archiver.run(archive_rules, [this](const Archiver::Run& run) { runs.push_back(run); });
        settle_now();
        REQUIRE_FALSE(runs.empty());
        return runs.back();
    }
    [[nodiscard]] bool has(const std::string& id) const { return memory.cases().contains(CaseId(id)); }
    std::optional<StoredCase> seen(const std::string& id) {
        std::optional<StoredCase> found;
        cases.load({.id = CaseId(id)}, [&](Result<CaseAnswer> answer) { found = answer.value().stored; });
        settle_now();
        return found;
    }
    void grow_old() { clock.advance(401 * 24h); }
};

std::string note(const std::string& id, const std::string& event_id = "n1") {
    return event_text("case.noted", event_id, 3h, id, R"({"by":"张三","text":"补充"})");
}

}  // namespace

TEST_CASE("Archive: a case leaves once it ended long enough ago, and not a moment before") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");
    room.clock.set(t0 + 2h + room.archive_rules.closed_after - 1ms);
    CHECK(room.sweep().archived == 0);
    CHECK(room.has("QS-1"));
    room.clock.advance(1ms);
    const auto run = room.sweep();
    CHECK(run.archived == 1);
    CHECK_FALSE(run.more);
    CHECK_FALSE(room.has("QS-1"));
    CHECK(room.memory.archived().contains(CaseId("QS-1")));
    CHECK(room.shelf.files.size() == 1);
    CHECK(room.sweep().archived == 0);
}

TEST_CASE("Archive: what is open or owes something stays, however old") {
    ArchiveRoom room;
    room.run_for(3h);
    room.tells(detected_text("OPEN", "d1"));
    room.tells(detected_text("UNANSWERED", "d2"));
    room.tells(event_text("case.closed", "c2", 2h, "UNANSWERED", R"({"by":"张三"})"));
    room.grow_old();
    CHECK(room.sweep().archived == 0);
    CHECK(room.has("OPEN"));
    CHECK(room.has("UNANSWERED"));
}

TEST_CASE("Archive: an archived case is seen as it was") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");
    const auto before = room.memory.cases().at(CaseId("QS-1")).stored;
    room.grow_old();
    room.sweep();
    const auto seen = room.seen("QS-1");
    REQUIRE(seen);
    CHECK(seen->version == before.version);
    CHECK(seen->snapshot == before.snapshot);
    CHECK(seen->head == before.head);
    CHECK_FALSE(room.has("QS-1"));  // to look is not to bring it back
}

TEST_CASE("Archive: a known event of an archived case is a duplicate and brings nothing back") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");
    room.grow_old();
    room.sweep();
    // Here the events are forgotten at once: the record knows them.
    const auto again = room.tells(detected_text("QS-1", "d-QS-1"));
    CHECK(again.status == Answer::Status::duplicate);
    CHECK(again.case_id == CaseId("QS-1"));
    CHECK_FALSE(again.differs);
    CHECK_FALSE(room.has("QS-1"));
}

TEST_CASE("Archive: a new fact brings the case back whole and counts") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");
    const auto before = room.memory.cases().at(CaseId("QS-1"));
    room.grow_old();
    room.sweep();
    SECTION("a note") { CHECK(room.tells(note("QS-1")).status == Answer::Status::accepted); }
    SECTION("a detection with the case's id") {
        CHECK(room.tells(detected_text("QS-1", "d9", 4h)).status == Answer::Status::accepted);
        CHECK(room.view("QS-1").status == CaseStatus::closed);
    }
    SECTION("a reopening") {
        CHECK(room.tells(event_text("case.reopened", "r1", 4h, "QS-1", R"({"by":"张三","reason":"复发"})"))
                  .status == Answer::Status::accepted);
        CHECK(room.view("QS-1").status == CaseStatus::open);
    }
    REQUIRE(room.has("QS-1"));
    const auto& after = room.memory.cases().at(CaseId("QS-1"));
    CHECK(after.stored.version == before.stored.version + 1);
    REQUIRE(after.log.size() > before.log.size());
    for (std::size_t i = 0; i < before.log.size(); ++i) CHECK(after.log[i].seal == before.log[i].seal);
    CHECK(room.memory.archived().empty());
    // Its events are known again.
    CHECK(room.tells(detected_text("QS-1", "d-QS-1")).status == Answer::Status::duplicate);
}

TEST_CASE("Archive: a withdrawal is folded from the archived record") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");
    room.grow_old();
    room.sweep();
    const auto answer = room.tells(
        event_text("fact.withdrawn", "w1", 5h, "QS-1",
                   R"({"event_source":"office","event_id":"c-QS-1","by":"张三","reason":"误报"})"));
    CHECK(answer.status == Answer::Status::accepted);
    CHECK(room.view("QS-1").status == CaseStatus::open);
    CHECK(room.view("QS-1").detected_at == t0);
}

TEST_CASE("Archive: what the desk remembers of a case is not written over its archived one") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");  // the desk remembers it from now on
    room.grow_old();
    room.sweep();
    CHECK(room.tells(note("QS-1")).status == Answer::Status::accepted);
    CHECK(room.memory.cases().at(CaseId("QS-1")).log.size() > 4);
    room.grow_old();
    CHECK(room.sweep().archived == 1);  // and it may leave again
    CHECK(room.tells(note("QS-1", "n2")).status == Answer::Status::accepted);
}

TEST_CASE("Archive: a fact that comes between the writing and the letting go keeps the case") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");
    room.grow_old();
    std::vector<Answer> told;
    room.shelf.on_append = [&] {
        room.door.submit(note("QS-1"), {"test", "", ClientRole::supervisor},
                         [&](Answer answer) { told.push_back(std::move(answer)); });
    };
    CHECK(room.sweep().archived == 0);
    REQUIRE(told.size() == 1);
    CHECK(told[0].status == Answer::Status::accepted);
    CHECK(room.has("QS-1"));
    room.shelf.on_append = [] {};
    CHECK(room.sweep().archived == 1);
    CHECK(room.seen("QS-1")->snapshot.id == CaseId("QS-1"));
}

TEST_CASE("Archive: a crash after the writing leaves the case, and the next line is the one that counts") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");
    room.grow_old();
    room.sweep();
    auto files = room.shelf.files;
    const auto line = files.begin()->second;
    ArchiveRoom other;
    other.run_for(3h);
    other.closed_case("QS-1");
    other.shelf.files = files;  // written, and never let go
    other.grow_old();
    CHECK(other.sweep().archived == 1);
    CHECK(other.shelf.files.begin()->second.size() > line.size());
    CHECK(other.memory.archived().at(CaseId("QS-1")).place.offset == line.size());
    CHECK(other.seen("QS-1"));
}

TEST_CASE("Archive: while files cannot be written nothing leaves, and it goes on later") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");
    room.grow_old();
    room.shelf.broken = true;
    const auto failed = room.sweep();
    REQUIRE(failed.error);
    CHECK(failed.error->code == "unwritable");
    CHECK(room.has("QS-1"));
    room.shelf.broken = false;
    CHECK(room.sweep().archived == 1);
}

TEST_CASE("Archive: where the files of what was archived are gone nothing more leaves until they are back") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");
    room.grow_old();
    REQUIRE(room.sweep().archived == 1);
    room.closed_case("QS-2");
    room.grow_old();
    const auto files = std::exchange(room.shelf.files, {});
    const auto refused = room.sweep();
    REQUIRE(refused.error);
    CHECK(refused.error->code == "archive_missing");
    CHECK(room.has("QS-2"));
    CHECK(room.shelf.files.empty());
    room.shelf.files = files;
    CHECK(room.sweep().archived == 1);
}

TEST_CASE("Archive: while files cannot be read a fact of an archived case is to be told again") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("QS-1");
    room.grow_old();
    room.sweep();
    room.shelf.broken = true;
    CHECK(room.tells(note("QS-1")).status == Answer::Status::retry);
    CHECK(room.tells(detected_text("QS-1", "d9", 4h)).status == Answer::Status::retry);
    CHECK(room.recorder.troubles.size() >= 2);
    room.shelf.broken = false;
    CHECK(room.tells(note("QS-1")).status == Answer::Status::accepted);
    CHECK(room.view("QS-1").detected_at == t0);
}

TEST_CASE("Archive: so many leave in a minute, the others later") {
    ArchiveRoom room;
    room.run_for(3h);
    for (int i = 0; i < 7; ++i) room.closed_case("QS-" + std::to_string(i));
    room.grow_old();
    room.archive_rules.per_minute = 3;
    CHECK(room.sweep().archived == 3);
    CHECK(room.runs.back().more);
    CHECK(room.recorder.limits.back() == "archive_rate");
    CHECK(room.sweep().archived == 3);
    CHECK(room.sweep().archived == 1);
    CHECK_FALSE(room.runs.back().more);
    CHECK(room.memory.cases().empty());
}

TEST_CASE("Archive: a merge into an archived case brings it back") {
    ArchiveRoom room;
    room.run_for(3h);
    room.closed_case("OLD");
    room.grow_old();
    room.sweep();
    REQUIRE_FALSE(room.has("OLD"));
    room.tells(detected_text("NEW", "d-new", 400 * 24h));
    CHECK(room.tells(event_text("case.merged", "m1", 400 * 24h, "NEW", R"({"into":"OLD","by":"张三"})"))
              .status == Answer::Status::accepted);
    REQUIRE(room.has("OLD"));
    CHECK(room.view("NEW").status == CaseStatus::merged);
    CHECK(room.memory.cases().at(CaseId("OLD")).stored.snapshot.facts.absorbed.contains(CaseId("NEW")));
}
