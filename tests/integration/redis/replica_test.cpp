// What is answered is on replicas first, or is not answered.
#include "integration/redis/jurisdiction.hpp"
#include "integration/redis/service.hpp"

using namespace redis_test;
using namespace contract;

namespace {

alert::redis::ConnectionOptions waiting_for(const Replicated& redis, std::size_t replicas) {
    auto options = options_to(redis.nodes.front()->address());
    options.replicas = replicas;
    options.replica_timeout = 300ms;
    return options;
}

/// A jurisdiction whose commits go over a writer, as the daemon's do.
struct Office {
    Office(const Replicated& redis, std::size_t replicas)
        : client(waiting_for(redis, replicas)), writer(client.io, waiting_for(redis, replicas)) {
        client.start_and_wait();
        writer.start();
        wait([this] { return writer.up(); });
    }
    alert::CaseStore& store() { return cases; }
    template <class Condition>
    void wait(Condition condition) {
        REQUIRE(run_until(client.io, condition));
    }
    bool knows(const std::string& id) {
        const auto answer = answer_of<alert::CaseAnswer>(*this, [&](auto done) {
            cases.load({.id = alert::CaseId("QS-1"), .events = {event_key(id)}}, done);
        });
        return answer && answer->events.at(0).has_value();
    }

    Client client;
    alert::redis::Connection writer;
    contract::Notes notes;
    alert::redis::Keys keys{"qingshan"};
    alert::RedisCaseStore cases{client.connection, keys, notes, {&writer}};
};

alert::TimePoint now() {
    return std::chrono::time_point_cast<alert::Duration>(std::chrono::system_clock::now());
}

void freeze(Replicated& redis) {
    for (std::size_t i = 1; i < redis.nodes.size(); ++i) redis.nodes[i]->server->freeze();
}

void thaw(Replicated& redis) {
    for (std::size_t i = 1; i < redis.nodes.size(); ++i) redis.nodes[i]->server->thaw();
}

}  // namespace

TEST_CASE("Replicas: a commit is done when a replica has it") {
    Replicated redis(1);
    Office office(redis, 1);
    REQUIRE(commit(office, opening("QS-1", "e1", now(), now())) == Kind::committed);
    CHECK(redis.nodes[1]->server->command({"EXISTS", "yuqing:{qingshan}:case:QS-1"}) == "1");
}

TEST_CASE("Replicas: many commits of one moment wait together") {
    Replicated redis(1);
    Office office(redis, 1);
    int done = 0;
    const auto calls = [&] {
        const auto stats = redis.master().server->command({"INFO", "commandstats"});
        const auto at = stats.find("cmdstat_wait:calls=");
        return at == std::string::npos ? 0 : std::stoi(stats.substr(at + 19));
    };
    const auto before = calls();
    for (int i = 0; i < 200; ++i) {
        const auto id = std::to_string(i);
        office.cases.commit(
            std::make_shared<alert::Transition>(opening("QS-" + id, "e" + id, now(), now())),
            [&](const alert::Result<alert::CommitOutcome>& result) { done += result.has_value() ? 1 : 0; });
    }
    office.wait([&] { return done == 200; });
    CHECK(calls() - before < 50);
}

TEST_CASE("Replicas: what they do not have in time is not answered, and Redis counts as away until they do") {
    Replicated redis(2);
    Office office(redis, 1);
    freeze(redis);
    int unreplicated = 0;
    office.writer.on_unreplicated([&] { ++unreplicated; });
    const auto refused = answer_of<alert::CommitOutcome>(office, [&](auto done) {
        office.cases.commit(std::make_shared<alert::Transition>(opening("QS-1", "e1", now(), now())), done);
    });
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == alert::redis::redis_lost);
    CHECK(refused.error().message == "too few replicas have what was written: 0/1, 300 ms");
    CHECK_FALSE(office.writer.up());
    CHECK(unreplicated == 1);
    run_for(office.client.io, 1s);
    CHECK_FALSE(office.writer.up());
    thaw(redis);
    office.wait([&] { return office.writer.up(); });
    CHECK(office.knows("e1"));  // it was written all the same
}

TEST_CASE("Replicas: a master that dies while they are waited for is not blamed on them") {
    Replicated redis(1);
    auto options = waiting_for(redis, 1);
    options.replica_timeout = 1500ms;
    Client client(options);
    int unreplicated = 0;
    client.connection.on_unreplicated([&] { ++unreplicated; });
    client.start_and_wait();
    freeze(redis);
    std::optional<Reply> given;
    alert::redis::Command set("SET");
    set.add("yuqing:{test}:a").add("1");
    client.connection.send_replicated(std::move(set), [&](Reply reply) { given = std::move(reply); });
    REQUIRE(run_until(client.io, [&] {
        return redis.master().says({"INFO", "clients"}, "blocked_clients:1");
    }));
    redis.master().server->kill();
    REQUIRE(client.wait_down());
    REQUIRE(given);
    CHECK(given->code == alert::redis::redis_lost);
    CHECK(unreplicated == 0);
    CHECK(client.connection.reason().find("replicas") == std::string::npos);
    thaw(redis);
}

TEST_CASE("Replicas: an event that they do not have is not told as known") {
    Replicated redis(1);
    Office office(redis, 1);
    freeze(redis);
    office.cases.commit(std::make_shared<alert::Transition>(opening("QS-1", "e1", now(), now())),
                        [](const auto&) {});
    office.wait([&] { return redis.master().says({"EXISTS", "yuqing:{qingshan}:case:QS-1"}, "1"); });
    CHECK_FALSE(office.knows("e1"));
    thaw(redis);
    office.wait([&] { return office.client.connection.up() && office.writer.up(); });
    CHECK(office.knows("e1"));
}

TEST_CASE("Replicas: an office without work notices that they have gone") {
    Replicated redis(1);
    auto options = waiting_for(redis, 1);
    options.command_timeout = 500ms;
    Client client(options);
    client.start_and_wait();
    freeze(redis);
    REQUIRE(client.wait_reason("too few replicas have what was written: 0/1"));
    thaw(redis);
    CHECK(client.wait_up());
}

TEST_CASE("Replicas: who wants none waits for none") {
    Replicated redis(1);
    Office office(redis, 0);
    freeze(redis);
    CHECK(commit(office, opening("QS-1", "e1", now(), now())) == Kind::committed);
    CHECK(office.knows("e1"));
}

TEST_CASE("Replicas: a master that becomes a replica is left although it was asked nothing") {
    Replicated redis(0);
    auto options = options_to(redis.master().address());
    options.command_timeout = 500ms;
    Client client(options);
    client.start_and_wait();
    redis.master().server->run({"REPLICAOF", "127.0.0.1", "1"});
    REQUIRE(client.wait_reason("this Redis is a replica"));
    redis.master().server->run({"REPLICAOF", "NO", "ONE"});
    CHECK(client.wait_up());
}
