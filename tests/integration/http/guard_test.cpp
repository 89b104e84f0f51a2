#include "http_message.hpp"

#include <catch2/catch.hpp>

namespace {

using yuqing::HttpRequest;
using Headers = std::map<std::string, std::string>;

bool refused(Headers headers, bool loopback_peer = true) {
    HttpRequest request{.method = "GET", .path = "/api/v1/cases", .headers = std::move(headers)};
    request.loopback_peer = loopback_peer;
    const auto answer = yuqing::guard_local(request);
    if (answer) CHECK(answer->code == "forbidden");
    return answer.has_value();
}

}  // namespace

TEST_CASE("Guard: this machine asking itself is let through") {
    for (const std::string host :
         {"127.0.0.1:9570", "localhost:9570", "LocalHost", "[::1]:9570", "[::1]", "127.0.0.1", "127.1.2.3"}) {
        CAPTURE(host);
        CHECK_FALSE(refused({{"host", host}}));
    }
    CHECK_FALSE(refused({{"host", "127.0.0.1:9570"}, {"origin", "http://127.0.0.1:9570"}}));
    CHECK_FALSE(refused({{"host", "127.0.0.1:9570"}, {"sec-fetch-site", "same-origin"}}));
    CHECK_FALSE(refused({{"host", "127.0.0.1:9570"}, {"sec-fetch-site", "none"}}));
}

TEST_CASE("Guard: another machine is refused, whatever it says") {
    CHECK(refused({{"host", "127.0.0.1:9570"}}, false));
}

TEST_CASE("Guard: a name that leads here is not this machine's own") {
    for (const std::string host :
         {"", "evil.example", "evil.example:9570", "localhost.evil.example", "127.0.0.1.evil.example",
          "10.0.0.1", "0.0.0.0", "[::1", "[::1]evil", "[::2]", "127.0.0.1, evil.example"}) {
        CAPTURE(host);
        CHECK(refused({{"host", host}}));
    }
    CHECK(refused({}));
}

TEST_CASE("Guard: whoever speaks for somebody else is refused") {
    for (const std::string name : {"forwarded", "via", "x-forwarded-for", "x-forwarded-host",
                                   "x-forwarded-proto", "x-real-ip", "true-client-ip", "cf-connecting-ip"}) {
        CAPTURE(name);
        CHECK(refused({{"host", "127.0.0.1"}, {name, "127.0.0.1"}}));
    }
}

TEST_CASE("Guard: a page of another site cannot ask through a browser here") {
    for (const std::string origin :
         {"null", "http://evil.example", "http://127.0.0.1:8000", "http://localhost:9570",
          "http://127.0.0.1:9570.evil.example", "file://"}) {
        CAPTURE(origin);
        CHECK(refused({{"host", "127.0.0.1:9570"}, {"origin", origin}}));
    }
    CHECK(refused({{"host", "127.0.0.1:9570"}, {"sec-fetch-site", "cross-site"}}));
    CHECK(refused({{"host", "127.0.0.1:9570"}, {"sec-fetch-site", "same-site"}}));
}

TEST_CASE("HTTP messages: an error is JSON whatever its words hold") {
    const auto answer = yuqing::http_error(404, "not_found", "there is no \"x\"", "/a\"\n\x01");
    CHECK(answer.body ==
          "{\"error\":{\"code\":\"not_found\",\"message\":\"there is no "
          "\\\"x\\\"\",\"path\":\"/a\\\"\\n\\u0001\"}}\n");
}
