// Answers come in the order of the client, whatever the order of deciding.
#include "integration/zmq/harness.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace zmq_test;

TEST_CASE("ZeroMQ door: an event gets its answer") {
    EchoDoor echo_door(true);
    Client client(echo_door.endpoint());
    client.send({"one"});
    CHECK(client.wait(echo_door) == Frames{"answer to one"});
    CHECK(echo_door.door->in_flight() == 0);
}

TEST_CASE("ZeroMQ door: a client on a socket without keys comes in without one") {
    EchoDoor echo_door(true);
    Client client(echo_door.endpoint());
    client.send({"one"});
    client.wait(echo_door);
    CHECK(echo_door.keys == std::vector<std::string>{""});
}

TEST_CASE("ZeroMQ door: messages of one client are answered in their order") {
    EchoDoor echo_door(false);
    Client client(echo_door.endpoint());
    for (const auto* bytes : {"a", "b", "c"}) client.send({bytes});
    REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == 3; }));

    echo_door.asked[2].answer();
    echo_door.asked[1].answer();
    run_for(echo_door.io, std::chrono::milliseconds(50));
    CHECK_FALSE(client.receive().has_value());  // the first is not decided
    CHECK(echo_door.door->in_flight() == 3);

    echo_door.asked[0].answer();
    CHECK(client.wait(echo_door) == Frames{"answer to a"});
    CHECK(client.wait(echo_door) == Frames{"answer to b"});
    CHECK(client.wait(echo_door) == Frames{"answer to c"});
    CHECK(echo_door.door->in_flight() == 0);
}

TEST_CASE("ZeroMQ door: frames of one message are answered in one message, in their order") {
    EchoDoor echo_door(false);
    Client client(echo_door.endpoint());
    Frames sent, wanted;
    for (int i = 0; i < 512; ++i) {
        sent.push_back(std::to_string(i));
        wanted.push_back(echo(sent.back()));
    }
    client.send(sent);
    REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == sent.size(); }));
    std::mt19937 random(20160803);
    std::shuffle(echo_door.asked.begin(), echo_door.asked.end(), random);
    for (auto& asked : echo_door.asked) asked.answer();
    CHECK(client.wait(echo_door) == wanted);
}

TEST_CASE("ZeroMQ door: one client's slow event does not hold up another client") {
    EchoDoor echo_door(false);
    Client slow(echo_door.endpoint()), quick(echo_door.endpoint());
    slow.send({"slow"});
    REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == 1; }));
    quick.send({"quick"});
    REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == 2; }));
    echo_door.asked[1].answer();
    CHECK(quick.wait(echo_door) == Frames{"answer to quick"});
    echo_door.asked[0].answer();
    CHECK(slow.wait(echo_door) == Frames{"answer to slow"});
}

TEST_CASE("ZeroMQ door: an answer told twice is sent once") {
    EchoDoor echo_door(false);
    Client client(echo_door.endpoint());
    client.send({"a"});
    REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == 1; }));
    echo_door.asked[0].answer();
    echo_door.asked[0].answer();
    CHECK(client.wait(echo_door) == Frames{"answer to a"});
    run_for(echo_door.io, std::chrono::milliseconds(50));
    CHECK_FALSE(client.receive().has_value());
    CHECK(echo_door.door->in_flight() == 0);
}

TEST_CASE("ZeroMQ door: random clients, batches and deciding order lose, mix up and repeat nothing") {
    EchoDoor echo_door(false);
    constexpr int clients = 8, messages = 60;
    std::mt19937 random(48);
    std::vector<std::unique_ptr<Client>> all;
    std::vector<std::vector<Frames>> wanted(clients), got(clients);
    for (int c = 0; c < clients; ++c) all.push_back(std::make_unique<Client>(echo_door.endpoint()));
    for (int m = 0; m < messages; ++m) {
        for (std::size_t c = 0; c < clients; ++c) {
            Frames frames, answers;
            for (auto f = random() % 5 + 1; f > 0; --f) {
                frames.push_back(std::to_string(c) + "/" + std::to_string(m) + "/" + std::to_string(f));
                answers.push_back(echo(frames.back()));
            }
            all[c]->send(frames);
            wanted[c].push_back(answers);
        }
    }
    const bool complete = echo_door.wait([&] {
        std::shuffle(echo_door.asked.begin(), echo_door.asked.end(), random);
        for (auto n = echo_door.asked.size() / 2 + 1; n > 0 && !echo_door.asked.empty(); --n) {
            echo_door.asked.back().answer();
            echo_door.asked.pop_back();
        }
        bool all_there = true;
        for (std::size_t c = 0; c < clients; ++c) {
            while (auto frames = all[c]->receive()) got[c].push_back(*frames);
            all_there = all_there && got[c].size() >= wanted[c].size();
        }
        return all_there;
    });
    CHECK(complete);
    CHECK(got == wanted);
}
