// Contract section 4: start rules, re-grading, assigned, waivers, commitments.
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
using enum IncidentGrade;
using enum ResponseKind;

namespace {

/// Due time of `response` under a start rule, for a case detected at t0 and recorded an hour later.
Duration due_of(StartRule start, std::optional<TimePoint> occurred) {
    OneCase one;
    one.office.rule("response").start = start;
    one.tell(detected(0h, {.occurred_at = occurred, .lead_unit = "mzj"}), 1h);
    return one.obligation(start == StartRule::assigned ? "response.1" : "response").due - t0;
}

}  // namespace

TEST_CASE("Start: detected, occurred, recorded, assigned, or the earliest of occurred and detected") {
    CHECK(due_of(StartRule::detected, t0 - 5h) == 48h);
    CHECK(due_of(StartRule::occurred, t0 - 5h) == 43h);
    CHECK(due_of(StartRule::occurred, {}) == 48h);
    CHECK(due_of(StartRule::recorded, t0 - 5h) == 49h);
    CHECK(due_of(StartRule::assigned, t0 - 5h) == 48h);
    CHECK(due_of(StartRule::earliest, t0 - 5h) == 43h);
    CHECK(due_of(StartRule::earliest, t0 + 30min) == 48h);
    CHECK(due_of(StartRule::earliest, {}) == 48h);
}

TEST_CASE(
    "Start: a later telling of an earlier detection or occurrence moves the due time earlier, never later") {
    OneCase one;
    one.tell(detected(2h, {.incident_grade = major, .lead_unit = "mzj"}));
    CHECK(one.obligation("authoritative_release").due == t0 + 7h);
    one.tell(detected(1h), 3h);
    CHECK(one.obligation("authoritative_release").due == t0 + 6h);
    one.tell(detected(3h, {.occurred_at = t0}));
    CHECK(one.obligation("authoritative_release").due == t0 + 5h);
    one.tell(detected(3h + 30min, {.occurred_at = t0 + 2h}));
    CHECK(one.obligation("authoritative_release").due == t0 + 5h);
}

TEST_CASE("Due: given by the event, the earliest told, and without one there is no such obligation") {
    OneCase one;
    one.office.rule("response").due.reset();
    one.office.rule("response").due_given = true;
    one.tell(detected(0h, {.lead_unit = "mzj"}));
    CHECK(one.statuses() == "acknowledge.1 pending");
    one.tell(detected(1h, {.due = t0 + 30h}));
    one.tell(detected(2h, {.due = t0 + 40h}));
    CHECK(one.obligation("response").due == t0 + 30h);
}

TEST_CASE("Due: working days follow the calendar, which is not frozen") {
    OneCase one;
    one.office.rule("response").due = Period{.workdays = 3};
    one.tell(detected(0h, {.lead_unit = "mzj"}));  // a Monday
    CHECK(one.obligation("response").due == t0 + 72h);
    one.office.calendar.holidays.insert(LocalDays{std::chrono::year{2026} / 6 / 3});
    CHECK(one.obligation("response").due == t0 + 96h);
}

TEST_CASE("Met: a publication at exactly the due instant is met, a millisecond later it is late") {
    for (const auto& [at, status] : {std::pair{Duration{48h}, ObligationStatus::met},
                                     std::pair{Duration{48h + 1ms}, ObligationStatus::late}}) {
        OneCase one;
        one.tell(detected(0h, {.lead_unit = "mzj"}));
        one.tell(published(at), 50h);
        CHECK(one.obligation("response").status == status);
        CHECK(one.obligation("response").fulfilled_at == t0 + at);
    }
}

TEST_CASE("Met: only the named kinds count, the earliest of them") {
    OneCase one;
    one.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), published(1h, online_reply),
              published(4h, rumor_refutation), published(3h, press_conference)});
    CHECK(one.obligation("authoritative_release").fulfilled_at == t0 + 3h);
    CHECK(one.obligation("press_conference").fulfilled_at == t0 + 3h);
}

