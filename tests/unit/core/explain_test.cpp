// Why each step fired or did not, told from the record alone.
#include "alert/core/explain.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alert;
using namespace yuqing::test;
using enum IncidentGrade;

namespace {

using Texts = std::vector<std::string>;

Explanation explained(const OneCase& one, Duration now) {
    return explain(one.office.rules(), one.snapshot, one.record, t0 + now);
}

std::string line(const StepAccount& step) {
    std::string text = std::string(to_string(step.outcome)) + " " + step.step;
    if (!step.why.empty()) text += " " + step.why;
    return text;
}

const ObligationAccount& account(const Explanation& all, const std::string& id) {
    const auto at = std::find_if(all.obligations.begin(), all.obligations.end(),
                                 [&](const auto& account) { return account.obligation.id == id; });
    REQUIRE(at != all.obligations.end());
    return *at;
}

Texts lines(const Explanation& all, const std::string& id) {
    Texts texts;
    for (const auto& step : account(all, id).steps) texts.push_back(line(step));
    return texts;
}

const Fact general = detected(0h, {.lead_unit = "mzj"});
const Fact emergency = detected(0h, {.incident_grade = major, .lead_unit = "mzj"});

}  // namespace

TEST_CASE("Explain: a step that fired names its lateness, channels, roles, people and messages") {
    OneCase one;
    one.tell(general);
    one.look(25h);
    const auto all = explained(one, 25h);
    CHECK(lines(all, "response") ==
          Texts{"fired start", "fired 50%", "ahead due-1h", "ahead due", "ahead due+24h"});
    const auto& steps = account(all, "response").steps;
    CHECK(steps[0].lateness == 0h);
    CHECK(steps[1].planned == t0 + 24h);
    CHECK(steps[1].at == t0 + 25h);
    CHECK(steps[1].lateness == 1h);
    REQUIRE(steps[0].told.size() == 2);
    CHECK(steps[0].told[0].channel == ChannelId("duty-group"));
    CHECK(steps[0].told[0].targets.at(0).role == "duty_officer");
    CHECK(steps[0].told[1].channel == ChannelId("mzj-group"));
    CHECK(steps[0].told[1].targets.at(0).role == "lead_unit");
    CHECK(steps[0].told[1].targets.at(0).officers == Texts{"zhang"});
    CHECK(steps[0].told[0].id == one.transitions.at(0).notifications.at(0).id);
    CHECK(steps[2].planned == t0 + 47h);
    CHECK(steps[2].roles == Texts{"duty_leader"});
    CHECK(steps[2].repeats_left == 0U);
}

TEST_CASE("Explain: what a later step replaced names that step") {
    OneCase one;
    one.tell(general, 47h + 30min);
    CHECK(lines(explained(one, 47h + 30min), "response") == Texts{"superseded start due-1h",
                                                                  "superseded 50% due-1h", "fired due-1h",
                                                                  "ahead due", "ahead due+24h"});
}

TEST_CASE("Explain: what history passed over says so") {
    OneCase one;
    Fact past = general;
    past.silent = true;
    one.tell(past, 30h);
    CHECK(lines(explained(one, 30h), "response") == Texts{"superseded start history", "passed 50% history",
                                                          "ahead due-1h", "ahead due", "ahead due+24h"});
}

TEST_CASE("Explain: a step passed because it did not apply says why, one to come says that it would be") {
    OneCase one;
    one.tell({emergency, acknowledged(5min)}, 6min);
    CHECK(lines(explained(one, 7min), "authoritative_release") ==
          Texts{"fired start", "ahead start+15m acknowledged", "ahead due-1h", "ahead due"});
    one.look(15min);
    CHECK(lines(explained(one, 16min), "authoritative_release") ==
          Texts{"fired start", "passed start+15m acknowledged", "ahead due-1h", "ahead due"});
}

TEST_CASE("Explain: repeats that are left are counted") {
    OneCase one;
    one.tell(emergency);
    one.run_until(5h + 35min);
    const auto all = explained(one, 5h + 40min);
    CHECK(lines(all, "authoritative_release").back() == "ahead due#2");
    CHECK(account(all, "authoritative_release").steps.back().repeats_left == 1U);
    one.run_until(20h);
    CHECK(lines(explained(one, 20h), "authoritative_release").back() == "fired due#3");
}

TEST_CASE("Explain: what will not fire any more says what ended it") {
    const auto last = [](Fact end, Duration now = 1h) {
        OneCase one;
        one.tell({general, std::move(end)}, now);
        return lines(explained(one, now), "response").back();
    };
    CHECK(last(published(1h)) == "never due+24h met");
    CHECK(last(waived(1h, "response")) == "never due+24h waived");
    CHECK(last(published(50h), 50h) == "never due+24h late");
    CHECK(last(waived(50h, "response"), 50h) == "never due+24h excused");
    CHECK(last(fact(Dismissed{"x", "y"}, 1h)) == "never due+24h dismissed");
    CHECK(last(fact(Merged{CaseId("QS-2"), "x", ""}, 1h)) == "never due+24h merged");
    CHECK(last(closed(1h)) == "ahead due+24h");  // a statutory clock goes on
    CHECK(last(closed(50h), 50h) == "ahead due+24h");
    OneCase recurring;
    recurring.tell({emergency, closed(13h)}, 13h);
    CHECK(lines(explained(recurring, 13h), "continuous_release.1") ==
          Texts{"never due-1h closed", "never due closed"});
}

