#include "post_office.hpp"
#include "raw_client.hpp"

#include "listen.hpp"

#include "support/loop.hpp"

#include <boost/json/parse.hpp>

#include <catch2/catch.hpp>

#include <csignal>

namespace {

using namespace yuqing;
using namespace yuqing::test;
using Kind = alert::DeliveryResult::Kind;

/// What one thread writes and another reads.
class SharedText : public std::streambuf {
public:
    [[nodiscard]] std::string text() const {
        const std::lock_guard lock(mutex_);
        return text_;
    }

protected:
    int_type overflow(int_type c) override {
        const std::lock_guard lock(mutex_);
        if (c != traits_type::eof()) text_ += static_cast<char>(c);
        return 0;
    }
    std::streamsize xsputn(const char* bytes, std::streamsize count) override {
        const std::lock_guard lock(mutex_);
        text_.append(bytes, static_cast<std::size_t>(count));
        return count;
    }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

class Listening {
public:
    explicit Listening(ListenOptions options) : options_(std::move(options)) {
        options_.listen = "127.0.0.1:0";
        thread_ = std::thread([this] { run_listen(options_, out_, notes_); });
        REQUIRE(ServerThread::wait([this] { return noted().find("/\n") != std::string::npos; }));
        const auto notes = noted();
        const auto colon = notes.find(':', notes.find("//"));
        port_ = static_cast<std::uint16_t>(std::stoul(notes.substr(colon + 1)));
    }
    ~Listening() {
        if (thread_.joinable()) end();
    }
    void join() { thread_.join(); }
    void end() {
        std::raise(SIGTERM);
        thread_.join();
    }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string printed() const { return out_text_.text(); }
    [[nodiscard]] std::string noted() const { return notes_text_.text(); }

private:
    ListenOptions options_;
    SharedText out_text_, notes_text_;
    std::ostream out_{&out_text_}, notes_{&notes_text_};
    std::uint16_t port_ = 0;
    std::thread thread_;
};

const std::string due =
    R"({"type":"yuqing.notification","time":"2026-06-12T06:40:00+08:00","data":{"reason":"due",
    "title":"【到期】竹岭乡山洪","obligation":{"title":"权威发布","remaining_seconds":0},
    "targets":[{"role":"duty_officer","officers":[{"id":"zhang","name":"张三"},{"id":"li","name":null}]},
               {"role":"county_head","officers":[]}]}})";

std::string with_remaining(const std::string& seconds) {
    return R"({"type":"yuqing.notification","time":"2026-06-12T06:40:00+08:00","data":{"reason":"reminder",
        "title":"【提醒】山洪","obligation":{"title":"权威发布","remaining_seconds":)" +
           seconds + "}}}";
}

}  // namespace

TEST_CASE("Listen: a message is one line for people") {
    CHECK(message_line(due) ==
          "06:40:00 【到期】 竹岭乡山洪 权威发布 已到期 → duty_officer 张三、li；county_head");
    CHECK(message_line(with_remaining("3600")) == "06:40:00 【提醒】 山洪 权威发布 剩余1小时");
    CHECK(message_line(with_remaining("-1")) == "06:40:00 【提醒】 山洪 权威发布 已到期");
    CHECK(message_line(with_remaining("-3900")) == "06:40:00 【提醒】 山洪 权威发布 已超期1小时5分");
}

TEST_CASE("Listen: a message without a case is a line too") {
    CHECK(message_line(
              R"({"type":"yuqing.notification","time":"2026-06-12T06:40:00+08:00",
                "data":{"reason":"drill","title":"【演练】"}})") == "06:40:00 【演练】");
    CHECK(message_line(R"({"type":"yuqing.notification","data":{"reason":"drill"}})") == "--:--:-- drill");
}

