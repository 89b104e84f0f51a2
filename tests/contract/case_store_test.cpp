// What port/case_store.hpp promises of cases, held against both implementations.
#include "contract/asking.hpp"

using namespace contract;
using alert::CaseId;

#define BOTH MemoryWorld, RedisWorld

TEMPLATE_TEST_CASE("Case store: an opened case is read back as it was committed", "", BOTH) {
    TestType world;
    CHECK_FALSE(load(world, "QS-1").stored);

    const auto transition = opening("QS-1", "e1", world.now());
    REQUIRE(commit(world, transition) == Kind::committed);

    const auto answer = load(world, "QS-1", {event_key("e1"), event_key("e2")});
    REQUIRE(answer.stored);
    CHECK(answer.stored->version == 1);
    CHECK(answer.stored->snapshot == transition.cases[0].next);
    REQUIRE(answer.events.size() == 2);
    REQUIRE(answer.events[0]);
    CHECK(answer.events[0]->case_id == CaseId("QS-1"));
    CHECK(answer.events[0]->content_hash == "0123456789abcdef");
    CHECK_FALSE(answer.events[1]);
    CHECK(world.stats()["open:general"] == 1);
}

TEMPLATE_TEST_CASE("Case store: a change counts the version up", "", BOTH) {
    TestType world;
    REQUIRE(commit(world, opening("QS-1", "e1", world.now())) == Kind::committed);
    REQUIRE(commit(world, change_of("QS-1", 1, world.now())) == Kind::committed);
    const auto stored = load(world, "QS-1").stored;
    REQUIRE(stored);
    CHECK(stored->version == 2);
    CHECK(stored->snapshot.facts.detections == 7);
}

TEMPLATE_TEST_CASE("Case store: a commit on another version writes nothing", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, opening("QS-1", "e1", now)) == Kind::committed);

    const std::uint64_t expected = GENERATE(0, 2);
    auto late = change_of("QS-1", expected, now, now - 1s);
    late.events.push_back({event_key("e2"), CaseId("QS-1"), "ffffffffffffffff"});
    late.notifications.push_back(message("n1", 0, now));
    late.counters["open:general"] = 5;
    CHECK(commit(world, late) == Kind::conflict);

    const auto answer = load(world, "QS-1", {event_key("e2")});
    CHECK(answer.stored->version == 1);
    CHECK(answer.stored->snapshot.facts.detections == 1);
    CHECK_FALSE(answer.events[0]);
    CHECK(world.log(CaseId("QS-1")).size() == 1);
    CHECK(ids(claim(world, now)).empty());
    CHECK(ids(claim_messages(world, now)).empty());
    CHECK(world.stats()["open:general"] == 1);
}

TEMPLATE_TEST_CASE("Case store: an event is accepted once, whatever the case", "", BOTH) {
    TestType world;
    REQUIRE(commit(world, opening("QS-1", "e1", world.now())) == Kind::committed);
    CHECK(commit(world, opening("QS-2", "e1", world.now())) == Kind::conflict);
    const auto answer = load(world, "QS-2", {event_key("e1")});
    CHECK_FALSE(answer.stored);
    CHECK(answer.events[0]->case_id == CaseId("QS-1"));
}

TEMPLATE_TEST_CASE("Case store: two cases change together or not at all", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, opening("QS-1", "e1", now)) == Kind::committed);
    REQUIRE(commit(world, opening("QS-2", "e2", now)) == Kind::committed);

    auto merge = change_of("QS-1", 1, now);
    merge.cases.push_back(change_of("QS-2", 5, now).cases[0]);
    CHECK(commit(world, merge) == Kind::conflict);
    CHECK(load(world, "QS-1").stored->version == 1);

    merge.cases[1].expected_version = 1;
    CHECK(commit(world, merge) == Kind::committed);
    CHECK(load(world, "QS-1").stored->version == 2);
    CHECK(load(world, "QS-2").stored->version == 2);
    CHECK(world.log(CaseId("QS-2")).size() == 2);
}

