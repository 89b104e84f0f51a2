// The connection when things go well and when the server goes away, hangs or comes late.
#include "integration/redis/harness.hpp"

using namespace redis_test;
using alert::redis::redis_down;
using alert::redis::redis_lost;

TEST_CASE("Redis connection: comes up, answers, and tells the clock Redis's time") {
    const RedisServer server;
    Client client(options_for(server.url()));
    client.start_and_wait();
    CHECK(client.states == std::vector<std::string>{"up"});
    CHECK(client.ask({"SET", "a", std::string("\0\r\n\xff", 4)}).text == "OK");
    CHECK(client.ask({"GET", "a"}).text == std::string("\0\r\n\xff", 4));
    CHECK(client.ask({"GET", "missing"}).kind == Reply::Kind::nil);
    CHECK(client.ask({"INCR", "n"}).integer == 1);
    const auto nonsense = client.ask({"NONSENSE"});
    CHECK(nonsense.code == alert::redis::redis_failed);
    REQUIRE_FALSE(client.clock.told.empty());
    const auto now = std::chrono::time_point_cast<alert::Duration>(std::chrono::system_clock::now());
    CHECK(client.clock.told.front() <= now);
    CHECK(client.clock.told.front() > now - 1min);
}

TEST_CASE("Redis connection: measures commands by the stopwatch it is given") {
    const RedisServer server;
    Client client(options_for(server.url()));
    std::chrono::nanoseconds watch{};
    std::vector<std::chrono::nanoseconds> took;
    client.connection.on_answer([&] { return watch; },
                                [&](std::chrono::nanoseconds time) { took.push_back(time); });
    client.start_and_wait();
    took.clear();
    std::optional<Reply> given;
    client.connection.command({"PING"}, [&](Reply reply) { given = std::move(reply); });
    watch += 1500ns;
    REQUIRE(run_until(client.io, [&] { return given.has_value(); }));
    REQUIRE_FALSE(took.empty());
    CHECK(took.front() == 1500ns);
}

TEST_CASE("Redis connection: fails at once while Redis is away") {
    Client client(options_for("unix:///nonexistent/redis.sock"));
    client.connection.start();
    REQUIRE(client.wait_reason("No such file"));
    std::optional<Reply> given;
    client.connection.command({"PING"}, [&](Reply reply) { given = std::move(reply); });
    CHECK_FALSE(given);
    client.io.poll();
    REQUIRE(given);
    CHECK(given->code == redis_down);
    CHECK(given->text.find("No such file") != std::string::npos);
}

TEST_CASE("Redis connection: waits for a server that starts later") {
    RedisServer server;
    server.stop();
    Client client(options_for(server.url()));
    client.connection.start();
    run_for(client.io, 300ms);
    CHECK_FALSE(client.connection.up());
    server.start();
    CHECK(client.wait_up());
}

TEST_CASE("Redis connection: survives a killed server, and every command under way is answered once") {
    RedisServer server;
    Client client(options_for(server.url()));
    client.start_and_wait();
    REQUIRE(client.ask({"SET", "kept", "1"}).text == "OK");

    server.freeze();  // so that the commands are surely under way
    int lost = 0, others = 0;
    for (int i = 0; i < 100; ++i)
        client.connection.command({"INCR", "n"},
                                  [&](const Reply& reply) { ++(reply.code == redis_lost ? lost : others); });
    run_for(client.io, 50ms);
    server.kill();
    REQUIRE(client.wait_down());
    CHECK(lost == 100);
    CHECK(others == 0);
    CHECK(client.ask({"PING"}).code == redis_down);

    server.start();
    REQUIRE(client.wait_up());
    CHECK(client.ask({"GET", "kept"}).text == "1");
}

TEST_CASE("Redis connection: comes back when its connection is cut") {
    const RedisServer server;
    Client client(options_for(server.url()));
    client.start_and_wait();
    for (int i = 0; i < 3; ++i) {
        server.run({"CLIENT", "KILL", "TYPE", "normal"});
        REQUIRE(client.wait_down());
        REQUIRE(client.wait_up());
    }
    CHECK(client.ask({"PING"}).text == "PONG");
}

TEST_CASE(
    "Redis connection: leaves a server that is not the one wanted, and nothing it says counts any more") {
    RedisServer server;
    Client client(options_for(server.url()));
    client.start_and_wait();
    const auto here = client.connection.server();
    CHECK_FALSE(here.empty());
    client.connection.leave_unless(here);
    CHECK(client.connection.up());

    server.freeze();
    std::optional<Reply> given;
    client.connection.command({"PING"}, [&](Reply reply) { given = std::move(reply); });
    run_for(client.io, 50ms);
    server.thaw();
    REQUIRE(server.command({"PING"}) == "PONG");  // it has answered ours before
    client.connection.leave_unless("another");
    CHECK_FALSE(given);  // never from inside the call
    CHECK_FALSE(client.connection.up());
    CHECK(client.connection.server().empty());
    REQUIRE(client.wait_up());
    REQUIRE(given);
    CHECK(given->code == redis_lost);
}

TEST_CASE("Redis connection: gives up a server that hangs, and finds it again") {
    RedisServer server;
    auto options = options_for(server.url());
    options.command_timeout = 300ms;
    Client client(options);
    client.start_and_wait();
    server.freeze();
    std::optional<Reply> given;
    client.connection.command({"PING"}, [&](Reply reply) { given = std::move(reply); });
    REQUIRE(client.wait_down());
    REQUIRE(given);
    CHECK(given->code == redis_lost);
    CHECK(client.connection.reason() == "no answer for 300 ms");
    server.thaw();
    CHECK(client.wait_up());
}

