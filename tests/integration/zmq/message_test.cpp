// Frames, delimiters, empty messages, too many frames, too large ones.
#include "integration/zmq/harness.hpp"

#include <signal.h>
#include <sys/time.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <zmq_addon.hpp>

using namespace zmq_test;

namespace {

/// Whether it is the refusal of an event that was not looked at.
bool is_too_large(const std::string& answer) {
    boost::json::error_code error;
    const auto value = boost::json::parse(answer, error);
    if (error || !value.is_object()) return false;
    const auto& object = value.get_object();
    return object.at("id").is_null() && object.at("source").is_null() && object.at("status") == "rejected" &&
           object.at("error").at("code") == "too_large";
}

/// Signals this thread, as one that is told to reload, every 50 µs.
class Signals {
public:
    Signals() {
        struct sigaction action {};
        action.sa_handler = [](int) { count = count + 1; };
        ::sigaction(SIGALRM, &action, &before_);
        const itimerval often{{0, 50}, {0, 50}};
        ::setitimer(ITIMER_REAL, &often, nullptr);
    }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    ~Signals() {
        const itimerval never{};
        ::setitimer(ITIMER_REAL, &never, nullptr);
        ::sigaction(SIGALRM, &before_, nullptr);
    }
    [[nodiscard]] int seen() const { return count; }

private:
    static inline volatile std::sig_atomic_t count = 0;
    struct sigaction before_ {};
};

}  // namespace

TEST_CASE("ZeroMQ door: a REQ gets its delimiter back") {
    EchoDoor echo_door(true);
    Client client(echo_door.endpoint(), zmq::socket_type::req);
    for (const auto* bytes : {"one", "two"}) {
        client.send({bytes});
        CHECK(client.wait(echo_door) == Frames{echo(bytes)});  // REQ takes the delimiter away
    }
}

TEST_CASE("ZeroMQ door: delimiters and empty frames") {
    struct Row {
        const char* why;
        Frames sent, wanted;
    };
    const std::vector<Row> rows{
        {"a delimiter is given back", {"", "a"}, {"", echo("a")}},
        {"a delimiter before many frames is given back once", {"", "a", "b"}, {"", echo("a"), echo("b")}},
        {"an empty frame alone is one event", {""}, {echo("")}},
        {"an empty frame after a delimiter is one event", {"", ""}, {"", echo("")}},
        {"an empty frame that is not the first is an event",
         {"a", "", "b"},
         {echo("a"), echo(""), echo("b")}},
        {"only the first empty frame is a delimiter", {"", "", ""}, {"", echo(""), echo("")}},
        {"bytes are bytes", {std::string("\0\xff\n", 3)}, {echo(std::string("\0\xff\n", 3))}},
    };
    EchoDoor echo_door(true);
    Client client(echo_door.endpoint());
    for (const auto& row : rows) {
        INFO(row.why);
        client.send(row.sent);
        CHECK(client.wait(echo_door) == row.wanted);
    }
}

TEST_CASE("ZeroMQ door: of a message with too many frames every frame is too_large") {
    EchoDoor echo_door(true);
    Client client(echo_door.endpoint());
    const bool delimiter = GENERATE(false, true);
    const std::size_t frames = GENERATE(std::size_t{513}, std::size_t{514}, std::size_t{5000});
    CAPTURE(delimiter, frames);
    Frames sent(frames, "event");
    if (delimiter) sent.insert(sent.begin(), "");
    client.send(sent);
    auto answer = client.wait(echo_door);
    REQUIRE(answer.size() == sent.size());
    if (delimiter) {
        CHECK(answer.front().empty());
        answer.erase(answer.begin());
    }
    CHECK(std::all_of(answer.begin(), answer.end(), is_too_large));
    CHECK(echo_door.keys.empty());  // nothing came to the handler
    CHECK(echo_door.was_hit("ingest_batch_frames"));
    CHECK(echo_door.door->in_flight() == 0);
    client.send({"next"});
    CHECK(client.wait(echo_door) == Frames{echo("next")});
}

TEST_CASE("ZeroMQ door: 512 frames are taken, with and without a delimiter") {
    EchoDoor echo_door(true);
    Client client(echo_door.endpoint());
    Frames sent(512, "event");
    client.send(sent);
    CHECK(client.wait(echo_door) == Frames(512, echo("event")));
    sent.insert(sent.begin(), "");
    client.send(sent);
    CHECK(client.wait(echo_door).size() == 513);
    CHECK(echo_door.keys.size() == 1024);
    CHECK(echo_door.limits.empty());
}

TEST_CASE("ZeroMQ door: too many frames keep their place among the client's messages") {
    EchoDoor echo_door(false);
    Client client(echo_door.endpoint());
    client.send({"first"});
    client.send(Frames(600, "event"));
    client.send({"last"});
    REQUIRE(echo_door.wait([&] { return echo_door.asked.size() == 2; }));
    echo_door.asked[1].answer();
    echo_door.asked[0].answer();
    CHECK(client.wait(echo_door) == Frames{echo("first")});
    CHECK(client.wait(echo_door).size() == 600);
    CHECK(client.wait(echo_door) == Frames{echo("last")});
}

TEST_CASE("ZeroMQ door: a frame of 1 MiB is taken, a larger one ends the connection") {
    constexpr std::size_t frame_bytes_max = 1024 * 1024;
    EchoDoor echo_door(true);
    Client other(echo_door.endpoint());
    Client client(echo_door.endpoint());
    zmq::monitor_t monitor;
    monitor.init(client.socket(), "inproc://monitor", ZMQ_EVENT_DISCONNECTED);

    client.send({std::string(frame_bytes_max, 'x')});
    CHECK(client.wait(echo_door).at(0).size() == echo("").size() + frame_bytes_max);
    CHECK_FALSE(monitor.check_event(0));

    client.send({std::string(frame_bytes_max + 1, 'x')});
    CHECK(echo_door.wait([&] { return monitor.check_event(0); }));
    CHECK(echo_door.keys.size() == 1);
    other.send({"a"});
    CHECK(other.wait(echo_door) == Frames{echo("a")});
}

TEST_CASE("ZeroMQ door: signals that come in between tear no answer and lose none") {
    const Signals every_moment;
    EchoDoor echo_door(true);
    Client client(echo_door.endpoint());
    for (int i = 0; i < 400; ++i) {
        const auto number = std::to_string(i);
        client.send({number, "again " + number});
        REQUIRE(client.wait(echo_door) == Frames{echo(number), echo("again " + number)});
    }
    CHECK(every_moment.seen() > 100);
}
