// A case moved to another policy: what follows from its facts there, who hears of it, and that nothing that
// rang once rings again.
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alert;
using namespace yuqing::test;

namespace {

using Texts = std::vector<std::string>;

const Fact first = detected(0h, {.lead_unit = "mzj"});

Policy with_response_due(const OneCase& one, Duration due) {
    Policy policy = one.office.policy;
    policy.obligations.at("response").due = Period{.fixed = due};
    return policy;
}

Policy without_ladder(const OneCase& one) {
    Policy policy = one.office.policy;
    policy.obligations.at("response").ladder = "";
    return policy;
}

/// Told of and acknowledged, what it rang until then looked at.
OneCase an_open_case(Duration until) {
    OneCase one;
    one.tell({first, acknowledged(1min)});
    one.run_until(until);
    one.fired();
    one.passed();
    one.notices();
    return one;
}

}  // namespace

TEST_CASE("Rebase: due times are those of the new policy, which stays with the case from then on") {
    auto one = an_open_case(1h);
    const auto old = one.snapshot.policy;
    const auto& moved = one.rebase(with_response_due(one, 24h), 2h);
    CHECK(one.snapshot.policy != old);
    CHECK(one.snapshot.policy == one.office.policy.hash);
    CHECK(one.obligation("response").due == t0 + 24h);
    CHECK(moved.obligations.at(0).due == t0 + 24h);
    CHECK(one.wake == t0 + 12h);
}

TEST_CASE("Rebase: is an entry of the record, and every due time that moves is told, either way") {
    auto one = an_open_case(1h);
    const auto& earlier = one.rebase(with_response_due(one, 24h), 2h);
    const auto entry = std::find_if(one.record.begin(), one.record.end(),
                                    [](const LogEntry& e) { return e.kind == LogKind::rebased; });
    REQUIRE(entry != one.record.end());
    CHECK(entry->at == t0 + 2h);
    CHECK(entry->via.door == "http");
    CHECK(entry->record == "{}");
    CHECK(one.notices() == Texts{"attention:due_moved response"});
    CHECK_THAT(earlier.notifications.at(0).detail, Catch::Contains("2026-06-03T08:00:00+08:00"));
    const auto id = earlier.notifications.at(0).id;
    const auto& later = one.rebase(with_response_due(one, 48h), 3h);
    CHECK(one.notices() == Texts{"attention:due_moved response"});
    CHECK(later.notifications.at(0).id != id);
}

TEST_CASE("Rebase: a policy that changes nothing for the case tells nobody") {
    auto one = an_open_case(25h);
    const auto wake = one.wake;
    CHECK(one.rebase(one.office.policy, 26h).notifications.empty());
    CHECK(one.wake == wake);
    one.run_until(47h);
    CHECK(one.fired() == Texts{"response due-1h@47h"});
}

TEST_CASE("Rebase: steps that fired do not fire again, wherever the new policy puts them") {
    auto one = an_open_case(48h);  // due has been told
    one.rebase(with_response_due(one, 60h), 49h);
    CHECK(one.obligation("response").status == ObligationStatus::pending);
    one.run_until(100h);
    CHECK(one.fired() == Texts{"response due+24h@84h"});
}

TEST_CASE("Rebase: what the new due time makes due fires at once, the latest step alone") {
    auto one = an_open_case(25h);
    one.rebase(with_response_due(one, 24h), 26h);
    CHECK(one.obligation("response").status == ObligationStatus::overdue);
    CHECK(one.fired() == Texts{"response due@26h"});
    CHECK(one.passed() == Texts{"superseded response due-1h@26h"});
    one.run_until(50h);
    CHECK(one.fired() == Texts{"response due+24h@48h"});
}

