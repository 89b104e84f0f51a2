// Natural hours, working days and months in a case: what a calendar or a zone may move, and what not.
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alert;
using namespace yuqing::test;

namespace {

using Texts = std::vector<std::string>;

LocalDays june(int day) { return LocalDays{std::chrono::year{2026} / 6 / day}; }

/// The office answers within three working days; t0 is a Monday.
Office by_workdays() {
    Office office = an_office();
    office.zone = Zone::find("Asia/Shanghai").value();
    office.rule("response").due = Period{.workdays = 3};
    return office;
}

TimePoint at(const char* text) { return parse_rfc3339(text).value(); }

}  // namespace

TEST_CASE("Working days: a changed calendar moves the due time later, and that is recorded and told") {
    OneCase one(by_workdays());
    one.tell({detected(0ms, {.lead_unit = "mzj"}), acknowledged(1min)});
    CHECK(one.obligation("response").due == t0 + 72h);
    one.notices();
    one.office.calendar.holidays = {june(3)};
    one.look(2h);
    CHECK(one.obligation("response").due == t0 + 96h);
    CHECK(one.notices() == Texts{"attention:due_moved response"});
    CHECK_THAT(one.transitions.back().notifications.at(0).detail,
               Catch::Contains("2026-06-04T08:00:00+08:00"));
    one.look(3h);
    CHECK(one.notices().empty());
}

TEST_CASE("Working days: a changed calendar moves the due time earlier, and that is told and fired by") {
    auto office = by_workdays();
    office.calendar.holidays = {june(3)};
    OneCase one(office);
    one.tell({detected(0ms, {.lead_unit = "mzj"}), acknowledged(1min)});
    one.notices();
    one.office.calendar.holidays.clear();
    one.look(2h);
    CHECK(one.notices() == Texts{"attention:due_moved response"});
    one.run_until(72h);
    const auto fired = one.fired();
    CHECK(std::count(fired.begin(), fired.end(), "response due@72h") == 1);
}

TEST_CASE("Working days: what fired stays fired when the calendar moves the due time") {
    OneCase one(by_workdays());
    one.tell({detected(0ms, {.lead_unit = "mzj"}), acknowledged(1min)});
    one.run_until(72h);
    CHECK(one.obligation("response").status == ObligationStatus::overdue);
    one.fired();
    one.office.calendar.holidays = {june(3)};
    one.look(73h);
    CHECK(one.obligation("response").status == ObligationStatus::pending);
    one.run_until(96h);
    const auto fired = one.fired();
    CHECK(std::count(fired.begin(), fired.end(), "response due@96h") == 0);
    CHECK(one.obligation("response").status == ObligationStatus::overdue);
}

TEST_CASE("Working days: a fact that shows an earlier start is not taken for another calendar") {
    OneCase one(by_workdays());
    one.tell({detected(0ms, {.lead_unit = "mzj"}), acknowledged(1min)});
    one.notices();
    one.tell(detected(-30h, {.lead_unit = "mzj"}, "early"), 1h);
    CHECK(one.notices().empty());
}

TEST_CASE("Working days: an answer given before the calendar changed is judged once and told nothing more") {
    OneCase one(by_workdays());
    one.tell({detected(0ms, {.lead_unit = "mzj"}), acknowledged(1min)});
    one.tell(published(1h));
    CHECK(one.snapshot.progress.workday_dues.empty());
    one.notices();
    one.office.calendar.holidays = {june(3)};
    one.look(2h);
    CHECK(one.notices().empty());
}

TEST_CASE("Working days: a case counts them while an open due time or a step on the way to it does") {
    const auto counts = [](const OneCase& one) { return counts_workdays(one.office.policy, one.view()); };
    const std::vector<Fact> opening = {detected(0ms, {.lead_unit = "mzj"}), acknowledged(1min),
                                       fact(CommitmentMade{"C1", "补发", t0 + 9h, "x"}, 2min)};
    OneCase by_due(by_workdays());
    by_due.tell(opening);
    CHECK(counts(by_due));
    by_due.tell(published(1h));
    CHECK_FALSE(counts(by_due));  // the promise is in natural hours
    OneCase by_step;
    by_step.office.ladder("general").push_back(step("due-1wd", {"duty_officer"}));
    by_step.tell(opening);
    CHECK(counts(by_step));
    by_step.tell(closed(1h));
    CHECK(counts(by_step));  // a statutory clock goes on
    OneCase recurring;
    recurring.office.rule("continuous_release").every = Period{.workdays = 1};
    recurring.tell(detected(0ms, {.incident_grade = IncidentGrade::major}));
    CHECK(counts(recurring));
    OneCase hours;
    hours.office.rule("response").ladder = "";
    hours.tell(opening);
    CHECK_FALSE(counts(hours));
}

TEST_CASE("Natural hours: a change of the clocks neither shortens nor lengthens them") {
    const std::string name = GENERATE("Europe/Berlin", "America/New_York", "Asia/Shanghai");
    // The nights on which the clocks of Berlin and New York go forward and back.
    const auto start = GENERATE(at("2026-03-29T00:30:00Z"), at("2026-10-25T00:30:00Z"),
                                at("2026-03-08T06:30:00Z"), at("2026-11-01T05:30:00Z"));
    Office office = an_office();
    office.zone = Zone::find(name).value();
    OneCase one(office);
    const auto after = start - t0;
    one.tell(detected(after, {.incident_grade = IncidentGrade::major, .lead_unit = "mzj"}), after);
    CHECK(one.obligation("authoritative_release").due == start + 5h);
    CHECK(one.obligation("press_conference").due == start + 24h);
    one.run_until(after + 5h);
    CHECK(one.obligation("authoritative_release").status == ObligationStatus::overdue);
}
