#include "post_office.hpp"

#include "support/test_authority.hpp"
#include "support/webhook_sink.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace yuqing::test;
using namespace std::chrono_literals;
using Kind = alert::DeliveryResult::Kind;

SinkOptions serving(const CertificateFiles& files) {
    return {.certificate_file = files.certificate_file, .key_file = files.key_file};
}

alert::HttpChannel trusting(const TestAuthority& authority, const std::string& url) {
    auto channel = a_channel("duty", url);
    channel.ca_file = authority.ca_file();
    return channel;
}

/// Refused for what `why` says, and not a byte of the message was shown.
void check_refused(const alert::HttpChannel& channel, const WebhookSink& sink, const std::string& why) {
    PostOffice office({channel});
    const auto result = office.send_and_wait(a_notification("duty"));
    CHECK(result.kind == Kind::retry);
    CAPTURE(result.error);
    CHECK(result.error.find(why) != std::string::npos);
    CHECK(sink.count() == 0);
}

}  // namespace

TEST_CASE("Sender: HTTPS is verified by the authority of ca_file, by name and by address") {
    TestAuthority authority;
    for (const auto& [name, host] :
         {std::pair("DNS:localhost", "localhost"), std::pair("IP:127.0.0.1", "127.0.0.1")}) {
        WebhookSink sink(serving(authority.issue(name)));
        PostOffice office({trusting(authority, sink.url("/hook", host))});
        for (int i = 0; i < 5; ++i) {
            const auto result = office.send_and_wait(a_notification("duty"));
            CAPTURE(result.error);
            CHECK(result.kind == Kind::delivered);
        }
        CHECK(sink.count() == 5);
    }
}

TEST_CASE("Sender: HTTPS keeps its connections") {
    TestAuthority authority;
    WebhookSink sink(serving(authority.issue("IP:127.0.0.1")));
    PostOffice office({trusting(authority, sink.url())});
    for (int i = 0; i < 10; ++i) CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::delivered);
    CHECK(sink.connections() == 1);
    sink.drop_connections();
    CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::delivered);
    CHECK(sink.count() == 11);
}

TEST_CASE("Sender: a certificate of an authority unknown is refused") {
    TestAuthority authority, other;
    WebhookSink sink(serving(authority.issue("IP:127.0.0.1")));
    check_refused(trusting(other, sink.url()), sink, "unable to get local issuer certificate");
    auto by_system = a_channel("duty", sink.url());
    check_refused(by_system, sink, "unable to get local issuer certificate");
}

TEST_CASE("Sender: a certificate for another host is refused") {
    TestAuthority authority;
    WebhookSink other_name(serving(authority.issue("DNS:hook.example")));
    check_refused(trusting(authority, other_name.url("/hook", "localhost")), other_name, "hostname mismatch");
    WebhookSink other_address(serving(authority.issue("IP:192.0.2.1")));
    check_refused(trusting(authority, other_address.url()), other_address, "IP address mismatch");
}

TEST_CASE("Sender: a certificate that is over is refused") {
    TestAuthority authority;
    WebhookSink sink(serving(authority.issue("IP:127.0.0.1", -1)));
    check_refused(trusting(authority, sink.url()), sink, "expired");
}

TEST_CASE("Sender: a receiver without TLS is no HTTPS receiver") {
    TestAuthority authority;
    WebhookSink sink;
    auto channel = trusting(authority, "https://127.0.0.1:" + std::to_string(sink.port()) + "/hook");
    channel.timeout = 300ms;
    check_refused(channel, sink, "TLS");
}
