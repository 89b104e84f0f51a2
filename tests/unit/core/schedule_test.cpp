// What comes by the clock of the office and by its roster.
#include "alert/core/schedule.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

const Zone shanghai = Zone::find("Asia/Shanghai").value();

TimePoint at(const std::string& text) { return parse_rfc3339(text).value(); }

/// Zhang until 08:00, then Li, whose shift runs into Wang's; nobody from the next morning on.
Roster three_shifts() {
    const auto day = [](const std::string& time) { return at("2026-06-" + time + ":00+08:00"); };
    return {{{"duty_officer", "zhang", day("11T20:00"), day("12T08:00")},
             {"duty_officer", "li", day("12T08:00"), day("12T20:00")},
             {"duty_officer", "wang", day("12T20:00"), day("13T08:00")},
             {"duty_leader", "zhou", day("11T08:00"), day("12T08:00")},
             {"duty_leader", "zhou", day("12T08:00"), day("13T08:00")}}};
}

}  // namespace

TEST_CASE("Schedule: the next bulletin is the next of its times, by the clock of the office") {
    const Schedule schedule{.bulletins = {17h + 30min, 8h + 30min}};
    const auto next = [&](const std::string& after) { return next_bulletin(schedule, at(after), shanghai); };
    CHECK(next("2026-06-12T00:00:00+08:00") == at("2026-06-12T08:30:00+08:00"));
    CHECK(next("2026-06-12T08:30:00+08:00") == at("2026-06-12T17:30:00+08:00"));
    CHECK(next("2026-06-12T17:30:00.001+08:00") == at("2026-06-13T08:30:00+08:00"));
    CHECK(next("2026-12-31T20:00:00+08:00") == at("2027-01-01T08:30:00+08:00"));
    CHECK_FALSE(next_bulletin({}, t0, shanghai));
}

TEST_CASE("Schedule: a bulletin in the hour that the clocks skip comes once, and so does the day after") {
    const Zone berlin = Zone::find("Europe/Berlin").value();
    const Schedule schedule{.bulletins = {2h + 30min}};
    const auto skipped = next_bulletin(schedule, at("2026-03-28T12:00:00+01:00"), berlin);
    REQUIRE(skipped);
    CHECK(*skipped >= at("2026-03-29T01:30:00+01:00"));
    CHECK(*skipped <= at("2026-03-29T03:30:00+02:00"));
    CHECK(next_bulletin(schedule, *skipped, berlin) == at("2026-03-30T02:30:00+02:00"));
}

TEST_CASE("Schedule: the drill is on its day, in a shorter month on the last") {
    const Schedule schedule{.drill = Schedule::Monthly{31, 10h}};
    const auto next = [&](const std::string& after) { return next_drill(schedule, at(after), shanghai); };
    CHECK(next("2026-01-01T00:00:00+08:00") == at("2026-01-31T10:00:00+08:00"));
    CHECK(next("2026-01-31T10:00:00+08:00") == at("2026-02-28T10:00:00+08:00"));
    CHECK(next("2028-02-01T00:00:00+08:00") == at("2028-02-29T10:00:00+08:00"));
    CHECK(next("2026-12-31T10:00:00+08:00") == at("2027-01-31T10:00:00+08:00"));
    CHECK_FALSE(next_drill({}, t0, shanghai));
}

TEST_CASE("Schedule: a hand-over is told before somebody else is on duty, and not where nobody changes") {
    const Schedule schedule{.handover = 10min};
    const auto roster = three_shifts();
    const auto next = [&](const std::string& after) { return next_handover(schedule, at(after), roster); };
    CHECK(next("2026-06-11T21:00:00+08:00") == at("2026-06-12T07:50:00+08:00"));
    CHECK(next("2026-06-12T07:50:00+08:00") == at("2026-06-12T19:50:00+08:00"));
    CHECK(next("2026-06-12T19:50:00+08:00") == at("2026-06-13T07:50:00+08:00"));  // into a gap
    CHECK_FALSE(next("2026-06-13T07:50:00+08:00"));
    CHECK_FALSE(next_handover({}, t0, roster));
    CHECK(handovers_at(roster, at("2026-06-12T09:00:00+08:00")).empty());
}

TEST_CASE("Schedule: a hand-over says who goes and who comes, by name, and tells both") {
    const auto roster = three_shifts();
    auto office = an_office();
    const auto& directory = office.directory;
    const auto morning = at("2026-06-12T08:00:00+08:00"), end = at("2026-06-13T08:00:00+08:00");
    const auto changes = handovers_at(roster, morning);
    REQUIRE(changes.size() == 1);  // zhou follows himself
    CHECK(handover_text(changes, morning, directory, shanghai) == "08:00 交班：值班员 张三 → 李四");
    CHECK(handover_text(handovers_at(roster, end), end, directory, shanghai) ==
          "08:00 交班：带班领导 zhou → 无人；值班员 王五 → 无人");
    Target duty{"duty_officer", {"zhang"}}, other{"lead_unit", {"zhang"}};
    add_successors(duty, changes, directory);
    add_successors(duty, changes, directory);
    add_successors(other, changes, directory);
    CHECK(duty.officers == std::vector<std::string>{"zhang", "li"});
    CHECK(other.officers == std::vector<std::string>{"zhang"});
}