TEST_CASE("Rebase: a step is known by its time, not by its place in the ladder") {
    auto one = an_open_case(25h);
    Policy policy = one.office.policy;
    auto& steps = policy.ladders.at("general").steps;
    steps.insert(steps.begin() + 1, step("start+1h", {"duty_leader"}));  // lies before what has fired
    steps.insert(steps.begin() + 1, step("start+30h", {"duty_leader"}));
    one.rebase(policy, 26h);
    CHECK(one.fired().empty());
    CHECK(one.passed() == Texts{"superseded response start+1h@26h"});
    one.run_until(48h);
    CHECK(one.fired() == Texts{"response start+30h@30h", "response due-1h@47h", "response due@48h"});
}

TEST_CASE("Rebase: an answer still takes back the message of a step that rang before it") {
    auto one = an_open_case(24h);
    const auto half = one.transitions.back().notifications.at(0).id;
    Policy policy = one.office.policy;
    auto& steps = policy.ladders.at("general").steps;
    std::rotate(steps.begin(), steps.begin() + 1, steps.end());
    one.rebase(policy, 25h);
    const auto& answered = one.tell(published(26h));
    CHECK(std::any_of(answered.overtaken.begin(), answered.overtaken.end(),
                      [&](const Overtaken& o) { return o.id == half; }));
}

TEST_CASE(
    "Rebase: an obligation that is no longer asked for goes, is told, and its messages are taken back") {
    auto one = an_open_case(24h);
    const auto half = one.transitions.back().notifications.at(0).id;
    Policy policy = one.office.policy;
    std::erase(policy.classes.at(1).obligations, "response");
    const auto& moved = one.rebase(policy, 25h);
    CHECK(one.statuses() == "acknowledge.1 met");
    CHECK(one.notices() == Texts{"attention:due_moved response"});
    CHECK_THAT(moved.notifications.at(0).detail, Catch::Contains("不再要求"));
    CHECK(std::any_of(moved.overtaken.begin(), moved.overtaken.end(),
                      [&](const Overtaken& o) { return o.id == half; }));
    CHECK(one.stats["obligation:response:pending"] == 0);
    CHECK_FALSE(one.wake);
}

TEST_CASE("Rebase: what a policy dropped and a later one asks for again rings on, not anew") {
    auto one = an_open_case(24h);
    const Policy asks = one.office.policy;
    Policy drops = asks;
    std::erase(drops.classes.at(1).obligations, "response");
    one.rebase(drops, 25h);
    one.rebase(asks, 26h);
    CHECK(one.fired().empty());
    one.run_until(48h);
    CHECK(one.fired() == Texts{"response due-1h@47h", "response due@48h"});
}

TEST_CASE("Rebase: a new obligation has the case's start and begins with its steps") {
    auto one = an_open_case(1h);
    Policy policy = one.office.policy;
    policy.obligations.at("press_conference").ladder = "general";
    policy.classes.at(1).obligations.push_back("press_conference");
    one.rebase(policy, 2h);
    CHECK(one.obligation("press_conference").start == t0);
    CHECK(one.fired() == Texts{"press_conference start@2h"});
    CHECK(one.notices().empty());
}

TEST_CASE("Rebase: what was answered stays answered, judged by the new due time") {
    auto one = an_open_case(1h);
    one.tell(published(30h));
    one.notices();
    one.rebase(with_response_due(one, 24h), 31h);
    CHECK(one.obligation("response").status == ObligationStatus::late);
    CHECK(one.fired().empty());
    CHECK(one.notices().empty());
    CHECK(one.stats["obligation:response:met"] == 0);
    CHECK(one.stats["obligation:response:late"] == 1);
}

TEST_CASE("Rebase: what a new policy asks of an earlier grade only is void and told as no longer asked for") {
    auto one = an_open_case(1h);
    Policy policy = one.office.policy;
    policy.classes.at(0).obligations.push_back("response");
    one.office.policy.classes.at(0).obligations.push_back("response");
    one.tell(assessed(2h, IncidentGrade::major));
    one.tell(assessed(3h, IncidentGrade::ordinary, "核实"));
    CHECK(one.obligation("response").status == ObligationStatus::pending);
    one.notices();
    std::erase(policy.classes.at(1).obligations, "response");
    const auto& moved = one.rebase(policy, 4h);
    CHECK(one.obligation("response").status == ObligationStatus::void_);
    CHECK(one.notices() == Texts{"attention:due_moved response"});
    CHECK_THAT(moved.notifications.at(0).detail, Catch::Contains("不再要求"));
}