TEST_CASE("Explain: a mute holds what lies before the deadline, and says until when") {
    OneCase one;
    one.tell(general);
    one.tell(fact(Muted{t0 + 30h, "主任", "重复"}, 1h), 2h);
    const auto all = explained(one, 3h);
    CHECK(lines(all, "response") ==
          Texts{"fired start", "held 50%", "ahead due-1h", "ahead due", "ahead due+24h"});
    CHECK(account(all, "response").steps[1].until == t0 + 30h);
}

TEST_CASE("Explain: notices are told apart from steps, with whom they went to") {
    OneCase one;
    one.tell(detected(0h, {.lead_unit = "nobody knows"}));
    const auto all = explained(one, 0h);
    const auto told = std::find_if(all.notices.begin(), all.notices.end(), [](const auto& notice) {
        return notice.reason == "attention:unknown_unit";
    });
    REQUIRE(told != all.notices.end());
    CHECK(told->told.at(0).channel == ChannelId("duty-group"));
    CHECK(told->told.at(0).targets.at(0).role == "duty_officer");
}

TEST_CASE("Explain: steps of what a withdrawal undid are still told") {
    OneCase one;
    const auto second = assigned(1h, "jyj");
    one.tell(general);
    one.office.policy.obligations["acknowledge"].ladder = "continuous";
    one.tell(second, 1h);
    one.run_until(2h);
    one.tell(withdrawn(2h, second), 2h);
    const auto all = explained(one, 2h);
    REQUIRE(all.undone.size() == 1);
    CHECK(all.undone[0].obligation.id == "acknowledge.2");
    CHECK_FALSE(all.undone[0].steps.empty());
}

TEST_CASE("Explain: what a move to another policy counted as told says so") {
    OneCase one;
    one.tell(general);
    one.look(25h);
    Policy policy = one.office.policy;
    auto& steps = policy.ladders.at("general").steps;
    steps.insert(steps.begin() + 1, step("start+1h", {"duty_leader"}));
    one.rebase(policy, 26h);
    CHECK(lines(explained(one, 26h), "response") == Texts{"fired start", "fired 50%",
                                                          "superseded start+1h rebased", "ahead due-1h",
                                                          "ahead due", "ahead due+24h"});
    std::erase(policy.classes.at(1).obligations, "response");
    one.rebase(policy, 27h);
    const auto all = explained(one, 27h);
    REQUIRE(all.undone.size() == 1);
    CHECK(all.undone[0].obligation.id == "response");
}

TEST_CASE("Explain: a record without channels, or with fewer targets than it says, is told as it is") {
    OneCase one;
    one.tell(general);
    LogEntry entry{.kind = LogKind::notice, .at = t0, .reason = "closed"};
    entry.notifications = {NotificationId("n1"), NotificationId("n2")};
    entry.channels = {{ChannelId("duty-group"), 7}};
    entry.targets = {{"duty_officer", {"zhang"}}};
    one.record = {entry};
    const auto all = explained(one, 1h);
    REQUIRE(all.notices.size() == 1);
    REQUIRE(all.notices[0].told.size() == 2);
    CHECK(all.notices[0].told[0].targets.size() == 1);
    CHECK(all.notices[0].told[1].channel.empty());
    CHECK(all.notices[0].told[1].targets.empty());
}

TEST_CASE(
    "Explain: what was superseded names the step of its own obligation, not of another at that instant") {
    OneCase one;
    one.office.rule("press_conference").ladder = "general";
    one.tell(emergency, 4h + 30min);
    const auto all = explained(one, 4h + 30min);
    CHECK(lines(all, "authoritative_release").front() == "superseded start due-1h");
    CHECK(account(all, "press_conference").steps.front().step == "start");
    one.run_until(12h);
    one.look(23h + 30min);
    CHECK(line(account(explained(one, 24h), "press_conference").steps.at(1)) == "fired 50%");
    OneCase late;
    late.office.rule("press_conference").ladder = "general";
    late.tell(emergency, 13h);
    CHECK(lines(explained(late, 13h), "press_conference").front() == "superseded start 50%");
}

TEST_CASE("Explain: an overdue acknowledgement that another assignment replaced has stopped steps") {
    OneCase one;
    one.office.ladder("continuous") = {step("due+4h", {"duty_officer"})};
    one.office.rule("acknowledge").ladder = "continuous";
    one.tell({general, assigned(1h, "jyj")}, 1h);
    CHECK(lines(explained(one, 1h), "acknowledge.1") == Texts{"never due+4h stopped"});
    CHECK(lines(explained(one, 1h), "acknowledge.2") == Texts{"ahead due+4h"});
}

TEST_CASE("Explain: a repeat without end has no number of those left") {
    OneCase one;
    one.office.ladder("general").back().repeat = Repeat{1h, {}};
    one.tell(general);
    const auto all = explained(one, 1h);
    CHECK(lines(all, "response").back() == "ahead due+24h");
    CHECK_FALSE(account(all, "response").steps.back().repeats_left);
}
