// What Redis remembers of journals: a mark moves from what it was, or stays.
#include "alert/redis/redis_journal_marks.hpp"

#include "integration/redis/jurisdiction.hpp"

using namespace redis_test;
using namespace contract;
using Mark = alert::JournalMarks::Mark;
using Owner = alert::JournalMarks::Owner;
using Found = alert::JournalMarks::Found;

namespace {

struct Room {
    Jurisdiction at;
    alert::RedisJournalMarks marks{at.client.connection, at.keys};
    alert::RedisJournalMarks of_another{at.client.connection, at.keys};

    Mark claim(const std::string& journal) { return claim(marks, journal); }
    Mark claim(alert::RedisJournalMarks& by, const std::string& journal) {
        return at.read<Mark>([&](auto done) { by.claim(journal, done); });
    }
    Found move(const std::string& journal, Mark expected, Mark next, bool telling = false) {
        return move(marks, journal, expected, next, telling);
    }
    Found move(alert::RedisJournalMarks& by, const std::string& journal, Mark expected, Mark next,
               bool telling = false) {
        return at.read<Found>([&](auto done) { by.move(journal, expected, next, telling, done); });
    }
};

}  // namespace

TEST_CASE("Journal marks: one moves when it is what it was, and stays when it is another") {
    Room room;
    CHECK_FALSE(room.claim("a"));
    CHECK_FALSE(room.move("a", {}, {}).mark);
    CHECK_FALSE(room.move("a", {}, 0).mark);
    CHECK(room.move("a", 0, 7).mark == Mark(0));
    CHECK(room.move("a", 3, 9).mark == Mark(7));
    CHECK(room.move("a", 7, {}).mark == Mark(7));
    CHECK(room.move("a", 7, 7).mark == Mark(7));
    CHECK(room.claim("a") == Mark(7));
    CHECK(room.move("a", 7, 8).owner == Owner::we);
    CHECK_FALSE(room.claim("b"));
    CHECK_FALSE(room.move("b", {}, 1).mark);
    CHECK(room.at.raw({"HGETALL", room.at.keys.journals()}).find("8") != std::string::npos);
    room.at.raw({"FLUSHALL"});
    CHECK_FALSE(room.move("a", 7, 8).mark);
    CHECK_FALSE(room.claim("a"));
}

TEST_CASE("Journal marks: only who claimed one last moves it, and the other learns of it") {
    Room room;
    room.claim("a");
    room.move("a", {}, 7);
    CHECK(room.claim(room.of_another, "a") == Mark(7));
    const auto found = room.move("a", 7, 8, true);
    CHECK(found.owner == Owner::another);
    CHECK(found.mark == Mark(7));
    CHECK(room.at.raw({"HGETALL", room.at.keys.journals()}).find("7") != std::string::npos);
    CHECK(room.at.raw({"ZCARD", room.at.keys.journals_telling()}) == "0");
    CHECK(room.claim("a") == Mark(7));
    CHECK(room.move("a", 7, 8).owner == Owner::we);
}

TEST_CASE("Journal marks: one that nobody claimed is nobody's, as after FLUSHALL, and is not moved") {
    Room room;
    room.at.raw({"HSET", room.at.keys.journals(), "a", "7"});
    CHECK(room.move("a", 7, 8).owner == Owner::nobody);
    CHECK(room.claim("a") == Mark(7));
    CHECK(room.move("a", 7, 8).owner == Owner::we);
    room.at.raw({"FLUSHALL"});
    const auto found = room.move("a", 8, 9);
    CHECK(found.owner == Owner::nobody);
    CHECK_FALSE(found.mark);
}

TEST_CASE(
    "Journal marks: each claim goes by a name of its own, so that a machine copied as it runs is another") {
    Room room;
    const auto owner = [&] { return room.at.raw({"HGET", room.at.keys.journals_owners(), "a"}); };
    room.claim("a");
    const auto first = owner();
    CHECK_FALSE(first.empty());
    room.claim("a");
    CHECK(owner() != first);
}

TEST_CASE("Journal marks: a claim whose answer was lost is made again under the same name") {
    Room room;
    room.at.raw({"SET", room.at.keys.journals_telling(), "in the way"});
    const auto claim = [&](auto done) { room.marks.claim("a", done); };
    CHECK_FALSE(answer_of<Mark>(room.at, claim).has_value());
    const auto owner = [&] { return room.at.raw({"HGET", room.at.keys.journals_owners(), "a"}); };
    const auto first = owner();
    room.at.raw({"DEL", room.at.keys.journals_telling()});
    room.claim("a");
    CHECK(owner() == first);
    CHECK(room.move("a", {}, 1).owner == Owner::we);
}

TEST_CASE("Journal marks: who is being told again is seen by the others, until it says that it is done") {
    Room room;
    room.claim("a");
    room.claim(room.of_another, "b");
    CHECK_FALSE(room.move("a", {}, 0, true).others_telling);
    CHECK_FALSE(room.move("a", 0, 0, true).others_telling);
    CHECK(room.move(room.of_another, "b", {}, 0).others_telling);
    room.move("a", 0, 0, false);
    CHECK_FALSE(room.move(room.of_another, "b", 0, 0).others_telling);
}

TEST_CASE(
    "Journal marks: cases that wait are looked at now, and those that wait for nothing are left alone") {
    Room room;
    const auto wake = room.at.keys.wake();
    room.at.raw({"ZADD", wake, "900000", "QS-1"});
    const auto now = alert::TimePoint(alert::Duration(500'000));
    room.at.read<std::monostate>([&](auto done) {
        room.marks.release({alert::CaseId("QS-1"), alert::CaseId("QS-2")}, now, done);
    });
    CHECK(room.at.raw({"ZSCORE", wake, "QS-1"}) == "500000");
    CHECK(room.at.raw({"ZCARD", wake}) == "1");
}