TEST_CASE(
    "Rebase: an obligation that is given its first ladder hears of the latest step, which is not late") {
    OneCase one;
    one.office.rule("response").ladder = "";
    one.tell({first, acknowledged(1min)});
    one.run_until(25h);
    CHECK(one.fired().empty());
    Policy policy = one.office.policy;
    policy.obligations.at("response").ladder = "general";
    CHECK(one.rebase(policy, 26h).lateness == std::vector<Duration>{0h});
    CHECK(one.fired() == Texts{"response 50%@26h"});
    CHECK(one.passed() == Texts{"superseded response start@26h"});
}

TEST_CASE(
    "Rebase: an obligation whose ladder is gone rings no more, with the former one it rings on, not anew") {
    auto one = an_open_case(24h);
    const Policy with = one.office.policy;
    one.rebase(without_ladder(one), 25h);
    one.run_until(47h + 30min);
    CHECK(one.fired().empty());
    one.rebase(with, 47h + 40min);
    CHECK(one.fired().empty());
    one.run_until(48h);
    CHECK(one.fired() == Texts{"response due@48h"});
}

TEST_CASE("Rebase: what still waits of an obligation whose ladder is gone is taken back") {
    auto one = an_open_case(24h);
    const auto half = one.transitions.back().notifications.at(0).id;
    const auto& moved = one.rebase(without_ladder(one), 25h);
    CHECK(std::any_of(moved.overtaken.begin(), moved.overtaken.end(),
                      [&](const Overtaken& o) { return o.id == half; }));
}

TEST_CASE("Rebase: a mute does not keep for later what a ladder that comes back had rung") {
    auto one = an_open_case(24h);
    const Policy with = one.office.policy;
    one.rebase(without_ladder(one), 25h);
    one.tell(fact(Muted{t0 + 40h, "主任", "重复"}, 26h));
    one.rebase(with, 27h);
    one.run_until(46h);
    CHECK(one.fired().empty());
    one.run_until(48h);
    CHECK(one.fired() == Texts{"response due-1h@47h", "response due@48h"});
}

TEST_CASE("Rebase: what was answered without a ladder stays silent when a policy gives it one again") {
    auto one = an_open_case(24h);
    const Policy with = one.office.policy;
    one.rebase(without_ladder(one), 25h);
    one.tell(published(26h));
    CHECK(one.notices() == Texts{"fulfilled response"});
    one.rebase(with, 27h);
    one.run_until(80h);
    CHECK(one.fired().empty());
    CHECK(one.notices().empty());
}

TEST_CASE("Rebase: a ladder of altogether other steps goes on with those that are to come") {
    auto one = an_open_case(25h);
    Policy policy = one.office.policy;
    policy.ladders.at("general").steps = {step("start+30h", {"duty_officer"}),
                                          step("due-6h", {"duty_leader"})};
    one.rebase(policy, 26h);
    CHECK(one.fired().empty());
    CHECK(one.passed().empty());
    one.run_until(60h);
    CHECK(one.fired() == Texts{"response start+30h@30h", "response due-6h@42h"});
}

TEST_CASE("Rebase: a step that rang with repeats and has none any more is silent") {
    OneCase one;
    one.tell({detected(0h, {.incident_grade = IncidentGrade::major, .lead_unit = "mzj"}), acknowledged(1min),
              waived(2min, "continuous_release")});
    one.run_until(6h);
    CHECK(one.fired().back() == "authoritative_release due#2@6h");
    Policy policy = one.office.policy;
    for (Step& step : policy.ladders.at("emergency").steps) step.repeat.reset();
    one.rebase(policy, 6h + 10min);
    one.run_until(20h);
    CHECK(one.fired().empty());
}
