// Which servers count as up: what is asked at every connect, and what happens when a server changes.
#include "integration/redis/harness.hpp"

using namespace redis_test;
using alert::redis::Durability;
using alert::redis::redis_refused;

namespace {

struct Row {
    const char* setting;
    const char* wrong;
    const char* right;
    const char* reason;
};

}  // namespace

TEST_CASE("Redis handshake: a server that may lose what it was given does not count as up") {
    const auto row = GENERATE(values<Row>({
        {"appendonly", "no", "yes", "appendonly no"},
        {"appendfsync", "everysec", "always", "appendfsync everysec"},
        {"no-appendfsync-on-rewrite", "yes", "no", "no-appendfsync-on-rewrite yes"},
        {"maxmemory-policy", "allkeys-lru", "noeviction", "maxmemory-policy allkeys-lru"},
    }));
    const RedisServer server({.more = {"--maxmemory", "100mb"}});
    server.run({"CONFIG", "SET", row.setting, row.wrong});
    Client client(options_for(server.url()));
    client.connection.start();
    REQUIRE(client.wait_reason(row.reason));
    CHECK_FALSE(client.connection.up());
    CHECK(client.ask({"PING"}).code == alert::redis::redis_down);

    server.run({"CONFIG", "SET", row.setting, row.right});
    CHECK(client.wait_up());
}

TEST_CASE("Redis handshake: a server that stops keeping what it is given counts as down while connected") {
    const RedisServer server;
    auto options = options_for(server.url());
    options.command_timeout = 200ms;
    Client client(options);
    client.start_and_wait();
    server.run({"CONFIG", "SET", "appendonly", "no"});
    REQUIRE(client.wait_reason("appendonly no"));
    CHECK_FALSE(client.connection.up());
    server.run({"CONFIG", "SET", "appendonly", "yes"});
    CHECK(client.wait_up());
}

TEST_CASE("Redis handshake: a server may be more durable than required") {
    const auto [required, appendonly, appendfsync] = GENERATE(table<Durability, const char*, const char*>({
        {Durability::everysec, "yes", "always"},
        {Durability::everysec, "yes", "everysec"},
        {Durability::none, "no", "everysec"},
        {Durability::none, "yes", "no"},
    }));
    const RedisServer server({.appendonly = appendonly, .appendfsync = appendfsync});
    auto options = options_for(server.url());
    options.durability = required;
    Client client(options);
    client.connection.start();
    CHECK(client.wait_up());
}

TEST_CASE("Redis handshake: logs in with the password, or says why it cannot") {
    const RedisServer server({.more = {"--requirepass", "s3cret"}});
    auto options = options_for(server.url());
    options.address.password = "wrong";
    Client stranger(options);
    stranger.connection.start();
    REQUIRE(stranger.wait_reason("AUTH: "));
    CHECK(stranger.connection.reason().find("wrong") == std::string::npos);
    const std::string what_to_do =
        "; mend redis.user and redis.password_file, or give this Redis the line 'user yuqingd' of the "
        "shipped "
        "redis.conf and restart it";
    CHECK_THAT(stranger.connection.reason(), Catch::EndsWith(what_to_do));

    options.address.password.clear();
    Client nobody(options);
    nobody.connection.start();
    REQUIRE(nobody.wait_reason("NOAUTH"));
    CHECK_THAT(nobody.connection.reason(), Catch::EndsWith(what_to_do));

    options.address.password = "s3cret";
    Client client(options);
    client.start_and_wait();

    REQUIRE(client.ask({"ACL", "SETUSER", "yuqingd", "on", ">pw", "~yuqing:*", "+@all"}).text == "OK");
    options.address.user = "yuqingd";
    options.address.password = "pw";
    Client user(options);
    user.connection.start();
    CHECK(user.wait_up());
}

