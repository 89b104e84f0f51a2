// "What a case is", contract section 2.
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
using enum IncidentGrade;

TEST_CASE("Grade: before any assessment the highest of the detections, from the detection that named it") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = considerable, .opinion_level = OpinionLevel::yellow}));
    CHECK(one.view().class_id == "general");
    one.tell(detected(1h, {.incident_grade = extreme}));
    one.tell(detected(2h, {.incident_grade = none, .opinion_level = OpinionLevel::blue}));
    CHECK(one.view().attributes.incident_grade == extreme);
    CHECK(one.view().attributes.opinion_level == OpinionLevel::yellow);
    CHECK(one.view().class_id == "emergency");
    CHECK(one.obligation("response").status == ObligationStatus::void_);
    CHECK(one.obligation("authoritative_release").start == t0);
}

TEST_CASE("Grade: after an assessment names it, detections no longer count") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = ordinary}));
    one.tell(assessed(1h, considerable));
    one.tell(detected(2h, {.incident_grade = extreme}));
    CHECK(one.view().attributes.incident_grade == considerable);
    CHECK(one.view().flags.contains("unreasoned") == false);
}

TEST_CASE("Grade: the latest assessment that names it counts, level and field likewise") {
    OneCase one;
    one.tell({detected(), assessed(1h, major),
              fact(Assessed{.by = "x", .opinion_level = OpinionLevel::red}, 2h),
              fact(Assessed{.by = "x", .opinion_level = OpinionLevel::orange, .field = "义务教育"}, 3h)});
    const auto view = one.view();
    CHECK(view.attributes.incident_grade == major);
    CHECK(view.attributes.opinion_level == OpinionLevel::orange);
    CHECK(view.attributes.field == "education");
    CHECK(view.attributes.lead_unit == "jyj");
}

TEST_CASE("Grade: a lowering without reason is not applied, flagged and told, with a reason it is applied") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = major, .lead_unit = "mzj"}));
    one.notices();
    one.tell(assessed(1h, ordinary));
    CHECK(one.view().attributes.incident_grade == major);
    CHECK(one.view().flags.contains("unreasoned"));
    CHECK(one.notices() == std::vector<std::string>{"attention:unreasoned"});
    one.tell(assessed(2h, ordinary, "核实为一般事故"));
    CHECK(one.view().attributes.incident_grade == ordinary);
    CHECK(one.notices().empty());
}

TEST_CASE("Grade: an operator may raise it, but a lowering by one is not applied and told") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = considerable, .lead_unit = "mzj"}));
    one.notices();
    auto raise = assessed(1h, major, "升级"), lower = assessed(2h, ordinary, "误判");
    raise.via.role = lower.via.role = ClientRole::operator_;
    one.tell(raise);
    CHECK(one.view().attributes.incident_grade == major);
    one.notices();
    one.tell(lower);
    CHECK(one.view().attributes.incident_grade == major);
    CHECK(one.notices() == std::vector<std::string>{"attention:unreasoned"});
}

TEST_CASE("Lead unit: the latest assignment, else the earliest detection that names one, else the field's") {
    OneCase one;
    one.tell(detected(0h, {.field = "社会救助"}));
    CHECK(one.view().attributes.lead_unit == "mzj");
    CHECK(one.view().assist_units == std::vector<std::string>{"jyj"});
    one.tell(detected(1h, {.lead_unit = "县教育局", .assist_units = {"县民政局"}}));
    CHECK(one.view().attributes.lead_unit == "jyj");
    CHECK(one.view().assist_units == std::vector<std::string>{"mzj"});
    one.tell(assigned(2h, "mzj"));
    CHECK(one.view().attributes.lead_unit == "mzj");
    CHECK(one.view().assist_units.empty());
}

TEST_CASE("Lead unit: a case without one is flagged and tells attention, once") {
    OneCase one;
    one.tell(detected());
    CHECK(one.view().flags == std::set<std::string>{"unassigned"});
    CHECK(one.notices() == std::vector<std::string>{"attention:unassigned"});
    one.tell(detected(1h));
    CHECK(one.notices().empty());
    one.tell(assigned(2h, "mzj"));
    CHECK(one.view().flags.empty());
}

