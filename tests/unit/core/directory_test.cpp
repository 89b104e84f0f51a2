#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

TEST_CASE("Directory: units and fields are found by id and by Chinese name") {
    const auto directory = an_office().directory;
    CHECK(directory.find_unit("mzj")->name == "县民政局");
    CHECK(directory.find_unit("县民政局")->id == "mzj");
    CHECK(directory.find_field("义务教育")->lead == "jyj");
    CHECK(directory.find_officer("zhang")->name == "张三");
    CHECK(directory.find_role("county_head") != nullptr);
    CHECK(directory.find_unit("nobody") == nullptr);
    CHECK(directory.find_unit("") == nullptr);
}

TEST_CASE("Directory: an id wins over another unit's name") {
    Directory directory;
    directory.units = {{.id = "a", .name = "b"}, {.id = "b", .name = "c"}};
    CHECK(directory.find_unit("b")->id == "b");
}

TEST_CASE("Roster: a shift's start is included, its end is not") {
    const Roster roster{{{"duty_officer", "zhang", t0, t0 + 12h}}};
    CHECK_FALSE(roster.on_duty("duty_officer", t0 - 1ms));
    CHECK(roster.on_duty("duty_officer", t0) == "zhang");
    CHECK(roster.on_duty("duty_officer", t0 + 12h - 1ms) == "zhang");
    CHECK_FALSE(roster.on_duty("duty_officer", t0 + 12h));
    CHECK_FALSE(roster.on_duty("duty_leader", t0));
}

TEST_CASE("Roster: later lines win") {
    const Roster roster{{{"duty_officer", "zhang", t0, t0 + 24h}, {"duty_officer", "li", t0 + 6h, t0 + 8h}}};
    CHECK(roster.on_duty("duty_officer", t0 + 5h) == "zhang");
    CHECK(roster.on_duty("duty_officer", t0 + 6h) == "li");
    CHECK(roster.on_duty("duty_officer", t0 + 8h) == "zhang");
}

TEST_CASE("Roster: covered until the first gap, through shifts that follow one another") {
    const Roster roster{
        {{"r", "a", t0, t0 + 12h}, {"r", "b", t0 + 12h, t0 + 24h}, {"r", "c", t0 + 30h, t0 + 40h}}};
    CHECK(roster.covered_until("r", t0 + 1h) == t0 + 24h);
    CHECK(roster.covered_until("r", t0 + 30h) == t0 + 40h);
    CHECK_FALSE(roster.covered_until("r", t0 + 25h));
}

TEST_CASE("Roster: covered by shifts in any order, also where one lies within another") {
    const Roster roster{{{"r", "c", t0 + 20h, t0 + 30h},
                         {"r", "a", t0, t0 + 24h},
                         {"r", "b", t0 + 2h, t0 + 4h},
                         {"other", "d", t0 + 30h, t0 + 40h}}};
    CHECK(roster.covered_until("r", t0 + 3h) == t0 + 30h);
    CHECK_FALSE(roster.covered_until("r", t0 - 1h));
}

TEST_CASE("Roster: tells how much of a span nobody fills") {
    const Roster roster{{{"r", "a", t0, t0 + 12h}, {"r", "b", t0 + 14h, t0 + 24h}}};
    CHECK(roster.gap_within("r", t0, t0 + 24h) == 2h);
    CHECK(roster.gap_within("r", t0 + 13h, t0 + 13h + 30min) == 30min);
    CHECK(roster.gap_within("r", t0 - 1h, t0 + 25h) == 4h);
    CHECK(roster.gap_within("nobody", t0, t0 + 1h) == 1h);
}
