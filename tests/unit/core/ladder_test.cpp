// Contract section 4: a step fires once, at its time, never before; late arrival; mute; repeat.
#include "alert/core/climb.hpp"
#include "alert/core/messages.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
using enum IncidentGrade;

namespace {

using Texts = std::vector<std::string>;

/// A general case whose only ladder is that of `response`, with no acknowledgement due.
OneCase with_ladder(std::vector<Step> steps) {
    OneCase one;
    one.office.ladder("general") = std::move(steps);
    return one;
}

Step repeating(Step step, Duration every, std::optional<int> times = {}) {
    step.repeat = Repeat{every, times};
    return step;
}

Fact muted(Duration after, Duration until) { return fact(Muted{t0 + until, "主任", "重复催办"}, after); }

const Fact first = detected(0h, {.lead_unit = "mzj"});

}  // namespace

TEST_CASE("Ladder: each step fires once, exactly at its time") {
    OneCase one;
    one.tell(first);
    one.run_until(200h);
    CHECK(one.fired() == Texts{"response start@0h", "response 50%@24h", "response due-1h@47h",
                               "response due@48h", "response due+24h@72h"});
    CHECK(one.passed().empty());
    CHECK_FALSE(one.wake);
}

TEST_CASE("Ladder: nothing fires a millisecond before its time, and the next look is when it does") {
    auto one = with_ladder({step("due-1h", {"duty_officer"})});
    one.tell({first, acknowledged(1min)});
    CHECK(one.wake == t0 + 47h);
    one.look(47h - 1ms);
    CHECK(one.fired().empty());
    CHECK(one.wake == t0 + 47h);
    one.look(47h);
    CHECK(one.fired() == Texts{"response due-1h@47h"});
    one.look(47h);
    CHECK(one.fired().empty());
    CHECK(one.wake == t0 + 48h);  // it becomes overdue then
}

TEST_CASE("Ladder: an answered, waived or void obligation fires no more") {
    const Fact ends[] = {published(1h), waived(1h, "response"), fact(Dismissed{"x", "y"}, 1h),
                         fact(Merged{CaseId("QS-2"), "x", ""}, 1h)};
    for (const Fact& end : ends) {
        OneCase one;
        one.tell({first, acknowledged(1min), end});
        one.fired();
        one.run_until(100h);
        CHECK(one.fired().empty());
        CHECK_FALSE(one.wake);
    }
}

TEST_CASE("Ladder: acknowledging stops the steps that say so, never the clock") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = major, .lead_unit = "mzj"}));
    one.tell(acknowledged(10min));
    one.run_until(5h);
    CHECK(one.passed() == Texts{"skipped authoritative_release start+15m@0h15m acknowledged"});
    CHECK(one.fired() == Texts{"authoritative_release start@0h", "authoritative_release due-1h@4h",
                               "authoritative_release due@5h"});
    OneCase silent;
    silent.tell(detected(0h, {.incident_grade = major, .lead_unit = "mzj"}));
    silent.run_until(1h);
    CHECK(silent.fired() == Texts{"authoritative_release start@0h", "authoritative_release start+15m@0h15m"});
}

TEST_CASE("Ladder: unless approved, an approval skips the step") {
    auto nagging = step("due-2h", {"deputy_head"});
    nagging.unless = Unless::approved;
    auto one = with_ladder({nagging});
    one.tell({first, fact(Approved{"主任", ""}, 1h)});
    one.run_until(47h);
    CHECK(one.passed() == Texts{"skipped response due-2h@46h approved"});
}

TEST_CASE("Ladder: unless approved, the step fires as long as nobody approved") {
    auto nagging = step("due-2h", {"deputy_head"});
    nagging.unless = Unless::approved;
    auto one = with_ladder({nagging});
    one.tell({first, acknowledged(1min)});
    one.run_until(47h);
    CHECK(one.fired() == Texts{"response due-2h@46h"});
    CHECK(one.passed().empty());
}

TEST_CASE("Card: a step whose `when` does not hold gives none") {
    auto red_only = step("due", {"deputy_head"});
    red_only.when.opinion_level = {OpinionLevel::red};
    red_only.card = Card::red;
    auto one = with_ladder({step("due", {"duty_officer"}), red_only});
    one.tell({first, acknowledged(1min)});
    one.run_until(49h);
    CHECK(one.obligation("response").card == Card::none);
    one.tell(fact(Assessed{.by = "x", .opinion_level = OpinionLevel::red}, 50h));
    CHECK(one.obligation("response").card == Card::red);
}