TEMPLATE_TEST_CASE("Case store: the record gives the facts back in order of recording", "", BOTH) {
    TestType world;
    const auto now = world.now();
    REQUIRE(commit(world, opening("QS-1", "e1", now)) == Kind::committed);
    auto more = change_of("QS-1", 1, now);
    more.cases[0].log = {fact_entry("e2", now + 1ms, "第二条"), fired_entry(now + 1ms),
                         fact_entry("e3", now + 2ms)};
    more.cases[0].log[0].silent = true;
    REQUIRE(commit(world, more) == Kind::committed);

    const auto facts = answer_of<std::vector<alert::Fact>>(
        world, [&](auto done) { world.store().load_log(CaseId("QS-1"), done); });
    REQUIRE(facts.has_value());
    REQUIRE(facts->size() == 3);
    CHECK((*facts)[0].event.key == event_key("e1"));
    CHECK((*facts)[0].recorded_at == now);
    CHECK((*facts)[0].via.client == "monitor-1");
    CHECK((*facts)[0].via.role == alert::ClientRole::monitor);
    CHECK_FALSE((*facts)[0].silent);
    CHECK((*facts)[1].silent);
    CHECK(std::get<alert::Detected>((*facts)[1].event.data).title == "第二条");
    CHECK((*facts)[2].event.key == event_key("e3"));
}

TEMPLATE_TEST_CASE("Case store: seals and the head of the record are kept with the case", "", BOTH) {
    TestType world;
    const auto now = world.now();
    auto first = opening("QS-1", "e1", now, now);
    first.cases[0].head = "1.AAAAAAAAAAAAAAAAAAAAAAAA";
    first.cases[0].log[0].seal = first.cases[0].head;
    REQUIRE(commit(world, first) == Kind::committed);
    auto second = change_of("QS-1", 1, now, now);
    second.cases[0].head = "2.BBBBBBBBBBBBBBBBBBBBBBBB";
    REQUIRE(commit(world, second) == Kind::committed);
    second.cases[0].head = "2.CCCCCCCCCCCCCCCCCCCCCCCC";
    REQUIRE(commit(world, second) == Kind::conflict);

    CHECK(load(world, "QS-1").stored->head == "2.BBBBBBBBBBBBBBBBBBBBBBBB");
    CHECK(world.log(CaseId("QS-1")).at(0).seal == "1.AAAAAAAAAAAAAAAAAAAAAAAA");
    CHECK(claim(world, now).cases.at(0).head == "2.BBBBBBBBBBBBBBBBBBBBBBBB");
}

TEMPLATE_TEST_CASE("Case store: a long record is read whole", "", BOTH) {
    TestType world;
    const auto now = world.now();
    auto transition = opening("QS-1", "e0", now);
    for (int i = 1; i < 2500; ++i)
        transition.cases[0].log.push_back(fact_entry("e" + std::to_string(i), now));
    REQUIRE(commit(world, transition) == Kind::committed);
    const auto facts = answer_of<std::vector<alert::Fact>>(
        world, [&](auto done) { world.store().load_log(CaseId("QS-1"), done); });
    REQUIRE(facts.has_value());
    REQUIRE(facts->size() == 2500);
    CHECK(facts->back().event.key.id == "e2499");
}

TEMPLATE_TEST_CASE("Case store: a commit of many events and messages is one commit", "", BOTH) {
    TestType world;
    const auto now = world.now();
    auto transition = opening("QS-1", "e0", now);
    for (int i = 1; i < 1900; ++i)
        transition.events.push_back({event_key("e" + std::to_string(i)), CaseId("QS-1"), "0123456789abcdef"});
    for (int i = 0; i < 300; ++i)
        transition.notifications.push_back(message("n" + std::to_string(i), i % 4, now));
    REQUIRE(commit(world, transition) == Kind::committed);
    CHECK(load(world, "QS-1", {event_key("e1899")}).events[0]);
    CHECK(ids(claim_messages(world, now, 1000)).size() == 300);

    auto again = opening("QS-2", "other", now);
    for (int i = 0; i < 1900; ++i)
        again.events.push_back({event_key("x" + std::to_string(i)), CaseId("QS-2"), "0"});
    again.events.push_back({event_key("e1899"), CaseId("QS-2"), "0"});
    CHECK(commit(world, again) == Kind::conflict);
}

