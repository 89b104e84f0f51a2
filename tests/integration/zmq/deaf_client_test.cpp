// Clients that do not read, go away, or come again under the same name.
#include "integration/zmq/harness.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace zmq_test;

namespace {

constexpr std::size_t big_bytes = 10'000;
constexpr int many = 4000;  // of big answers: far more than sockets and libzmq hold

std::string numbered(int number) {
    auto text = std::to_string(number) + " ";
    text.resize(big_bytes, '.');
    return text;
}

int number_of(const Frames& answer) { return std::stoi(answer.at(0).substr(echo("").size())); }

/// Sends `many` events without reading an answer, until all are decided.
void be_deaf(EchoDoor& echo_door, Client& client) {
    int sent = 0;
    const bool decided = echo_door.wait([&] {
        for (int burst = 0; burst < 50 && sent < many; ++burst) client.send({numbered(sent++)});
        return echo_door.keys.size() == static_cast<std::size_t>(many);
    });
    REQUIRE(decided);
    REQUIRE(echo_door.wait([&] { return echo_door.door->in_flight() == 0; }));
}

struct DeafClient : Client {
    explicit DeafClient(const std::string& endpoint) : Client("inproc://nowhere") {
        socket().set(zmq::sockopt::rcvhwm, 1);
        socket().set(zmq::sockopt::rcvbuf, 4096);
        socket().connect(endpoint);
        socket().disconnect("inproc://nowhere");
    }
};

}  // namespace

TEST_CASE("ZeroMQ door: a client that never reads is bounded and stops nobody") {
    ZmqDoor::Options options;
    options.in_flight_max = 100;
    EchoDoor echo_door(true, std::move(options));
    DeafClient deaf(echo_door.endpoint());
    Client other(echo_door.endpoint());
    be_deaf(echo_door, deaf);
    CHECK(echo_door.was_hit("ingest_held_answers"));
    other.send({"a"});
    CHECK(other.wait(echo_door) == Frames{echo("a")});
}

TEST_CASE("ZeroMQ door: a client that reads again gets what was held, in order, and new answers") {
    EchoDoor echo_door(true);
    DeafClient deaf(echo_door.endpoint());
    be_deaf(echo_door, deaf);

    int last = -1, count = 0;
    const auto read = [&] {
        while (const auto answer = deaf.receive()) {
            CHECK(number_of(*answer) > last);
            last = number_of(*answer);
            ++count;
        }
    };
    int next = many;
    deaf.send({numbered(next++)});
    // The newest may be dropped while others are held; asking again is what a client does.
    const bool recovered = echo_door.wait([&] {
        read();
        if (last < many && echo_door.door->in_flight() == 0) deaf.send({numbered(next++)});
        return last >= many;
    });
    CHECK(recovered);
    CHECK(count > 1000);
    CHECK(count < many);  // some were dropped, and that was told
    CHECK(echo_door.was_hit("ingest_held_answers"));
}

TEST_CASE("ZeroMQ door: the answers held for all clients together are bounded") {
    ZmqDoor::Options options;
    options.client_held_bytes_max = 100 * big_bytes;
    options.total_held_bytes_max = 0;
    EchoDoor echo_door(true, std::move(options));
    DeafClient deaf(echo_door.endpoint());
    be_deaf(echo_door, deaf);
    CHECK(echo_door.was_hit("ingest_held_answers"));
    int last = -1;
    echo_door.wait([&] {
        while (const auto answer = deaf.receive()) last = number_of(*answer);
        return last >= 0;
    });
    run_for(echo_door.io, std::chrono::milliseconds(100));
    Client other(echo_door.endpoint());
    other.send({"a"});
    CHECK(other.wait(echo_door) == Frames{echo("a")});
}

TEST_CASE("ZeroMQ door: the answers of a client that went away are dropped without harm") {
    EchoDoor echo_door(false);
    {
        Client client(echo_door.endpoint());
        for (int i = 0; i < 10; ++i) client.send({"gone"});
        REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == 10; }));
    }
    Client other(echo_door.endpoint());
    other.send({"other"});
    REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == 11; }));
    for (auto& asked : echo_door.asked) asked.answer();
    CHECK(other.wait(echo_door) == Frames{echo("other")});
    CHECK(echo_door.wait([&] { return echo_door.door->in_flight() == 0; }));
}

TEST_CASE("ZeroMQ door: a client that comes again under the same name is heard at once") {
    EchoDoor echo_door(true);
    Client first(echo_door.endpoint(), zmq::socket_type::dealer, "monitor-7");
    first.send({"first"});
    CHECK(first.wait(echo_door) == Frames{echo("first")});
    // The first connection is still there, as after a cut that the daemon has not noticed.
    Client again(echo_door.endpoint(), zmq::socket_type::dealer, "monitor-7");
    again.send({"again"});
    CHECK(again.wait(echo_door) == Frames{echo("again")});
}
