// Flags of a case, and what people are told of them: contract sections 2 and 7.
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
using enum IncidentGrade;

TEST_CASE("Flags: truncated and unreadable are shown, unreadable is told") {
    OneCase one;
    auto odd = detected(0h, {.lead_unit = "mzj"});
    odd.event.truncated = true;
    odd.event.unreadable = {"heat"};
    one.tell(odd);
    CHECK(one.view().flags == std::set<std::string>{"truncated", "unreadable"});
    CHECK(one.notices() == std::vector<std::string>{"attention:unreadable"});
}

TEST_CASE("Flags: an unreadable member is told of every event that has it, up to a bound") {
    OneCase one;
    const auto odd = [](Duration after) {
        auto fact = detected(after, {.lead_unit = "mzj"});
        fact.event.unreadable = {"heat"};
        return fact;
    };
    for (int i = 0; i < 2; ++i) {
        one.tell(odd(std::chrono::minutes(i)));
        CHECK(one.notices() == std::vector<std::string>{"attention:unreadable"});
    }
    for (int i = 2; i < 30; ++i) one.tell(odd(std::chrono::minutes(i)));
    CHECK(one.notices().size() == unreadable_max - 2);
}

TEST_CASE("Flags: a withdrawal that hits nothing in its case is flagged and told, until its fact comes") {
    OneCase one;
    one.tell(detected(0h, {.lead_unit = "mzj"}));
    const auto wrong = fact(Closed{"主任", ""}, 1h);
    const auto& transition = one.tell(withdrawn(2h, wrong));
    CHECK(one.view().flags == std::set<std::string>{"withdrawn_unknown"});
    CHECK(one.notices() == std::vector<std::string>{"attention:withdrawn_unknown"});
    REQUIRE(transition.notifications.size() == 1);
    CHECK(transition.notifications[0].detail == "本事项没有这条消息：office " + wrong.event.key.id);

    one.tell(wrong, 3h);
    CHECK(one.view().flags.empty());
    CHECK(one.view().status == CaseStatus::open);
    CHECK(one.notices().empty());

    OneCase at_once;
    at_once.tell(detected(0h, {.lead_unit = "mzj"}));
    at_once.tell({withdrawn(2h, wrong), wrong}, 3h);
    CHECK(at_once.view().flags.empty());
    CHECK(at_once.notices().empty());
}

TEST_CASE("Flags: a withdrawal of a withdrawal is flagged, for it has no effect") {
    OneCase one;
    const auto first = withdrawn(2h, acknowledged(1h));
    one.tell(detected(0h, {.lead_unit = "mzj"}));
    one.tell({acknowledged(1h), first});
    CHECK(one.view().flags.empty());
    one.tell(withdrawn(3h, first));
    CHECK(one.view().flags == std::set<std::string>{"withdrawn_unknown"});
}

TEST_CASE("Flags: a waiver of what the case does not have is flagged and told, until it has it") {
    OneCase one;
    one.tell(detected(0h, {.lead_unit = "mzj"}));
    const auto& transition = one.tell(waived(1h, "press_conference"));
    CHECK(one.view().flags == std::set<std::string>{"waived_unknown"});
    CHECK(one.notices() == std::vector<std::string>{"attention:waived_unknown"});
    REQUIRE(transition.notifications.size() == 1);
    CHECK(transition.notifications[0].detail == "本事项没有这项义务：press_conference");
    one.tell(assessed(2h, major));
    CHECK(one.view().flags.empty());
    CHECK(one.obligation("press_conference").status == ObligationStatus::waived);
    one.notices();
    for (const std::string name : {"press_conference", "acknowledge", "acknowledge.1", "continuous_release"})
        one.tell(waived(3h, name));
    CHECK(one.view().flags.empty());
    for (const std::string name : {"respons", "commitment.C1", "commitment", "continuous_release.9", ""}) {
        INFO(name);
        OneCase other;
        other.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), waived(1h, name)});
        CHECK(other.view().flags.contains("waived_unknown"));
    }
}

TEST_CASE("Flags: a commitment kept that nobody made is flagged and told, until it is made") {
    OneCase one;
    one.tell(detected(0h, {.lead_unit = "mzj"}));
    const auto& transition = one.tell(fact(CommitmentKept{"C1", "x", ""}, 2h));
    CHECK(one.view().flags == std::set<std::string>{"kept_unknown"});
    REQUIRE(transition.notifications.size() == 1);
    CHECK(transition.notifications[0].detail == "本事项没有这项承诺：C1");
    one.tell(fact(CommitmentMade{"C1", "修好路灯", t0 + 24h, "主任"}, 1h), 3h);
    CHECK(one.view().flags.empty());
    CHECK(one.obligation("commitment.C1").status == ObligationStatus::met);
}

TEST_CASE("Flags: a waiver of a commitment, of all commitments, or of assignments to come is no slip") {
    OneCase one;
    one.tell({detected(0h), waived(1h, "acknowledge")});
    CHECK(one.view().flags == std::set<std::string>{"unassigned"});
    one.tell({fact(CommitmentMade{"C1", "修好路灯", t0 + 24h, "主任"}, 1h), waived(2h, "commitment.C1"),
              waived(3h, "commitment")});
    CHECK(one.view().flags == std::set<std::string>{"unassigned"});
}

TEST_CASE("Flags: overdue_on_arrival when an obligation was due before its detection was recorded") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), 6h);
    CHECK(one.view().flags.contains("overdue_on_arrival"));
    CHECK(one.obligation("authoritative_release").status == ObligationStatus::overdue);
    OneCase in_time;
    in_time.tell({detected(0h, {.lead_unit = "mzj"}), acknowledged(1min)}, 10min);
    CHECK_FALSE(in_time.view(72h).flags.contains("overdue_on_arrival"));
}

TEST_CASE("Flags: overdue_on_arrival when a re-grading asks for what was due already") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), acknowledged(1min)});
    one.tell(assessed(6h, major));
    CHECK(one.view().flags.contains("overdue_on_arrival"));
    OneCase released;
    released.tell({detected(0h, {.lead_unit = "mzj"}), acknowledged(1min),
                   published(1h, ResponseKind::authoritative_release), assessed(6h, major)});
    CHECK(released.obligation("authoritative_release").status == ObligationStatus::met);
    CHECK_FALSE(released.view().flags.contains("overdue_on_arrival"));
}
