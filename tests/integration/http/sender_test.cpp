#include "post_office.hpp"

#include "alert/notify/standard_webhooks.hpp"

#include "support/loop.hpp"
#include "support/webhook_sink.hpp"

#include <boost/json/parse.hpp>

#include <catch2/catch.hpp>

#include <set>

namespace {

using namespace yuqing::test;
using namespace std::chrono_literals;
using Kind = alert::DeliveryResult::Kind;

alert::TimePoint now() { return std::chrono::floor<alert::Duration>(std::chrono::system_clock::now()); }

bool is_signed(const SinkRequest& request, const std::string& secret) {
    const auto keys = alert::parse_webhook_keys({secret}).value();
    const alert::WebhookHeaders headers{request.headers.at("webhook-id"),
                                        request.headers.at("webhook-timestamp"),
                                        request.headers.at("webhook-signature")};
    return alert::verify_webhook(keys, headers, request.body, now()).has_value();
}

}  // namespace

TEST_CASE("Sender: a message arrives as a signed CloudEvent") {
    WebhookSink sink;
    PostOffice office({a_channel("duty", sink.url("/in?access_token=x"))});
    const auto result = office.send_and_wait(a_notification("duty", "0123456789abcdef0123456789abcdef"));
    CHECK(result.kind == Kind::delivered);
    CHECK(result.error.empty());
    REQUIRE(sink.count() == 1);
    const auto request = sink.requests().front();
    CHECK(request.method == "POST");
    CHECK(request.target == "/in?access_token=x");
    CHECK(request.headers.at("host") == "127.0.0.1:" + std::to_string(sink.port()));
    CHECK(request.headers.at("content-type") == "application/cloudevents+json; charset=utf-8");
    CHECK(request.headers.at("webhook-id") == "0123456789abcdef0123456789abcdef");
    CHECK(is_signed(request, webhook_secret));

    const auto event = boost::json::parse(request.body).as_object();
    CHECK(event.at("specversion") == "1.0");
    CHECK(event.at("id") == "0123456789abcdef0123456789abcdef");
    CHECK(event.at("source") == "yuqingd/qingshan");
    CHECK(event.at("type") == "yuqing.notification");
    CHECK(event.at("subject") == "QS-2026-1");
    CHECK(event.at("data").at("reason") == "due");
    CHECK(event.at("data").at("targets").at(0).at("officers").at(0).at("name") == "张三");
}

TEST_CASE("Sender: while a secret is changed both sign, without one nobody does") {
    WebhookSink sink;
    const std::string newer = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    auto both = a_channel("both", sink.url());
    both.secrets.push_back(newer);
    auto none = a_channel("none", sink.url());
    none.secrets.clear();
    PostOffice office({both, none});
    CHECK(office.send_and_wait(a_notification("both")).kind == Kind::delivered);
    CHECK(office.send_and_wait(a_notification("none")).kind == Kind::delivered);
    const auto requests = sink.requests();
    REQUIRE(requests.size() == 2);
    CHECK(is_signed(requests[0], webhook_secret));
    CHECK(is_signed(requests[0], newer));
    CHECK(requests[1].headers.count("webhook-signature") == 0);
    CHECK(requests[1].headers.at("webhook-id") == "n-1");
}

TEST_CASE("Sender: the answer's status decides") {
    WebhookSink sink;
    PostOffice office({a_channel("duty", sink.url())});
    sink.answer({.status = 202, .body = "later"});
    CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::delivered);
    sink.answer({.status = 204});
    CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::delivered);
    sink.answer({.status = 500, .body = "oops"});
    const auto failed = office.send_and_wait(a_notification("duty"));
    CHECK(failed.kind == Kind::retry);
    CHECK(failed.error == "HTTP 500");
    sink.answer({.status = 429, .headers = {{"Retry-After", "7"}}});
    const auto limited = office.send_and_wait(a_notification("duty"));
    CHECK(limited.kind == Kind::retry);
    CHECK(limited.retry_after == alert::Duration(7s));
    sink.answer({.status = 410});
    CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::permanent);
}

