#include "post_office.hpp"

#include "support/test_authority.hpp"
#include "support/test_proxy.hpp"
#include "support/webhook_sink.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace yuqing::test;
using namespace std::chrono_literals;
using Kind = alert::DeliveryResult::Kind;

const std::string login = "li:geheim%40x";
const std::string basic_login = "Basic bGk6Z2VoZWltQHg=";

alert::HttpChannel through(const TestProxy& proxy, const std::string& url, const std::string& user = "") {
    auto channel = a_channel("duty", url);
    channel.proxy.url = proxy.url(user);
    return channel;
}

/// A name that nobody but the proxy can look up.
std::string hidden(const WebhookSink& sink, const std::string& path = "/hook") {
    return sink.url(path, "hook.invalid");
}

SinkOptions serving(const CertificateFiles& files) {
    return {.certificate_file = files.certificate_file, .key_file = files.key_file};
}

/// Refused by the way, worth another try, and told without a secret.
void check_refused(const alert::HttpChannel& channel, const std::string& why) {
    PostOffice office({channel});
    const auto result = office.send_and_wait(a_notification("duty"));
    CAPTURE(result.error);
    CHECK(result.kind == Kind::retry);
    CHECK(result.error.find(why) != std::string::npos);
    CHECK(result.error.find(" through the proxy 127.0.0.1:") != std::string::npos);
    CHECK(result.error.find("geheim") == std::string::npos);
}

}  // namespace

TEST_CASE("Proxy: http goes through it by the whole URL, with its login, over one connection") {
    TestProxy proxy;
    proxy.ask_for(basic_login);
    WebhookSink sink;
    PostOffice office({through(proxy, hidden(sink, "/hook?token=x"), login)});
    for (int i = 0; i < 3; ++i) {
        const auto result = office.send_and_wait(a_notification("duty"));
        CAPTURE(result.error);
        CHECK(result.kind == Kind::delivered);
    }
    const auto asked = proxy.requests();
    REQUIRE(asked.size() == 3);
    CHECK(asked.front().line == "POST " + hidden(sink, "/hook?token=x") + " HTTP/1.1");
    CHECK(sink.connections() == 1);
    REQUIRE(sink.count() == 3);
    CHECK(sink.requests().front().target == "/hook?token=x");
    CHECK(sink.requests().front().headers.at("host") == "hook.invalid:" + std::to_string(sink.port()));
}

TEST_CASE("Proxy: https goes through a tunnel, and it is the receiver's name that is verified") {
    TestAuthority authority;
    TestProxy proxy;
    proxy.ask_for(basic_login);
    WebhookSink sink(serving(authority.issue("DNS:hook.invalid")));
    auto channel = through(proxy, hidden(sink, "/geheim"), login);
    channel.ca_file = authority.ca_file();
    PostOffice office({channel});
    for (int i = 0; i < 3; ++i) {
        const auto result = office.send_and_wait(a_notification("duty"));
        CAPTURE(result.error);
        CHECK(result.kind == Kind::delivered);
    }
    const auto asked = proxy.requests();
    REQUIRE(asked.size() == 1);
    CHECK(asked.front().line == "CONNECT hook.invalid:" + std::to_string(sink.port()) + " HTTP/1.1");
    // The proxy's login stays with the proxy, the message with the receiver.
    REQUIRE(sink.count() == 3);
    CHECK(sink.requests().front().headers.count("proxy-authorization") == 0);
    CHECK(proxy.tunnelled().find("EARLY") == std::string::npos);
    CHECK(proxy.tunnelled().find("geheim") == std::string::npos);
    CHECK(asked.front().bytes.find("geheim") == std::string::npos);

    WebhookSink other(serving(authority.issue("IP:127.0.0.1")));
    auto wrong = through(proxy, hidden(other), login);
    wrong.ca_file = authority.ca_file();
    check_refused(wrong, "hostname mismatch");
    CHECK(other.count() == 0);
    channel.ca_file = "";
    check_refused(channel, "unable to get local issuer certificate");
}

