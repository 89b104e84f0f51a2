#include "proxy_tunnel.hpp"

#include <catch2/catch.hpp>

using alert::read_tunnel_answer;

TEST_CASE("Proxy tunnel: any 2xx opens the way, once its header has ended") {
    for (const std::string answer :
         {"HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nVia: 1.1 p\r\n\r\n",
          "HTTP/1.1 204 \r\n\r\n", "HTTP/1.1 200\r\n\r\n",
          "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
        CAPTURE(answer);
        CHECK(read_tunnel_answer(answer) == "");
        for (std::size_t bytes = 0; bytes < answer.size(); ++bytes)
            CHECK_FALSE(read_tunnel_answer(answer.substr(0, bytes)));
    }
}

TEST_CASE("Proxy tunnel: a refusal is told by its first line, whatever follows") {
    CHECK(read_tunnel_answer("HTTP/1.1 403 Forbidden\r\nContent-Le") == "the proxy refused: HTTP 403");
    CHECK(read_tunnel_answer("HTTP/1.1 302 Found\r\nLocation: http://geheim/\r\n\r\n") ==
          "the proxy refused: HTTP 302");
    CHECK(read_tunnel_answer("HTTP/1.1 407 Proxy Authentication Required\r\n") ==
          "the proxy refused: HTTP 407, its user or password is missing or wrong");
    CHECK(read_tunnel_answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\n") ==
          "the proxy refused: HTTP 503");
}

TEST_CASE("Proxy tunnel: what is no answer to CONNECT is refused") {
    for (const char* answer : {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200\r\n", "HTTP/1.1 2x0 OK\r\n",
                               "HTTP/1.1 20\r\n", "HTTP/1.1 099 \r\n", "\r\n", "\x15\x03\x01\r\n"}) {
        CAPTURE(answer);
        CHECK(read_tunnel_answer(answer) == "the proxy's answer is not HTTP");
    }
    CHECK(read_tunnel_answer("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK") ==
          "the proxy said more than its answer");
}

TEST_CASE("Proxy tunnel: an answer without end is not listened to for ever") {
    const std::string endless(16 * 1024, 'x');
    CHECK(read_tunnel_answer(endless + "x") == "the proxy's answer is too long");
    CHECK(read_tunnel_answer("HTTP/1.1 200 OK\r\nx: " + endless) == "the proxy's answer is too long");
}