TEST_CASE("Lead unit: an unknown name is kept, marked and told by its name") {
    OneCase one;
    one.tell(
        detected(0h, {.field = "火星探测", .lead_unit = "县航天局", .assist_units = {"县民政局", "乡"}}));
    const auto view = one.view();
    CHECK(view.attributes.lead_unit == "县航天局");
    CHECK(view.attributes.field == "火星探测");
    CHECK(view.assist_units == std::vector<std::string>{"mzj", "乡"});
    CHECK(view.flags == std::set<std::string>{"unknown_unit"});
    CHECK(one.notices() == std::vector<std::string>(3, "attention:unknown_unit"));
}

TEST_CASE("Acknowledgement: counts for the assignment in force, until a return or another lead unit") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), acknowledged(10min)});
    CHECK(one.view().acknowledged_at == t0 + 10min);
    one.tell(assigned(20min, "县民政局"));  // the same unit by its name
    CHECK(one.view().acknowledged_at == t0 + 10min);
    one.tell(assigned(30min, "jyj"));
    CHECK_FALSE(one.view().acknowledged_at);
    one.tell(acknowledged(40min));
    CHECK(one.view().acknowledged_at == t0 + 40min);
    one.tell(fact(Returned{"jyj", "", "不属本单位职责"}, 50min));
    CHECK_FALSE(one.view().acknowledged_at);
    one.tell(acknowledged(60min));
    CHECK(one.view().acknowledged_at == t0 + 60min);
}

TEST_CASE("Acknowledgement: another lead unit ends it also before the detection that counts") {
    OneCase one;
    one.tell({detected(20h), assigned(1h, "mzj"), acknowledged(2h), assigned(3h, "jyj")}, 20h);
    CHECK(one.view().attributes.lead_unit == "jyj");
    CHECK_FALSE(one.view().acknowledged_at);
}

TEST_CASE("Matter of a case: public opinion, unless its earliest detection that says so names another") {
    OneCase one;
    one.tell(detected(2h));
    CHECK(one.view().attributes.matter == Matter::opinion);
    one.tell(detected(1h, {.matter = Matter::task}));
    one.tell(detected(3h, {.matter = Matter::hotline}));
    CHECK(one.view().attributes.matter == Matter::task);
}

TEST_CASE("Status: the latest of closed, reopened and dismissed") {
    OneCase one;
    one.tell({detected(), closed(1h)});
    CHECK(one.view().status == CaseStatus::closed);
    one.tell(fact(Reopened{"x", "又有反映"}, 2h));
    CHECK(one.view().status == CaseStatus::open);
    one.tell(fact(Dismissed{"x", "非本县"}, 3h));
    CHECK(one.view().status == CaseStatus::dismissed);
    one.tell(closed(150min));  // told late, happened before the dismissal
    CHECK(one.view().status == CaseStatus::dismissed);
}

TEST_CASE("Dismissed: all obligations are void, and reopening undoes it as if it had never been") {
    OneCase one, never;
    one.tell({detected(0h, {.lead_unit = "mzj"}), fact(Dismissed{"x", "非本县"}, 1h)});
    CHECK(one.statuses() == "acknowledge.1 void, response void");
    CHECK_FALSE(one.wake);
    one.tell(fact(Reopened{"x", "属本县"}, 2h));
    never.tell(detected(0h, {.lead_unit = "mzj"}));
    never.look(2h);
    CHECK(one.view(3h).obligations == never.view(3h).obligations);
    CHECK(one.wake);
}

TEST_CASE(
    "Closing: internal ones not yet due become void, those already due stay overdue and their steps stop") {
    OneCase one;
    one.office.ladder("general");
    one.office.rule("holding_statement").ladder = "general";
    one.office.rule("response").fulfilled_by.kinds = {ResponseKind::final_report};
    one.tell(detected(0h, {.opinion_level = OpinionLevel::red, .lead_unit = "mzj"}));
    one.tell(acknowledged(5min));
    one.run_until(1h);
    one.tell(closed(1h));
    CHECK(one.statuses() == "acknowledge.1 met, holding_statement void, response pending");

    OneCase late;
    late.office.rule("holding_statement").ladder = "general";
    late.tell(detected(0h, {.opinion_level = OpinionLevel::red, .lead_unit = "mzj"}));
    late.run_until(4h);
    late.tell(closed(4h));
    CHECK(late.statuses() == "acknowledge.1 overdue, holding_statement overdue, response pending");
    late.fired();
    late.run_until(40h);
    for (const auto& fired : late.fired()) CHECK_THAT(fired, Catch::StartsWith("response "));
}

