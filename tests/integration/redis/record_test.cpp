// Records as text, and the set of those that grew since they were anchored.
#include "alert/redis/record_reader.hpp"
#include "integration/redis/jurisdiction.hpp"

#include <algorithm>

using namespace redis_test;
using namespace contract;
using alert::CaseId;

namespace {

struct Records : Jurisdiction {
    alert::RecordReader records{client.connection, keys};

    alert::RecordPage page(const std::string& id, std::size_t from = 0) {
        return read<alert::RecordPage>([&](auto done) { records.page(CaseId(id), from, done); });
    }
    std::vector<alert::RecordHead> changed() {
        auto heads = read<std::vector<alert::RecordHead>>([&](auto done) { records.changed(done); });
        std::sort(heads.begin(), heads.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
        return heads;
    }
    void anchored(const std::vector<alert::RecordHead>& heads) {
        read<std::monostate>([&](auto done) { records.anchored(heads, done); });
    }
    void keep(const std::string& id, const std::string& head) {
        auto transition = opening(id, id, now());
        transition.cases[0].head = head;
        REQUIRE(commit(*this, transition) == Kind::committed);
    }
};

const std::string one = "1.AAAAAAAAAAAAAAAAAAAAAAAA", two = "2.BBBBBBBBBBBBBBBBBBBBBBBB";

}  // namespace

TEST_CASE("Record pages: the text as it lies in Redis, with the head of the same instant") {
    Records at;
    at.keep("QS-1", one);
    const auto page = at.page("QS-1");
    REQUIRE(page.entries.size() == 1);
    CHECK(page.entries[0] == at.raw({"LINDEX", "yuqing:{qingshan}:log:QS-1", "0"}));
    CHECK(page.head.seal == one);
    CHECK(page.last);
    at.raw({"RPUSH", "yuqing:{qingshan}:log:QS-1", "not an entry"});
    CHECK(at.page("QS-1", 1).entries == std::vector<std::string>{"not an entry"});
    CHECK_FALSE(at.page("nobody").head.seal);
}

TEST_CASE("Record pages: a long record comes in pieces") {
    Records at;
    auto transition = opening("QS-1", "e0", at.now());
    for (int i = 1; i < 2500; ++i) transition.cases[0].log.push_back(fired_entry(at.now()));
    REQUIRE(commit(at, transition) == Kind::committed);
    CHECK(at.page("QS-1").entries.size() == alert::RecordReader::page_entries);
    CHECK_FALSE(at.page("QS-1", 1000).last);
    CHECK(at.page("QS-1", 2000).entries.size() == 500);
    CHECK(at.page("QS-1", 2000).last);
}

TEST_CASE("Record ids: every case once the cursor has come round") {
    Records at;
    for (int i = 0; i < 600; ++i) at.keep("QS-" + std::to_string(i), one);
    std::set<std::string> found;
    std::string cursor;
    do {
        const auto page = at.read<alert::RecordReader::Ids>([&](auto done) { at.records.ids(cursor, done); });
        for (const auto& id : page.ids) found.insert(id.value);
        cursor = page.next;
    } while (!cursor.empty());
    CHECK(found.size() == 600);
}

TEST_CASE("Changed records: stay until the head that was anchored is the one they have") {
    Records at;
    at.keep("QS-1", one);
    at.keep("QS-2", one);
    auto heads = at.changed();
    REQUIRE(heads.size() == 2);
    CHECK(heads[0].seal == one);

    auto grown = change_of("QS-2", 1, at.now());  // while the line is being written
    grown.cases[0].head = two;
    REQUIRE(commit(at, grown) == Kind::committed);
    at.anchored(heads);
    heads = at.changed();
    REQUIRE(heads.size() == 1);
    CHECK(heads[0].id == CaseId("QS-2"));
    CHECK(heads[0].seal == two);
    at.anchored(heads);
    CHECK(at.changed().empty());
}

TEST_CASE("Changed records: a case that is gone is told without a head, and only once") {
    Records at;
    at.keep("QS-1", one);
    at.raw({"DEL", "yuqing:{qingshan}:case:QS-1"});
    const auto heads = at.changed();
    REQUIRE(heads.size() == 1);
    CHECK_FALSE(heads[0].seal);
    at.anchored(heads);
    CHECK(at.changed().empty());
}

TEST_CASE("Jobs: one that is planned already keeps its time") {
    Records at;
    const auto plan = [&](alert::TimePoint when) {
        at.read<std::monostate>([&](auto done) { at.cases.plan_job("~anchor", when, done); });
    };
    plan(alert::TimePoint(5s));
    plan(alert::TimePoint(9s));
    CHECK(at.raw({"ZSCORE", "yuqing:{qingshan}:wake", "~anchor"}) == "5000");
}
