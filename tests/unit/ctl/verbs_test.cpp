// Every verb's command line, told to a listener that keeps what was posted.
#include "effect.hpp"
#include "fake_daemon.hpp"

#include "alert/codec/event_json.hpp"

#include <catch2/catch.hpp>

using namespace ctl_test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

Ran run(std::vector<std::string> words) { return ctl_test::run(yuqing::add_verbs, std::move(words)); }

const std::string accepted = response(
    "200 OK", R"({"id":"x","source":"yuqingctl","status":"accepted","case":"C-1","obligations":[]})");

// What `waive --obligation response`, `withdraw --event-source s --event-id i` and `keep --commitment lamp`
// name is there.
const std::string touched = response("200 OK", R"({"id":"C-1","obligations":[
                               {"id":"response","due":"2026-06-12T15:00:00+08:00",
                                "fulfilled_at":"2026-06-12T14:00:00+08:00"},
                               {"id":"commitment.lamp"}],
                           "timeline":[{"source":"s","id":"i"}]})");

}  // namespace

TEST_CASE("Verbs: each tells its event, complete, as the daemon reads it") {
    struct Row {
        std::string type;
        std::vector<std::string> words;
    };
    const std::vector<Row> rows{
        {"case.acknowledged", {"ack", "C-1", "--note", "收到"}},
        {"case.assessed",
         {"assess", "C-1", "--grade", "major", "--level", "red", "--field", "f", "--reason", "r"}},
        {"case.assigned", {"assign", "C-1", "--unit", "县民政局", "--assist", "a", "--assist", "b"}},
        {"case.returned", {"return", "C-1", "--unit", "u", "--reason", "不归我管"}},
        {"response.approved", {"approve", "C-1"}},
        {"response.published",
         {"publish", "C-1", "--kind", "online_reply", "--channel", "网站", "--url-of", "https://e.invalid/1",
          "--title", "t", "--approved-by", "李", "--approved-at=-1h", "--time", "2026-06-12T14:00:00+08:00"}},
        {"obligation.waived", {"waive", "C-1", "--obligation", "response", "--reason", "r"}},
        {"commitment.made", {"commit", "C-1", "--commitment", "lamp", "--text", "修复路灯", "--due", "+2d"}},
        {"commitment.kept", {"keep", "C-1", "--commitment", "lamp"}},
        {"case.merged", {"merge", "C-1", "--into", "C-2"}},
        {"case.muted", {"mute", "C-1", "--until", "+2h", "--reason", "r"}},
        {"case.noted", {"note", "C-1", "--text", "t"}},
        {"case.closed", {"close", "C-1"}},
        {"case.reopened", {"reopen", "C-1", "--reason", "r"}},
        {"case.dismissed", {"dismiss", "C-1", "--reason", "r"}},
        {"fact.withdrawn", {"withdraw", "C-1", "--event-source", "s", "--event-id", "i", "--reason", "r"}},
    };
    for (const auto& row : rows) {
        INFO(row.type);
        const bool looks = yuqing::effect_needs_case(row.type);
        FakeDaemon daemon(looks ? std::vector{accepted, touched} : std::vector{accepted});
        auto words = row.words;
        words.insert(words.end(), {"--by", "张三", "--url", daemon.url()});
        const auto ran = run(words);
        CHECK(ran.exit_code == 0);
        CHECK_THAT(ran.out, StartsWith("已接收 C-1\n"));
        CHECK(ran.err.empty());
        const auto decoded = alert::decode_event(daemon.body());
        REQUIRE(decoded.event.has_value());
        CHECK(decoded.type == row.type);
        CHECK(decoded.event->unreadable.empty());
        CHECK(decoded.event->subject->value == "C-1");
    }
}

TEST_CASE("Verbs: options become the members of the event") {
    FakeDaemon daemon(accepted);
    run({"publish", "C-1", "--by", "张三", "--kind", "press_conference", "--approved-at",
         "2026-06-12T13:38:00+08:00", "--time", "2026-06-12T14:00:00+08:00", "--url", daemon.url()});
    const auto decoded = alert::decode_event(daemon.body());
    REQUIRE(decoded.event.has_value());
    const auto& published = std::get<alert::Published>(decoded.event->data);
    CHECK(published.by == "张三");
    CHECK(published.kind == alert::ResponseKind::press_conference);
    CHECK(published.approved_at == *alert::parse_rfc3339("2026-06-12T13:38:00+08:00"));
    CHECK(decoded.event->time == *alert::parse_rfc3339("2026-06-12T14:00:00+08:00"));
}

TEST_CASE("Verbs: a time that was typed is told as it was taken, the present is not") {
    FakeDaemon daemon(accepted);
    auto ran = run({"ack", "C-1", "--by", "张三", "--time", "2026-06-12 14:00", "--url", daemon.url()});
    CHECK(ran.out == "已接收 C-1\n  时间 2026-06-12T14:00:00+08:00\n");
    FakeDaemon another(accepted);
    ran = run({"ack", "C-1", "--by", "张三", "--url", another.url()});
    CHECK(ran.out == "已接收 C-1\n");
}

