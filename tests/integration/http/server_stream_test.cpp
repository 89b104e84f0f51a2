// Answers without an end: what their readers get, and that nobody waits for a reader.
#include "raw_client.hpp"

#include <boost/asio/post.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace yuqing;
using namespace yuqing::test;
using namespace std::chrono_literals;

namespace {

/// Every request of `/stream` gets a stream; what is told goes to all of them.
class Teller {
public:
    explicit Teller(HttpServerOptions options = {})
        : server(
              [this](const HttpRequest& request, const HttpServer::Reply& reply) { answer(request, reply); },
              std::move(options)) {}

    void tell(const std::string& text) {
        boost::asio::post(server.io(), [this, part = std::make_shared<const std::string>(text)] {
            const std::lock_guard lock(mutex_);
            for (const auto& stream : streams_) {
                const auto there = stream.lock();
                if (there && there->send(part)) ++sent_;
            }
        });
    }
    [[nodiscard]] std::size_t listening() {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(
            std::count_if(streams_.begin(), streams_.end(), [](const auto& stream) {
                const auto there = stream.lock();
                return there && there->open();
            }));
    }

    [[nodiscard]] int sent() const { return sent_; }

private:
    void answer(const HttpRequest& request, const HttpServer::Reply& reply) {
        if (request.path != "/stream") return reply({.body = "plain"});
        HttpResponse response{.content_type = "text/event-stream"};
        response.opened = [this](std::weak_ptr<HttpStream> stream) {
            const std::lock_guard lock(mutex_);
            streams_.push_back(std::move(stream));
        };
        reply(std::move(response));
    }

    std::mutex mutex_;
    std::vector<std::weak_ptr<HttpStream>> streams_;
    std::atomic<int> sent_ = 0;

public:
    ServerThread server;  // the last, so that it ends first
};

}  // namespace

TEST_CASE("HTTP stream: parts arrive as they are told, in their order") {
    Teller teller;
    RawClient client(teller.server.port());
    const auto head = client.ask(get("/stream"));
    CHECK(head.status == 200);
    CHECK(head.headers.at("content-type") == "text/event-stream");
    CHECK(head.headers.count("content-length") == 0);
    CHECK(head.headers.at("connection") == "close");
    REQUIRE(ServerThread::wait([&] { return teller.listening() == 1; }));
    teller.tell("one\n");
    CHECK(client.read_until("\n") == "one\n");
    teller.tell("two\n");
    teller.tell("three\n");
    CHECK(client.read_until("three\n") == "two\nthree\n");
}

TEST_CASE("HTTP stream: a reader who goes is noticed without being told anything") {
    Teller teller;
    {
        RawClient client(teller.server.port());
        REQUIRE(client.ask(get("/stream")).status == 200);
        REQUIRE(ServerThread::wait([&] { return teller.listening() == 1; }));
    }
    CHECK(ServerThread::wait([&] { return teller.listening() == 0; }));
}

TEST_CASE("HTTP stream: what a listener sends is nobody's request") {
    Teller teller;
    RawClient client(teller.server.port());
    REQUIRE(client.ask(get("/stream")).status == 200);
    client.send(get("/stream") + std::string(100'000, 'x'));
    teller.tell("still here\n");
    CHECK(client.read_until("\n") == "still here\n");
    CHECK(teller.listening() == 1);
}

TEST_CASE("HTTP stream: a reader who does not read is cut off, the others hear everything") {
    HttpServerOptions options;
    options.stream_bytes_max = 256 * 1024;
    Teller teller(options);
    RawClient deaf(teller.server.port()), good(teller.server.port());
    REQUIRE(deaf.ask(get("/stream")).status == 200);
    REQUIRE(good.ask(get("/stream")).status == 200);
    REQUIRE(ServerThread::wait([&] { return teller.listening() == 2; }));
    const std::string part = std::string(64 * 1024 - 1, 'x') + "\n";
    int told = 0;
    while (teller.listening() == 2 && told < 1000) {  // until the sockets' own buffers are full as well
        teller.tell(part);
        ++told;
        REQUIRE(good.read_until("\n").size() == part.size());
    }
    CHECK(teller.listening() == 1);
    CHECK(teller.server.limits()["stream_backlog"] == 1);
    teller.tell("end\n");
    CHECK(good.read_until("end\n") == "end\n");
}

TEST_CASE("HTTP stream: a write that does not get on ends the stream") {
    HttpServerOptions options;
    options.write_timeout = 300ms;
    options.stream_bytes_max = 64 * 1024 * 1024;
    Teller teller(options);
    RawClient deaf(teller.server.port());
    REQUIRE(deaf.ask(get("/stream")).status == 200);
    REQUIRE(ServerThread::wait([&] { return teller.listening() == 1; }));
    teller.tell(std::string(32 * 1024 * 1024, 'x'));
    CHECK(ServerThread::wait([&] { return teller.listening() == 0; }));
    CHECK(teller.server.limits()["stream_backlog"] == 1);
}

TEST_CASE("HTTP stream: silence does not end it") {
    HttpServerOptions options;
    options.idle_timeout = options.reply_timeout = options.write_timeout = options.header_timeout = 200ms;
    Teller teller(options);
    RawClient client(teller.server.port());
    REQUIRE(client.ask(get("/stream")).status == 200);
    CHECK_FALSE(client.readable(1s));
    teller.tell("after all\n");
    CHECK(client.read_until("\n") == "after all\n");
}

TEST_CASE("HTTP stream: stopping ends the streams at once") {
    Teller teller;
    RawClient client(teller.server.port());
    REQUIRE(client.ask(get("/stream")).status == 200);
    REQUIRE(ServerThread::wait([&] { return teller.listening() == 1; }));
    const auto begin = std::chrono::steady_clock::now();
    teller.server.stop();
    CHECK(ServerThread::wait([&] { return teller.server.stopped(); }));
    CHECK(client.at_end());
    CHECK(std::chrono::steady_clock::now() - begin < 3s);
}

TEST_CASE("HTTP stream: HEAD tells the head of a stream and no more") {
    Teller teller;
    RawClient client(teller.server.port());
    client.send("HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.read(true).status == 200);
    CHECK(teller.listening() == 0);
    CHECK(client.ask(get("/")).body == "plain");
}
