// A thousand in flight, and more than may be.
#include "integration/zmq/harness.hpp"

#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <algorithm>

using namespace zmq_test;

namespace {

/// Keeps `window` events under way until `total` are answered, letting the echo answer in lumps from
/// the loop, as Redis's replies come. The number answered in the right order.
int converse(EchoDoor& echo_door, Client& client, int window, int total) {
    int sent = 0, right = 0, answered = 0;
    echo_door.wait([&] {
        while (sent < total && sent - answered < window) client.send({std::to_string(sent++)});
        while (const auto frames = client.receive()) {
            right += frames->at(0) == echo(std::to_string(answered++)) ? 1 : 0;
        }
        if (!echo_door.asked.empty()) {
            boost::asio::post(echo_door.io, [&echo_door, lump = std::move(echo_door.asked)]() mutable {
                for (auto& asked : lump) asked.answer();
            });
            echo_door.asked.clear();
        }
        return answered == total;
    });
    return right;
}

}  // namespace

TEST_CASE("ZeroMQ door: any number in flight goes on to the end") {
    const int window = GENERATE(1, 8, 64, 1024);
    CAPTURE(window);
    EchoDoor echo_door(false);
    Client client(echo_door.endpoint());
    const int total = window * 20;
    CHECK(converse(echo_door, client, window, total) == total);
    CHECK(echo_door.limits.empty());
}

TEST_CASE("ZeroMQ door: more in flight than may be stops the reading, not the answering") {
    ZmqDoor::Options options;
    options.in_flight_max = 10;
    EchoDoor echo_door(false, std::move(options));
    Client client(echo_door.endpoint());
    for (int i = 0; i < 100; ++i) client.send({std::to_string(i)});
    REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == 10; }));
    run_for(echo_door.io, std::chrono::milliseconds(50));
    CHECK(echo_door.asked.size() == 10);
    CHECK(echo_door.door->in_flight() == 10);
    CHECK(echo_door.limits == std::vector<std::string>{"ingest_in_flight"});

    for (std::size_t i = 0; i < 4; ++i) echo_door.asked[i].answer();
    run_for(echo_door.io, std::chrono::milliseconds(50));
    CHECK(echo_door.asked.size() == 10);  // reading goes on at half, not at once

    int answered = 0;
    std::size_t most = 0;
    std::size_t next = 4;
    const bool complete = echo_door.wait([&] {
        most = std::max(most, echo_door.door->in_flight());
        if (next < echo_door.asked.size()) echo_door.asked[next++].answer();
        while (const auto frames = client.receive()) {
            CHECK(frames->at(0) == echo(std::to_string(answered++)));
        }
        return answered == 100;
    });
    CHECK(complete);
    CHECK(most <= 10);
}

TEST_CASE("ZeroMQ door: a message may exceed what is in flight, and is answered") {
    ZmqDoor::Options options;
    options.in_flight_max = 10;
    EchoDoor echo_door(true, std::move(options));
    Client client(echo_door.endpoint());
    for (int i = 0; i < 3; ++i) client.send(Frames(512, "event"));
    for (int i = 0; i < 3; ++i) CHECK(client.wait(echo_door).size() == 512);
}

TEST_CASE("ZeroMQ door: a busy client leaves the loop to others") {
    ZmqDoor::Options options;
    options.turn_frames_max = 16;
    EchoDoor echo_door(true, std::move(options));
    Client client(echo_door.endpoint());
    client.send({"hello"});
    client.wait(echo_door);
    for (int i = 0; i < 500; ++i) client.send({"event"});
    std::size_t most_in_a_turn = 0, before = echo_door.keys.size();
    const bool complete = echo_door.wait([&] {
        most_in_a_turn = std::max(most_in_a_turn, echo_door.keys.size() - before);
        before = echo_door.keys.size();
        return echo_door.keys.size() == 501;
    });
    CHECK(complete);
    CHECK(most_in_a_turn <= 16);
}
