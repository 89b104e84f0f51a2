#include "robot_answer.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace alert;
using namespace std::chrono_literals;
using Kind = DeliveryResult::Kind;

namespace {

Reply said(const std::string& body, int status = 200) { return {.status = status, .body = body}; }

Reply errcode(int code, const std::string& message = "x") {
    return said(R"({"errcode":)" + std::to_string(code) + R"(,"errmsg":")" + message + "\"}");
}

Reply feishu(int code, const std::string& message = "x", int status = 200) {
    return said(R"({"code":)" + std::to_string(code) + R"(,"msg":")" + message + "\"}", status);
}

}  // namespace

TEST_CASE("Robot answers: only the code in the body is success, whatever the status says") {
    CHECK(judge_dingtalk(errcode(0, "ok"), Shape::full, {}).result.kind == Kind::delivered);
    CHECK(judge_wecom(errcode(0, "ok. Warning: wrong json format."), Shape::full, {}).result.kind ==
          Kind::delivered);
    CHECK(judge_feishu(feishu(0, "success"), Shape::full, {}).result.kind == Kind::delivered);
    CHECK(judge_feishu(said(R"({"StatusCode":0,"StatusMessage":"success"})"), Shape::full, {}).result.kind ==
          Kind::delivered);
    for (const auto& body :
         {"", "ok", "<html>login</html>", "[]", "{}", R"({"errcode":"0"})", R"({"code":"0"})"}) {
        for (const auto judge : {judge_dingtalk, judge_wecom, judge_feishu}) {
            const auto verdict = judge(said(body), Shape::full, {});
            CHECK(verdict.result.kind == Kind::retry);
            CHECK(verdict.result.error.find("HTTP 200 without") == 0);
        }
    }
    CHECK(judge_wecom(said("", 502), Shape::full, {}).result.kind == Kind::retry);
    CHECK(judge_wecom(said("", 404), Shape::full, {}).result.kind == Kind::permanent);
}

TEST_CASE("Robot answers: too fast holds the whole URL for the platform's own time") {
    const auto holds = [](const Verdict& verdict, Duration wait) {
        return verdict.result.kind == Kind::retry && verdict.result.holds_url &&
               verdict.result.retry_after == wait;
    };
    CHECK(holds(judge_dingtalk(errcode(130101, "send too fast"), Shape::full, {}), 600s));
    CHECK(holds(judge_dingtalk(errcode(410100), Shape::full, {}), 600s));
    CHECK(holds(judge_dingtalk(errcode(90030), Shape::full, {}), 3600s));
    CHECK(holds(
        judge_dingtalk(said(R"({"status":1111,"wait":5,"source":"x5","punish":"deny"})"), Shape::full, {}),
        5s));
    CHECK(holds(judge_wecom(errcode(45009), Shape::full, {}), 60s));
    CHECK(holds(judge_feishu(feishu(11232, "frequency limited"), Shape::full, {}), 15s));
    CHECK(holds(judge_feishu(feishu(9499, "Too Many Request", 400), Shape::full, {}), 15s));
    auto reset = feishu(99991400, "request trigger frequency limit", 429);
    reset.rate_reset = "42";
    CHECK(holds(judge_feishu(reset, Shape::full, {}), 42s));
}

TEST_CASE("Robot answers: a busy platform is asked again, a wrong setting is not") {
    for (const auto& busy : {errcode(-1), errcode(90018), errcode(310000, "description:invalid timestamp;")})
        CHECK(judge_dingtalk(busy, Shape::full, {}).result.kind == Kind::retry);
    for (const int code : {-1, 45033})
        CHECK(judge_wecom(errcode(code), Shape::full, {}).result.kind == Kind::retry);

    const auto gives_up = [](const Verdict& verdict) {
        return verdict.result.kind == Kind::permanent && !verdict.again && !verdict.result.holds_url;
    };
    for (const auto* why :
         {"sign not match", "签名不匹配", "keywords not in content", "ip 1.2.3.4 not in whitelist"})
        CHECK(gives_up(judge_dingtalk(errcode(310000, why), Shape::full, {})));
    for (const int code : {300001, 300005, 400013, 400101, 400102, 400105, 400106, 40035, 43004})
        CHECK(gives_up(judge_dingtalk(errcode(code), Shape::full, {})));
    for (const int code : {93000, 93004, 93008, 40008, 40033, 40035, 40039, 44004})
        CHECK(gives_up(judge_wecom(errcode(code), Shape::full, {})));
    for (const int code : {19001, 19002, 19021, 19022, 19024})
        CHECK(gives_up(judge_feishu(feishu(code), Shape::full, {})));
    CHECK(gives_up(judge_feishu(feishu(9499, "Bad Request"), Shape::full, {})));
}

