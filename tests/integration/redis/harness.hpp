// A server, a loop and a connection between them, as the tests of the Redis layer use them.
#pragma once

#include "support/loop.hpp"
#include "support/redis_server.hpp"

#include "alert/memory/virtual_clock.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

namespace redis_test {

using namespace std::chrono_literals;
using alert::redis::Reply;
using yuqing::test::RedisServer;
using yuqing::test::run_for;
using yuqing::test::run_until;

inline alert::redis::ConnectionOptions options_for(const std::string& url) {
    return {.address = alert::redis::parse_address(url).value(),
            .durability = alert::redis::Durability::always,
            .probe_key = "yuqing:{test}:probe"};
}

/// As the account of the daemon: a command it may not give fails here before it fails in an office.
inline alert::redis::ConnectionOptions options_of_daemon(const std::string& url) {
    auto options = options_for(url);
    options.address.user = RedisServer::daemon_user;
    return options;
}

/// Remembers what the clock was told; trusts Redis as it is told to.
class ToldClock : public alert::VirtualClock {
public:
    std::vector<alert::TimePoint> told;
    bool distrusts = false;
    void observe(alert::TimePoint redis_now, alert::Duration) override { told.push_back(redis_now); }
    [[nodiscard]] bool distrusting() const override { return distrusts; }
};

class Client {
public:
    explicit Client(alert::redis::ConnectionOptions options) : connection(io, std::move(options), &clock) {
        connection.on_state(
            [this](bool up, const std::string& reason) { states.push_back(up ? "up" : "down: " + reason); });
    }
    void start_and_wait() {
        connection.start();
        REQUIRE(wait_up());
    }
    bool wait_up() {
        return run_until(io, [this] { return connection.up(); });
    }
    bool wait_down() {
        return run_until(io, [this] { return !connection.up(); });
    }
    /// Until the reason for being down holds the words.
    bool wait_reason(const std::string& words) {
        return run_until(io, [&] { return connection.reason().find(words) != std::string::npos; });
    }
    Reply ask(const std::vector<std::string>& words) {
        std::optional<Reply> given;
        connection.command(words, [&](Reply reply) { given = std::move(reply); });
        CHECK_FALSE(given);  // never from inside the call
        REQUIRE(run_until(io, [&] { return given.has_value(); }));
        return *given;
    }

    boost::asio::io_context io;
    ToldClock clock;
    alert::redis::Connection connection;
    std::vector<std::string> states;
};

}  // namespace redis_test
