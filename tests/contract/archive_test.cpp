// What port/archive.hpp promises of the store's side, held against both implementations.
#include "contract/asking.hpp"

#include "alert/codec/archive_line.hpp"
#include "alert/codec/snapshot_json.hpp"

using namespace contract;
using alert::CaseId;
using Where = alert::Whereabouts::Kind;

#define BOTH MemoryWorld, RedisWorld

namespace {

const alert::ArchivePlace place{"2025-10.jsonl", 100, 2000};

/// Opened, and then changed to one that owes nothing.
template <class World>
void ended_case(World& world, const std::string& id, const std::string& event_id = "e1") {
    const auto now = world.now();
    REQUIRE(commit(world, opening(id, event_id, now - 48h)) == Kind::committed);
    auto closing = change_of(id, 1, now - 48h);
    closing.cases[0].open = false;
    closing.cases[0].open_due.reset();
    REQUIRE(commit(world, closing) == Kind::committed);
}

template <class World>
std::vector<std::string> leaving(World& world, alert::TimePoint before, std::size_t limit = 10) {
    std::vector<std::string> found;
    std::string cursor;
    do {
        const auto page = answer_of<alert::LeavingPage>(world, [&](auto done) {
                              world.archive().leaving(before, cursor, limit, std::move(done));
                          }).value();
        CHECK(page.cases.size() <= limit);
        for (const auto& leaving : page.cases) found.push_back(leaving.stored.snapshot.id.value);
        cursor = page.next;
    } while (!cursor.empty());
    return found;
}

template <class World>
bool remove(World& world, const std::string& id, std::uint64_t version) {
    return answer_of<bool>(
               world, [&](auto done) { world.archive().remove(CaseId(id), version, place, std::move(done)); })
        .value();
}

template <class World>
alert::Whereabouts find(World& world, const std::string& id) {
    return answer_of<alert::Whereabouts>(
               world, [&](auto done) { world.archive().find(CaseId(id), std::move(done)); })
        .value();
}

template <class World>
bool any(World& world) {
    return answer_of<bool>(world, [&](auto done) { world.archive().any(std::move(done)); }).value();
}

template <class World>
std::vector<std::string> record(World& world, const std::string& id) {
    return answer_of<std::vector<std::string>>(
               world, [&](auto done) { world.archive().record(CaseId(id), std::move(done)); })
        .value();
}

template <class World>
std::shared_ptr<const alert::ArchivedCase> archived(World& world, const std::string& id) {
    const auto stored = *load(world, id).stored;
    return std::make_shared<const alert::ArchivedCase>(
        alert::ArchivedCase{.id = CaseId(id),
                            .version = stored.version,
                            .head = stored.head,
                            .started = world.now() - 48h,
                            .policy = stored.snapshot.policy,
                            .snapshot = encode_snapshot(stored.snapshot),
                            .entries = record(world, id)});
}

template <class World>
void restore(World& world, const std::shared_ptr<const alert::ArchivedCase>& kept) {
    const auto events = alert::events_of(kept->id, alert::facts_of_record(kept->entries).value());
    REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                world.archive().restore(kept, events, std::move(done));
            }).has_value());
}

}  // namespace

TEMPLATE_TEST_CASE("Case archive: what owes nothing may leave, by its start", "", BOTH) {
    TestType world;
    ended_case(world, "QS-1");
    ended_case(world, "QS-2", "e2");
    REQUIRE(commit(world, opening("OPEN", "e3", world.now() - 48h)) == Kind::committed);
    CHECK(leaving(world, world.now() - 24h) == Ids{"QS-1", "QS-2"});
    CHECK(leaving(world, world.now() - 24h, 1) == Ids{"QS-1", "QS-2"});
    CHECK(leaving(world, world.now() - 72h).empty());
}

