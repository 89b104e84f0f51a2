#include "raw_client.hpp"

#include <boost/asio/post.hpp>

#include <catch2/catch.hpp>

using namespace yuqing;
using namespace yuqing::test;
using namespace std::chrono_literals;

namespace {

/// Times far below what a person would choose, far above what the machine needs.
HttpServerOptions hasty() {
    HttpServerOptions options;
    options.header_timeout = 300ms;
    options.body_timeout = 300ms;
    options.idle_timeout = 300ms;
    options.reply_timeout = 300ms;
    return options;
}

std::string post(std::size_t length) {
    return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

}  // namespace

TEST_CASE("HTTP server: a header that does not end is cut off") {
    ServerThread server(echo, hasty());
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: x\r\n");
    CHECK(client.read().status == 408);
    CHECK(client.at_end());
    CHECK(server.limits()["http_time"] == 1);
}

TEST_CASE("HTTP server: bytes that trickle in do not prolong the time") {
    auto options = hasty();
    options.idle_timeout = 20s;
    ServerThread server(echo, options);
    RawClient client(server.port());
    const auto begin = std::chrono::steady_clock::now();
    client.send("GET / HTTP/1.1\r\n");
    while (!client.readable(20ms) && client.send("X-More: 1\r\n")) {}
    CHECK(client.read().status == 408);
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("HTTP server: a body that does not come is cut off") {
    ServerThread server(echo, hasty());
    RawClient client(server.port());
    client.send(post(10) + "half");
    CHECK(client.read().status == 408);
    CHECK(client.at_end());
}

TEST_CASE("HTTP server: whoever asks nothing is closed without a word") {
    ServerThread server(echo, hasty());
    RawClient silent(server.port());
    CHECK(silent.at_end());
    RawClient client(server.port());
    CHECK(client.ask(get("/")).status == 200);
    CHECK(client.at_end());
    CHECK(server.limits().empty());
}

TEST_CASE("HTTP server: a handler that does not reply is answered for, and its late reply dropped") {
    std::vector<HttpServer::Reply> replies;
    ServerThread server(
        [&](const HttpRequest& request, const HttpServer::Reply& reply) {
            if (request.path == "/never") return replies.push_back(reply);
            for (const auto& late : replies) late({.body = "late"});
            reply({});
        },
        hasty());
    RawClient client(server.port());
    CHECK(client.ask(get("/never")).status == 503);
    RawClient other(server.port());
    CHECK(other.ask(get("/")).status == 200);
    CHECK(client.at_end());
}

TEST_CASE("HTTP server: a header over its bytes is refused") {
    HttpServerOptions options;
    options.header_bytes_max = 1024;
    ServerThread server(echo, options);
    RawClient one_line(server.port());
    CHECK(one_line.ask("GET /" + std::string(4096, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n").status == 431);
    CHECK(one_line.at_end());
    RawClient many_lines(server.port());
    std::string request = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 200; ++i) request += "X-" + std::to_string(i) + ": 1\r\n";
    CHECK(many_lines.ask(request + "\r\n").status == 431);
    RawClient fits(server.port());
    CHECK(fits.ask("GET /" + std::string(900, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);
    CHECK(server.limits()["http_header"] == 2);
}

TEST_CASE("HTTP server: a body over its bytes is refused before it is read") {
    HttpServerOptions options;
    options.body_bytes_max = 64 * 1024;
    ServerThread server(echo, options);
    RawClient told(server.port());
    CHECK(told.ask(post(64 * 1024 + 1)).status == 413);
    RawClient chunked(server.port());
    chunked.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
    for (int i = 0; i < 5; ++i) chunked.send(chunk);
    CHECK(chunked.read().status == 413);
    RawClient fits(server.port());
    CHECK(fits.ask(post(64 * 1024) + std::string(64 * 1024, 'x')).body.size() == 7 + 64 * 1024);
    CHECK(server.limits()["http_body"] == 2);
}

TEST_CASE("HTTP server: a refusal reaches a client that is still sending") {
    ServerThread server(echo);
    RawClient client(server.port());
    client.send(post(8 * 1024 * 1024));
    const std::string piece(64 * 1024, 'x');
    for (int i = 0; i < 128 && client.send(piece); ++i) {}
    CHECK(client.read().status == 413);
}

TEST_CASE("HTTP server: the largest body of the contract fits") {
    ServerThread server(echo);
    RawClient client(server.port());
    const std::string body(4 * 1024 * 1024, 'x');
    CHECK(client.ask(post(body.size()) + body).body.size() == body.size() + 7);
}

TEST_CASE("HTTP server: when all connections are at work a newcomer is told so") {
    std::mutex mutex;
    std::vector<HttpServer::Reply> replies;
    const auto asked = [&] {
        const std::lock_guard lock(mutex);
        return replies.size();
    };
    HttpServerOptions options;
    options.connections_max = 4;
    ServerThread server(
        [&](const HttpRequest&, const HttpServer::Reply& reply) {
            const std::lock_guard lock(mutex);
            replies.push_back(reply);
        },
        options);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<RawClient>(server.port()));
        clients.back()->send(get("/"));
    }
    REQUIRE(ServerThread::wait([&] { return asked() == 4; }));
    for (int i = 0; i < 100; ++i) {
        RawClient newcomer(server.port());
        newcomer.send(get("/"));
        const auto answer = newcomer.read();
        CHECK((answer.status == 503 || answer.status == 0));
        if (i == 0) CHECK(answer.status == 503);
    }
    CHECK(server.limits()["http_connections"] == 100);
    boost::asio::post(server.io(), [&] {
        for (const auto& reply : replies) reply({.body = "done"});
    });
    for (const auto& client : clients) CHECK(client->read().body == "done");
    RawClient later(server.port());  // takes the place of one that idles now
    later.send(get("/"));
    CHECK(ServerThread::wait([&] { return asked() == 5; }));
}

TEST_CASE("HTTP server: idle connections make room") {
    HttpServerOptions options;
    options.connections_max = 4;
    ServerThread server(echo, options);
    std::vector<std::unique_ptr<RawClient>> silent;
    for (int i = 0; i < 50; ++i) silent.push_back(std::make_unique<RawClient>(server.port()));
    RawClient client(server.port());
    CHECK(client.ask(get("/")).status == 200);
    CHECK(silent.front()->at_end());
    CHECK(server.limits()["http_connections"] >= 47);
}

TEST_CASE("HTTP server: slow clients do not delay the next one, be they more than there are places") {
    HttpServerOptions options;
    options.connections_max = 256;
    ServerThread server(echo, options);
    std::vector<std::unique_ptr<RawClient>> slow;
    for (int i = 0; i < 400; ++i) {
        slow.push_back(std::make_unique<RawClient>(server.port()));
        slow.back()->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Le");
    }
    const auto begin = std::chrono::steady_clock::now();
    RawClient client(server.port());
    CHECK(client.ask(get("/-/healthy")).status == 200);
    CHECK(std::chrono::steady_clock::now() - begin < 2s);
}
