// Whom the directory of today reaches: units that share a channel, roles it has no more, gaps, and how many
// steps wait for their own channels.
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace alert;
using namespace yuqing::test;

namespace {

using Texts = std::vector<std::string>;

const Fact first = detected(0h, {.lead_unit = "mzj"});

OneCase with_steps(std::vector<Step> steps) {
    OneCase one;
    one.office.ladder("general") = std::move(steps);
    return one;
}

std::set<NotificationId> ids(const std::vector<Notification>& notifications) {
    std::set<NotificationId> all;
    for (const auto& n : notifications) all.insert(n.id);
    return all;
}

std::set<NotificationId> overtaken(const Transition& transition) {
    std::set<NotificationId> all;
    for (const auto& o : transition.overtaken) all.insert(o.id);
    return all;
}

}  // namespace

TEST_CASE(
    "Audience: units told on one channel because of one role are one target that names each officer once") {
    auto one = with_steps({step("start", {"assist_units"})});
    one.office.directory.units.push_back({"wjw", "县卫健委", {"wang", "chen"}, {}, false, {}});
    const auto& told = one.tell(detected(0h, {.lead_unit = "mzj", .assist_units = {"jyj", "wjw", "mzj"}}));
    REQUIRE(told.notifications.size() == 2);
    CHECK(told.notifications[0].channel == ChannelId("duty-group"));
    CHECK(told.notifications[0].targets == std::vector<Target>{{"assist_units", {"wang", "chen"}}});
    CHECK(told.notifications[1].channel == ChannelId("mzj-group"));
    CHECK(told.notifications[1].targets == std::vector<Target>{{"assist_units", {"zhang"}}});
}

TEST_CASE(
    "Audience: a role that the directory has no more is told on the duty officer's channels, by its name") {
    auto one = with_steps({step("start", {"county_head"})});
    std::erase_if(one.office.directory.roles, [](const Role& role) { return role.id == "county_head"; });
    const auto& told = one.tell(first);
    REQUIRE(told.notifications.size() == 1);
    CHECK(told.notifications[0].channel == ChannelId("duty-group"));
    CHECK(told.notifications[0].targets == std::vector<Target>{{"county_head", {}}});
}

TEST_CASE(
    "Audience: without a duty officer's channels a step still counts as fired, and the record says to "
    "nobody") {
    auto one = with_steps({step("start", {"county_head"})});
    one.office.directory.roles.clear();
    CHECK(one.tell(first).notifications.empty());
    CHECK(one.fired() == Texts{"response start@0h"});
    CHECK(one.record.back().targets.empty());
    one.look(1h);
    CHECK(one.fired().empty());
}

TEST_CASE(
    "Roster gap: at the last step there is no next one to tell, and an answer takes back what was told") {
    auto one = with_steps({step("start+1h", {"duty_leader"})});
    one.office.roster.shifts.pop_back();
    one.tell({first, acknowledged(1min)});
    const auto& told = one.look(1h);
    CHECK(one.fired() == Texts{"response start+1h@1h"});
    std::set<NotificationId> rung;
    for (const auto& n : told.notifications) {
        if (n.step) rung.insert(n.id);
    }
    REQUIRE(rung.size() == 1);
    CHECK(overtaken(one.tell(published(2h))) == rung);
}

TEST_CASE(
    "Overtaken: of very many steps that wait on channels of their own the latest sixteen are taken back") {
    std::vector<Step> steps;
    OneCase one;
    for (int i = 1; i <= 20; ++i) {
        const auto role = "role" + std::to_string(i);
        one.office.directory.roles.push_back({role, "", {"li"}, {ChannelId(role)}});
        steps.push_back(step("start+" + std::to_string(i) + "h", {role}));
    }
    one.office.ladder("general") = steps;
    one.tell({first, acknowledged(1min)});
    one.run_until(20h);
    CHECK(one.fired().size() == 20);
    std::set<NotificationId> latest;
    for (std::size_t i = one.transitions.size() - 16; i < one.transitions.size(); ++i)
        latest.merge(ids(one.transitions[i].notifications));
    CHECK(latest.size() == 16);
    CHECK(overtaken(one.tell(published(21h))) == latest);
}