TEMPLATE_TEST_CASE("Case archive: a case that waits for its time does not leave", "", BOTH) {
    TestType world;
    ended_case(world, "QS-1");
    auto waiting = change_of("QS-1", 2, world.now() - 48h, world.now() + 1h);
    waiting.cases[0].open = false;
    waiting.cases[0].open_due.reset();
    REQUIRE(commit(world, waiting) == Kind::committed);
    CHECK(leaving(world, world.now()).empty());
    CHECK_FALSE(remove(world, "QS-1", 3));
    CHECK(load(world, "QS-1").stored);
}

TEMPLATE_TEST_CASE("Case archive: lets go only of the version that was written", "", BOTH) {
    TestType world;
    ended_case(world, "QS-1");
    CHECK_FALSE(remove(world, "QS-1", 1));
    CHECK_FALSE(remove(world, "QS-1", 3));
    CHECK_FALSE(remove(world, "QS-9", 1));
    CHECK(load(world, "QS-1").stored);
    CHECK(find(world, "QS-1").kind == Where::in_store);

    CHECK_FALSE(any(world));
    CHECK(remove(world, "QS-1", 2));
    CHECK(any(world));
    CHECK_FALSE(remove(world, "QS-1", 2));
    const auto where = find(world, "QS-1");
    CHECK(where.kind == Where::archived);
    CHECK(where.version == 2);
    CHECK(where.place == place);
    CHECK(find(world, "QS-9").kind == Where::unknown);
    CHECK(record(world, "QS-1").empty());
    CHECK(leaving(world, world.now()).empty());
}

TEMPLATE_TEST_CASE("Case archive: to the store an archived case is not there, and cannot be opened anew", "",
                   BOTH) {
    TestType world;
    ended_case(world, "QS-1");
    REQUIRE(remove(world, "QS-1", 2));
    const auto answer = load(world, "QS-1", {event_key("e1")});
    CHECK_FALSE(answer.stored);
    CHECK(answer.events[0]);  // still known
    CHECK(commit(world, opening("QS-1", "e9", world.now())) == Kind::conflict);
    CHECK(commit(world, change_of("QS-1", 2, world.now())) == Kind::conflict);
    CHECK(find(world, "QS-1").kind == Where::archived);
}

TEMPLATE_TEST_CASE("Case archive: a case comes back as it was, once", "", BOTH) {
    TestType world;
    ended_case(world, "QS-1");
    const auto kept = archived(world, "QS-1");
    REQUIRE(kept->entries.size() == 2);
    REQUIRE(remove(world, "QS-1", 2));
    REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                world.archive().let_expire({event_key("e1")}, 1ms, std::move(done));
            }).has_value());
    world.pass(5ms);
    REQUIRE_FALSE(load(world, "QS-1", {event_key("e1")}).events[0]);

    restore(world, kept);
    const auto back = load(world, "QS-1", {event_key("e1")});
    REQUIRE(back.stored);
    CHECK(back.stored->version == 2);
    CHECK(encode_snapshot(back.stored->snapshot) == kept->snapshot);
    CHECK_FALSE(any(world));
    CHECK(record(world, "QS-1") == kept->entries);
    REQUIRE(back.events[0]);
    CHECK(back.events[0]->case_id == CaseId("QS-1"));
    CHECK(find(world, "QS-1").kind == Where::in_store);
    CHECK(leaving(world, world.now()) == Ids{"QS-1"});

    REQUIRE(commit(world, change_of("QS-1", 2, world.now())) == Kind::committed);
    restore(world, kept);  // somebody else was too late
    CHECK(load(world, "QS-1").stored->version == 3);
    CHECK(record(world, "QS-1").size() == 3);
}

TEMPLATE_TEST_CASE("Case archive: of a case that was restored its events do not expire", "", BOTH) {
    TestType world;
    ended_case(world, "QS-1");
    const auto kept = archived(world, "QS-1");
    REQUIRE(remove(world, "QS-1", 2));
    REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                world.archive().let_expire({event_key("e1")}, 300ms, std::move(done));
            }).has_value());
    restore(world, kept);
    world.pass(400ms);
    CHECK(load(world, "QS-1", {event_key("e1")}).events[0]);
}
