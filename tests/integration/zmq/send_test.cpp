// `yuqingctl send` against a door that refuses, puts off, falls silent and comes again.
#include "commands.hpp"
#include "integration/zmq/harness.hpp"

#include "alert/codec/event_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>

using namespace zmq_test;
using Catch::Matchers::Contains;

namespace {

/// `send` on a thread of its own, with standard output and error kept.
class SendCommand {
public:
    explicit SendCommand(std::vector<std::string> words) : words_(std::move(words)) {
        out_before_ = std::cout.rdbuf(out_.rdbuf());
        err_before_ = std::cerr.rdbuf(err_.rdbuf());
        thread_ = std::thread([this] {
            yuqing::CommandLine line("0");
            yuqing::add_send(line);
            exit_code_ = static_cast<int>(line.run(words_));
            ended_ = true;
        });
    }
    ~SendCommand() { finish(); }

    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] int exit_code() {
        finish();
        return exit_code_;
    }
    std::string out() {
        finish();
        return out_.str();
    }
    std::string err() {
        finish();
        return err_.str();
    }

private:
    void finish() {
        if (!thread_.joinable()) return;
        thread_.join();
        std::cout.rdbuf(out_before_);
        std::cerr.rdbuf(err_before_);
    }

    std::vector<std::string> words_;
    std::ostringstream out_, err_;
    std::streambuf* out_before_ = nullptr;
    std::streambuf* err_before_ = nullptr;
    std::atomic<bool> ended_{false};
    int exit_code_ = 0;
    std::thread thread_;
};

/// A daemon that remembers what it was told; `judge` may answer otherwise or, with nothing, not at all.
class Daemon {
public:
    using Judge = std::function<std::optional<alert::Answer>(const alert::DecodedEvent&)>;

    explicit Daemon(boost::asio::io_context& io, std::string endpoint = "tcp://127.0.0.1:*") : io_(io) {
        open(std::move(endpoint));
    }
    void open(std::string endpoint) {
        ZmqDoor::Options options;
        options.binds = {std::move(endpoint)};
        door_ = std::make_unique<ZmqDoor>(io_, std::move(options),
                                          [this](const std::string& bytes, const std::string&,
                                                 const ZmqDoor::Done& done) { take(bytes, done); });
        endpoint_ = door_->endpoints().front();
    }
    void close() { door_.reset(); }
    [[nodiscard]] const std::string& endpoint() const { return endpoint_; }

    Judge judge = [](const alert::DecodedEvent&) { return std::nullopt; };
    bool silent = false;
    std::map<std::string, int> told;  // by event id

private:
    void take(const std::string& bytes, const ZmqDoor::Done& done) {
        const auto decoded = alert::decode_event(bytes);
        ++told[decoded.id];
        if (silent) return;
        alert::Answer answer;
        answer.status =
            told[decoded.id] == 1 ? alert::Answer::Status::accepted : alert::Answer::Status::duplicate;
        if (decoded.event.has_error()) {
            answer.status = alert::Answer::Status::rejected;
            answer.error = decoded.event.error();
        }
        if (auto other = judge(decoded)) answer = *other;
        answer.source = decoded.source;
        answer.id = decoded.id;
        done(alert::encode_answer(answer, alert::Zone::utc()));
    }

    boost::asio::io_context& io_;
    std::string endpoint_;
    std::unique_ptr<ZmqDoor> door_;
};

std::string event_line(int number) {
    return R"({"specversion":"1.0","id":")" + std::to_string(number) +
           R"(","source":"s","type":"case.noted","subject":"C","time":"2026-06-12T13:38:00+08:00",)"
           R"("data":{"by":"x","text":"t"}})"
           "\n";
}

std::string event_lines(int count) {
    std::string lines;
    for (int number = 1; number <= count; ++number) lines += event_line(number);
    return lines;
}

struct World {
    World() : daemon(io) {}
    std::string file(const std::string& text) {
        const auto path = folder / "events.jsonl";
        std::ofstream(path) << text;
        return path.string();
    }
    bool run(SendCommand& command, std::chrono::milliseconds bound = patience) {
        return run_until(
            io, [&] { return command.ended(); }, bound);
    }
    boost::asio::io_context io;
    Folder folder;
    Daemon daemon;
};

}  // namespace

TEST_CASE("send: every line is told once and the end is 0") {
    World world;
    SendCommand send({"send", world.file(event_lines(1000)), "--endpoint", world.daemon.endpoint()});
    REQUIRE(world.run(send));
    CHECK(send.exit_code() == 0);
    CHECK(send.out() == "已接收 1000，重复 0，未接收 0\n");
    CHECK(world.daemon.told.size() == 1000);
}

