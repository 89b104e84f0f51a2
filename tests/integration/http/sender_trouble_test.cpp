#include "post_office.hpp"

#include "support/loop.hpp"
#include "support/webhook_sink.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace yuqing::test;
using namespace std::chrono_literals;
using Kind = alert::DeliveryResult::Kind;

alert::HttpChannel impatient(const std::string& id, const std::string& url) {
    auto channel = a_channel(id, url);
    channel.timeout = 300ms;
    return channel;
}

/// Took the channel's time-out and not much more.
void check_timely(const alert::DeliveryResult& result) {
    CHECK(result.took >= 290ms);
    CHECK(result.took < 3s);
}

std::uint16_t port_of_nobody() {
    const WebhookSink sink;
    return sink.port();
}

}  // namespace

TEST_CASE("Sender: a receiver that never answers costs the time-out") {
    WebhookSink sink;
    sink.answer({.kind = SinkAnswer::Kind::hang});
    PostOffice office({impatient("duty", sink.url("/geheim"))});
    const auto result = office.send_and_wait(a_notification("duty"));
    CHECK(result.kind == Kind::retry);
    CHECK(result.error ==
          "127.0.0.1:" + std::to_string(sink.port()) + ": time-out after 300 ms, waiting for the answer");
    check_timely(result);
    CHECK(sink.count() == 1);
}

TEST_CASE("Sender: a header that drips in is cut off at the time-out") {
    WebhookSink sink;
    sink.answer({.kind = SinkAnswer::Kind::drip_head});
    PostOffice office({impatient("duty", sink.url())});
    const auto result = office.send_and_wait(a_notification("duty"));
    CHECK(result.kind == Kind::retry);
    check_timely(result);
}

TEST_CASE("Sender: a status that was read decides, however slowly the rest comes") {
    WebhookSink sink;
    PostOffice office({impatient("duty", sink.url())});
    sink.answer({.kind = SinkAnswer::Kind::drip_body, .status = 200});
    const auto delivered = office.send_and_wait(a_notification("duty"));
    CHECK(delivered.kind == Kind::delivered);
    check_timely(delivered);
    sink.answer({.kind = SinkAnswer::Kind::drip_body, .status = 503});
    CHECK(office.send_and_wait(a_notification("duty")).error == "HTTP 503");
}

TEST_CASE("Sender: an answer without end is read to its bound and judged by its status") {
    WebhookSink sink;
    PostOffice office({a_channel("duty", sink.url())});
    sink.answer({.kind = SinkAnswer::Kind::endless, .status = 200});
    CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::delivered);
    sink.answer({.kind = SinkAnswer::Kind::endless, .status = 500});
    CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::retry);
    sink.answer({.status = 200, .body = std::string(1024 * 1024, 'x')});
    CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::delivered);
    sink.answer({.kind = SinkAnswer::Kind::long_head});
    const auto result = office.send_and_wait(a_notification("duty"));
    CHECK(result.kind == Kind::retry);
    CHECK(result.error.find("header is too long") != std::string::npos);
    CHECK(result.took < 4s);
}

TEST_CASE("Sender: whoever does not speak HTTP has not received it") {
    WebhookSink sink;
    sink.answer({.kind = SinkAnswer::Kind::garbage});
    PostOffice office({a_channel("duty", sink.url())});
    const auto result = office.send_and_wait(a_notification("duty"));
    CHECK(result.kind == Kind::retry);
    CHECK(result.error.find("not HTTP") != std::string::npos);
}

TEST_CASE("Sender: nobody there is told with host and port, without the path") {
    const auto port = std::to_string(port_of_nobody());
    PostOffice office({a_channel("duty", "http://127.0.0.1:" + port + "/send?access_token=geheim")});
    const auto result = office.send_and_wait(a_notification("duty"));
    CHECK(result.kind == Kind::retry);
    CHECK(result.error == "127.0.0.1:" + port + ": Connection refused");
}

TEST_CASE("Sender: a name that is none is worth another try") {
    PostOffice office({a_channel("duty", "http://no-such-name.invalid/hook")});
    const auto result = office.send_and_wait(a_notification("duty"));
    CHECK(result.kind == Kind::retry);
    CHECK(result.error.starts_with("no-such-name.invalid: "));
}