TEST_CASE("Met: on time or late is judged by when it happened, however late it is told") {
    OneCase one;
    one.tell(detected(0h, {.lead_unit = "mzj"}));
    one.run_until(60h);
    CHECK(one.obligation("response").status == ObligationStatus::overdue);
    one.tell(published(47h), 60h);
    CHECK(one.obligation("response").status == ObligationStatus::met);
    CHECK(one.obligation("response").card == Card::none);
}

TEST_CASE("Card: the highest of the steps whose time came while the obligation was open") {
    OneCase one;
    one.tell(detected(0h, {.lead_unit = "mzj"}));
    CHECK(one.view(47h).obligations.at(0).card == Card::none);
    CHECK(one.view(48h).obligations.at(0).card == Card::yellow);
    CHECK(one.view(72h).obligations.at(0).card == Card::red);
    one.tell(published(50h));
    CHECK(one.view(90h).obligations.at(0).card == Card::yellow);
    OneCase exact;
    exact.tell({detected(0h, {.lead_unit = "mzj"}), published(48h)});
    CHECK(exact.obligation("response").card == Card::none);
}

TEST_CASE("Re-grading up: new obligations keep the original start, what was published already counts") {
    OneCase one;
    one.tell({detected(0h, {.occurred_at = t0 - 1h, .lead_unit = "mzj"}), acknowledged(5min),
              published(2h, authoritative_release)});
    one.tell(assessed(3h, major));
    CHECK(one.view().class_id == "emergency");
    CHECK(one.obligation("authoritative_release").start == t0 - 1h);
    CHECK(one.obligation("authoritative_release").status == ObligationStatus::met);
    CHECK(one.obligation("authoritative_release").fulfilled_at == t0 + 2h);
    CHECK(one.obligation("press_conference").due == t0 + 23h);
    CHECK(one.obligation("response").status == ObligationStatus::met);  // answered before the re-grading
}

TEST_CASE("Re-grading down: what was open and not yet due at the assessment's time becomes void") {
    OneCase one;
    one.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), acknowledged(5min),
              assessed(2h, ordinary, "核实")});
    CHECK(one.statuses() ==
          "acknowledge.1 met, authoritative_release void, continuous_release.1 void, "
          "press_conference void, response pending");
    CHECK(one.obligation("response").start == t0);
}

TEST_CASE("Re-grading down: what is overdue or late stays and counts, judged by the assessment's time") {
    OneCase one;
    one.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), acknowledged(5min)});
    one.tell(assessed(6h, ordinary, "核实"));
    CHECK(one.obligation("authoritative_release").status == ObligationStatus::overdue);
    CHECK(one.obligation("press_conference").status == ObligationStatus::void_);
    one.tell(published(7h, authoritative_release));
    CHECK(one.obligation("authoritative_release").status == ObligationStatus::late);

    OneCase told_late;
    told_late.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), acknowledged(5min)});
    told_late.run_until(6h);
    told_late.tell(assessed(4h, ordinary, "核实"), 6h);  // happened before it was due
    CHECK(told_late.obligation("authoritative_release").status == ObligationStatus::void_);
}

TEST_CASE(
    "Re-grading: an obligation whose `when` no longer holds becomes void, and lives again when it does") {
    OneCase one;
    one.tell({detected(0h, {.opinion_level = OpinionLevel::red, .lead_unit = "mzj"}), acknowledged(5min)});
    CHECK(one.obligation("holding_statement").status == ObligationStatus::pending);
    one.tell(fact(Assessed{.by = "x", .opinion_level = OpinionLevel::blue}, 1h));
    CHECK(one.obligation("holding_statement").status == ObligationStatus::void_);
    one.tell(fact(Assessed{.by = "x", .opinion_level = OpinionLevel::red}, 2h));
    CHECK(one.obligation("holding_statement").status == ObligationStatus::pending);
    CHECK(one.obligation("holding_statement").due == t0 + 3h);
}

TEST_CASE("Re-grading: what one fact tells of grade and level counts at once, with nothing in between") {
    OneCase one;
    one.office.policy.classes[0].obligations.push_back("holding_statement");
    one.office.rule("holding_statement").when.opinion_level = {OpinionLevel::yellow};
    one.office.policy.classes[1].obligations = {"response"};
    one.tell(detected(0h, {.incident_grade = ordinary, .opinion_level = OpinionLevel::yellow}));
    one.tell(detected(4h, {.incident_grade = major, .opinion_level = OpinionLevel::red}));
    CHECK(one.statuses().find("holding_statement") == std::string::npos);
}