TEST_CASE("send: rejected lines are told with their number and reason, and the end is 1") {
    World world;
    const auto lines = event_line(1) + "no JSON\n\n" + std::string(70'000, 'x') + "\n" +
                       std::string(2'000'000, 'y') + "\n" + event_line(2) + event_line(1);
    SendCommand send({"send", world.file(lines), "--endpoint", world.daemon.endpoint(), "--lang", "en"});
    REQUIRE(world.run(send));
    CHECK(send.exit_code() == 1);
    const auto out = send.out();
    CHECK_THAT(out, Contains("events.jsonl:2: malformed") && Contains("events.jsonl:4: too_large") &&
                        Contains("events.jsonl:5: too_large") &&
                        Contains("accepted 2, duplicate 1, rejected 3"));
}

TEST_CASE("send: what is put off is sent again until it is answered") {
    World world;
    world.daemon.judge = [&](const alert::DecodedEvent& event) -> std::optional<alert::Answer> {
        if (world.daemon.told[event.id] > 2) return alert::Answer{};
        alert::Answer answer;
        answer.status = alert::Answer::Status::retry;
        answer.retry_after = std::chrono::milliseconds(60);
        return answer;
    };
    SendCommand send({"send", world.file(event_lines(50)), "--endpoint", world.daemon.endpoint()});
    REQUIRE(world.run(send));
    CHECK(send.exit_code() == 0);
    for (const auto& [id, times] : world.daemon.told) CHECK(times == 3);
}

TEST_CASE("send: a daemon that goes away under way and comes again gets every line") {
    World world;
    world.daemon.silent = true;
    SendCommand send({"send", world.file(event_lines(600)), "--endpoint", world.daemon.endpoint(), "--json"});
    REQUIRE(run_until(world.io, [&] { return world.daemon.told.size() >= 100; }));
    world.daemon.close();  // what it was told is never answered
    world.daemon.told.clear();
    world.daemon.silent = false;
    world.daemon.open(world.daemon.endpoint());
    REQUIRE(world.run(send));
    CHECK(send.exit_code() == 0);
    CHECK(world.daemon.told.size() == 600);
    std::istringstream lines(send.out());
    std::map<std::int64_t, int> answered;
    std::string line;
    while (std::getline(lines, line)) {
        const auto object = boost::json::parse(line).as_object();
        if (object.contains("kind")) continue;
        CHECK(object.at("id").as_string() == std::to_string(object.at("line").to_number<int>()));
        ++answered[object.at("line").to_number<int>()];
    }
    CHECK(answered.size() == 600);
}

TEST_CASE("send: a daemon that falls silent is asked over a new connection, and the silence is told") {
    World world;
    world.daemon.silent = true;
    SendCommand send({"send", world.file(event_lines(10)), "--endpoint", world.daemon.endpoint()});
    REQUIRE(run_until(world.io, [&] { return world.daemon.told.size() == 10; }));
    world.daemon.silent = false;
    REQUIRE(world.run(send));
    CHECK(send.exit_code() == 0);
    CHECK(send.out() == "已接收 0，重复 10，未接收 0\n");
    CHECK(send.err() == "yuqingctl: " + world.daemon.endpoint() + "：没有答复，继续等待，至多 60 秒\n");
}

TEST_CASE("send: nobody there is exit code 3, after the time allowed and not before") {
    World world;
    const auto endpoint = world.daemon.endpoint();
    world.daemon.close();
    const auto begin = std::chrono::steady_clock::now();
    SendCommand send({"send", world.file(event_lines(10)), "--endpoint", endpoint, "--timeout", "1"});
    REQUIRE(world.run(send));
    CHECK(send.exit_code() == 3);
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::seconds(1));
    CHECK(send.out() == "已接收 0，重复 0，未接收 0，未答复 10\n");
    CHECK_THAT(send.err(), Contains(endpoint));
}

TEST_CASE("send: what cannot be sent is refused at once") {
    World world;
    SendCommand no_file({"send", "/nowhere/at/all"});
    CHECK(no_file.exit_code() == 2);
    CHECK_THAT(no_file.err(), Contains("/nowhere/at/all"));
    SendCommand no_endpoint({"send", world.file(event_line(1)), "--endpoint", "127.0.0.1:5570"});
    CHECK(no_endpoint.exit_code() == 2);
    CHECK_THAT(no_endpoint.err(), Contains("127.0.0.1:5570"));
}