TEST_CASE("Ladder: a step whose `when` does not hold is skipped") {
    auto red_only = step("start+1h", {"deputy_head"});
    red_only.when.opinion_level = {OpinionLevel::red};
    auto one = with_ladder({red_only});
    one.tell(first);
    one.run_until(2h);
    CHECK(one.passed() == Texts{"skipped response start+1h@1h when"});
}

TEST_CASE("Ladder: percent is a share of the way from start to due") {
    auto one = with_ladder({step("25%", {"duty_officer"}), step("99%", {"duty_officer"})});
    one.tell(first);
    one.run_until(48h);
    CHECK(one.fired() == Texts{"response 25%@12h", "response 99%@47h31m"});
}

TEST_CASE("Repeat: fires so many times more, each once") {
    auto one = with_ladder({repeating(step("due", {"county_head"}), 30min, 3)});
    one.tell(first);
    one.run_until(60h);
    CHECK(one.fired() ==
          Texts{"response due@48h", "response due#1@48h30m", "response due#2@49h", "response due#3@49h30m"});
    CHECK_FALSE(one.wake);
}

TEST_CASE("Repeat: without times it goes on until the obligation ends") {
    auto one = with_ladder({repeating(step("due", {"county_head"}), 12h)});
    one.tell(first);
    one.run_until(48h + 12h * 50);
    CHECK(one.fired().size() == 51);
    CHECK(one.wake);
    one.tell(published(48h + 12h * 50 + 1h));
    CHECK_FALSE(one.wake);
}

TEST_CASE("Late arrival: only the latest step that applies fires, the earlier ones are superseded") {
    OneCase one;
    one.tell(first, 47h + 30min);
    CHECK(one.fired() == Texts{"response due-1h@47h30m"});
    CHECK(one.passed() == Texts{"superseded response start@47h30m", "superseded response 50%@47h30m"});
    one.run_until(48h);
    CHECK(one.fired() == Texts{"response due@48h"});
}

TEST_CASE("Late arrival: each repeat counts as a step") {
    auto one = with_ladder({step("start", {"duty_officer"}), repeating(step("due", {"county_head"}), 30min)});
    one.tell(first, 50h + 10min);
    CHECK(one.fired() == Texts{"response due#4@50h10m"});
    CHECK(one.passed() == Texts{"superseded response start@50h10m", "superseded response due..due#3@50h10m"});
    one.run_until(50h + 30min);
    CHECK(one.fired() == Texts{"response due#5@50h30m"});
}

TEST_CASE("Late arrival: a step that does not apply gives way to the latest that does") {
    auto last = step("due-1h", {"duty_leader"});
    last.unless = Unless::acknowledged;
    auto one = with_ladder({step("start", {"duty_officer"}), step("50%", {"lead_unit"}), last});
    one.tell({first, acknowledged(1h)}, 47h + 30min);
    CHECK(one.fired() == Texts{"response 50%@47h30m"});
    CHECK(one.passed() ==
          Texts{"superseded response start@47h30m", "skipped response due-1h@47h30m acknowledged"});
}

TEST_CASE("Late arrival: steps of one instant fire together") {
    auto one = with_ladder(
        {step("due", {"duty_officer"}), step("due", {"county_head"}), step("start", {"lead_unit"})});
    one.tell(first, 49h);
    CHECK(one.fired() == Texts{"response due@49h", "response due@49h"});
    CHECK(one.passed() == Texts{"superseded response start@49h"});
    CHECK(one.transitions.back().notifications.at(0).id != one.transitions.back().notifications.at(1).id);
}

TEST_CASE("Late arrival: a year of missed repeats is one message and arithmetic, not a loop") {
    auto one = with_ladder({step("start+1h", {"duty_officer"}), repeating(step("due", {"county_head"}), 1s)});
    one.tell(first);
    one.look(24h * 400);
    CHECK(one.fired().size() == 1);
    CHECK(one.passed().size() == 2);  // start+1h, and all earlier occurrences together
    CHECK(one.wake == t0 + 24h * 400 + 1s);
}

TEST_CASE("A late fact that shows an earlier start fires what is now due, once") {
    OneCase one;
    one.office.rule("response").start = StartRule::earliest;
    one.tell(first);
    one.fired();
    one.tell(detected(30min, {.occurred_at = t0 - 30h}));
    CHECK(one.fired() == Texts{"response 50%@0h30m"});
    one.run_until(18h);
    CHECK(one.fired() == Texts{"response due-1h@17h", "response due@18h"});
}

