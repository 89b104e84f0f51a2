// notifications, redeliver, test-channel, drill: what a person reads, and what a script sees as exit code.
#include "fake_daemon.hpp"

#include <catch2/catch.hpp>

using namespace ctl_test;
using Catch::Matchers::Contains;

namespace {

std::string letter(const std::string& id) {
    return R"({"id":")" + id +
           R"(","channel":"duty-group","reason":"reminder","case":"C-1","obligation":"response",
        "step":"due-1h","attempts":3,"error":"404\u001b[2J","state":"dead",
        "at":"2026-06-12T13:38:00+08:00"})";
}

std::string page(const std::string& letters, const std::string& next) {
    return response("200 OK", R"({"notifications":[)" + letters + R"(],"next":)" + next + "}");
}

const std::string ordered =
    response("202 Accepted", R"({"notifications":[{"id":"t1","channel":"duty-group","targets":[]}]})");

std::string seen(const std::string& state, const std::string& error) {
    return response("200 OK", R"({"id":"t1","state":")" + state + R"(","error":)" + error + "}");
}

}  // namespace

TEST_CASE("notifications: names each letter with what it was about and why it died") {
    FakeDaemon daemon(page(letter("n1") + "," + letter("n2"), "null"));
    const auto ran = run(yuqing::add_letters, {"notifications", "--url", daemon.url()});
    CHECK(ran.exit_code == 0);
    for (const auto* told : {"n1", "n2", "duty-group", "提醒", "C-1", "response due-1h", "3", "404\\x1b[2J"})
        CHECK_THAT(ran.out, Contains(told));
}

TEST_CASE("notifications: goes on to the next page until there are enough") {
    FakeDaemon daemon({page(letter("n1"), "\"5:n1\""), page(letter("n2"), "null")});
    const auto ran = run(yuqing::add_letters, {"notifications", "--url", daemon.url(), "--json"});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.out, Contains("\"n1\"") && Contains("\"n2\""));
}

TEST_CASE("redeliver: says who and why, and tells a refusal") {
    FakeDaemon daemon(response("202 Accepted", R"({"id":"n1","state":"pending"})"));
    const auto ran = run(yuqing::add_letters,
                         {"redeliver", "n1", "--by", "王五", "--reason", "已恢复", "--url", daemon.url()});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(daemon.body(), Contains("王五") && Contains("已恢复"));
    FakeDaemon refusing(
        response("409 Conflict", R"({"error":{"code":"not_dead","message":"it is delivered","path":"ID"}})"));
    const auto refused = run(yuqing::add_letters, {"redeliver", "n1", "--url", refusing.url()});
    CHECK(refused.exit_code == 1);
    CHECK_THAT(refused.err, Contains("not_dead"));
    CHECK(run(yuqing::add_letters, {"redeliver"}).exit_code == 2);
    CHECK(run(yuqing::add_letters, {"redeliver", "n1", "--all"}).exit_code == 2);
}

TEST_CASE("redeliver: says that what the answer has overtaken is not sent") {
    FakeDaemon daemon(response("200 OK", R"({"id":"n1","state":"superseded","message":"m"})"));
    const auto ran = run(yuqing::add_letters, {"redeliver", "n1", "--url", daemon.url()});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.out, Contains("n1") && Contains("不再发送"));
}

TEST_CASE("redeliver --all: every letter of every page, and who was faster is no failure") {
    const auto sent = response("202 Accepted", R"({"state":"pending"})");
    const auto gone = response("409 Conflict", R"({"error":{"code":"not_dead","message":"m","path":"ID"}})");
    const auto overtaken = response("200 OK", R"({"state":"superseded"})");
    FakeDaemon daemon({page(letter("n1") + "," + letter("n2"), "\"5:n2\""), sent, gone,
                       page(letter("n3") + "," + letter("n4"), "null"), sent, overtaken});
    const auto ran = run(yuqing::add_letters, {"redeliver", "--all", "--url", daemon.url(), "--json"});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.out, Contains(R"({"redelivered":2,"superseded":1,"failed":0})"));
}

TEST_CASE("test-channel: waits until it is known whether the message arrived") {
    FakeDaemon daemon({ordered, seen("pending", "null"), seen("delivered", "null")});
    const auto ran = run(yuqing::add_trials, {"test-channel", "duty-group", "--url", daemon.url()});
    CHECK(ran.exit_code == 0);
    CHECK_THAT(ran.out, Contains("duty-group") && Contains("已送达"));
}

TEST_CASE("test-channel: a channel that refuses is told with its answer, at once") {
    FakeDaemon daemon({ordered, seen("dead", "\"310000 keywords not in content\"")});
    const auto ran = run(yuqing::add_trials, {"test-channel", "duty-group", "--url", daemon.url()});
    CHECK(ran.exit_code == 1);
    CHECK_THAT(ran.out, Contains("未送达") && Contains("310000 keywords not in content"));
}

TEST_CASE("test-channel: waits no longer than it is told to") {
    FakeDaemon daemon({ordered, seen("pending", "\"connection refused\"")});
    const auto ran =
        run(yuqing::add_trials, {"test-channel", "duty-group", "--wait", "0", "--url", daemon.url()});
    CHECK(ran.exit_code == 1);
    CHECK_THAT(ran.out, Contains("待发送") && Contains("connection refused"));
}

TEST_CASE("drill: names the channels, and fails when one of them was not reached") {
    const auto two = response("202 Accepted", R"({"notifications":[
        {"id":"d1","channel":"duty-group",
         "targets":[{"role":"duty_officer","officers":[{"id":"z","name":"张三"}]}]},
        {"id":"d2","channel":"leaders","targets":[]}]})");
    FakeDaemon daemon({two, seen("delivered", "null"), seen("dead", "\"404\"")});
    const auto ran = run(yuqing::add_trials, {"drill", "--url", daemon.url()});
    CHECK(ran.exit_code == 1);
    CHECK_THAT(ran.out, Contains("值班员 张三") && Contains("已送达") && Contains("leaders"));
}