TEST_CASE(
    "Redis handshake: a user who may not do all that is needed is told by name and given nothing to do") {
    const auto row = GENERATE(values<std::pair<const char*, const char*>>({
        {"-xadd", "run the 'xadd' command"},
        {"-script|load", "run the 'script|load' command"},
        {"resetkeys", "access the"},
    }));
    const RedisServer server;
    server.run({"ACL", "SETUSER", "office", "on", "nopass", "+@all", "~yuqing:*", row.first});
    auto options = options_for(server.url());
    options.address.user = "office";
    Client client(options);
    client.connection.start();
    REQUIRE(client.wait_reason(row.second));
    CHECK_FALSE(client.connection.up());
    server.run({"ACL", "SETUSER", "office", "+@all", "~yuqing:*"});
    CHECK(client.wait_up());
}

TEST_CASE("Redis refusal: a user who loses a right while connected counts as away until it is back") {
    const RedisServer server;
    server.run({"ACL", "SETUSER", "office", "on", "nopass", "+@all", "~*"});
    auto options = options_for(server.url());
    options.address.user = "office";
    Client client(options);
    client.start_and_wait();
    server.run({"ACL", "SETUSER", "office", "-get"});
    CHECK(client.ask({"GET", "yuqing:x"}).code == redis_refused);
    REQUIRE(client.wait_reason("'get' command"));
    server.run({"ACL", "SETUSER", "office", "+get"});
    CHECK(client.wait_up());
}

TEST_CASE("Redis handshake: works in the database of the address") {
    const RedisServer server;
    auto options = options_for(server.url() + "?db=3");
    Client client(options);
    client.start_and_wait();
    REQUIRE(client.ask({"SET", "a", "1"}).text == "OK");
    CHECK(server.command({"GET", "a"}) == "(nil)");
    CHECK(server.command({"INFO", "keyspace"}).find("db3") != std::string::npos);
}

TEST_CASE("Redis handshake: a replica does not count as up") {
    const RedisServer server;
    server.run({"REPLICAOF", "127.0.0.1", "1"});
    Client client(options_for(server.url()));
    client.connection.start();
    REQUIRE(client.wait_reason("replica"));
    server.run({"REPLICAOF", "NO", "ONE"});
    CHECK(client.wait_up());
}

TEST_CASE("Redis refusal: a server that becomes a replica is not written to any more") {
    const RedisServer server;
    Client client(options_for(server.url()));
    client.start_and_wait();
    server.run({"REPLICAOF", "127.0.0.1", "1"});
    CHECK(client.ask({"SET", "a", "1"}).code == redis_refused);
    CHECK_FALSE(client.connection.up());
    CHECK(client.ask({"SET", "a", "1"}).code == alert::redis::redis_down);
    REQUIRE(client.wait_reason("replica"));
    server.run({"REPLICAOF", "NO", "ONE"});
    CHECK(client.wait_up());
}

TEST_CASE("Redis refusal: a full server counts as down until it takes writes again") {
    const RedisServer server;
    Client client(options_for(server.url()));
    client.start_and_wait();
    server.run({"CONFIG", "SET", "maxmemory", "1"});
    // What is under way besides is answered all the same.
    std::vector<std::string_view> codes;
    client.connection.command({"SET", "a", "1"}, [&](const Reply& reply) { codes.push_back(reply.code); });
    client.connection.command({"GET", "a"}, [&](const Reply& reply) { codes.push_back(reply.code); });
    REQUIRE(run_until(client.io, [&] { return codes.size() == 2; }));
    CHECK(codes == std::vector<std::string_view>{redis_refused, ""});
    CHECK_FALSE(client.connection.up());
    REQUIRE(client.wait_reason("SET: OOM"));  // the probe found it out
    server.run({"CONFIG", "SET", "maxmemory", "0"});
    CHECK(client.wait_up());
}

TEST_CASE("Redis refusal: a change of the reason is told, the same reason again is not") {
    RedisServer server;
    server.run({"CONFIG", "SET", "appendfsync", "no"});
    Client client(options_for(server.url()));
    client.connection.start();
    REQUIRE(client.wait_reason("appendfsync no"));
    run_for(client.io, 400ms);  // several attempts
    CHECK(client.states.size() == 1);
    server.stop();
    REQUIRE(run_until(client.io, [&] { return client.states.size() == 2; }));
    server.start();
    REQUIRE(client.wait_up());
    CHECK(client.states.back() == "up");
}
