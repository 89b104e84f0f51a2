#include "alert/mirror/near_cases.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

const TimePoint t0{std::chrono::hours(500'000)};

StoredCase stored(const std::string& id, std::uint64_t version = 1) {
    StoredCase made{.version = version};
    made.snapshot.id = CaseId(id);
    return made;
}

WaitingCase waits(const std::string& id, Duration after, std::uint64_t version = 1) {
    return {.id = CaseId(id), .wake = t0 + after, .version = version};
}

Transition change(const std::string& id, std::uint64_t version, std::optional<Duration> after) {
    Transition made;
    auto& one = made.cases.emplace_back();
    one.next.id = CaseId(id);
    one.expected_version = version - 1;
    if (after) one.wake = t0 + *after;
    return made;
}

std::vector<std::string> ids(const std::vector<WaitingCase>& cases) {
    std::vector<std::string> found;
    for (const auto& one : cases) found.push_back(one.id.value);
    return found;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("Near cases: what is missing or old is asked for, what is the same is not") {
    NearCases near(10);
    CHECK(ids(near.seen({{waits("a", 1s), waits("b", 2s)}, 2})) == Ids{"a", "b"});
    near.put(waits("a", 1s), stored("a"));
    near.put(waits("b", 2s), stored("b"));
    CHECK(ids(near.seen({{waits("a", 1s), waits("b", 2s, 2)}, 2})) == Ids{"b"});
    near.put(waits("b", 2s, 2), stored("b", 2));
    CHECK(near.cases().at(CaseId("b")).stored.version == 2);
    CHECK(near.seen({{waits("b", 2s, 2)}, 1}).empty());
}

TEST_CASE("Near cases: a store that was put back has the older version, and that counts") {
    NearCases near(10);
    near.put(waits("a", 1s, 9), stored("a", 9));
    CHECK(ids(near.seen({{waits("a", 1s, 3)}, 1})) == Ids{"a"});
    near.put(waits("a", 1s, 3), stored("a", 3));
    CHECK(near.cases().at(CaseId("a")).stored.version == 3);
}

TEST_CASE("Near cases: what was written here is not replaced by what was read before") {
    NearCases near(10);
    CHECK(ids(near.seen({{waits("a", 1s)}, 1})) == Ids{"a"});
    near.committed(change("a", 2, 5s));
    near.put(waits("a", 1s), stored("a", 1));
    CHECK(near.cases().at(CaseId("a")).stored.version == 2);
    CHECK(near.cases().at(CaseId("a")).wake == t0 + 5s);
}

TEST_CASE("Near cases: what this daemon is changing stays as it is, and is not let go") {
    NearCases near(10);
    near.put(waits("a", 1s), stored("a"));
    const auto busy = [](const CaseId&) { return true; };
    for (int walk = 0; walk < 4; ++walk) {
        CHECK(near.seen({{waits("a", 9s, 2), waits("b", 2s)}, 2}, busy).empty());
        near.walked();
    }
    CHECK(near.cases().at(CaseId("a")).wake == t0 + 1s);
    CHECK_FALSE(near.cases().contains(CaseId("b")));
}

TEST_CASE("Near cases: the latest go first when there are too many") {
    NearCases near(2);
    near.committed(change("never", 1, std::nullopt));
    near.committed(change("late", 1, 9s));
    near.committed(change("soon", 1, 1s));
    CHECK_FALSE(near.cases().contains(CaseId("never")));
    near.put(waits("middle", 5s), stored("middle"));
    CHECK(near.cases().contains(CaseId("soon")));
    CHECK(near.cases().contains(CaseId("middle")));
    CHECK(near.cases().size() == 2);
}

TEST_CASE("Near cases: what waits no more is let go after two walks that did not meet it") {
    NearCases near(10);
    near.put(waits("a", 1s), stored("a"));
    near.committed(change("b", 1, std::nullopt));
    near.walked();
    near.walked();
    CHECK(near.cases().contains(CaseId("a")));
    near.walked();
    CHECK_FALSE(near.cases().contains(CaseId("a")));
    CHECK(near.cases().contains(CaseId("b")));  // it never waited
}
