// Which cases changed, as those who watch a jurisdiction are told.
#include "alert/redis/change_reader.hpp"
#include "integration/redis/jurisdiction.hpp"

using namespace redis_test;
using namespace contract;
using alert::ChangeReader;
using alert::Changes;

namespace {

struct Watched : Jurisdiction {
    ChangeReader changes{client.connection, keys, notes};

    std::string end() {
        return read<std::string>([&](auto done) { changes.end(done); });
    }
    Changes since(const std::string& mark, std::size_t limit = 100) {
        return read<Changes>([&](auto done) { changes.since(mark, limit, done); });
    }
    std::optional<alert::SeenCase> look(const alert::ChangedCase& changed) {
        return read<std::optional<alert::SeenCase>>([&](auto done) { changes.look(changed, done); });
    }
    void open(const std::string& id) { REQUIRE(commit(*this, opening(id, id, now())) == Kind::committed); }
    /// A change that writes so many entries into the record.
    void change(const std::string& id, std::uint64_t version, std::size_t entries) {
        auto transition = change_of(id, version, now());
        auto& log = transition.cases[0].log;
        log.clear();
        for (std::size_t i = 0; i < entries; ++i)
            log.push_back({.kind = alert::LogKind::notice, .at = now(), .reason = "n" + std::to_string(i)});
        REQUIRE(commit(*this, transition) == Kind::committed);
    }
};

}  // namespace

TEST_CASE("Changes: nothing new, nothing told") {
    Watched at;
    CHECK(at.since(at.end()).cases.empty());
    at.open("QS-1");
    const auto mark = at.end();
    const auto none = at.since(mark);
    CHECK(none.cases.empty());
    CHECK(none.mark == mark);
    CHECK_FALSE(none.behind);
}

TEST_CASE("Changes: a case that changed several times is told once, with all that is new in its record") {
    Watched at;
    at.open("QS-1");
    const auto mark = at.end();
    at.change("QS-1", 1, 2);
    at.open("QS-2");
    at.change("QS-1", 2, 0);
    at.change("QS-1", 3, 1);
    const auto changes = at.since(mark);
    REQUIRE(changes.cases.size() == 2);
    CHECK(changes.cases[0].id.value == "QS-1");
    CHECK(changes.cases[0].entries == 3);
    CHECK(changes.cases[1].id.value == "QS-2");
    CHECK(changes.mark == at.end());
    const auto seen = at.look(changes.cases[0]);
    REQUIRE(seen);
    CHECK(seen->stored.version == 4);
    REQUIRE(seen->log.size() == 3);
    CHECK(seen->log.front().reason == "n0");
    CHECK(seen->log[1].reason == "n1");
}

TEST_CASE("Changes: a commit that wrote no entries shows the case and no record") {
    Watched at;
    at.open("QS-1");
    const auto mark = at.end();
    at.change("QS-1", 1, 0);
    const auto changes = at.since(mark);
    REQUIRE(changes.cases.size() == 1);
    const auto seen = at.look(changes.cases[0]);
    REQUIRE(seen);
    CHECK(seen->log.empty());
    CHECK(seen->stored.version == 2);
}

TEST_CASE("Changes: whoever fell behind is told so instead") {
    Watched at;
    const auto mark = at.end();
    for (int i = 0; i < 5; ++i) at.open("QS-" + std::to_string(i));
    CHECK(at.since(mark, 5).cases.size() == 5);
    const auto behind = at.since(mark, 4);
    CHECK(behind.behind);
    CHECK(behind.cases.empty());
    CHECK(behind.mark == mark);
}

TEST_CASE("Changes: a case that is gone since is nothing") {
    Watched at;
    at.open("QS-1");
    const auto changes = at.since("0-0");
    at.raw({"DEL", at.keys.case_hash(alert::CaseId("QS-1"))});
    CHECK_FALSE(at.look(changes.cases[0]));
}

TEST_CASE("Changes: the stream keeps the latest few thousand") {
    Watched at;
    at.open("QS-1");
    at.raw({"EVAL", "for i = 1, 4500 do redis.call('XADD', KEYS[1], '*', 'X-1', '0 0') end return 1", "1",
            at.keys.changes()});
    at.change("QS-1", 1, 1);
    const auto length = std::stoi(at.raw({"XLEN", at.keys.changes()}));
    CHECK(length >= 4000);
    CHECK(length < 4200);
}