TEST_CASE("Verbs: a refusal is told and is exit code 1") {
    FakeDaemon daemon(response(
        "422 Unprocessable Entity",
        R"({"id":"x","source":"yuqingctl","status":"rejected",)"
        R"("error":{"code":"unknown_case","message":"there is no case\u001b[31m","path":"/subject"}})"));
    const auto ran = run({"ack", "C-1", "--by", "张三", "--url", daemon.url()});
    CHECK(ran.exit_code == 1);
    CHECK(ran.err == "未接收 没有这个事项（unknown_case: there is no case\\x1b[31m (/subject)）\n");
    CHECK(ran.out.empty());
}

TEST_CASE("Verbs: the command line is checked before anybody is asked") {
    struct Row {
        const char* why;
        std::vector<std::string> words;
    };
    const std::vector<Row> rows{
        {"no --by", {"ack", "C-1"}},
        {"no case", {"ack", "--by", "x"}},
        {"no case id", {"ack", "C 1", "--by", "x"}},
        {"a required option is missing", {"publish", "C-1", "--by", "x"}},
        {"a time that cannot be read", {"ack", "C-1", "--by", "x", "--time", "gestern"}},
        {"a URL that is none", {"ack", "C-1", "--by", "x", "--url", "ftp://127.0.0.1"}},
        {"a URL with a path", {"ack", "C-1", "--by", "x", "--url", "http://127.0.0.1:1/board"}},
    };
    for (const auto& row : rows) {
        INFO(row.why);
        const auto ran = run(row.words);
        CHECK(ran.exit_code == 2);
        CHECK_FALSE(ran.err.empty());
    }
}

TEST_CASE("Verbs: nobody at the address is exit code 3") {
    std::string url;
    {
        asio::io_context io;
        const asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
        url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
    }
    CHECK(run({"ack", "C-1", "--by", "x", "--url", url}).exit_code == 3);
    FakeDaemon other(response("200 OK", "<html>hello</html>"));
    CHECK(run({"ack", "C-1", "--by", "x", "--url", other.url()}).exit_code == 3);
}

TEST_CASE("Verbs: a daemon that cannot store it now is asked again, then given up") {
    FakeDaemon daemon(response("503 Service Unavailable",
                               R"({"id":"x","source":"yuqingctl","status":"retry","retry_after_ms":100})"));
    const auto ran = run({"ack", "C-1", "--by", "x", "--patience", "0", "--url", daemon.url()});
    CHECK(ran.exit_code == 3);
    CHECK_FALSE(ran.err.empty());
}

TEST_CASE("Verbs: an event that is accepted and touches nothing warns, and is done all the same") {
    struct Row {
        std::vector<std::string> words;
        std::string warning;
    };
    const std::vector<Row> rows{
        {{"withdraw", "C-1", "--event-source", "s", "--event-id", "j", "--reason", "r"}, "没有撤下任何一条"},
        {{"waive", "C-1", "--obligation", "respons", "--reason", "r"}, "是 response 吗？"},
        {{"assess", "C-1", "--reason", "r"}, "事项没有变化"},
        {{"keep", "C-1", "--commitment", "lamps"}, "没有兑现任何一项"},
        {{"publish", "C-1", "--kind", "online_reply", "--time", "2026-06-12T16:00:00+08:00"},
         "没有完成任何义务"},
    };
    for (const auto& row : rows) {
        FakeDaemon daemon({accepted, touched});
        auto words = row.words;
        words.insert(words.end(), {"--by", "张三", "--url", daemon.url()});
        const auto ran = run(words);
        CHECK(ran.exit_code == 0);
        CHECK_THAT(ran.out, StartsWith("已接收 C-1\n"));
        CHECK_THAT(ran.err, Contains("注意：") && Contains(row.warning));
    }
}

TEST_CASE("Verbs: a case that cannot be looked at, or is in the journal yet, gives no warning") {
    const std::vector<std::string> withdraw{"withdraw", "C-1", "--event-source", "s",    "--event-id", "j",
                                            "--reason", "r",   "--by",           "张三", "--url"};
    FakeDaemon shut(
        {accepted, response("403 Forbidden", R"({"error":{"code":"forbidden","message":"no"}})")});
    auto words = withdraw;
    words.push_back(shut.url());
    auto ran = run(words);
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.empty());
    FakeDaemon degraded(response("200 OK", R"({"status":"accepted","case":"C-1","degraded":true})"));
    words.back() = degraded.url();
    ran = run(words);
    CHECK(ran.exit_code == 0);
    CHECK(ran.err.empty());
}
