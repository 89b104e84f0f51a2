#include "redaction.hpp"

#include "inert.hpp"
#include "robot_answer.hpp"
#include "smtp_dialogue.hpp"

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

TEST_CASE(
    "Redaction: a secret with a number of a person in it goes whole, and numbers beside it are masked") {
    auto channel = channel_at("https://hook.example/");
    channel.secrets = {"ab13800001111cd"};
    const auto redaction = std::make_shared<const Redaction>(channel);
    const std::string said = "bad ab13800001111cd of 13800002222", shown = "bad *** of 138****2222";
    const auto reply_of = [&](const std::string& body) {
        return Reply{.status = 200, .body = body, .redaction = redaction};
    };
    const auto error_of = [&](const Verdict& verdict) { return verdict.result.error; };
    CHECK(said_text(redaction.get(), said, 100) == shown);
    CHECK(said_text(nullptr, said, 100) == "bad ab138****1111cd of 138****2222");
    CHECK(said_text(redaction.get(), said, 10) == "bad ***…");
    const auto errmsg = R"({"errcode":40035,"errmsg":")" + said + R"("})";
    CHECK(error_of(judge_dingtalk(reply_of(errmsg), Shape::full, {})) == "code 40035: " + shown);
    CHECK(error_of(judge_wecom(reply_of(errmsg), Shape::full, {})) == "code 40035: " + shown);
    CHECK(error_of(judge_feishu(reply_of(R"({"code":19002,"msg":")" + said + R"("})"), Shape::full, {})) ==
          "code 19002: " + shown);
    const auto gateway =
        make_template_format({.success = {.pointer = "/code", .equals = {"0"}}}, channel.secrets);
    CHECK(error_of(gateway->judge(reply_of(R"({"code":")" + said + R"("})"), Shape::full, {})) ==
          "/code of the answer is " + shown);
    const auto bridge = make_alertmanager_format({.channel = "bridge", .token = ""});
    CHECK(error_of(bridge->judge(reply_of("\"error: " + said + "\""), Shape::full, {})) ==
          "the receiver says: error: " + shown);
}

TEST_CASE("Redaction: what a relay repeats of a secret goes before its numbers are masked") {
    auto channel = channel_at("https://hook.example/");
    channel.secrets = {"ab13800001111cd"};
    const auto redaction = std::make_shared<const Redaction>(channel);
    const std::string said = "bad ab13800001111cd of 13800002222", shown = "bad *** of 138****2222";
    const auto talk = [&](const std::vector<std::string>& replies) {
        SmtpDialogue dialogue({.from = "a@example.cn", .to = {"b@example.cn"}}, "[127.0.0.1]", "\r\ntext\r\n",
                              redaction);
        for (const auto& reply : replies) dialogue.hear(reply + "\r\n");
        return dialogue.answer().body;
    };
    CHECK(talk({"220 ready", "250 ok", "250 ok", "550 " + said}) ==
          "1 of 1 recipients refused: <b@example.cn> 550 " + shown);
    CHECK(talk({"220 ready", "250 ok", "554 " + said}) == "the answer to MAIL FROM: 554 " + shown);
}

TEST_CASE("Redaction: a secret with something invisible in its midst is taken out too") {
    auto channel = channel_at("https://hook.example/");
    channel.secrets = {"geheim-0815-wort"};
    const Redaction redaction(channel);
    for (const std::string between : {"\x7f", "\xe2\x80\x8b", "\xe2\x80\xae", "\xef\xbb\xbf"})
        CHECK(said_text(&redaction, "token ge" + between + "heim-0815-wort", 100) == "token ***");
}

TEST_CASE("Redaction: what is too short to be a secret leaves the text as it was") {
    auto channel = channel_at("http://hook.example/a/b?c=d&e");
    channel.secrets = {"1", ""};
    const Redaction redaction(channel);
    CHECK(redaction.redacted("code 11232: a b c d e") == "code 11232: a b c d e");
}
