// Every verb's command line, told to a listener that keeps what was posted.
#include "commands.hpp"

#include "alert/codec/event_json.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <iostream>
#include <sstream>
#include <thread>

namespace asio = boost::asio;

namespace {

/// Answers one request with `response` and keeps its body.
class OneRequest {
public:
    explicit OneRequest(std::string response)
        : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
          thread_([this, response = std::move(response)] { serve(response); }) {}
    ~OneRequest() { finish(); }

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    std::string body() {
        finish();
        return body_;
    }

private:
    void serve(const std::string& response) {
        boost::system::error_code ignored;
        asio::ip::tcp::socket socket(io_);
        acceptor_.accept(socket, ignored);
        std::string bytes;
        const auto head = asio::read_until(socket, asio::dynamic_buffer(bytes), "\r\n\r\n", ignored);
        const auto at = bytes.find("Content-Length: ");
        const auto length = at == std::string::npos ? 0 : std::stoul(bytes.substr(at + 16));
        if (bytes.size() < head + length) {
            asio::read(socket, asio::dynamic_buffer(bytes),
                       asio::transfer_exactly(head + length - bytes.size()), ignored);
        }
        body_ = bytes.substr(head);
        asio::write(socket, asio::buffer(response), ignored);
    }
    void finish() {
        if (thread_.joinable()) thread_.join();
    }

    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    std::string body_;
    std::thread thread_;
};

std::string response(const std::string& status, const std::string& body) {
    return "HTTP/1.1 " + status +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
}

struct Ran {
    int exit_code = 0;
    std::string out, err;
};

Ran run(std::vector<std::string> words) {
    yuqing::CommandLine line("0");
    yuqing::add_verbs(line);
    const std::ostringstream out, err;
    auto* const out_before = std::cout.rdbuf(out.rdbuf());
    auto* const err_before = std::cerr.rdbuf(err.rdbuf());
    Ran ran;
    ran.exit_code = static_cast<int>(line.run(std::move(words)));
    std::cout.rdbuf(out_before);
    std::cerr.rdbuf(err_before);
    ran.out = out.str();
    ran.err = err.str();
    return ran;
}

const std::string accepted = response(
    "200 OK", R"({"id":"x","source":"yuqingctl","status":"accepted","case":"C-1","obligations":[]})");

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
          "--title", "t", "--approved-by", "李", "--approved-at=-1h"}},
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
        OneRequest daemon(accepted);
        auto words = row.words;
        words.insert(words.end(), {"--by", "张三", "--url", daemon.url()});
        const auto ran = run(words);
        CHECK(ran.exit_code == 0);
        CHECK(ran.out == "已接收 C-1\n");
        const auto decoded = alert::decode_event(daemon.body());
        REQUIRE(decoded.event.has_value());
        CHECK(decoded.type == row.type);
        CHECK(decoded.event->unreadable.empty());
        CHECK(decoded.event->subject->value == "C-1");
    }
}

TEST_CASE("Verbs: options become the members of the event") {
    OneRequest daemon(accepted);
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

TEST_CASE("Verbs: a refusal is told and is exit code 1") {
    OneRequest daemon(response(
        "422 Unprocessable Entity",
        R"({"id":"x","source":"yuqingctl","status":"rejected",)"
        R"("error":{"code":"unknown_case","message":"there is no case\u001b[31m","path":"/subject"}})"));
    const auto ran = run({"ack", "C-1", "--by", "张三", "--url", daemon.url()});
    CHECK(ran.exit_code == 1);
    CHECK(ran.err == "未接收 unknown_case: there is no case\\x1b[31m (/subject)\n");
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
    OneRequest other(response("200 OK", "<html>hello</html>"));
    CHECK(run({"ack", "C-1", "--by", "x", "--url", other.url()}).exit_code == 3);
}

TEST_CASE("Verbs: a daemon that cannot store it now is asked again, then given up") {
    OneRequest daemon(response("503 Service Unavailable",
                               R"({"id":"x","source":"yuqingctl","status":"retry","retry_after_ms":100})"));
    const auto ran = run({"ack", "C-1", "--by", "x", "--patience", "0", "--url", daemon.url()});
    CHECK(ran.exit_code == 3);
    CHECK_FALSE(ran.err.empty());
}
