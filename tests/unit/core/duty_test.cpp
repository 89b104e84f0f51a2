#include "alert/core/duty.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

Directory two_roles() {
    Directory directory;
    directory.roles = {{.id = "duty_officer", .roster = "duty", .officers = {}, .channels = {}},
                       {.id = "county_head", .roster = "", .officers = {"li", "wu"}, .channels = {}}};
    return directory;
}

RoleDuty duty(const Roster& roster, TimePoint now = t0) {
    return duties(two_roles(), roster, now, now + 48h).front();
}

}  // namespace

TEST_CASE("Duty: somebody is on duty until the next one takes over") {
    const Roster roster{{{"duty", "zhang", t0 - 1h, t0 + 8h}, {"duty", "li", t0 + 8h, t0 + 72h}}};
    const auto now = duty(roster);
    CHECK(now.officers == std::vector<std::string>{"zhang"});
    CHECK(now.until == t0 + 8h);
    CHECK(now.next == "li");
    CHECK(now.next_from == t0 + 8h);
    CHECK(now.gaps.empty());
}

TEST_CASE("Duty: what does not change within the horizon has no end") {
    const auto now = duty({{{"duty", "zhang", t0 - 1h, t0 + 90h}}});
    CHECK_FALSE(now.until);
    CHECK_FALSE(now.next);
    CHECK(now.gaps.empty());
}

TEST_CASE("Duty: two shifts of one officer in a row are one") {
    const auto now = duty({{{"duty", "zhang", t0 - 1h, t0 + 8h}, {"duty", "zhang", t0 + 8h, t0 + 90h}}});
    CHECK_FALSE(now.until);
    CHECK_FALSE(now.next);
}

TEST_CASE("Duty: a gap is told with its ends, also the one that lasts") {
    const auto now = duty({{{"duty", "zhang", t0 - 1h, t0 + 8h}, {"duty", "zhang", t0 + 9h, t0 + 20h}}});
    CHECK(now.until == t0 + 8h);
    CHECK(now.next == "zhang");
    CHECK(now.next_from == t0 + 9h);
    REQUIRE(now.gaps.size() == 2);
    CHECK((now.gaps[0].from == t0 + 8h && now.gaps[0].to == t0 + 9h));
    CHECK((now.gaps[1].from == t0 + 20h && now.gaps[1].to == t0 + 48h));
}

TEST_CASE("Duty: in a gap nobody is on duty and the next one is named") {
    const auto now = duty({{{"duty", "zhang", t0 + 2h, t0 + 8h}}});
    CHECK(now.officers.empty());
    CHECK(now.until == t0 + 2h);
    CHECK(now.next == "zhang");
    CHECK(now.gaps.front().from == t0);
}

TEST_CASE("Duty: a roster that names nobody is one gap") {
    const auto now = duty({});
    CHECK(now.officers.empty());
    CHECK_FALSE(now.until);
    REQUIRE(now.gaps.size() == 1);
    CHECK(now.gaps[0].to == t0 + 48h);
}

TEST_CASE("Duty: fixed officers never change, and a role that has none is a gap") {
    auto directory = two_roles();
    const auto head = duties(directory, {}, t0, t0 + 48h).back();
    CHECK(head.officers == std::vector<std::string>{"li", "wu"});
    CHECK(head.gaps.empty());
    directory.roles.back().officers.clear();
    CHECK(duties(directory, {}, t0, t0 + 48h).back().gaps.size() == 1);
}