TEST_CASE(
    "Closing: statutory ones and commitments go on, and the case is flagged closed_unanswered and told") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}),
              fact(CommitmentMade{"C1", "三日内补发", t0 + 72h, "主任"}, 30min), acknowledged(5min)});
    one.notices();
    one.tell(closed(1h));
    CHECK(one.statuses() == "acknowledge.1 met, commitment.C1 pending, response pending");
    CHECK(one.view().flags.contains("closed_unanswered"));
    CHECK(one.notices() == std::vector<std::string>{"closed", "attention:closed_unanswered"});
    one.run_until(49h);
    CHECK(one.obligation("response").status == ObligationStatus::overdue);
    CHECK(one.obligation("response").card == Card::yellow);
}

TEST_CASE("Closing: answered before it, nothing is flagged") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), acknowledged(5min), published(1h)});
    one.notices();
    one.tell(closed(2h));
    CHECK_FALSE(one.view().flags.contains("closed_unanswered"));
    CHECK(one.notices() == std::vector<std::string>{"closed"});
}

TEST_CASE("Closing: a recurring obligation becomes void and nothing new begins, even with a statutory kind") {
    OneCase one;
    one.office.rule("continuous_release").kind = ObligationKind::statutory;
    one.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}),
              published(1h, ResponseKind::press_conference), acknowledged(5min), closed(2h),
              published(3h, ResponseKind::progress_update)});
    CHECK(one.statuses() ==
          "acknowledge.1 met, authoritative_release met, continuous_release.1 met, "
          "continuous_release.2 void, press_conference met");
    CHECK_FALSE(one.view().flags.contains("closed_unanswered"));
}

TEST_CASE("Closing: reopening gives no new clock") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), closed(1h), fact(Reopened{"x", "未解决"}, 10h)});
    CHECK(one.obligation("response").due == t0 + 48h);
    CHECK(one.obligation("response").status == ObligationStatus::pending);
    CHECK_FALSE(one.view().flags.contains("closed_unanswered"));
}

TEST_CASE("Closing: a later detection does not reopen it but tells attention, at most hourly") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), acknowledged(5min), published(1h), closed(2h)});
    one.notices();
    one.tell(detected(3h));
    CHECK(one.view().status == CaseStatus::closed);
    CHECK(one.notices() == std::vector<std::string>{"attention:renewed"});
    one.tell(detected(3h + 59min));
    CHECK(one.notices().empty());
    one.tell(detected(4h));
    CHECK(one.notices() == std::vector<std::string>{"attention:renewed"});
    one.tell(detected(90min), 6h);  // told after the closing, happened before it
    CHECK(one.notices().empty());
}

TEST_CASE(
    "Merged: the case has only void obligations and stays merged, whatever is closed or dismissed later") {
    OneCase one;
    const auto merge = fact(Merged{CaseId("QS-2"), "x", ""}, 1h);
    one.tell({detected(0h, {.lead_unit = "mzj"}), merge});
    CHECK(one.view().status == CaseStatus::merged);
    CHECK(one.view().into == CaseId("QS-2"));
    CHECK(one.statuses() == "acknowledge.1 void, response void");
    CHECK_FALSE(one.wake);
    for (auto later : {closed(2h), fact(Dismissed{"x", "y"}, 3h), fact(Reopened{"x", "y"}, 4h)}) {
        one.tell(later);
        CHECK(one.view().status == CaseStatus::merged);
    }
    one.tell(withdrawn(5h, merge));
    CHECK(one.view().status == CaseStatus::open);
    CHECK(one.obligation("response").status == ObligationStatus::pending);
}

TEST_CASE("Withdrawal: a case whose only detection was withdrawn counts as dismissed") {
    OneCase one;
    const auto only = detected(0h, {.lead_unit = "mzj"});
    one.tell({only, acknowledged(5min)});
    one.tell(withdrawn(1h, only));
    CHECK(one.view().status == CaseStatus::dismissed);
    for (const auto& o : one.view().obligations) CHECK(o.status == ObligationStatus::void_);
    CHECK_FALSE(one.wake);
    one.tell(detected(2h, {.lead_unit = "mzj"}));
    CHECK(one.view().status == CaseStatus::open);
    CHECK(one.obligation("response").start == t0 + 2h);
}

