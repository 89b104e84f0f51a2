#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;
using namespace std::chrono_literals;

namespace {

LoadedConfig with(const std::string& schedule) {
    return Scratch().append("yuqingd.yaml", "schedule: " + schedule + "\n").load();
}

}  // namespace

TEST_CASE("Schedule: bulletins, hand-over and drill are read, and each may be absent") {
    const auto all =
        with("{bulletin: [\"08:30\", \"17:30\"], handover: 10m, drill: \"31 10:05\"}").config->schedule;
    CHECK(all.bulletins == std::vector<std::chrono::minutes>{8h + 30min, 17h + 30min});
    CHECK(all.handover == Duration(10min));
    CHECK(all.drill == Schedule::Monthly{31, 10h + 5min});
    const auto one = with("{bulletin: \"00:00\"}").config->schedule;
    CHECK(one.bulletins == std::vector<std::chrono::minutes>{0min});
    CHECK_FALSE(one.handover);
    CHECK_FALSE(one.drill);
}

TEST_CASE(
    "Schedule: what is no time of the day or of the month is refused, and what would be right is said") {
    for (const std::string bad : {"8:30", "08.30", "24:00", "08:60", "0830", "08:3x", "-8:30"}) {
        INFO(bad);
        CHECK(tells(with("{bulletin: [\"" + bad + "\"]}").errors, "invalid", "yuqingd.yaml:23",
                    "like \"08:30\""));
        CHECK(tells(with("{drill: \"1 " + bad + "\"}").errors, "invalid", "yuqingd.yaml:23",
                    "like \"1 10:00\""));
    }
    for (const std::string bad : {"0 10:00", "32 10:00", "10:00", "1  10:00", "x 10:00"}) {
        INFO(bad);
        CHECK(
            tells(with("{drill: \"" + bad + "\"}").errors, "invalid", "yuqingd.yaml:23", "like \"1 10:00\""));
    }
    for (const std::string bad : {"59s", "13h", "soon"}) {
        INFO(bad);
        CHECK_FALSE(with("{handover: " + bad + "}").config);
    }
    std::string many = "[\"00:00\"";
    for (int i = 0; i < 24; ++i) many += ", \"01:00\"";
    CHECK(tells(with("{bulletin: " + many + "]}").errors, "invalid", "yuqingd.yaml:23", "at most 24"));
    CHECK(tells(with("{bulletins: []}").errors, "unknown_key", "yuqingd.yaml:23", "bulletin"));
}
