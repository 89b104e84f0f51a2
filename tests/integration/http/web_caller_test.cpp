#include "alert/notify/web_caller.hpp"

#include "support/loop.hpp"
#include "support/test_authority.hpp"
#include "support/test_proxy.hpp"
#include "support/webhook_sink.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <optional>

namespace {

using namespace yuqing::test;
using namespace std::chrono_literals;

class Telephone {
public:
    alert::Result<int> call(alert::WebCall what) {
        std::optional<alert::Result<int>> answer;
        caller_->call(std::move(what), [&](const alert::Result<int>& result) {
            if (answer) FAIL("a call was answered twice");
            answer = result;
        });
        CHECK_FALSE(answer);  // never inside the call
        REQUIRE(run_until(loop_, [&] { return answer.has_value(); }));
        return *answer;
    }
    std::string failure(alert::WebCall what) {
        const auto answer = call(std::move(what));
        REQUIRE(answer.has_error());
        CHECK(answer.error().message.find("geheim") == std::string::npos);
        return answer.error().message;
    }
    boost::asio::io_context& loop() { return loop_; }
    std::unique_ptr<alert::WebCaller>& caller() { return caller_; }

private:
    boost::asio::io_context loop_;
    std::unique_ptr<alert::WebCaller> caller_ = std::make_unique<alert::WebCaller>(loop_, [] {
        return std::chrono::floor<alert::Duration>(std::chrono::steady_clock::now().time_since_epoch());
    });
};

}  // namespace

TEST_CASE("Web caller: a GET has no body, a POST tells how long its body is") {
    WebhookSink sink;
    Telephone telephone;
    CHECK(telephone.call({.url = sink.url("/ping/1?a=b")}).value() == 200);
    sink.answer({.status = 204});
    CHECK(
        telephone
            .call({.url = sink.url("/ping"), .method = "POST", .content_type = "text/plain", .body = "alive"})
            .value() == 204);
    const auto came = sink.requests();
    REQUIRE(came.size() == 2);
    CHECK(came[0].method == "GET");
    CHECK(came[0].target == "/ping/1?a=b");
    CHECK(came[0].headers.count("content-length") == 0);
    CHECK(came[1].method == "POST");
    CHECK(came[1].headers.at("content-type") == "text/plain");
    CHECK(came[1].body == "alive");
    CHECK(sink.connections() == 2);
}

TEST_CASE("Web caller: whoever answers otherwise than well has refused") {
    WebhookSink sink;
    Telephone telephone;
    const auto who = "127.0.0.1:" + std::to_string(sink.port());
    sink.answer({.status = 404});
    CHECK(telephone.failure({.url = sink.url("/geheim")}) == who + ": HTTP 404");
    sink.answer({.status = 302, .headers = {{"Location", "http://127.0.0.1:1/"}}});
    CHECK(telephone.failure({.url = sink.url("/geheim")}) == who + ": HTTP 302, redirects are not followed");
}

TEST_CASE("Web caller: goes by TLS and by a proxy as channels do") {
    TestAuthority authority;
    const auto files = authority.issue("DNS:ping.invalid");
    WebhookSink sink({.certificate_file = files.certificate_file, .key_file = files.key_file});
    TestProxy proxy;
    Telephone telephone;
    const alert::WebCall call{.url = sink.url("/geheim", "ping.invalid"),
                              .proxy = {.url = proxy.url(), .except = {}},
                              .ca_file = authority.ca_file()};
    CHECK(telephone.call(call).value() == 200);
    auto distrustful = call;
    distrustful.ca_file.clear();
    CHECK(telephone.failure(distrustful).find("TLS: unable to get local issuer certificate") !=
          std::string::npos);
    proxy.say("HTTP/1.1 403 Forbidden\r\n\r\n");
    CHECK(telephone.failure(call).find("the proxy refused: HTTP 403") != std::string::npos);
}

TEST_CASE("Web caller: whoever does not answer costs the time-out, whoever is not there is told at once") {
    WebhookSink sink;
    sink.answer({.kind = SinkAnswer::Kind::hang});
    Telephone telephone;
    CHECK(telephone.failure({.url = sink.url("/geheim"), .timeout = 200ms}) ==
          "127.0.0.1:" + std::to_string(sink.port()) + ": time-out, waiting for the answer");
    CHECK(telephone.failure({.url = "http://127.0.0.1:1/geheim"}) == "127.0.0.1:1: Connection refused");
    CHECK_FALSE(telephone.failure({.url = "geheim"}).empty());
    CHECK_FALSE(telephone.failure({.url = "https://127.0.0.1:1/", .ca_file = "/nowhere/ca.pem"}).empty());
    CHECK(telephone.failure({.url = "http://no-such-name.invalid/geheim"})
              .starts_with("no-such-name.invalid: "));
}

TEST_CASE("Web caller: one that goes answers nobody") {
    WebhookSink sink;
    sink.answer({.kind = SinkAnswer::Kind::hang});
    Telephone telephone;
    bool answered = false;
    telephone.caller()->call({.url = sink.url()}, [&](const alert::Result<int>&) { answered = true; });
    REQUIRE(run_until(telephone.loop(), [&] { return sink.count() == 1; }));
    telephone.caller()->call({.url = sink.url()}, [&](const alert::Result<int>&) { answered = true; });
    telephone.caller().reset();
    run_for(telephone.loop(), 50ms);
    CHECK_FALSE(answered);
}
