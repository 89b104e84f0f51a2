// What port/case_store.hpp promises of claims: nothing early, nothing twice, nothing lost.
#include "contract/asking.hpp"

using namespace contract;
using alert::CaseId;

#define BOTH MemoryWorld, RedisWorld

TEMPLATE_TEST_CASE("Wake: what is due is claimed, earliest first, with its snapshot", "", BOTH) {
    TestType world;
    const auto now = world.now();
    const auto second = opening("QS-2", "e2", now, now - 1s);
    REQUIRE(commit(world, opening("QS-1", "e1", now, now)) == Kind::committed);
    REQUIRE(commit(world, second) == Kind::committed);
    REQUIRE(commit(world, opening("QS-3", "e3", now, now + 1h)) == Kind::committed);

    const auto claimed = claim(world, now);
    CHECK(ids(claimed) == Ids{"QS-2", "QS-1"});
    CHECK(claimed.cases[0].version == 1);
    CHECK(claimed.cases[0].snapshot == second.cases[0].next);
    CHECK(claimed.jobs.empty());
    CHECK(claimed.now >= now);
}

TEMPLATE_TEST_CASE("Wake: a claim is a lease, and the next one names when it ends", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, opening("QS-1", "e1", now, now)) == Kind::committed);
    const auto first = claim(world, now);
    REQUIRE(ids(first) == Ids{"QS-1"});
    REQUIRE(first.next);
    CHECK(*first.next == first.now + lease);

    const auto second = claim(world, now + 1h);
    CHECK(ids(second).empty());
    CHECK(second.next == first.next);
}

TEMPLATE_TEST_CASE("Wake: what is not decided within its lease comes again", "", BOTH) {
    TestType world;
    REQUIRE(commit(world, opening("QS-1", "e1", world.now(), world.now())) == Kind::committed);
    const auto claiming = [&] { return claim(world, world.now() + 1h, 100, 30ms); };
    const auto first = claiming();
    REQUIRE(ids(first) == Ids{"QS-1"});
    const auto second = claim_in_time(world, claiming);
    CHECK(ids(second) == Ids{"QS-1"});
    CHECK(second.now >= first.now + 30ms);
}

TEMPLATE_TEST_CASE("Wake: nothing after `until` is claimed, nor anything that is not due yet", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, opening("QS-1", "e1", now, now - 1min)) == Kind::committed);
    REQUIRE(commit(world, opening("QS-2", "e2", now, now + 1h)) == Kind::committed);

    const auto early = claim(world, now - 61s);
    CHECK(ids(early).empty());
    CHECK(early.next == now - 1min);
    CHECK(ids(claim(world, now + 2h)) == Ids{"QS-1"});
}

TEMPLATE_TEST_CASE("Wake: a claim takes no more than its limit", "", BOTH) {
    TestType world;
    const auto now = world.now();
    for (int i = 0; i < 5; ++i) {
        const auto id = std::to_string(i);
        REQUIRE(commit(world, opening("QS-" + id, id, now, now - 10s + i * 1s)) == Kind::committed);
    }
    CHECK(ids(claim(world, now, 2)) == Ids{"QS-0", "QS-1"});
    const auto rest = claim(world, now, 2);
    CHECK(ids(rest) == Ids{"QS-2", "QS-3"});
    CHECK(rest.next == now - 6s);
}

TEMPLATE_TEST_CASE("Wake: a commit moves the one entry of its case", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, opening("QS-1", "e1", now, now)) == Kind::committed);
    REQUIRE(commit(world, change_of("QS-1", 1, now, now + 1h)) == Kind::committed);
    const auto moved = claim(world, now);
    CHECK(ids(moved).empty());
    CHECK(moved.next == now + 1h);

    REQUIRE(commit(world, change_of("QS-1", 2, now)) == Kind::committed);
    CHECK_FALSE(claim(world, now).next);
}

TEMPLATE_TEST_CASE("Wake: jobs are claimed by name beside the cases", "", BOTH) {
    TestType world;
    const auto now = world.now();
    world.schedule_job("~bulletin", now - 1s);
    world.schedule_job("~drill", now + 1h);
    REQUIRE(commit(world, opening("QS-1", "e1", now, now)) == Kind::committed);
    const auto claimed = claim(world, now);
    CHECK(claimed.jobs == Ids{"~bulletin"});
    CHECK(ids(claimed) == Ids{"QS-1"});

    world.schedule_job("~bulletin", std::nullopt);
    world.schedule_job("~drill", std::nullopt);
    REQUIRE(commit(world, change_of("QS-1", 1, now)) == Kind::committed);
    CHECK_FALSE(claim(world, now).next);
}

TEMPLATE_TEST_CASE("Wake: who waits is told in order, page by page, and nothing moves", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, opening("QS-1", "e1", now, now + 3h)) == Kind::committed);
    REQUIRE(commit(world, opening("QS-2", "e2", now, now - 1min)) == Kind::committed);
    REQUIRE(commit(world, opening("QS-3", "e3", now, now + 1h)) == Kind::committed);
    world.schedule_job("~bulletin", now + 2h);
    const auto page = [&](std::size_t from, std::size_t limit) {
        return *answer_of<alert::WaitingPage>(
            world, [&](auto done) { world.waiting().waiting(from, limit, std::move(done)); });
    };
    const auto all = page(0, 10);
    CHECK(all.queued == 4);
    REQUIRE(all.cases.size() == 3);
    CHECK(all.cases[0].id.value == "QS-2");
    CHECK(all.cases[0].wake == now - 1min);
    CHECK(all.cases[0].version == 1);
    CHECK(all.cases[2].id.value == "QS-1");
    CHECK(page(0, 2).cases.size() == 2);
    CHECK(page(2, 2).cases.size() == 1);  // the job and QS-1
    CHECK(page(9, 2).cases.empty());
    CHECK(ids(claim(world, now)) == Ids{"QS-2"});
}
