#include "redaction.hpp"

#include "inert.hpp"

#include <catch2/catch.hpp>

using namespace alert;

namespace {

HttpChannel channel_at(const std::string& url) { return {.id = ChannelId("duty-group"), .url = url}; }

}  // namespace

TEST_CASE("Redaction: a receiver's words come through, what the channel knows as secret does not") {
    auto channel = channel_at("https://oapi.example/robot/send?access_token=9f86d081884c7d65&lang=zh");
    channel.secrets = {"SEC11223344", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    const Redaction redaction(channel);
    CHECK(redaction.redacted("code 300001: no robot 9f86d081884c7d65; check the robot's access_token") ==
          "code 300001: no robot ***; check the robot's access_token");
    CHECK(redaction.redacted("SEC11223344 and SEC11223344 signs") == "*** and *** signs");
    CHECK(redaction.redacted("wrong: MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == "wrong: ***");
    CHECK(redaction.redacted("oapi.example: HTTP 503, /robot/send?lang=zh") ==
          "oapi.example: HTTP 503, /robot/send?lang=zh");
    CHECK(redaction.redacted("") == "");
}

TEST_CASE("Redaction: a path is a password, in whichever way it is written") {
    const Redaction redaction(channel_at("https://hook.example/hook/a%2Bb%2Fc12345/z"));
    CHECK(redaction.redacted("unknown a%2Bb%2Fc12345") == "unknown ***");
    CHECK(redaction.redacted("unknown a+b/c12345") == "unknown ***");
    auto quoting = channel_at("https://hook.example/");
    quoting.secrets = {"pass\"word&1"};
    const Redaction other(quoting);
    CHECK(other.redacted(R"(key "pass\"word&1" or pass%22word%261)") == R"(key "***" or ***)");
}

TEST_CASE("Redaction: tokens in a template's own text and a proxy's login are secret, its words are not") {
    auto channel = channel_at("http://sms.example/");
    channel.template_rules.headers = {{"Authorization", "APPCODE abcdefghijkl"}};
    channel.template_rules.body = R"({"account":"county-7f3a99","content":"{{line}}","kind":"notification"})";
    channel.proxy.url = "http://office:p%40ssw0rd@proxy.example:3128";
    const Redaction redaction(channel);
    CHECK(redaction.redacted("APPCODE abcdefghijkl of county-7f3a99: content, notification") ==
          "APPCODE *** of ***: content, notification");
    CHECK(redaction.redacted("p@ssw0rd b2ZmaWNlOnBAc3N3MHJk proxy.example:3128") ==
          "*** *** proxy.example:3128");
}

TEST_CASE("Redaction: the beginning of a secret whose rest was cut off is taken out too") {
    auto channel = channel_at("https://hook.example/");
    channel.secrets = {"0123456789abcdef0123456789abcdef"};
    const Redaction redaction(channel);
    const auto said = std::string(150, 'x') + " 0123456789abcdef0123456789abcdef";
    for (const std::size_t bytes : {160U, 170U, 182U}) {
        const auto text =
            redaction.redacted("code 1: " + cut_to_bytes(said, bytes) + "; check the robot's URL");
        CHECK(text == "code 1: " + std::string(150, 'x') + " ***…; check the robot's URL");
    }
    CHECK(redaction.redacted("012… is too short to tell") == "012… is too short to tell");
}

TEST_CASE("Redaction: what is too short to be a secret leaves the text as it was") {
    auto channel = channel_at("http://hook.example/a/b?c=d&e");
    channel.secrets = {"1", ""};
    const Redaction redaction(channel);
    CHECK(redaction.redacted("code 11232: a b c d e") == "code 11232: a b c d e");
}
