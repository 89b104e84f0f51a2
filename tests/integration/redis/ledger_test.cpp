// Which cases started when, and their records in pieces.
#include "alert/redis/ledger_reader.hpp"
#include "integration/redis/jurisdiction.hpp"

using namespace redis_test;
using namespace contract;
using alert::CaseId;
using alert::TimePoint;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint begin{std::chrono::sys_days{std::chrono::year{2026} / 10 / 1}};

struct Ledger : Jurisdiction {
    alert::LedgerReader ledger{client.connection, keys};

    void keep(const std::string& id, alert::Duration after) {
        auto transition = opening(id, id, now());
        transition.cases[0].started = begin + after;
        REQUIRE(commit(*this, transition) == Kind::committed);
    }
    alert::LedgerReader::Started page(alert::Duration from, alert::Duration to,
                                      const std::string& cursor = "", std::size_t limit = 100) {
        return read<alert::LedgerReader::Started>(
            [&](auto done) { ledger.started(begin + from, begin + to, cursor, limit, done); });
    }
    std::string ids(alert::Duration from, alert::Duration to, std::size_t limit) {
        std::string all, cursor;
        do {
            const auto found = page(from, to, cursor, limit);
            CHECK(found.ids.size() <= limit);
            for (const auto& id : found.ids) all += id.value;
            cursor = found.next;
        } while (!cursor.empty());
        return all;
    }
};

}  // namespace

TEST_CASE("Ledger reader: cases of a period by their start, the beginning included and the end not") {
    Ledger at;
    at.keep("c", 2h);
    at.keep("a", 0h);
    at.keep("b", 1h);
    at.keep("d", 3h);
    CHECK(at.ids(0h, 3h, 10) == "abc");
    CHECK(at.ids(0h, 3h, 1) == "abc");
    CHECK(at.ids(1h, 1h + 1ms, 10) == "b");
    CHECK(at.ids(4h, 9h, 10).empty());
}

TEST_CASE("Ledger reader: many that started at one instant are each given once, page by page") {
    Ledger at;
    for (const char* id : {"a", "b", "c", "d", "e", "f"}) at.keep(id, 1h);
    at.keep("g", 2h);
    CHECK(at.ids(0h, 3h, 2) == "abcdefg");
    CHECK(at.ids(0h, 3h, 3) == "abcdefg");
}

TEST_CASE("Ledger reader: a case that moves while it is read hides no other") {
    Ledger at;
    for (const char* id : {"b", "c", "d"}) at.keep(id, std::chrono::hours(id[0] - 'a'));
    const auto first = at.page(0h, 9h, "", 2);
    REQUIRE(first.ids.size() == 2);
    at.keep("a", 0h);  // joins before
    CHECK(at.page(0h, 9h, first.next, 2).ids == std::vector{CaseId("d")});
    at.raw({"ZREM", at.keys.index_all(), "c"});  // the last one that was given goes
    CHECK(at.page(0h, 9h, first.next, 2).ids == std::vector{CaseId("d")});
}

TEST_CASE("Ledger reader: what is archived meanwhile is met once, in its place") {
    Ledger at;
    for (const char* id : {"a", "B", "c", "d", "e"}) at.keep(id, 1h);
    at.keep("f", 2h);
    const auto archive = [&at](const std::string& id) {
        const auto started = at.raw({"ZSCORE", at.keys.index_all(), id});
        at.raw({"ZREM", at.keys.index_all(), id});
        at.raw({"ZADD", at.keys.index_archived(), started, id});
    };
    archive("c");
    CHECK(at.ids(0h, 3h, 100) == "Bacdef");  // by bytes among those of one instant
    CHECK(at.ids(0h, 3h, 1) == "Bacdef");
    std::string all, cursor;
    for (const char* leaves : {"a", "d", "f"}) {
        const auto found = at.page(0h, 3h, cursor, 2);
        for (const auto& id : found.ids) all += id.value;
        cursor = found.next;
        archive(leaves);
    }
    CHECK(all == "Bacdef");
}

TEST_CASE("Ledger reader: cases come with snapshot and record, one that is not there is empty") {
    Ledger at;
    at.keep("a", 0h);
    const auto texts = at.read<std::vector<alert::CaseText>>([&](auto done) {
        at.ledger.cases({CaseId("a"), CaseId("none")}, done);
    });
    REQUIRE(texts.size() == 2);
    CHECK(texts[0].snapshot == at.raw({"HGET", "yuqing:{qingshan}:case:a", "s"}));
    CHECK(texts[0].entries.size() == 1);
    CHECK_FALSE(texts[0].more());
    CHECK(texts[1].snapshot.empty());
}

TEST_CASE("Ledger reader: a long record comes in pieces") {
    Ledger at;
    auto transition = opening("a", "e0", at.now());
    for (int i = 1; i < 2500; ++i) transition.cases[0].log.push_back(fired_entry(at.now()));
    REQUIRE(commit(at, transition) == Kind::committed);
    auto texts =
        at.read<std::vector<alert::CaseText>>([&](auto done) { at.ledger.cases({CaseId("a")}, done); });
    std::size_t found = texts[0].entries.size();
    auto piece = texts[0];
    while (piece.more()) {
        piece = at.read<alert::CaseText>([&](auto done) { at.ledger.piece(CaseId("a"), found, done); });
        CHECK(piece.first == found);
        found += piece.entries.size();
    }
    CHECK(found == 2500);
}
