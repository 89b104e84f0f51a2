#include "alert/codec/web_url.hpp"

#include <catch2/catch.hpp>

TEST_CASE("Web URL: is taken apart as it was written") {
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
        const auto url = alert::parse_web_url(row.url);
        REQUIRE(url.has_value());
        CHECK(url->host == row.host);
        CHECK(url->authority == row.authority);
        CHECK(url->target == row.target);
        CHECK(url->port == row.port);
        CHECK(url->tls == row.tls);
    }
}

TEST_CASE("Web URL: one that cannot be used is refused and not repeated") {
    for (const char* text : {"", "hook.example/in", "ftp://hook.example/", "https://", "https:///in",
                             "http://a b/", "https://user:geheim@hook.example/", "http://hook.example:0/",
                             "http://hook.example:70000/", "http://hook.example/\r\nX-Geheim: 1", "/in"}) {
        CAPTURE(text);
        const auto url = alert::parse_web_url(text);
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

TEST_CASE("Proxy URL: host and port, and who logs in") {
    const struct {
        std::string url, host, authority, user, password;
        std::uint16_t port;
    } rows[] = {{"http://proxy.example:3128", "proxy.example", "proxy.example:3128", "", "", 3128},
                {"http://10.1.2.3:80/", "10.1.2.3", "10.1.2.3:80", "", "", 80},
                {"http://[::1]:3128", "::1", "[::1]:3128", "", "", 3128},
                {"http://li:geheim@proxy:8080", "proxy", "proxy:8080", "li", "geheim", 8080},
                {"http://li:a%40b%3Ac%2F@proxy:8080", "proxy", "proxy:8080", "li", "a@b:c/", 8080},
                {"http://li@proxy:8080", "proxy", "proxy:8080", "li", "", 8080}};
    for (const auto& row : rows) {
        CAPTURE(row.url);
        const auto url = alert::parse_proxy_url(row.url);
        REQUIRE(url.has_value());
        CHECK(url->host == row.host);
        CHECK(url->port == row.port);
        CHECK(url->authority == row.authority);
        CHECK(url->user == row.user);
        CHECK(url->password == row.password);
    }
}

TEST_CASE("Proxy URL: what is none is refused and not repeated") {
    for (const char* text :
         {"", "proxy.example:3128", "http://proxy.example", "http://proxy.example:", "https://proxy:3128",
          "socks5://proxy:1080", "http://proxy:0", "http://proxy:70000", "http://:3128",
          "http://proxy:3128/geheim", "http://proxy:3128?geheim", "http://proxy:3128#geheim",
          "http://:geheim@proxy:3128", "http://li:geheim@@proxy:3128", "http://li:geheim%0D%0A@proxy:3128",
          "http://l%3Ai:geheim@proxy:3128", "http://li:geheim@proxy:3128\r\n"}) {
        CAPTURE(text);
        const auto url = alert::parse_proxy_url(text);
        REQUIRE(url.has_error());
        CHECK(url.error().code == "invalid");
        CHECK(url.error().message.find("geheim") == std::string::npos);
    }
}

TEST_CASE("Proxy exception: names a host, what is under a domain, an address, a range, or all") {
    const struct {
        std::string exception;
        std::vector<std::string> straight, by_proxy;
    } rows[] = {
        {"*", {"hook.example", "10.0.0.1", "::1"}, {}},
        {"hook.example",
         {"hook.example", "HOOK.example", "hook.example.", "a.hook.example"},
         {"webhook.example"}},
        {"Hook.Example", {"hook.example"}, {"example"}},
        {".example", {"hook.example", "a.b.example"}, {"example", "hookexample"}},
        {"localhost", {"localhost"}, {"127.0.0.1"}},
        {"10.1.2.3", {"10.1.2.3"}, {"10.1.2.30", "10.1.2.2", "hook.example"}},
        {"10.0.0.0/8",
         {"10.0.0.0", "10.255.255.255"},
         {"11.0.0.0", "9.255.255.255", "::a00:0", "10.example"}},
        {"192.168.128.0/17", {"192.168.128.1", "192.168.255.255"}, {"192.168.127.255", "192.169.128.1"}},
        {"0.0.0.0/0", {"1.2.3.4"}, {"::1", "hook.example"}},
        {"10.1.2.3/32", {"10.1.2.3"}, {"10.1.2.2"}},
        {"::1", {"::1", "0:0:0:0:0:0:0:1"}, {"::2"}},
        {"fd00::/9", {"fd00::1", "fd7f::1"}, {"fd80::1", "fc00::1", "253.0.0.1"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.exception);
        CHECK(alert::is_proxy_exception(row.exception));
        for (const auto& host : row.straight) {
            CAPTURE(host);
            CHECK(alert::is_excepted(host, {"other.invalid", row.exception}));
        }
        for (const auto& host : row.by_proxy) {
            CAPTURE(host);
            CHECK_FALSE(alert::is_excepted(host, {row.exception}));
        }
    }
    CHECK_FALSE(alert::is_excepted("hook.example", {}));
}

TEST_CASE("Proxy exception: what names nothing is seen") {
    for (const char* text : {"", ".", "..", "*.example", "a..b", "hook.example:80", "http://hook.example",
                             "10.1.2", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129",
                             "hook.example/8", "[::1]", "a b", "10.1.2.300", "政府.cn"}) {
        CAPTURE(text);
        CHECK_FALSE(alert::is_proxy_exception(text));
    }
}