TEST_CASE("Proxy: whatever it refuses is worth another try") {
    TestAuthority authority;
    TestProxy proxy;
    WebhookSink plain, secure(serving(authority.issue("DNS:hook.invalid")));
    auto tunnelled = through(proxy, hidden(secure, "/geheim"), "li:geheim");
    tunnelled.ca_file = authority.ca_file();
    const auto shared = through(proxy, hidden(plain, "/geheim"), "li:geheim");
    SECTION("a wrong password") {
        proxy.ask_for(basic_login);
        check_refused(tunnelled, "the proxy refused: HTTP 407, its user or password is missing or wrong");
        check_refused(shared, "the proxy refused: HTTP 407, its user or password is missing or wrong");
    }
    SECTION("a rule of its own") {
        proxy.say(
            "HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\nContent-Length: 0\r\n\r\n");
        check_refused(tunnelled, "the proxy refused: HTTP 403");
        check_refused(shared, "the proxy refused: HTTP 403");
        proxy.say(
            "HTTP/1.1 451 No\r\nProxy-Status: p; error=http_request_denied\r\nContent-Length: 0\r\n\r\n");
        check_refused(shared, "the proxy refused: HTTP 451");
    }
    SECTION("a receiver it does not reach") {
        for (const std::string status : {"502", "503", "504"}) {
            proxy.say("HTTP/1.1 " + status + " Told\r\nContent-Length: 0\r\n\r\n");
            check_refused(tunnelled, "the proxy refused: HTTP " + status);
            check_refused(shared, "HTTP " + status);
        }
    }
    SECTION("something that is not HTTP") {
        proxy.say("SSH-2.0-OpenSSH_9.2\r\n\r\n");
        check_refused(tunnelled, "the proxy's answer is not HTTP");
        check_refused(shared, "not HTTP");
    }
    SECTION("half an answer") {
        proxy.say("HTTP/1.1 200 OK\r\nVia");
        check_refused(tunnelled, "the proxy closed the connection");
    }
    SECTION("more than an answer") {
        proxy.say("HTTP/1.1 200 OK\r\n\r\nSSH-2.0-OpenSSH_9.2\r\n");
        check_refused(tunnelled, "the proxy said more than its answer");
    }
    CHECK(plain.count() + secure.count() == 0);
}

TEST_CASE("Proxy: one that says nothing costs the time-out of the channel") {
    TestProxy proxy;
    proxy.hang();
    for (const std::string url : {"http://hook.invalid/geheim", "https://hook.invalid/geheim"}) {
        auto channel = through(proxy, url);
        channel.timeout = 300ms;
        PostOffice office({channel});
        const auto result = office.send_and_wait(a_notification("duty"));
        CHECK(result.kind == Kind::retry);
        CHECK(result.error.find("hook.invalid through the proxy " + proxy.authority() +
                                ": time-out after 300 ms, ") == 0);
        CHECK(result.took < 3s);
    }
}

TEST_CASE("Proxy: one that is not there is told as the way") {
    auto channel = a_channel("duty", "https://hook.invalid/geheim");
    channel.proxy.url = "http://li:geheim@127.0.0.1:1";
    check_refused(channel, "Connection refused");
}

TEST_CASE("Proxy: what the receiver itself refuses through it is the receiver's answer") {
    TestProxy proxy;
    WebhookSink sink;
    sink.answer({.status = 403});
    PostOffice office({through(proxy, hidden(sink))});
    const auto result = office.send_and_wait(a_notification("duty"));
    CHECK(result.kind == Kind::permanent);
    CHECK(result.error == "hook.invalid:" + std::to_string(sink.port()) + " through the proxy " +
                              proxy.authority() + ": HTTP 403");
}

TEST_CASE("Proxy: hosts of no_proxy are reached straight") {
    TestProxy proxy;
    WebhookSink sink;
    auto channel = through(proxy, sink.url());
    channel.proxy.except = {"127.0.0.0/8"};
    auto other = channel;
    other.id = alert::ChannelId("other");
    other.proxy.except = {"localhost"};
    PostOffice office({channel, other});
    CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::delivered);
    CHECK(proxy.requests().empty());
    CHECK(office.send_and_wait(a_notification("other")).kind == Kind::delivered);
    CHECK(proxy.requests().size() == 1);
}

TEST_CASE("Proxy: one that cannot be read ends the channel's messages, without a word of it") {
    auto channel = a_channel("duty", "https://hook.invalid/");
    channel.proxy.url = "socks5://li:geheim@proxy:1080";
    PostOffice office({channel});
    const auto result = office.send_and_wait(a_notification("duty"));
    CHECK(result.kind == Kind::permanent);
    CHECK(result.error.find("geheim") == std::string::npos);
}
