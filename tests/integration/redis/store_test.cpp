// What the stores leave in Redis, and what they do with what they find there.
#include "integration/redis/jurisdiction.hpp"

#include "alert/codec/snapshot_json.hpp"

#include <map>
#include <set>
#include <sstream>

using namespace redis_test;
using namespace contract;
using alert::CaseId;
using alert::DeliveryState;
using alert::NotificationId;

namespace {

std::set<std::string> lines(const std::string& text) {
    std::set<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.insert(line);
    return all;
}

constexpr long long week_ms = 7LL * 24 * 3600 * 1000;

}  // namespace

TEST_CASE("Redis store: everything of a jurisdiction has its name under one hash tag") {
    Jurisdiction at;
    const auto now = at.now();
    auto transition = opening("QS-1", "e1", now, now);
    transition.cases[0].matter_key = "桥";
    transition.cases[0].matter_open = true;
    transition.notifications = {message("n1", 2, now)};
    REQUIRE(commit(at, transition) == Kind::committed);
    REQUIRE(answer_of<std::monostate>(at, [&](auto done) {
                at.store().keep_policy(alert::PolicyHash("abc"), "text", done);
            }).has_value());
    REQUIRE(answer_of<std::monostate>(at, [&](auto done) { at.store().keep_reject({}, done); }).has_value());
    auto keys = lines(at.raw({"KEYS", "*"}));
    keys.erase("yuqing:{test}:probe");
    const std::string event = at.keys.event(event_key("e1")), matter = at.keys.matter("桥");
    CHECK(keys == std::set<std::string>{
                      "yuqing:{qingshan}:case:QS-1", "yuqing:{qingshan}:log:QS-1", event, matter,
                      "yuqing:{qingshan}:wake", "yuqing:{qingshan}:index:open", "yuqing:{qingshan}:index:all",
                      "yuqing:{qingshan}:stats", "yuqing:{qingshan}:changed", "yuqing:{qingshan}:changes",
                      "yuqing:{qingshan}:notification:n1", "yuqing:{qingshan}:outbox:duty-group:2",
                      "yuqing:{qingshan}:config:abc", "yuqing:{qingshan}:rejects"});
    CHECK(event.starts_with("yuqing:{qingshan}:event:"));
    CHECK(matter.starts_with("yuqing:{qingshan}:matter:"));
    CHECK(at.raw({"HGET", "yuqing:{qingshan}:case:QS-1", "v"}) == "1");
    CHECK(at.raw({"OBJECT", "ENCODING", "yuqing:{qingshan}:case:QS-1"}) == "listpack");
}

TEST_CASE("Redis store: an event key tells sources and ids apart") {
    const alert::redis::Keys keys("q");
    CHECK(keys.event({"ab", "c"}) != keys.event({"a", "bc"}));
    CHECK(keys.event({std::string("a\0", 2), "b"}) != keys.event({"a", std::string("\0b", 2)}));
}

TEST_CASE("Redis store: what was committed survives a killed server") {
    Jurisdiction at;
    REQUIRE(commit(at, opening("QS-1", "e1", at.now())) == Kind::committed);
    at.server.kill();
    REQUIRE(at.client.wait_down());
    const auto away = answer_of<alert::CommitOutcome>(at, [&](auto done) {
        at.store().commit(std::make_shared<const alert::Transition>(opening("QS-2", "e2", at.now())), done);
    });
    REQUIRE_FALSE(away.has_value());
    CHECK(away.error().code == "redis_down");
    at.server.start();
    REQUIRE(at.client.wait_up());
    CHECK(load(at, "QS-1", {event_key("e1")}).events[0]);
    CHECK_FALSE(load(at, "QS-2").stored);
}

