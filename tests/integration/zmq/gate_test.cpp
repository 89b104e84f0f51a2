// Floods of connections: those that say nothing, those that are too many, and peers that vanish.
#include "integration/zmq/harness.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <catch2/catch.hpp>

using namespace zmq_test;
using namespace std::chrono_literals;

namespace {

/// A TCP connection that says nothing.
class Silent {
public:
    explicit Silent(const std::string& endpoint)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port =
            htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    Silent(Silent&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
    Silent& operator=(Silent&& other) noexcept {
        std::swap(socket_, other.socket_);
        return *this;
    }
    Silent(const Silent&) = delete;
    Silent& operator=(const Silent&) = delete;
    ~Silent() {
        if (socket_ >= 0) ::close(socket_);
    }
    /// The other side has closed it.
    [[nodiscard]] bool ended() const {
        char greeting[64];
        ssize_t got = 0;
        while ((got = ::recv(socket_, greeting, sizeof greeting, 0)) > 0) {}
        return got == 0 || (errno != EAGAIN && errno != ENOTCONN);
    }

private:
    int socket_;
};

struct LimitedDoor {
    std::size_t connections = 0;
    std::string flooded_from;
    EchoDoor echo;
    explicit LimitedDoor(yuqing::ConnectionLimits limits, alert::Duration heartbeat = 10min)
        : echo(true, options(limits, heartbeat)) {}
    ZmqDoor::Options options(yuqing::ConnectionLimits limits, alert::Duration heartbeat) {
        ZmqDoor::Options options;
        options.connections = limits;
        options.heartbeat = heartbeat;
        options.on_flood = [this](const std::string& address) { flooded_from = address; };
        options.on_connections = [this](std::size_t now) { connections = now; };
        return options;
    }
    std::vector<Silent> flood(std::size_t count) {
        std::vector<Silent> silent;
        for (std::size_t i = 0; i < count; ++i) silent.emplace_back(echo.endpoint());
        return silent;
    }
};

}  // namespace

TEST_CASE("ZeroMQ gate: a connection that does not shake hands in its time is ended and counted") {
    LimitedDoor door({.connections_max = 100, .handshakes_max = 100, .handshake_within = 200ms});
    Client client(door.echo.endpoint());
    const auto silent = door.flood(10);
    REQUIRE(door.echo.wait([&] { return door.connections == 11; }));
    CHECK(door.echo.wait(
        [&] { return std::all_of(silent.begin(), silent.end(), [](auto& s) { return s.ended(); }); }));
    REQUIRE(door.echo.wait([&] { return door.connections == 1; }));
    CHECK(std::count(door.echo.limits.begin(), door.echo.limits.end(), "ingest_handshake_time") == 10);
    client.send({"a"});
    CHECK(client.wait(door.echo) == Frames{echo("a")});
}

TEST_CASE("ZeroMQ gate: over the limit new connections wait, and those that stand are answered") {
    LimitedDoor door({.connections_max = 40, .handshakes_max = 1000, .handshake_within = 1h});
    Client standing(door.echo.endpoint());
    standing.send({"before"});
    REQUIRE(standing.wait(door.echo) == Frames{echo("before")});
    std::optional<std::vector<Silent>> silent = door.flood(40);
    REQUIRE(door.echo.wait([&] { return door.echo.was_hit("ingest_connections"); }));
    std::optional<std::vector<Silent>> more = door.flood(400);
    for (int i = 0; i < 20; ++i) {
        standing.send({std::to_string(i)});
        CHECK(standing.wait(door.echo) == Frames{echo(std::to_string(i))});
    }
    CHECK(door.connections <= 40 + 128);  // and what the kernel had taken before it was told
    Client late(door.echo.endpoint());
    late.send({"late"});
    run_for(door.echo.io, 300ms);
    CHECK_FALSE(late.receive());
    silent.reset();
    more.reset();
    CHECK(late.wait(door.echo) == Frames{echo("late")});
}

TEST_CASE("ZeroMQ gate: silent connections that are made again and again keep nobody out") {
    LimitedDoor door({.connections_max = 1000, .handshakes_max = 8, .handshake_within = 1h});
    Client standing(door.echo.endpoint());
    standing.send({"before"});
    REQUIRE(standing.wait(door.echo) == Frames{echo("before")});
    auto silent = door.flood(100);
    REQUIRE(door.echo.wait([&] { return door.echo.was_hit("ingest_handshakes"); }));
    for (int i = 0; i < 3; ++i) {
        Client late(door.echo.endpoint());
        // An event that is on its way while the gate ends its connection is lost, as on any network: it is
        // sent until it is answered, as the contract has it.
        auto sent = std::chrono::steady_clock::time_point::min();
        CHECK(door.echo.wait([&] {
            for (auto& one : silent)
                if (one.ended()) one = Silent(door.echo.endpoint());
            if (const auto now = std::chrono::steady_clock::now(); now > sent + 500ms) {
                late.send({"late"});
                sent = now;
            }
            return late.receive() == Frames{echo("late")};
        }));
    }
    standing.send({"meanwhile"});
    CHECK(standing.wait(door.echo) == Frames{echo("meanwhile")});
    CHECK(door.flooded_from == "127.0.0.1");
    CHECK_FALSE(door.echo.was_hit("ingest_connections"));
    CHECK(door.echo.wait([&] { return door.connections == 1 + 8; }));
}

TEST_CASE("ZeroMQ gate: idle clients that have shaken hands stay, however many of them") {
    LimitedDoor door({.connections_max = 1000, .handshakes_max = 4, .handshake_within = 1h});
    std::vector<Client> idle;
    for (int i = 0; i < 12; ++i) {
        idle.emplace_back(door.echo.endpoint());
        idle.back().send({"a"});
        REQUIRE(idle.back().wait(door.echo) == Frames{echo("a")});
    }
    const auto silent = door.flood(20);
    REQUIRE(door.echo.wait([&] { return door.echo.was_hit("ingest_handshakes"); }));
    CHECK(door.echo.wait([&] { return door.connections == 12 + 4; }));
    CHECK(std::count_if(silent.begin(), silent.end(), [](auto& one) { return one.ended(); }) == 16);
}

TEST_CASE("ZeroMQ gate: a peer that vanished without a word goes, one that is merely idle stays") {
    LimitedDoor door({}, 50ms);
    Client idle(door.echo.endpoint());
    idle.send({"a"});
    REQUIRE(idle.wait(door.echo) == Frames{echo("a")});
    // It shakes hands as ZMTP 3.0 does without security, then says nothing more.
    const std::string greeting =
        std::string("\xff\0\0\0\0\0\0\0\x01\x7f\x03\0NULL", 16) + std::string(48, '\0');
    const std::string ready = std::string(
        "\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06"
        "DEALER",
        30);
    const int vanished = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    const auto endpoint = door.echo.endpoint();
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(vanished, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const auto bytes = greeting + ready;
    REQUIRE(::send(vanished, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    REQUIRE(door.echo.wait([&] { return door.connections == 2; }));
    CHECK(door.echo.wait([&] { return door.connections == 1; }));
    ::close(vanished);
    CHECK_FALSE(door.echo.was_hit("ingest_handshake_time"));
    idle.send({"b"});
    CHECK(idle.wait(door.echo) == Frames{echo("b")});
}
