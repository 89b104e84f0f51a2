// Promises with a day of their own: contract sections 2 and 4.
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

TEST_CASE("Commitment: an internal obligation of its own, and told twice the earlier due holds") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}),
              fact(CommitmentMade{"C1", "月底前补发", t0 + 96h, "主任"}, 1h),
              fact(CommitmentMade{"C1", "下月补发", t0 + 200h, "主任"}, 2h)});
    auto o = one.obligation("commitment.C1");
    CHECK(o.kind == ObligationKind::internal);
    CHECK(o.rule_id == "commitment");
    CHECK(o.title == "月底前补发");
    CHECK(o.start == t0 + 1h);
    CHECK(o.due == t0 + 96h);
    one.tell(fact(CommitmentMade{"C1", "提前", t0 + 90h, "主任"}, 3h));
    CHECK(one.obligation("commitment.C1").due == t0 + 90h);
    one.tell(fact(CommitmentKept{"C1", "主任", ""}, 90h));
    CHECK(one.obligation("commitment.C1").status == ObligationStatus::met);
}

TEST_CASE("Commitment: of more than are kept the open ones stay, and one that had to go comes back") {
    const auto make = [](int i) {
        const auto id = "C" + std::to_string(i);
        return fact(CommitmentMade{id, "修", t0 + std::chrono::hours(i), "x"}, 1min, id);
    };
    OneCase one;
    std::vector<Fact> facts{detected(0h)};
    for (int i = 200; i < 299; ++i) facts.push_back(make(i));
    one.tell(facts);
    one.tell({fact(CommitmentKept{"C200", "x", ""}, 2min), make(299), make(300)});
    CHECK(one.statuses().find("commitment.C200 ") == std::string::npos);
    CHECK(one.obligation("commitment.C300").status == ObligationStatus::pending);
    CHECK(one.transitions.back().cases[0].dropped == 1);
    one.tell(make(301));
    CHECK(one.statuses().find("commitment.C301 ") == std::string::npos);
    CHECK(one.transitions.back().cases[0].dropped == 1);
    one.tell(fact(CommitmentKept{"C250", "x", ""}, 3min));
    CHECK(one.obligation("commitment.C301").status == ObligationStatus::pending);
    CHECK(one.transitions.back().cases[0].dropped == 0);
    CHECK(one.stats["obligation:commitment:pending"] == 100);
}

TEST_CASE(
    "Commitment: of more than are kept, due at one time, those told first stay, and what is waived goes "
    "before") {
    const auto make = [](int i) {
        return fact(CommitmentMade{"C" + std::to_string(i), "修", t0 + 100h, "x"}, std::chrono::minutes(i));
    };
    OneCase one;
    std::vector<Fact> facts{detected(0h)};
    for (int i = 1; i <= 101; ++i) facts.push_back(make(i));
    one.tell(facts);
    CHECK(one.obligation("commitment.C1").status == ObligationStatus::pending);
    CHECK(one.statuses().find("commitment.C101 ") == std::string::npos);
    one.tell(waived(102min, "commitment.C7"));
    CHECK(one.statuses().find("commitment.C7 ") == std::string::npos);
    CHECK(one.obligation("commitment.C101").status == ObligationStatus::pending);
    one.tell(waived(103min, "commitment"));
    CHECK(one.statuses().find("commitment.C1 ") == std::string::npos);  // all are waived: the oldest goes
    CHECK(one.obligation("commitment.C101").status == ObligationStatus::waived);
    CHECK(one.stats["obligation:commitment:waived"] == 100);
}

TEST_CASE("Commitment: overdue when it is not kept, and its ladder is the policy's") {
    OneCase one;
    one.tell({detected(0h, {.lead_unit = "mzj"}), published(1h), acknowledged(1min),
              fact(CommitmentMade{"C1", "补发", t0 + 96h, "主任"}, 1h)});
    one.fired();
    one.run_until(100h);
    CHECK(one.fired() == std::vector<std::string>{"commitment.C1 due-1d@72h", "commitment.C1 due@96h"});
    CHECK(one.obligation("commitment.C1").status == ObligationStatus::overdue);
}