TEST_CASE("Redis store: a case comes behind the policy it is to hold, over whatever connection") {
    Jurisdiction at;
    Client second{options_of_daemon(at.server.url())};
    second.start_and_wait();
    alert::RedisCaseStore store(at.client.connection, at.keys, at.notes, {&second.connection});
    auto transition = opening("QS-1", "e1", at.now());
    transition.cases[0].next.policy = alert::PolicyHash("new");
    for (int i = 0; i < 10'000; ++i) at.client.connection.command({"PING"}, [](const Reply&) {});
    store.keep_policy(alert::PolicyHash("new"), "text", [](auto) {});
    std::string policy_then = "not asked";
    store.commit(std::make_shared<const alert::Transition>(transition), [&](auto outcome) {
        CHECK(outcome.has_value());
        policy_then = at.raw({"GET", "yuqing:{qingshan}:config:new"});
    });
    const auto answered = [&] {
        second.io.poll();
        return policy_then != "not asked";
    };
    REQUIRE(run_until(at.client.io, answered));
    CHECK(policy_then == "text");
}

TEST_CASE("Redis store: nothing is committed under a policy that Redis did not take") {
    Jurisdiction at;
    auto narrow = options_of_daemon(at.server.url());
    narrow.in_flight_max = 1;
    Client client{narrow};
    client.start_and_wait();
    alert::RedisCaseStore store(client.connection, at.keys, at.notes);
    auto transition = opening("QS-1", "e1", at.now());
    transition.cases[0].next.policy = alert::PolicyHash("new");
    const auto commit_it = [&] {
        std::optional<alert::Result<alert::CommitOutcome>> outcome;
        store.commit(std::make_shared<const alert::Transition>(transition),
                     [&](auto result) { outcome = std::move(result); });
        REQUIRE(run_until(client.io, [&] { return outcome.has_value(); }));
        return *outcome;
    };
    const auto keep = [&] {
        std::optional<bool> kept;
        store.keep_policy(alert::PolicyHash("new"), "text", [&](auto result) { kept = result.has_value(); });
        REQUIRE(run_until(client.io, [&] { return kept.has_value(); }));
        return *kept;
    };
    client.connection.command({"PING"}, [](const Reply&) {});
    CHECK_FALSE(keep());
    run_for(client.io, 10ms);
    const auto refused = commit_it();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == "policy_unkept");
    CHECK_FALSE(load(at, "QS-1").stored);
    CHECK(keep());
    CHECK(commit_it().has_value());
    CHECK(load(at, "QS-1").stored);
}

TEST_CASE("Redis store: nothing is committed to another server than the one that is asked") {
    Jurisdiction at;
    const RedisServer another;
    alert::redis::Connection writer(at.client.io, options_of_daemon(another.url()));
    writer.start();
    at.wait([&] { return writer.up(); });
    alert::RedisCaseStore store(at.client.connection, at.keys, at.notes, {&writer});
    const auto done = answer_of<alert::CommitOutcome>(at, [&](auto then) {
        store.commit(std::make_shared<const alert::Transition>(opening("QS-1", "e1", at.now())), then);
    });
    REQUIRE(done.has_value());
    CHECK(load(at, "QS-1", {event_key("e1")}).events[0]);
}

TEST_CASE("Redis store: a commit goes on after SCRIPT FLUSH") {
    Jurisdiction at;
    at.server.run({"SCRIPT", "FLUSH"});
    CHECK(commit(at, opening("QS-1", "e1", at.now())) == Kind::committed);
    CHECK(load(at, "QS-1").stored->version == 1);
}

TEST_CASE("Redis store: a commit beyond what a script can take is refused, nothing is written") {
    Jurisdiction at;
    auto transition = opening("QS-1", "e1", at.now());
    for (std::size_t i = 0; i < alert::commit_events_max; ++i)
        transition.events.push_back({event_key("x" + std::to_string(i)), CaseId("QS-1"), "0123456789abcdef"});
    const auto commit_all = [&] {
        return answer_of<alert::CommitOutcome>(at, [&](auto done) {
            at.store().commit(std::make_shared<const alert::Transition>(transition), done);
        });
    };
    const auto refused = commit_all();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == "too_large");
    CHECK_FALSE(load(at, "QS-1").stored);
    transition.events.pop_back();
    CHECK(commit_all().has_value());
}

TEST_CASE("Redis store: a wake entry without its case is cleared away") {
    Jurisdiction at;
    at.server.run({"ZADD", at.keys.wake(), "1", "QS-gone"});
    CHECK(ids(claim(at, at.now())).empty());
    CHECK(at.raw({"ZCARD", at.keys.wake()}) == "0");
}