TEST_CASE("Sender: a redirect is not followed") {
    WebhookSink elsewhere;
    WebhookSink sink;
    PostOffice office({a_channel("duty", sink.url())});
    for (const int status : {301, 302, 303, 307, 308}) {
        sink.answer({.status = status, .headers = {{"Location", elsewhere.url()}}});
        CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::permanent);
    }
    CHECK(sink.count() == 5);
    CHECK(elsewhere.connections() == 0);
}

TEST_CASE("Sender: an interim answer is not the answer") {
    WebhookSink sink;
    PostOffice office({a_channel("duty", sink.url())});
    sink.answer({.kind = SinkAnswer::Kind::interim, .status = 503});
    CHECK(office.send_and_wait(a_notification("duty")).error == "HTTP 503");
    sink.answer({.kind = SinkAnswer::Kind::interim, .status = 200});
    CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::delivered);
    CHECK(sink.connections() == 1);
}

TEST_CASE("Sender: one message after the other takes one connection") {
    WebhookSink sink;
    PostOffice office({a_channel("duty", sink.url())});
    for (int i = 0; i < 20; ++i) CHECK(office.send_and_wait(a_notification("duty")).kind == Kind::delivered);
    CHECK(sink.count() == 20);
    CHECK(sink.connections() == 1);
}

TEST_CASE("Sender: many at once take as many connections as the channel may have, and all arrive") {
    WebhookSink sink;
    auto channel = a_channel("duty", sink.url());
    channel.concurrency = 3;
    PostOffice office({channel});
    std::vector<Outcome> outcomes;
    for (int i = 0; i < 200; ++i)
        outcomes.push_back(office.send(a_notification("duty", "n-" + std::to_string(i))));
    for (const auto& outcome : outcomes) CHECK(office.wait(outcome).kind == Kind::delivered);
    std::set<std::string> ids;
    for (const auto& request : sink.requests()) ids.insert(request.headers.at("webhook-id"));
    CHECK(ids.size() == 200);
    CHECK(sink.count() == 200);
    CHECK(sink.connections() == 3);
}

TEST_CASE("Sender: a connection that was closed meanwhile costs nothing") {
    WebhookSink sink;
    PostOffice office({a_channel("duty", sink.url())});
    CHECK(office.send_and_wait(a_notification("duty", "n-1")).kind == Kind::delivered);
    sink.drop_connections();
    CHECK(office.send_and_wait(a_notification("duty", "n-2")).kind == Kind::delivered);
    sink.answer_next({.close_after = true});
    CHECK(office.send_and_wait(a_notification("duty", "n-3")).kind == Kind::delivered);
    CHECK(office.send_and_wait(a_notification("duty", "n-4")).kind == Kind::delivered);
    CHECK(sink.count() == 4);
    CHECK(sink.connections() == 3);
}

TEST_CASE("Sender: a connection closed as the message goes out is replaced once, within the attempt") {
    WebhookSink sink;
    PostOffice office({a_channel("duty", sink.url())});
    CHECK(office.send_and_wait(a_notification("duty", "n-1")).kind == Kind::delivered);
    sink.answer_next({.kind = SinkAnswer::Kind::close});
    CHECK(office.send_and_wait(a_notification("duty", "n-2")).kind == Kind::delivered);
    CHECK(sink.count() == 3);  // the second came twice, under one id
    CHECK(sink.requests()[1].headers.at("webhook-id") == sink.requests()[2].headers.at("webhook-id"));

    sink.answer({.kind = SinkAnswer::Kind::close});
    const auto result = office.send_and_wait(a_notification("duty", "n-3"));
    CHECK(result.kind == Kind::retry);
    CHECK(result.error.find("closed the connection") != std::string::npos);
    CHECK(sink.count() == 5);
}

TEST_CASE("Sender: ten thousand messages to one receiver go over the channel's few connections") {
    WebhookSink sink;
    PostOffice office({a_channel("duty", sink.url())});
    office.deliver("duty", 10'000);
    CHECK(sink.connections() == 8);
}