TEMPLATE_TEST_CASE("Case store: an open case of a matter keeps the matter", "", BOTH) {
    TestType world;
    const auto now = world.now();
    const auto holder = [&] { return holder_of(world, "桥"); };
    CHECK_FALSE(holder());
    auto first = opening("QS-1", "e1", now);
    first.cases[0].matter_key = "桥";
    first.cases[0].matter_open = true;
    REQUIRE(commit(world, first) == Kind::committed);
    CHECK(holder() == CaseId("QS-1"));

    auto second = opening("QS-2", "e2", now);
    second.cases[0].matter_key = "桥";
    second.cases[0].matter_open = true;
    second.cases[0].matter_must_be_free = true;
    CHECK(commit(world, second) == Kind::conflict);
    second.cases[0].matter_must_be_free = false;
    CHECK(commit(world, second) == Kind::committed);
    CHECK(holder() == CaseId("QS-1"));

    auto closed = change_of("QS-2", 1, now);  // it does not hold the matter, so it takes nothing away
    closed.cases[0].matter_key = "桥";
    REQUIRE(commit(world, closed) == Kind::committed);
    CHECK(holder() == CaseId("QS-1"));

    closed = change_of("QS-1", 1, now);
    closed.cases[0].matter_key = "桥";
    REQUIRE(commit(world, closed) == Kind::committed);
    CHECK_FALSE(holder());
}

TEMPLATE_TEST_CASE("Case store: of the open cases of a matter the one that started first holds it", "",
                   BOTH) {
    TestType world;
    const auto now = world.now();
    std::map<std::string, std::uint64_t> versions;
    const auto put = [&](const std::string& id, alert::Duration started, bool open) {
        auto transition = versions[id] == 0 ? opening(id, id, now) : change_of(id, versions[id], now);
        ++versions[id];
        alert::CaseChange& change = transition.cases[0];
        change.started = now + started;
        change.matter_key = "桥";
        change.matter_open = open;
        REQUIRE(commit(world, transition) == Kind::committed);
        return holder_of(world, "桥");
    };
    CHECK(put("QS-1", 0s, true) == CaseId("QS-1"));
    CHECK(put("QS-1", 0s, false) == std::nullopt);
    CHECK(put("QS-2", 1s, true) == CaseId("QS-2"));
    CHECK(put("QS-1", 0s, true) == CaseId("QS-1"));  // reopened
    CHECK(put("QS-1", 2s, true) == CaseId("QS-2"));  // its first detection was withdrawn
    CHECK(put("QS-2", 1s, false) == CaseId("QS-1"));
    CHECK(put("QS-2", 1s, false) == CaseId("QS-1"));
    CHECK(put("QS-1", 2s, false) == std::nullopt);
}

TEMPLATE_TEST_CASE("Case store: a policy is kept under its hash", "", BOTH) {
    TestType world;
    const alert::PolicyHash hash("00112233aabbccdd");
    const auto read = [&] {
        return answer_of<std::optional<std::string>>(
                   world, [&](auto done) { world.store().load_policy(hash, done); })
            .value();
    };
    CHECK_FALSE(read());
    const std::string text = "version: \"2026.1\"\nclasses: [] # 规则\n";
    for (int i = 0; i < 2; ++i)
        REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                    world.store().keep_policy(hash, text, std::move(done));
                }).has_value());
    CHECK(read() == text);
}

TEMPLATE_TEST_CASE("Case store: rejects are kept as they came, a thousand of them", "", BOTH) {
    TestType world;
    alert::Reject reject{.at = world.now(), .via = {"zmq", "k1", alert::ClientRole::monitor}};
    reject.error = {"malformed", "not JSON: \xff\xfe", "17"};
    reject.bytes = std::string("\0\xff\n{", 4) + std::string(5000, 'x');
    for (int i = 0; i < 1003; ++i) {
        reject.id = std::to_string(i);
        REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                    world.store().keep_reject(reject, done);
                }).has_value());
    }
    const auto rejects = world.rejects();
    REQUIRE(rejects.size() == 1000);
    CHECK(rejects.front().id == "1002");
    CHECK(rejects.back().id == "3");
    CHECK(rejects.front().at == reject.at);
    CHECK(rejects.front().via.client == "k1");
    CHECK(rejects.front().via.role == alert::ClientRole::monitor);
    CHECK(rejects.front().error.code == "malformed");
    CHECK(rejects.front().error.path == "17");
    CHECK(rejects.front().bytes == reject.bytes.substr(0, 4096));
}

TEMPLATE_TEST_CASE("Case store: answers come in the order of the calls", "", BOTH) {
    TestType world;
    const auto now = world.now();
    std::vector<int> order;
    for (int i = 0; i < 50; ++i) {
        const auto note = [&order, i](const auto&) { order.push_back(i); };
        const auto id = "QS-" + std::to_string(i);
        if (i % 2 == 0)
            world.store().commit(std::make_shared<const alert::Transition>(opening(id, id, now)), note);
        else
            world.store().load({CaseId(id), {event_key(id)}}, note);
    }
    world.wait([&] { return order.size() == 50; });
    CHECK(std::is_sorted(order.begin(), order.end()));
}