TEST_CASE("Redis store: a snapshot that cannot be read is told, looked at later, and holds up nobody") {
    Jurisdiction at;
    const auto now = at.now();
    REQUIRE(commit(at, opening("QS-1", "e1", now, now - 2s)) == Kind::committed);
    REQUIRE(commit(at, opening("QS-2", "e2", now, now - 1s)) == Kind::committed);
    at.server.run({"HSET", at.keys.case_hash(CaseId("QS-1")), "s", "{\"schema\":"});
    const auto claimed = claim(at, now);
    CHECK(ids(claimed) == Ids{"QS-2"});
    REQUIRE(at.notes.troubles.size() == 1);
    CHECK(at.notes.troubles[0].starts_with("case QS-1: "));
    const auto later = std::stoll(at.client.ask({"ZSCORE", at.keys.wake(), "QS-1"}).text);
    CHECK(later >= alert::redis::millis(now + 9s));

    const auto answer = answer_of<alert::CaseAnswer>(at, [&](auto done) {
        at.store().load({CaseId("QS-1"), {event_key("e1")}}, done);
    });
    CHECK_FALSE(answer.has_value());
}

TEST_CASE("Redis store: a key of another kind where a case should lie holds up nobody") {
    Jurisdiction at;
    const auto now = at.now();
    REQUIRE(commit(at, opening("QS-1", "e1", now, now - 2s)) == Kind::committed);
    REQUIRE(commit(at, opening("QS-2", "e2", now, now - 1s)) == Kind::committed);
    at.server.run({"DEL", at.keys.case_hash(CaseId("QS-1"))});
    at.server.run({"SET", at.keys.case_hash(CaseId("QS-1")), "text"});
    CHECK(ids(claim(at, now)) == Ids{"QS-2"});
    REQUIRE(at.notes.troubles.size() == 1);
    CHECK(at.notes.troubles[0].starts_with("case QS-1: "));
}

TEST_CASE("Redis store: where a key of another kind lies as a record, a commit is refused whole") {
    Jurisdiction at;
    const auto now = at.now();
    at.server.run({"SET", at.keys.log(CaseId("QS-1")), "text"});
    const auto before = lines(at.raw({"KEYS", "*"}));
    const auto refused = contract::answer_of<alert::CommitOutcome>(at, [&](auto done) {
        at.store().commit(std::make_shared<alert::Transition>(opening("QS-1", "e1", now, now)), done);
    });
    REQUIRE_FALSE(refused.has_value());
    CHECK(lines(at.raw({"KEYS", "*"})) == before);
    at.server.run({"DEL", at.keys.log(CaseId("QS-1"))});
    CHECK(commit(at, opening("QS-1", "e1", now, now)) == Kind::committed);
}

TEST_CASE("Redis outbox: entries without a message and messages without sense hold up nobody") {
    Jurisdiction at;
    const auto now = at.now();
    REQUIRE(commit(at, messages({message("good", 1, now), message("bad", 1, now)})) == Kind::committed);
    at.server.run({"ZADD", at.keys.outbox(duty, 0), "1", "gone"});
    at.server.run({"SET", at.keys.notification(NotificationId("bad")), "p1 00000 1781246280000 \n{"});
    CHECK(ids(claim_messages(at, now)) == Ids{"good"});
    CHECK(at.notes.troubles.size() == 1);
    CHECK(at.raw({"ZCARD", at.keys.outbox(duty, 0)}) == "0");
}

