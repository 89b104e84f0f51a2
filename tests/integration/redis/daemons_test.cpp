// The roll of daemons that share a Redis: entered again and again, read back, left.
#include "alert/redis/daemon_roll.hpp"

#include "integration/redis/jurisdiction.hpp"

using namespace redis_test;
using namespace contract;
using alert::RunningDaemon;
using alert::TimePoint;

namespace {

const TimePoint t0{std::chrono::hours(400'000)};

RunningDaemon daemon(const std::string& id, TimePoint seen) {
    return {id, "yq-1.example", 4711, t0 - 1h, seen, {{"policy", "00ff"}, {"audit.key_file", "0a0b"}}};
}

struct Room {
    Jurisdiction at;
    alert::RedisDaemonRoll roll{at.client.connection, at.keys};

    std::vector<RunningDaemon> enter(const RunningDaemon& self) {
        auto found = at.read<std::vector<RunningDaemon>>([&](auto done) { roll.enter(self, done); });
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
        return found;
    }
};

}  // namespace

TEST_CASE("Daemon roll: each finds itself and the others, as they entered themselves last") {
    Room room;
    CHECK(room.enter(daemon("one", t0)) == std::vector{daemon("one", t0)});
    CHECK(room.enter(daemon("two", t0 + 1s)).size() == 2);
    auto one = daemon("one", t0 + 2s);
    one.settings["policy"] = "0100";
    CHECK(room.enter(one) == std::vector{one, daemon("two", t0 + 1s)});
    room.roll.leave("two");
    CHECK(room.enter(one) == std::vector{one});
}

TEST_CASE("Daemon roll: who was not seen for a day leaves it") {
    Room room;
    room.enter(daemon("gone", t0 - alert::daemon_known_for - 1ms));
    CHECK(room.enter(daemon("one", t0)).size() == 1);
    room.enter(daemon("one", t0));
    CHECK(room.at.raw({"HKEYS", room.at.keys.daemons()}) == "one");
}

TEST_CASE("Daemon roll: entries that cannot be read, or would steer a terminal, are left out") {
    Room room;
    for (const std::string text : {"", "soon", "1 2 3", "1 2 3 a\x1b[2J", "1 2 3 host policy",
                                   "1 2 3 host =1", "1 -2 3 host", "1 2 3 host policy=<script>"})
        room.at.raw({"HSET", room.at.keys.daemons(), "x" + std::to_string(text.size()), text});
    room.at.raw({"HSET", room.at.keys.daemons(), "two words", "1 2 3 host"});
    CHECK(room.enter(daemon("one", t0)) == std::vector{daemon("one", t0)});
}

TEST_CASE("Daemon roll: a machine without a name that people could read is a stroke") {
    Room room;
    auto one = daemon("one", t0);
    one.host = "市政府 1";
    CHECK(room.enter(one).at(0).host == "-");
}
