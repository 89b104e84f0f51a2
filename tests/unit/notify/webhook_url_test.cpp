#include "webhook_url.hpp"

#include <catch2/catch.hpp>

TEST_CASE("Webhook URL: is taken apart as it was written") {
    struct Row {
        const char *url, *host, *authority, *target;
        std::uint16_t port;
        bool tls;
    };
    const Row rows[] = {
        {"https://hook.example/in", "hook.example", "hook.example", "/in", 443, true},
        {"http://hook.example", "hook.example", "hook.example", "/", 80, false},
        {"http://hook.example:80/", "hook.example", "hook.example", "/", 80, false},
        {"https://hook.example:8443/a%2Fb?access_token=x%2By&z", "hook.example", "hook.example:8443",
         "/a%2Fb?access_token=x%2By&z", 8443, true},
        {"http://127.0.0.1:9000/hook#part", "127.0.0.1", "127.0.0.1:9000", "/hook", 9000, false},
        {"http://[::1]:9000/hook", "::1", "[::1]:9000", "/hook", 9000, false},
        {"HTTPS://Hook.Example?k=v", "Hook.Example", "Hook.Example", "/?k=v", 443, true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.url);
        const auto url = alert::parse_webhook_url(row.url);
        REQUIRE(url.has_value());
        CHECK(url->host == row.host);
        CHECK(url->authority == row.authority);
        CHECK(url->target == row.target);
        CHECK(url->port == row.port);
        CHECK(url->tls == row.tls);
    }
}

TEST_CASE("Webhook URL: one that cannot be used is refused and not repeated") {
    for (const char* text : {"", "hook.example/in", "ftp://hook.example/", "https://", "https:///in",
                             "http://a b/", "https://user:geheim@hook.example/", "http://hook.example:0/",
                             "http://hook.example:70000/", "http://hook.example/\r\nX-Geheim: 1", "/in"}) {
        CAPTURE(text);
        const auto url = alert::parse_webhook_url(text);
        REQUIRE(url.has_error());
        CHECK(url.error().code == "invalid");
        CHECK(url.error().message.find("eheim") == std::string::npos);
    }
}

TEST_CASE("Relay URL: a host, a port or 25, and nothing else") {
    const struct {
        std::string url, host, authority;
        std::uint16_t port;
    } rows[] = {{"smtp://mail.example", "mail.example", "mail.example", 25},
                {"smtp://127.0.0.1:2525", "127.0.0.1", "127.0.0.1:2525", 2525},
                {"smtp://[::1]:25", "::1", "[::1]", 25}};
    for (const auto& row : rows) {
        CAPTURE(row.url);
        const auto url = alert::parse_relay_url(row.url);
        REQUIRE(url.has_value());
        CHECK(url->host == row.host);
        CHECK(url->authority == row.authority);
        CHECK(url->port == row.port);
        CHECK_FALSE(url->tls);
    }
    for (const char* text :
         {"", "mail.example", "smtps://mail.example", "http://mail.example", "smtp://", "smtp:///x",
          "smtp://geheim@mail.example", "smtp://mail.example/geheim", "smtp://mail.example?geheim",
          "smtp://mail.example:0", "smtp://mail.example:70000", "smtp://mail.example\r\nQUIT"}) {
        CAPTURE(text);
        const auto url = alert::parse_relay_url(text);
        REQUIRE(url.has_error());
        CHECK(url.error().code == "invalid");
        CHECK(url.error().message.find("geheim") == std::string::npos);
    }
}