TEST_CASE("Assigned: a lead unit known from the detection is the first, at the detected time") {
    OneCase one;
    one.tell(detected(0h, {.lead_unit = "mzj"}));
    CHECK(one.obligation("acknowledge.1").start == t0);
    CHECK(one.obligation("acknowledge.1").due == t0 + 15min);
    OneCase unknown;
    unknown.tell({detected(), assigned(1h, "mzj")});
    CHECK(unknown.obligation("acknowledge.1").start == t0 + 1h);
}

TEST_CASE("Assigned: a case that was assigned before it was detected has the assignment as its first") {
    OneCase one;
    one.tell({detected(1h), assigned(0h, "mzj")});
    CHECK(one.obligation("acknowledge.1").start == t0);
    CHECK(one.statuses().find("acknowledge.2") == std::string::npos);
}

TEST_CASE("Assigned: a new assignment or a return makes the open one void unless already due") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), assigned(10min, "jyj")});
    CHECK(one.obligation("acknowledge.1").status == ObligationStatus::void_);
    CHECK(one.obligation("acknowledge.2").due == t0 + 25min);
    one.tell(fact(Returned{"jyj", "", "不属本单位"}, 20min));
    CHECK(one.obligation("acknowledge.2").status == ObligationStatus::void_);
    one.tell(assigned(30min, "mzj"));
    one.tell(assigned(50min, "mzj"));
    CHECK(one.obligation("acknowledge.3").status == ObligationStatus::overdue);  // was due at 45min
    CHECK(one.obligation("acknowledge.4").start == t0 + 50min);
    one.tell(acknowledged(60min));
    CHECK(one.obligation("acknowledge.3").status == ObligationStatus::overdue);
    CHECK(one.obligation("acknowledge.4").status == ObligationStatus::met);
}

TEST_CASE("Assigned: ID.n stays the n-th of more assignments than are kept") {
    for (const bool known : {true, false}) {
        OneCase one;
        one.tell(detected(0h, {.lead_unit = known ? "mzj" : ""}));
        std::vector<Fact> facts;
        for (int i = 1; i <= 140; ++i) facts.push_back(assigned(std::chrono::hours(i), "jyj"));
        const auto dropped = one.tell(facts).cases[0].dropped;
        CHECK(dropped == 40);
        INFO(one.statuses());
        const auto nth = [&](int n) { return one.obligation("acknowledge." + std::to_string(n + known)); };
        CHECK(nth(140).start == t0 + 140h);
        CHECK(nth(140).status == ObligationStatus::pending);
        CHECK(nth(41).start == t0 + 41h);
        CHECK(one.statuses().find("acknowledge." + std::to_string(40 + known) + " ") == std::string::npos);
        one.tell(assigned(30min, "mzj"), 140h);  // the first of all, and too old to be kept
        CHECK(nth(141).start == t0 + 140h);
        CHECK(one.transitions.back().cases[0].dropped == 1);
        if (known) CHECK(one.obligation("acknowledge.1").status == ObligationStatus::overdue);
    }
}

TEST_CASE("Assigned: an acknowledgement told late counts for the assignment in force at its time") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), assigned(10min, "jyj")});
    one.tell(acknowledged(5min), 12min);
    CHECK(one.obligation("acknowledge.1").status == ObligationStatus::met);
    CHECK(one.obligation("acknowledge.2").status == ObligationStatus::pending);
    CHECK_FALSE(one.view().acknowledged_at);
}

TEST_CASE("Waiver: in time it waives, after the answer it changes nothing") {
    OneCase one;
    one.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}),
              published(1h, authoritative_release), waived(2h, "press_conference"),
              waived(2h, "authoritative_release")});
    CHECK(one.obligation("press_conference").status == ObligationStatus::waived);
    CHECK(one.obligation("authoritative_release").status == ObligationStatus::met);
    one.tell(published(3h, press_conference));
    CHECK(one.obligation("press_conference").status == ObligationStatus::waived);
}

