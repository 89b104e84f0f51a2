// What a return and a dismissal do to a case, and who hears of it.
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

TEST_CASE("Dismissal: a later detection does not reopen the case but tells attention, at most hourly") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), fact(Dismissed{"x", "不属实"}, 1h)});
    one.notices();
    one.tell(detected(30min), 2h);  // told after the dismissal, happened before it
    CHECK(one.notices().empty());
    one.tell(detected(3h, {.incident_grade = IncidentGrade::extreme}));
    CHECK(one.view().status == CaseStatus::dismissed);
    CHECK(one.notices() == std::vector<std::string>{"upgraded", "attention:renewed"});
    one.tell(detected(3h + 59min));
    CHECK(one.notices().empty());
    one.tell(fact(Reopened{"x", "属实"}, 5h));
    one.notices();
    one.tell(detected(6h));
    CHECK(one.notices().empty());
}

TEST_CASE("Return: until it is assigned again nobody leads it, and that is told") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj", .assist_units = {"jyj"}}), acknowledged(5min)});
    one.notices();
    const auto& transition = one.tell(fact(Returned{"x", "县民政局", "不属我局职责"}, 1h));
    CHECK(one.view().flags == std::set<std::string>{"unassigned"});
    CHECK_FALSE(one.view().acknowledged_at);
    REQUIRE(transition.notifications.size() == 1);
    CHECK(transition.notifications[0].flag == "unassigned");
    CHECK(transition.notifications[0].detail == "责任单位已退回，请改派");
    one.notices();
    one.tell(fact(Assigned{"y", "mzj", {}, "指定办理"}, 2h));  // the same unit, told to keep it
    CHECK(one.view().flags.empty());
    one.tell(fact(Returned{"x", "", "再退"}, 3h));
    CHECK(one.notices() == std::vector<std::string>{"attention:unassigned"});
    one.tell(fact(Assigned{"y", "jyj", {}, ""}, 90min), 4h);  // told late: the return stays what it was
    CHECK(one.view().flags == std::set<std::string>{"unassigned"});
    CHECK(one.notices().empty());
}

TEST_CASE("Return: an assisting unit, or one that led before, gives back its own part only") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj", .assist_units = {"jyj"}}), acknowledged(5min)});
    one.notices();
    one.tell(fact(Returned{"x", "jyj", "不涉教育"}, 1h));
    CHECK(one.view().flags.empty());
    CHECK(one.view().acknowledged_at == t0 + 5min);
    CHECK(one.statuses() == "acknowledge.1 met, response pending");
    one.tell({fact(Assigned{"y", "jyj", {}, ""}, 2h), acknowledged(130min)});
    one.notices();
    one.tell(fact(Returned{"x", "mzj", "已移交"}, 3h));
    CHECK(one.view().acknowledged_at == t0 + 130min);
    CHECK(one.notices().empty());
}

TEST_CASE("Dismissal: what came up meanwhile is told when the case is reopened") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), fact(Dismissed{"x", "不属实"}, 1h)});
    one.tell(fact(Returned{"x", "", "不属我局职责"}, 2h));
    one.notices();
    one.tell(fact(Reopened{"x", "属实"}, 3h));
    CHECK(one.notices() == std::vector<std::string>{"attention:unassigned"});
}
