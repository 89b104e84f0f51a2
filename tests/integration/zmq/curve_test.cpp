// Who comes in over CURVE, and who does not.
#include "integration/zmq/harness.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace zmq_test;

namespace {

struct Pair {
    std::string own_public = std::string(40, '\0'), secret = own_public;
    Pair() { zmq_curve_keypair(own_public.data(), secret.data()); }
};

/// A door that knows some keys.
struct KeyedDoor {
    Pair own;
    std::set<std::string> known;
    std::vector<std::string> refused;  // their addresses
    EchoDoor echo;

    explicit KeyedDoor(bool at_once = true) : echo(at_once, options()) {}
    ZmqDoor::Options options() {
        ZmqDoor::Options options;
        options.curve_secret_key = own.secret;
        options.admits = [this](const std::string& key, const std::string& address) {
            if (known.contains(key)) return true;
            refused.push_back(address);
            return false;
        };
        return options;
    }
};

/// Speaks CURVE as `own`, to whoever has the key `server`.
struct KeyedClient {
    zmq::context_t context{1};
    zmq::socket_t socket{context, zmq::socket_type::dealer};

    KeyedClient(const KeyedDoor& door, const Pair& own, const std::string& server,
                const std::string& routing_id = "") {
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::sndhwm, 0);
        socket.set(zmq::sockopt::rcvhwm, 0);
        socket.set(zmq::sockopt::curve_serverkey, server);
        socket.set(zmq::sockopt::curve_publickey, own.own_public);
        socket.set(zmq::sockopt::curve_secretkey, own.secret);
        if (!routing_id.empty()) socket.set(zmq::sockopt::routing_id, routing_id);
        socket.connect(door.echo.endpoint());
    }
    void send(const std::string& bytes) { socket.send(zmq::buffer(bytes), zmq::send_flags::dontwait); }
    std::string answer(KeyedDoor& door) {
        zmq::message_t part;
        const bool came =
            door.echo.wait([&] { return socket.recv(part, zmq::recv_flags::dontwait).has_value(); });
        return came ? part.to_string() : "";
    }
    /// Whether the door never answers, seen by its answering somebody else meanwhile.
    bool hears_nothing() {
        zmq::message_t part;
        return !socket.recv(part, zmq::recv_flags::dontwait);
    }
};

}  // namespace

TEST_CASE("CURVE: a known key comes in, and every event says which") {
    KeyedDoor door;
    const Pair first, second;
    door.known = {first.own_public, second.own_public};
    KeyedClient one(door, first, door.own.own_public), other(door, second, door.own.own_public);
    one.send("a");
    CHECK(one.answer(door) == echo("a"));
    other.send("b");
    CHECK(other.answer(door) == echo("b"));
    CHECK(door.echo.keys == std::vector<std::string>{first.own_public, second.own_public});
    CHECK(door.refused.empty());
}

TEST_CASE("CURVE: whoever is not known gets nothing in, with a key or without") {
    KeyedDoor door;
    const Pair known, stranger;
    door.known = {known.own_public};
    KeyedClient unknown(door, stranger, door.own.own_public), astray(door, known, stranger.own_public);
    Client plain(door.echo.endpoint());
    unknown.send("x");
    astray.send("x");
    plain.send({"x"});
    REQUIRE(door.echo.wait([&] { return !door.refused.empty(); }));
    CHECK(door.refused.front() == "127.0.0.1");

    KeyedClient friendly(door, known, door.own.own_public);
    for (const std::string bytes : {"1", "2", "3"}) {
        friendly.send(bytes);
        CHECK(friendly.answer(door) == echo(bytes));
    }
    CHECK(unknown.hears_nothing());
    CHECK(astray.hears_nothing());
    CHECK_FALSE(plain.receive());
    CHECK(door.echo.keys == std::vector<std::string>(3, known.own_public));
}

TEST_CASE("CURVE: the key stands with every event, also when many wait") {
    KeyedDoor door;
    const Pair first, second;
    door.known = {first.own_public, second.own_public};
    KeyedClient one(door, first, door.own.own_public), other(door, second, door.own.own_public);
    constexpr int many = 2000;
    for (int i = 0; i < many; ++i) {
        one.send("a");
        other.send("b");
    }
    for (int i = 0; i < many; ++i) {
        REQUIRE(one.answer(door) == echo("a"));
        REQUIRE(other.answer(door) == echo("b"));
    }
    CHECK(std::count(door.echo.keys.begin(), door.echo.keys.end(), first.own_public) == many);
    CHECK(std::count(door.echo.keys.begin(), door.echo.keys.end(), second.own_public) == many);
}

TEST_CASE("CURVE: another key under a routing id in use gets no answer of the one before") {
    KeyedDoor door(false);
    const Pair first, second;
    door.known = {first.own_public, second.own_public};
    KeyedClient one(door, first, door.own.own_public, "monitor");
    one.send("secret");
    REQUIRE(door.echo.wait([&] { return door.echo.asked.size() == 1; }));
    KeyedClient other(door, second, door.own.own_public, "monitor");
    other.send("mine");
    REQUIRE(door.echo.wait([&] { return door.echo.asked.size() == 2; }));
    CHECK(door.echo.door->in_flight() == 1);
    for (auto& asked : door.echo.asked) asked.answer();
    CHECK(other.answer(door) == echo("mine"));
    CHECK(door.echo.door->in_flight() == 0);
}

TEST_CASE("CURVE: a hundred clients that come at once are all let in") {
    KeyedDoor door;
    const Pair own;
    door.known = {own.own_public};
    std::vector<std::unique_ptr<KeyedClient>> clients;
    for (int i = 0; i < 100; ++i)
        clients.push_back(std::make_unique<KeyedClient>(door, own, door.own.own_public));
    for (auto& client : clients) client->send("a");
    for (auto& client : clients) CHECK(client->answer(door) == echo("a"));
}
