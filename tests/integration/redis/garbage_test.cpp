// A server that says what it was not asked, or what is no answer: nobody is given an answer that is not his.
#include "integration/redis/harness.hpp"
#include "integration/redis/interposer.hpp"

using namespace redis_test;
using alert::redis::redis_lost;

namespace {

/// A real server, somebody between, and a client who has come up through him.
struct Scene {
    Scene() {
        server.run({"SET", "a", "of a"});
        server.run({"SET", "b", "of b"});
        client.start_and_wait();
    }

    /// What a command asked now comes to, whatever else happens.
    std::optional<Reply>& ask(const std::string& key) {
        given.reset();
        client.connection.command({"GET", key}, [this](Reply reply) { given = std::move(reply); });
        return given;
    }

    void check_left(const std::string& reason) {
        REQUIRE(run_until(client.io, [&] { return client.states.size() >= 3; }));
        CHECK(client.states[1] == "down: " + reason);
        CHECK(client.states[2] == "up");
        CHECK(client.ask({"GET", "a"}).text == "of a");
        CHECK(client.ask({"GET", "b"}).text == "of b");
    }

    /// Instead of the answer `of a`, the next time that the server gives it.
    void instead(const std::string& bytes) {
        between.change = [bytes, once = true](std::string said) mutable {
            const std::string right = "$4\r\nof a\r\n";
            const auto at = said.find(right);
            return at != std::string::npos && std::exchange(once, false)
                       ? said.replace(at, right.size(), bytes)
                       : said;
        };
    }

    const RedisServer server;
    Client client{options_for(Interposer::url())};
    Interposer between{client.io, server.socket_path()};
    std::optional<Reply> given;
};

const std::string unasked = "Redis gave an answer that nobody had asked for";

}  // namespace

TEST_CASE("Redis garbage: an answer that nobody asked for ends the connection, and a new one is in step") {
    Scene scene;
    scene.between.say("$5\r\nwrong\r\n");
    scene.check_left(unasked);
}

TEST_CASE("Redis garbage: half an answer that nobody asked for ends the connection too") {
    Scene scene;
    scene.between.say("$5\r\nwr");
    scene.check_left(unasked);
}

TEST_CASE("Redis garbage: an unasked answer is not given to who asks before it was read") {
    Scene scene;
    scene.between.say("$5\r\nwrong\r\n");
    const auto& given = scene.ask("a");
    REQUIRE(run_until(scene.client.io, [&] { return given.has_value(); }));
    CHECK(given->code == redis_lost);
    scene.check_left(unasked);
}

TEST_CASE("Redis garbage: of one answer too many the right one counts, and the next command gets its own") {
    Scene scene;
    scene.instead("$4\r\nof a\r\n$5\r\nwrong\r\n");
    const auto& given = scene.ask("a");
    REQUIRE(run_until(scene.client.io, [&] { return given.has_value(); }));
    CHECK(given->text == "of a");
    scene.check_left(unasked);
}

TEST_CASE("Redis garbage: a broken protocol ends the connection, who asked learns that it is not known") {
    const std::string line_end = "\r\n";
    for (const std::string broken :
         {"HTTP/1.1 400 Bad Request", "?", "_", "$x", "$-7", ":1x", ":", ":9999999999999999999", "*-7", "*x",
          "*2000000", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1"}) {
        CAPTURE(broken);
        Scene scene;
        scene.instead(broken + line_end);
        const auto& given = scene.ask("a");
        REQUIRE(run_until(scene.client.io, [&] { return given.has_value(); }));
        CHECK(given->code == redis_lost);
        REQUIRE(run_until(scene.client.io, [&] { return scene.client.states.size() >= 3; }));
        CHECK(scene.client.states[1].starts_with("down: Redis broke the protocol: "));
        CHECK(scene.client.ask({"GET", "b"}).text == "of b");
    }
}

TEST_CASE("Redis garbage: answers that come byte by byte are the same answers") {
    Scene scene;
    scene.between.bytewise = true;
    scene.server.run({"RPUSH", "list", "one", "two", std::string("\0\r\n", 3)});
    const auto list = scene.client.ask({"LRANGE", "list", "0", "-1"});
    REQUIRE(list.items.size() == 3);
    CHECK(list.items[2].text == std::string("\0\r\n", 3));
    CHECK(scene.client.ask({"GET", "none"}).kind == Reply::Kind::nil);
    CHECK(scene.client.ask({"STRLEN", "a"}).integer == 4);
    CHECK(scene.client.states == std::vector<std::string>{"up"});
}