TEST_CASE(
    "Unreviewed: a publication without approval where an obligation asks for review is flagged and told") {
    using Kind = ResponseKind;
    struct Row {
        Published publication;
        std::optional<Duration> approval;
        bool flagged;
        const char* why;
    };
    const Row rows[] = {
        {{.kind = Kind::authoritative_release, .by = "x"}, {}, true, "no approval at all"},
        {{.kind = Kind::authoritative_release, .by = "x"}, 30min, false, "approved by a fact before it"},
        {{.kind = Kind::authoritative_release, .by = "x"}, 90min, true, "approved only after it"},
        {{.kind = Kind::authoritative_release, .by = "x", .approved_at = t0 + 1h},
         {},
         false,
         "approved as it went out"},
        {{.kind = Kind::authoritative_release, .by = "x", .approved_at = t0 + 1h + 1ms},
         {},
         true,
         "approved after its time"},
        {{.kind = Kind::authoritative_release, .by = "x", .approved_by = "主任"},
         {},
         false,
         "approved, no time given"},
        {{.kind = Kind::online_reply, .by = "x"}, {}, false, "answers nothing under review"},
    };
    for (const auto& row : rows) {
        INFO(row.why);
        OneCase one;
        one.tell(detected(0h, {.incident_grade = major, .lead_unit = "mzj"}));
        if (row.approval) one.tell(fact(Approved{"主任", ""}, *row.approval));
        one.notices();
        one.tell(fact(row.publication, 1h), 2h);
        CHECK(one.view().flags.contains("unreviewed") == row.flagged);
        const auto notices = one.notices();
        CHECK((std::count(notices.begin(), notices.end(), "attention:unreviewed") > 0) == row.flagged);
    }
}

TEST_CASE("Unreviewed: where any publication answers, any asks for approval, what is void asks for none") {
    const Fact reply = fact(Published{.kind = ResponseKind::online_reply, .by = "x"}, 2h);
    const Fact release = fact(Published{.kind = ResponseKind::authoritative_release, .by = "x"}, 2h);
    OneCase any;
    any.office.rule("response").review = true;
    any.tell({detected(0h, {.lead_unit = "mzj"}), reply});
    CHECK(any.view().flags.contains("unreviewed"));
    OneCase lowered;
    lowered.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), assessed(1h, ordinary, "核实"),
                  release});
    CHECK(lowered.obligation("authoritative_release").status == ObligationStatus::void_);
    CHECK_FALSE(lowered.view().flags.contains("unreviewed"));
}

TEST_CASE(
    "Class: a case that none matches owes nothing and stays open, and once one matches its clocks began with "
    "it") {
    OneCase one;
    one.office.policy.classes.pop_back();
    const auto& opened = one.tell(detected(0h, {.lead_unit = "mzj"}));
    CHECK(one.view().class_id.empty());
    CHECK(one.view().status == CaseStatus::open);
    CHECK(one.view().obligations.empty());
    CHECK(opened.obligations.empty());
    CHECK_FALSE(one.wake);
    one.tell(assessed(1h, major));
    CHECK(one.view().class_id == "emergency");
    CHECK(one.obligation("authoritative_release").due == t0 + 5h);
    one.tell(assessed(2h, ordinary, "核实"));
    CHECK(one.view().class_id.empty());
    CHECK(one.obligation("authoritative_release").status == ObligationStatus::void_);
}

TEST_CASE("Course: notes and ratings are recorded and change nothing the office owes") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), acknowledged(5min)});
    const auto before = one.view(2h);
    one.notices();
    one.tell({fact(Noted{"x", "一笔"}, 1h), fact(Rated{2, "市民"}, 2h)});
    const auto after = one.view(2h);
    CHECK(after.obligations == before.obligations);
    CHECK(after.flags == before.flags);
    CHECK(after.status == before.status);
    CHECK(one.notices().empty());
    CHECK(one.record.size() >= 4);
}