TEST_CASE("Sender: a name with several addresses reaches the one that listens") {
    WebhookSink sink;  // on 127.0.0.1 alone, while localhost may be ::1 first
    PostOffice office({a_channel("duty", sink.url("/hook", "localhost"))});
    CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::delivered);
}

TEST_CASE("Sender: a channel that cannot work says so at once") {
    auto no_url = a_channel("no-url", "hook.example/geheim");
    auto no_secret = a_channel("no-secret", "http://127.0.0.1:1/");
    no_secret.secrets = {"whsec_geheim!"};
    auto no_authority = a_channel("no-authority", "https://127.0.0.1:1/");
    no_authority.ca_file = "/nowhere/ca.pem";
    PostOffice office({no_url, no_secret, no_authority});
    for (const std::string id : {"no-url", "no-secret", "nowhere"}) {
        const auto result = office.send_and_wait(a_notification(id));
        CHECK(result.kind == Kind::permanent);
        CHECK_FALSE(result.error.empty());
        CHECK(result.error.find("geheim") == std::string::npos);
    }
    // A file may be there the next time.
    CHECK(office.send_and_wait(a_notification("no-authority")).kind == Kind::retry);
}

TEST_CASE("Sender: a secret that the receiver repeats is in no error") {
    WebhookSink sink;
    sink.answer({.body = R"({"code":"bad key S3CRETKEY at TOKENSECRET"})"});
    auto channel = a_channel("sms", sink.url("/send?token=TOKENSECRET"));
    channel.format = alert::ChannelFormat::templated;
    channel.secrets = {"S3CRETKEY"};
    channel.template_rules.body = R"({"key":"{{secret}}","text":"{{line}}"})";
    channel.template_rules.success = {.pointer = "/code", .equals = {"0"}};
    PostOffice office({channel});
    const auto result = office.send_and_wait(a_notification("sms"));
    CHECK(result.kind == Kind::permanent);
    CHECK(result.error == "/code of the answer is bad key *** at ***");
}

TEST_CASE("Sender: a secret with a number in it is taken out whole, before numbers are masked") {
    WebhookSink sink;
    auto channel = a_channel("robot", sink.url("/robot/send?access_token=ab13800001111cd"));
    channel.format = alert::ChannelFormat::dingtalk;
    PostOffice office({channel});
    sink.answer({.body = R"({"errcode":400101,"errmsg":"no ab13800001111cd, call 13800002222"})"});
    CHECK(office.send_and_wait(a_notification("robot")).error ==
          "code 400101: no ***, call 138****2222; check the robot's access_token");
}

TEST_CASE("Sender: a channel that hangs delays no other") {
    WebhookSink hanging, quick;
    hanging.answer({.kind = SinkAnswer::Kind::hang});
    auto slow = a_channel("slow", hanging.url());
    slow.concurrency = 2;
    PostOffice office({slow, a_channel("quick", quick.url())});
    std::vector<Outcome> held;
    for (int i = 0; i < 20; ++i) held.push_back(office.send(a_notification("slow")));
    for (int i = 0; i < 20; ++i) {
        const auto result = office.send_and_wait(a_notification("quick"));
        CHECK(result.kind == Kind::delivered);
        CHECK(result.took < 2s);
    }
    for (const auto& outcome : held) CHECK_FALSE(outcome->has_value());
    for (const auto& outcome : held) {
        const auto result = office.wait(outcome);
        CHECK(result.kind == Kind::retry);
        CHECK(result.took < 8s);  // within the time-out, those too that waited for a connection
    }
}

TEST_CASE("Sender: stopping answers what is under way and whatever still comes") {
    WebhookSink sink;
    sink.answer({.kind = SinkAnswer::Kind::hang});
    auto channel = a_channel("duty", sink.url());
    channel.concurrency = 2;
    PostOffice office({channel});
    std::vector<Outcome> outcomes;
    for (int i = 0; i < 5; ++i) outcomes.push_back(office.send(a_notification("duty")));
    REQUIRE(sink.wait_for(2));
    office.sender().stop();
    outcomes.push_back(office.send(a_notification("duty")));
    for (const auto& outcome : outcomes) {
        const auto result = office.wait(outcome);
        CHECK(result.kind == Kind::retry);
        CHECK(result.error == "stopping");
        CHECK(result.took < 4s);
    }
    run_for(office.core(), 50ms);  // no second answer: the outcomes fail the test on one
}