TEST_CASE("Robot answers: an unknown code is no verdict, a status that says busy is heeded") {
    for (const int status : {200, 400, 404}) {
        const auto verdict = judge_feishu(feishu(77777, "new", status), Shape::full, {});
        CHECK(verdict.result.kind == Kind::unknown);
        CHECK(verdict.result.error == "code 77777: new; this code is not known");
    }
    for (const auto judge : {judge_dingtalk, judge_wecom, judge_feishu}) {
        for (const int status : {408, 429, 500, 503}) {
            const auto number = std::to_string(status);
            auto reply = said(R"({"errcode":)" + number + R"(,"code":)" + number + "}", status);
            reply.retry_after = "3";
            const auto verdict = judge(reply, Shape::full, {});
            CHECK(verdict.result.kind == Kind::retry);
            CHECK(verdict.result.retry_after == Duration(3s));
            CHECK(verdict.result.error == "code " + number + "; HTTP " + number);
        }
    }
    // A code that is the platform's own counts whatever the status.
    CHECK(judge_feishu(feishu(19001, "x", 500), Shape::full, {}).result.kind == Kind::permanent);
}

TEST_CASE("Robot answers: a code of 0 is success with a status of 2xx alone") {
    const std::string zero = R"({"errcode":0,"code":0})";
    for (const auto judge : {judge_dingtalk, judge_wecom, judge_feishu}) {
        CHECK(judge(said(zero, 201), Shape::full, {}).result.kind == Kind::delivered);
        CHECK(judge(said(zero, 500), Shape::full, {}).result.kind == Kind::retry);
        CHECK(judge(said(zero, 429), Shape::full, {}).result.kind == Kind::retry);
        const auto redirect = judge(said(zero, 302), Shape::full, {});
        CHECK(redirect.result.kind == Kind::permanent);
        CHECK(redirect.result.error == "HTTP 302, redirects are not followed");
    }
}

TEST_CASE("Robot answers: what was refused for its form goes once more in the next form, and only once") {
    for (const int code : {460101, 101002})
        CHECK(judge_dingtalk(errcode(code), Shape::full, {}).again == Shape::brief);
    CHECK(judge_wecom(errcode(40058), Shape::full, {}).again == Shape::brief);
    CHECK(judge_feishu(feishu(19036), Shape::plain, {}).again == Shape::brief);
    for (const int code : {430101, 430102, 430103, 430104})
        CHECK(judge_dingtalk(errcode(code), Shape::brief, {}).again == Shape::neutral);
    for (const auto* why : {"ErrCode: 200621; parse card", "ErrCode: 100290", "ErrCode: 11310"})
        CHECK(judge_feishu(feishu(230099, why), Shape::full, {}).again == Shape::plain);

    // The card's errors are numbers of their own, not digits anywhere in a message.
    CHECK(judge_feishu(feishu(9499, "Bad Request, ErrCode:11310;"), Shape::full, {}).again == Shape::plain);
    CHECK(judge_feishu(feishu(200621, "parse card json err"), Shape::full, {}).again == Shape::plain);
    CHECK_FALSE(judge_feishu(feishu(230099, "ErrCode: 113109; trace 11310 100290"), Shape::full, {}).again);
    const auto fast = judge_feishu(feishu(11232, "frequency limited trace 11310"), Shape::full, {});
    CHECK_FALSE(fast.again);
    CHECK(fast.result.holds_url);

    CHECK_FALSE(judge_dingtalk(errcode(460101), Shape::brief, {}).again);
    CHECK_FALSE(judge_dingtalk(errcode(430102), Shape::neutral, {}).again);
    CHECK_FALSE(judge_feishu(feishu(230099, "ErrCode: 100290"), Shape::plain, {}).again);
}

TEST_CASE("Robot answers: an error names the code and what would be right, and nothing hostile") {
    const auto verdict =
        judge_dingtalk(errcode(310000, "keywords not in content\\n\\u001b[31m"), Shape::full, {});
    CHECK(verdict.result.error ==
          "code 310000: keywords not in content  [31m; set the channel's keyword to one of the robot's");
    CHECK(judge_wecom(errcode(1, std::string(5000, 'a')), Shape::full, {}).result.error.size() < 300);
}
