// Stopping answers what is held.
#include "integration/zmq/harness.hpp"

#include <catch2/catch.hpp>

using namespace zmq_test;

TEST_CASE("ZeroMQ door: stopping answers what it holds, then tells once") {
    EchoDoor echo_door(false);
    Client client(echo_door.endpoint());
    for (const auto* bytes : {"a", "b", "c"}) client.send({bytes});
    REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == 3; }));
    int drained = 0;
    echo_door.door->stop([&] { ++drained; });
    client.send({"late"});
    run_for(echo_door.io, std::chrono::milliseconds(50));
    CHECK(drained == 0);
    CHECK(echo_door.asked.size() == 3);  // nothing more is read

    for (auto& asked : echo_door.asked) asked.answer();
    REQUIRE(echo_door.wait([&] { return drained > 0; }));
    for (const auto* bytes : {"a", "b", "c"}) CHECK(client.wait(echo_door) == Frames{echo(bytes)});
    run_for(echo_door.io, std::chrono::milliseconds(50));
    CHECK(drained == 1);
}

TEST_CASE("ZeroMQ door: stopping an idle door tells, and its endpoint is free") {
    EchoDoor echo_door(true);
    const auto endpoint = echo_door.endpoint();
    bool drained = false;
    echo_door.door->stop([&] { drained = true; });
    REQUIRE(echo_door.wait([&] { return drained; }));
    echo_door.door.reset();
    ZmqDoor::Options options;
    options.binds = {endpoint};
    EchoDoor next(true, std::move(options));
    Client client(endpoint);
    client.send({"a"});
    CHECK(client.wait(next) == Frames{echo("a")});
}

TEST_CASE("ZeroMQ door: a client that does not read holds up the stop for a bounded time") {
    ZmqDoor::Options options;
    options.stop_wait_max = std::chrono::milliseconds(100);
    EchoDoor echo_door(true, std::move(options));
    Client deaf(echo_door.endpoint());
    const std::string big(10'000, 'x');
    // The client's own queue and the sockets hold what comes first.
    REQUIRE(echo_door.wait([&] {
        if (!echo_door.was_hit("ingest_held_answers") && echo_door.keys.size() % 500 == 0) {
            for (int i = 0; i < 500; ++i) deaf.send({big});
        }
        return echo_door.was_hit("ingest_held_answers");
    }));
    bool drained = false;
    echo_door.door->stop([&] { drained = true; });
    CHECK(echo_door.wait([&] { return drained; }));
}

TEST_CASE("ZeroMQ door: answers that come after the door is gone go nowhere") {
    EchoDoor echo_door(false);
    Client client(echo_door.endpoint());
    client.send({"a", "b"});
    REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == 2; }));
    echo_door.asked[0].answer();
    echo_door.door.reset();
    echo_door.asked[1].answer();
    run_for(echo_door.io, std::chrono::milliseconds(50));
    CHECK_FALSE(client.receive().has_value());
}