TEST_CASE("A step once fired stays fired when a withdrawal moves its time") {
    OneCase one;
    const auto early = detected(-40h, {.lead_unit = "mzj"}, "early");
    one.tell(early, 0h);
    one.run_until(7h);
    CHECK(one.fired() == Texts{"response 50%@0h", "response due-1h@7h"});
    one.tell(detected(0h, {.lead_unit = "mzj"}), 7h);
    one.tell(withdrawn(7h, early));
    CHECK(one.obligation("response").due == t0 + 48h);
    one.run_until(48h);
    CHECK(one.fired() == Texts{"response due@48h"});
}

TEST_CASE("Mute: holds steps before due, and when it ends the latest held fires, the others are superseded") {
    auto one = with_ladder({step("start+1h", {"duty_officer"}), step("start+2h", {"duty_officer"}),
                            step("due", {"county_head"})});
    one.tell({first, acknowledged(1min), muted(30min, 10h)});
    one.run_until(9h);
    CHECK(one.fired().empty());
    CHECK(one.passed().empty());
    CHECK(one.wake == t0 + 10h);
    one.run_until(10h);
    CHECK(one.fired() == Texts{"response start+2h@10h"});
    CHECK(one.passed() == Texts{"superseded response start+1h@10h"});
}

TEST_CASE("Mute: never holds what is due, and what it held is then superseded") {
    auto one = with_ladder({step("due-1h", {"duty_officer"}), step("due", {"county_head"})});
    one.tell({first, acknowledged(1min)});
    one.tell(muted(20h, 60h));
    one.run_until(100h);
    CHECK(one.fired() == Texts{"response due@48h"});
    CHECK(one.passed() == Texts{"superseded response due-1h@48h"});
}

TEST_CASE("Mute: the latest one counts, so that a shorter one ends it") {
    auto one = with_ladder({step("start+1h", {"duty_officer"})});
    one.tell({first, muted(10min, 100h), muted(2h, 3h)});
    CHECK(one.view().muted_until == t0 + 3h);
    one.run_until(3h);
    CHECK(one.fired() == Texts{"response start+1h@3h"});
    CHECK_FALSE(one.view().muted_until);
}

TEST_CASE("Reason: follows from the step, never from the instant of firing") {
    auto nag = step("start+15m", {"duty_officer"});
    CHECK(reason_of(step("start", {}), 0) == Reason::opened);
    CHECK(reason_of(nag, 0) == Reason::reminder);
    nag.unless = Unless::acknowledged;
    CHECK(reason_of(nag, 0) == Reason::unacknowledged);
    nag.at = parse_step_time("50%").value();
    CHECK(reason_of(nag, 0) == Reason::unacknowledged);
    CHECK(reason_of(step("due-1h", {}), 0) == Reason::reminder);
    CHECK(reason_of(step("due", {}), 0) == Reason::due);
    CHECK(reason_of(step("due", {}), 1) == Reason::overdue);
    CHECK(reason_of(step("start", {}), 1) == Reason::overdue);
    CHECK(reason_of(step("due+4h", {}), 0) == Reason::overdue);
    OneCase one;
    one.tell(first, 60h);
    CHECK(one.transitions.back().notifications.at(0).reason == Reason::due);  // however late it is told
}

TEST_CASE("Lateness: a step that only these facts let go on is told at once, so it is not late") {
    OneCase one;
    const auto excuse = waived(50h, "response");
    one.tell({first, acknowledged(1min)});
    one.run_until(50h);
    one.tell(excuse);
    one.run_until(80h);
    one.fired();
    const auto lateness = one.tell(withdrawn(81h, excuse)).lateness;
    CHECK(one.fired() == Texts{"response due+24h@81h"});
    CHECK(lateness == std::vector<Duration>{0ms});
}

TEST_CASE("Lateness: from the planned time, or from the fact that made the step due") {
    OneCase one;
    CHECK(one.tell(first, 47h + 30min).lateness == std::vector<Duration>{0ms});
    CHECK(one.look(48h + 70ms).lateness == std::vector<Duration>{70ms});
    OneCase told_while_late;
    told_while_late.tell(first);
    CHECK(told_while_late.tell(detected(24h + 5s)).lateness == std::vector<Duration>{5s});
    auto muted_one = with_ladder({step("start+1h", {"duty_officer"})});
    muted_one.tell({first, acknowledged(1min), muted(30min, 10h)});
    CHECK(muted_one.look(10h + 20ms).lateness == std::vector<Duration>{20ms});
}