TEST_CASE("Waiver: what was waived first stays waived when a re-grading lets go of it") {
    OneCase one;
    one.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), waived(1h, "press_conference"),
              assessed(2h, ordinary, "核实")});
    CHECK(one.obligation("press_conference").status == ObligationStatus::waived);
    CHECK(one.obligation("authoritative_release").status == ObligationStatus::void_);
}

TEST_CASE("Waiver: after due it leaves the status, stops the steps and excuses") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = major, .lead_unit = "mzj"}));
    one.run_until(5h + 10min);
    one.tell(waived(5h + 10min, "authoritative_release"));
    const auto o = one.obligation("authoritative_release");
    CHECK(o.status == ObligationStatus::overdue);
    REQUIRE(o.excused);
    CHECK(o.excused->by == "主任");
    CHECK(o.excused->reason == "上级统一发布");
    CHECK(o.card == Card::yellow);
    one.fired();
    one.run_until(8h);
    for (const auto& fired : one.fired()) CHECK_THAT(fired, !Catch::StartsWith("authoritative_release"));
    one.tell(published(9h, authoritative_release));
    CHECK(one.obligation("authoritative_release").status == ObligationStatus::late);
    CHECK(one.obligation("authoritative_release").excused);
}

TEST_CASE(
    "Waiver: of ID at the instant of a publication that comes after it in the order of facts: none begins") {
    OneCase one;
    one.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), waived(3h, "continuous_release"),
              published(3h, authoritative_release)});
    CHECK_THAT(one.statuses(), Catch::Contains("continuous_release.1 waived"));
    CHECK_THAT(one.statuses(), !Catch::Contains("continuous_release.2"));
}

TEST_CASE("Waiver: of ID told for a time before the first occurrence starts leaves it waived") {
    OneCase one;
    one.office.rule("continuous_release").start = StartRule::recorded;
    one.tell(detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), 2h);
    one.tell(waived(1h, "continuous_release"), 2h);
    CHECK(one.obligation("continuous_release.1").status == ObligationStatus::waived);
}

TEST_CASE("Waiver: of ID waives all to come, of ID.n that one") {
    OneCase all, that_one;
    for (OneCase* one : {&all, &that_one}) {
        one->tell(
            {detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), published(4h, progress_update)});
    }
    all.tell(waived(5h, "continuous_release"));
    all.tell(published(6h, progress_update));
    CHECK(all.obligation("continuous_release.1").status == ObligationStatus::met);
    CHECK(all.obligation("continuous_release.2").status == ObligationStatus::waived);
    CHECK(all.statuses().find("continuous_release.3") == std::string::npos);
    that_one.tell(waived(5h, "continuous_release.2"));
    that_one.tell(published(6h, progress_update));
    CHECK(that_one.obligation("continuous_release.2").status == ObligationStatus::waived);
    CHECK(that_one.obligation("continuous_release.3").status == ObligationStatus::pending);
}

TEST_CASE(
    "Fulfilled by: an acknowledgement, approval, assessment, assignment or closing, as the rule names") {
    const auto fulfilled_by = [](EventData data) {
        auto office = an_office();
        auto& rule = office.rule("response");
        rule.kind = ObligationKind::internal;
        rule.fulfilled_by = {.event_type = data.index()};
        OneCase one(office);
        one.tell(detected());
        one.tell(published(1h));  // not what the rule names
        CHECK(one.obligation("response").status == ObligationStatus::pending);
        one.tell(fact(std::move(data), 2h));
        CHECK(one.obligation("response").fulfilled_at == t0 + 2h);
    };
    fulfilled_by(Acknowledged{"联络员", ""});
    fulfilled_by(Approved{"主任", ""});
    fulfilled_by(Assessed{.by = "研判员"});
    fulfilled_by(Assigned{"值班员", "mzj", {}, ""});
    auto office = an_office();
    office.rule("response").fulfilled_by = {.event_type = EventData(Closed{}).index()};
    OneCase one(office);
    one.tell(detected());
    one.tell(fact(Reopened{"值班员", "又报"}, 1h));
    CHECK(one.obligation("response").status == ObligationStatus::pending);
    one.tell(closed(2h));
    CHECK(one.obligation("response").fulfilled_at == t0 + 2h);
}
