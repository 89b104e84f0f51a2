#include "raw_client.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/parse.hpp>

#include <catch2/catch.hpp>

using namespace yuqing;
using namespace yuqing::test;
using namespace std::chrono_literals;

namespace {

void check_error(const RawAnswer& answer, int status, std::string_view code) {
    CHECK(answer.status == status);
    REQUIRE(answer.headers.at("content-type") == "application/json; charset=utf-8");
    const auto error = boost::json::parse(answer.body).at("error").as_object();
    CHECK(std::string_view(error.at("code").as_string()) == code);
    CHECK_FALSE(error.at("message").as_string().empty());
    CHECK(error.contains("path"));
}

}  // namespace

TEST_CASE("HTTP server: hands over method, path, query and body") {
    ServerThread server(echo);
    RawClient client(server.port());
    CHECK(client.ask(get("/api/v1/cases?unit=%E5%8E%BF+a&limit=5&empty=&bare&limit=9")).body ==
          "GET\n/api/v1/cases\nbare=\nempty=\nlimit=5\nunit=县 a\n");
    CHECK(client.ask(get("/%E6%A1%88%2F1")).body == "GET\n/案/1\n");
    CHECK(client.ask("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody").body ==
          "POST\n/p\nbody");
    CHECK(client
              .ask("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                   "chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n")
              .body == "POST\n/p\nbody");
    CHECK(client.ask("GET http://localhost/abs?a=1 HTTP/1.1\r\nHost: x\r\n\r\n").body == "GET\n/abs\na=1\n");
}

TEST_CASE("HTTP server: every answer keeps browsers from guessing, caching and framing") {
    ServerThread server([](const HttpRequest&, const HttpServer::Reply& reply) {
        reply(
            {.body = "{}",
             .headers = {{"cache-control", "max-age=1"}, {"X-More", "1"}, {"X-Bad", "1\r\nX-Injected: 1"}}});
    });
    RawClient client(server.port());
    const auto answer = client.ask(get("/"));
    CHECK(answer.headers.at("x-content-type-options") == "nosniff");
    CHECK(answer.headers.at("x-frame-options") == "DENY");
    CHECK(answer.headers.at("referrer-policy") == "no-referrer");
    CHECK(answer.headers.at("content-security-policy") == "default-src 'none'; frame-ancestors 'none'");
    CHECK(answer.headers.at("cache-control") == "max-age=1");
    CHECK(answer.headers.at("x-more") == "1");
    CHECK(answer.headers.count("x-bad") == 0);
    CHECK(answer.headers.count("x-injected") == 0);
}

TEST_CASE("HTTP server: HEAD gets the head alone") {
    ServerThread server(echo);
    RawClient client(server.port());
    client.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = client.read(true);
    CHECK(answer.status == 200);
    CHECK(answer.headers.at("content-length") == "8");
    CHECK(client.ask(get("/y")).body == "GET\n/y\n");
}

TEST_CASE("HTTP server: 204 has no body and the connection goes on") {
    ServerThread server(
        [](const HttpRequest&, const HttpServer::Reply& reply) { reply({.status = 204, .body = "x"}); });
    RawClient client(server.port());
    CHECK(client.ask(get("/")).headers.count("content-length") == 0);
    CHECK(client.ask(get("/")).status == 204);
}

TEST_CASE("HTTP server: pipelined requests are answered in their order, also when answers come late") {
    std::vector<HttpServer::Reply> waiting;
    ServerThread* running = nullptr;
    ServerThread server([&](const HttpRequest& request, const HttpServer::Reply& reply) {
        // Later, and the first the latest.
        auto timer =
            std::make_shared<boost::asio::steady_timer>(running->io(), request.path == "/0" ? 50ms : 0ms);
        timer->async_wait(
            [timer, reply, path = request.path](boost::system::error_code) { reply({.body = path}); });
    });
    running = &server;
    RawClient client(server.port());
    std::string requests;
    for (int i = 0; i < 50; ++i) requests += get("/" + std::to_string(i));
    client.send(requests);
    for (int i = 0; i < 50; ++i) CHECK(client.read().body == "/" + std::to_string(i));
}

TEST_CASE("HTTP server: a request that comes byte by byte is one request") {
    ServerThread server(echo);
    RawClient client(server.port());
    const std::string request = "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody";
    for (const char c : request) REQUIRE(client.send(std::string(1, c)));
    CHECK(client.read().body == "POST\n/p\nbody");
}

TEST_CASE("HTTP server: closes when the client asks for it") {
    ServerThread server(echo);
    RawClient close(server.port());
    CHECK(close.ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").headers.at("connection") ==
          "close");
    CHECK(close.at_end());
    RawClient old(server.port());
    CHECK(old.ask("GET / HTTP/1.0\r\n\r\n").status == 200);
    CHECK(old.at_end());
}

TEST_CASE("HTTP server: a client that finishes sending still gets its answer") {
    ServerThread server(echo);
    RawClient client(server.port());
    client.send(get("/"));
    client.finish_sending();
    CHECK(client.read().status == 200);
    CHECK(client.at_end());
}

TEST_CASE("HTTP server: what it does not do is refused with its name") {
    ServerThread server(echo);
    for (const std::string method : {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"}) {
        RawClient client(server.port());
        const auto answer = client.ask(method + " /x HTTP/1.1\r\nHost: x\r\n\r\n");
        check_error(answer, 405, "method_not_allowed");
        CHECK(answer.headers.at("allow") == "GET, HEAD, POST");
        CHECK(client.ask(get("/y")).status == 200);
    }
}

TEST_CASE("HTTP server: what is no request is refused and the connection closed") {
    ServerThread server(echo);
    const char* const requests[] = {
        "\x16\x03\x01\x02 TLS hello\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",                        // no Host
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",  // two
        "GET / HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX: a\x01z\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",  // blank before colon
        "GET / HTTP/1.1\nHost: x\n\n",         // bare line feeds
        "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%0 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /?a=%0a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n",  // no UTF-8, which an error repeats
        "GET /\xB2 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /?a=%e5%bc HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",  // which?
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    };
    for (const char* request : requests) {
        CAPTURE(request);
        RawClient client(server.port());
        client.send(request);
        client.finish_sending();
        check_error(client.read(), 400, "malformed");
        CHECK(client.at_end());
    }
}

TEST_CASE("HTTP server: a body whose length is told in two ways is nobody's second request") {
    ServerThread server(echo);
    const std::string second = get("/smuggled");
    const std::string requests[] = {
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
            second,
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" +
            second,
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n" + second,
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + second,
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + second,
    };
    for (const auto& request : requests) {
        CAPTURE(request);
        RawClient client(server.port());
        client.send(request);
        client.finish_sending();
        const auto answer = client.read();
        CHECK((answer.status == 400 || answer.status == 501));
        CHECK(client.read().status == 0);
    }
}

TEST_CASE("HTTP server: a client that waits for leave to send its body gets it") {
    ServerThread server(echo);
    RawClient client(server.port());
    const auto leave =
        client.ask("POST /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    CHECK(leave.status == 100);
    CHECK(client.ask("body").body == "POST\n/p\nbody");
}

TEST_CASE("HTTP server: a reply counts once, and one that nobody waits for is dropped") {
    std::vector<HttpServer::Reply> replies;
    ServerThread server([&](const HttpRequest& request, const HttpServer::Reply& reply) {
        for (const auto& earlier : replies) earlier({.body = "late"});
        replies.push_back(reply);
        reply({.body = request.path});
        reply({.body = "twice"});
    });
    {
        RawClient client(server.port());
        CHECK(client.ask(get("/1")).body == "/1");
        CHECK(client.ask(get("/2")).body == "/2");
    }
    RawClient client(server.port());
    CHECK(client.ask(get("/3")).body == "/3");
}

TEST_CASE("HTTP server: stopping lets the answer under way go out") {
    std::vector<HttpServer::Reply> replies;
    std::atomic<bool> asked = false;
    ServerThread server([&](const HttpRequest&, const HttpServer::Reply& reply) {
        replies.push_back(reply);
        asked = true;
    });
    RawClient idle(server.port()), busy(server.port());
    busy.send(get("/"));
    REQUIRE(ServerThread::wait([&] { return asked.load(); }));
    server.stop();
    CHECK(idle.at_end());
    CHECK_FALSE(server.stopped());
    boost::asio::post(server.io(), [&] { replies.front()({.body = "done"}); });
    const auto answer = busy.read();
    CHECK(answer.body == "done");
    CHECK(answer.headers.at("connection") == "close");
    CHECK(busy.at_end());
    CHECK(ServerThread::wait([&] { return server.stopped(); }));
    CHECK_THROWS(RawClient(server.port()));
}

TEST_CASE("HTTP server: a port that is taken is said so") {
    ServerThread server(echo);
    boost::asio::io_context io;
    const auto where = "127.0.0.1:" + std::to_string(server.port());
    CHECK_THROWS_WITH(HttpServer(io, {.port = server.port()}, echo),
                      Catch::Contains(where) && Catch::Contains("in use"));
    CHECK_THROWS_WITH(HttpServer(io, {.host = "nowhere"}, echo), Catch::Contains("nowhere:0"));
}