TEST_CASE("Redis outbox: done with is kept a week, dead until somebody looks") {
    Jurisdiction at;
    const auto now = at.now();
    REQUIRE(commit(at, messages({message("sent", 1, now), message("dead", 1, now),
                                 message("old", 1, now)})) == Kind::committed);
    REQUIRE(commit(at, overtaking("old")) == Kind::committed);
    claim_messages(at, now);
    settle(at, settlement("sent", 1, DeliveryState::delivered));
    settle(at, settlement("dead", 1, DeliveryState::dead));
    const auto expiry = [&](const char* id) {
        return std::stoll(at.raw({"PTTL", at.keys.notification(NotificationId(id))}));
    };
    for (const auto* id : {"sent", "old"}) {
        CHECK(expiry(id) > week_ms - 60'000);
        CHECK(expiry(id) <= week_ms);
    }
    CHECK(expiry("dead") == -1);
}

TEST_CASE("Redis outbox: a dead letter is listed, counted, and sent again when asked") {
    Jurisdiction at;
    const auto now = at.now();
    REQUIRE(commit(at, messages({message("n1", 1, now)})) == Kind::committed);
    claim_messages(at, now);
    auto buried = settlement("n1", 1, DeliveryState::dead, 7);
    buried.error = "410 Gone\nno such robot " + std::string(600, 'x');
    settle(at, buried);

    const auto dead = [&] {
        return at.read<alert::DeadPage>([&](auto done) { at.reader.dead("", 10, done); }).letters;
    };
    const auto letters = dead();
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].notification == message("n1", 1, now));
    CHECK(letters[0].state == DeliveryState::dead);
    CHECK(letters[0].attempts == 7);
    CHECK(letters[0].error.starts_with("410 Gone no such robot x"));
    CHECK(letters[0].error.size() == 500);
    CHECK(letters[0].at >= now);
    const auto count = [&] {
        return at.read<std::map<std::string, std::int64_t>>([&](auto done) { at.reader.stats(done); })
            .at("dead:duty-group");
    };
    CHECK(count() == 1);

    REQUIRE(commit(at, redelivering("n1", 1)) == Kind::committed);
    CHECK(dead().empty());
    CHECK(count() == 0);
    const auto again = claim_messages(at, at.now());
    REQUIRE(ids(again) == Ids{"n1"});
    CHECK(again.items[0].attempts == 0);
}

TEST_CASE("Redis store: an open case with its record stays under 3.5 KB") {
    Jurisdiction at;
    const auto now = at.now();
    constexpr int cases = 4000;
    const auto used = [&] {
        const auto info = at.raw({"INFO", "memory"});
        return std::stod(info.substr(info.find("used_memory_dataset:") + 20));
    };
    const double before = used();
    int committed = 0;
    for (int i = 0; i < cases; ++i) {
        const auto id = "20260303-abcdefg" + std::to_string(10'000 + i);
        auto transition = opening(id, id, now, now + 48h);
        auto& change = transition.cases[0];
        change.log[0] = fact_entry(id, now, std::string(600, 'x'));
        change.log.push_back(fired_entry(now));
        auto& facts = change.next.facts;
        for (auto* told : {&facts.place, &facts.platform, &facts.url, &facts.field, &facts.source})
            *told = {*facts.detected, "青山县云溪镇"};
        change.next.progress.counted = {{"response", 'p'}, {"acknowledge", 'p'}};
        at.store().commit(std::make_shared<const alert::Transition>(std::move(transition)),
                          [&](const auto& outcome) { committed += outcome.has_value() ? 1 : 0; });
    }
    at.wait([&] { return committed == cases; });
    const double bytes_per_case = (used() - before) / cases;
    INFO("bytes per case: " << bytes_per_case);
    CHECK(bytes_per_case < 3500);
    CHECK(bytes_per_case > 1000);  // else nothing was measured
}

TEST_CASE("Redis store: commits go over the writers that are up, and over the connection while one is not") {
    Jurisdiction at;
    alert::redis::Connection first(at.client.io, options_for(at.server.url()));
    alert::redis::Connection second(at.client.io, options_for(at.server.url()));
    alert::RedisCaseStore store(at.client.connection, at.keys, at.notes, {&first, &second});
    std::map<std::string, int> answers;
    const auto count = [&answers](const std::string& name, alert::redis::Connection& connection) {
        connection.on_answer([] { return std::chrono::nanoseconds(0); },
                             [&answers, name](std::chrono::nanoseconds) { ++answers[name]; });
    };
    count("first", first);
    count("second", second);
    const auto open_cases = [&](const std::string& prefix) {
        for (int i = 0; i < 20; ++i) {
            const auto name = prefix + std::to_string(i);
            const auto opened =
                std::make_shared<const alert::Transition>(opening(name, name, at.now(), at.now()));
            const auto outcome = answer_of<alert::CommitOutcome>(
                at, [&](auto done) { store.commit(opened, std::move(done)); });
            REQUIRE(outcome.has_value());
            CHECK(outcome->kind == Kind::committed);
        }
    };
    open_cases("down-");
    CHECK(answers.empty());
    first.start();
    second.start();
    at.wait([&] { return first.up() && second.up(); });
    answers.clear();
    open_cases("up-");
    CHECK(answers["first"] > 0);
    CHECK(answers["second"] > 0);
    CHECK(answers["first"] + answers["second"] == 20);
    first.stop();
    second.stop();
}