TEST_CASE("Listen: a body of any shape is shown and steers nothing") {
    CHECK(message_line("") == "--:--:-- ");
    CHECK(message_line("hello\nthere") == "--:--:-- hello\\nthere");
    CHECK(message_line("[1,2]") == "--:--:-- [1,2]");
    CHECK(message_line("{\"type\":\"other\"}") == "--:--:-- {\"type\":\"other\"}");
    CHECK(message_line("\x1b[2J\xff") == "--:--:-- \\x1b[2J\\xff");
    CHECK(message_line(std::string(10'000, 'x')).size() < 250);
    const auto hostile = message_line(
        "{\"type\":\"yuqing.notification\",\"time\":7,\"data\":{\"reason\":[],\"title\":\"a\\u001b]0;"
        "x\\u0007\\u202eb\\n\","
        "\"obligation\":[],\"targets\":{\"role\":1}}}");
    for (const char c : hostile) CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(hostile.find("\xe2\x80\xae") == std::string::npos);
    CHECK(message_line(R"({"type":"yuqing.notification","data":{"targets":[1,{"officers":[2]},"x"]}})")
              .starts_with("--:--:--"));
}

TEST_CASE("Listen: as JSON a message is one line, and says if it came before") {
    CHECK(message_json("{\n \"id\": \"1\",\n \"title\": \"\u202e山洪\"\n}", false) ==
          "{\"id\":\"1\",\"title\":\"\\u202e山洪\"}");
    CHECK(message_json("{\"id\":\"1\"}", true) == "{\"id\":\"1\",\"repeated\":true}");
    CHECK(boost::json::parse(message_json("no\njson", false)).is_string());
}

TEST_CASE("Listen: takes what its secrets signed, prints it, and marks what comes again") {
    Listening listening({.secrets = {webhook_secret}});
    auto stranger = a_channel("stranger", listening.url());
    stranger.secrets = {"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="};
    PostOffice office({a_channel("duty", listening.url()), stranger});
    CHECK(office.send_and_wait(a_notification("duty", "n-1")).kind == Kind::delivered);
    CHECK(office.send_and_wait(a_notification("duty", "n-1")).kind == Kind::delivered);
    CHECK(office.send_and_wait(a_notification("stranger", "n-2")).error == "HTTP 401");
    RawClient client(listening.port());
    CHECK(client.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}").status == 401);
    CHECK(client.ask(get("/")).status == 405);
    listening.end();
    const auto printed = listening.printed();
    CHECK(std::count(printed.begin(), printed.end(), '\n') == 2);
    CHECK(printed.find("【到期】 竹岭乡山洪 发布权威信息 已到期 → duty_officer 张三\n") != std::string::npos);
    CHECK(printed.ends_with("（重复）\n"));
    CHECK(listening.noted().find("refused: no signature of webhook-signature is ours (webhook-id n-2)") !=
          std::string::npos);
}

TEST_CASE("Listen: ends after so many different messages") {
    Listening listening({.json = true, .count = 2});
    PostOffice office({a_channel("duty", listening.url())});
    CHECK(office.send_and_wait(a_notification("duty", "n-1")).kind == Kind::delivered);
    CHECK(office.send_and_wait(a_notification("duty", "n-1")).kind == Kind::delivered);
    CHECK(office.send_and_wait(a_notification("duty", "n-2")).kind == Kind::delivered);
    listening.join();
    const auto printed = listening.printed();
    CHECK(std::count(printed.begin(), printed.end(), '\n') == 3);
    CHECK(printed.find("\"repeated\":true") != std::string::npos);
}

TEST_CASE("Listen: an address or secret that is none is refused") {
    std::ostringstream out, notes;
    for (const std::string listen :
         {"", "9580", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999", ":9580", "somewhere:9580"}) {
        CAPTURE(listen);
        CHECK_THROWS(run_listen({.listen = listen}, out, notes));
    }
    CHECK_THROWS(run_listen({.listen = "127.0.0.1:0", .secrets = {"geheim"}}, out, notes));
}

TEST_CASE("Listen: ten thousand messages are each printed once") {
    constexpr std::size_t messages = 10'000;
    Listening listening({.secrets = {webhook_secret}, .count = messages});
    PostOffice office({a_channel("duty", listening.url())});
    office.deliver("duty", messages);
    listening.join();
    const auto printed = listening.printed();
    CHECK(static_cast<std::size_t>(std::count(printed.begin(), printed.end(), '\n')) == messages);
}