TEST_CASE("Redis connection: finds out that a server hangs although nobody asks it anything") {
    RedisServer server;
    auto options = options_for(server.url());
    options.command_timeout = 300ms;
    Client client(options);
    client.start_and_wait();
    server.freeze();
    CHECK(client.wait_down());
    server.thaw();
}

TEST_CASE("Redis connection: a server that takes the connection and says nothing is given up") {
    RedisServer server;
    server.freeze();
    auto options = options_for(server.url());
    options.connect_timeout = 200ms;
    Client client(options);
    client.connection.start();
    CHECK(client.wait_reason("no connection within 200 ms"));
    server.thaw();
    CHECK(client.wait_up());
}

TEST_CASE("Redis connection: a long pipeline that is worked off slowly is not given up") {
    const RedisServer server({.more = {"--enable-debug-command", "yes"}});
    auto options = options_for(server.url());
    options.command_timeout = 400ms;
    Client client(options);
    client.start_and_wait();
    int done = 0;
    // Redis answers what it read in one go together, so the slow commands are kept apart.
    const std::string filler(20'000, 'x');
    for (int i = 0; i < 8; ++i) {
        client.connection.command({"SET", "filler", filler}, [](const Reply&) {});
        client.connection.command({"DEBUG", "SLEEP", "0.15"},
                                  [&](const Reply& reply) { done += reply.is_error() ? 0 : 1; });
    }
    REQUIRE(run_until(client.io, [&] { return done == 8 || !client.connection.up(); }));
    CHECK(done == 8);
}

TEST_CASE("Redis connection: refuses more commands than may be under way") {
    RedisServer server;
    auto options = options_for(server.url());
    options.in_flight_max = 10;
    Client client(options);
    client.start_and_wait();
    int answered = 0, refused = 0;
    for (int i = 0; i < 15; ++i)
        client.connection.command(
            {"PING"}, [&](const Reply& reply) { ++(reply.code == redis_down ? refused : answered); });
    REQUIRE(run_until(client.io, [&] { return answered + refused == 15; }));
    CHECK(refused == 5);
    CHECK(client.connection.up());
}

TEST_CASE("Redis connection: stopping answers what is under way, destroying calls nobody") {
    RedisServer server;
    boost::asio::io_context io;
    int lost = 0;
    {
        alert::redis::Connection connection(io, options_for(server.url()));
        connection.start();
        REQUIRE(run_until(io, [&] { return connection.up(); }));
        connection.command({"PING"}, [&](const Reply& reply) { lost += reply.code == redis_lost ? 1 : 0; });
        connection.stop();
        CHECK(lost == 1);
        CHECK_FALSE(connection.up());
        run_for(io, 200ms);
        CHECK_FALSE(connection.up());
    }
    bool called = false;
    {
        alert::redis::Connection connection(io, options_for(server.url()));
        connection.start();
        REQUIRE(run_until(io, [&] { return connection.up(); }));
        connection.command({"PING"}, [&](const Reply&) { called = true; });
    }
    run_for(io, 50ms);
    CHECK_FALSE(called);
}

TEST_CASE("Redis connection: may be stopped and asked from inside an answer") {
    const RedisServer server;
    Client client(options_for(server.url()));
    client.start_and_wait();
    std::vector<std::string_view> codes;
    client.connection.command({"PING"}, [&](const Reply&) {
        client.connection.stop();
        client.connection.command({"PING"}, [&](const Reply& reply) { codes.push_back(reply.code); });
    });
    client.connection.command({"PING"}, [&](const Reply& reply) { codes.push_back(reply.code); });
    REQUIRE(run_until(client.io, [&] { return codes.size() == 2; }));
    CHECK(codes == std::vector<std::string_view>{redis_lost, redis_down});
}

TEST_CASE("Redis connection: loads its scripts again after SCRIPT FLUSH, each call is answered") {
    const RedisServer server;
    Client client(options_for(server.url()));
    client.start_and_wait();
    server.run({"SCRIPT", "FLUSH"});
    int renewed = 0;
    for (int i = 0; i < 200; ++i) {
        auto call = alert::redis::script_call(alert::redis::Script::renew, 2);
        call.add("yuqing:{test}:outbox:duty:0").add("yuqing:{test}:notification:n1").add("n1").add(2000);
        client.connection.run(alert::redis::Script::renew, std::move(call), [&](const Reply& reply) {
            renewed += reply.kind == Reply::Kind::integer ? 1 : 0;
        });
    }
    REQUIRE(run_until(client.io, [&] { return renewed == 200; }));
    CHECK(client.states == std::vector<std::string>{"up"});
}

TEST_CASE("Redis connection: reaches a server over TCP by its name") {
    boost::asio::io_context io;
    const RedisServer server({.more = {"--port", "0", "--bind", "127.0.0.1"}});
    // Port 0 was no listener; a free one is taken while the server runs.
    std::string port;
    for (int candidate = 21'000; candidate < 29'000 && port.empty(); candidate += 37)
        if (server.command({"CONFIG", "SET", "port", std::to_string(candidate)}) == "OK")
            port = std::to_string(candidate);
    REQUIRE_FALSE(port.empty());
    for (const std::string host : {"127.0.0.1", "localhost"}) {
        Client client(options_for("redis://" + host + ":" + port + "/2"));
        client.start_and_wait();
        CHECK(client.ask({"SET", "where", host}).text == "OK");
        server.run({"SELECT", "2"});
    }
    Client nowhere(options_for("redis://no-such-host.invalid:6379"));
    nowhere.connection.start();
    CHECK(nowhere.wait_reason("no-such-host.invalid"));
}
