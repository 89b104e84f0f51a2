// A dead letter that is sent again: what the decision orders and what the record says of it.
#include "alert/core/explain.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>

using namespace alert;
using namespace yuqing::test;

namespace {

/// Orders the letter at `t0 + now` and keeps what follows, as a store would.
Transition ordered(OneCase& one, const Notification& letter, Duration now) {
    const Redelivery order{letter, {.door = "http", .client = "值班台"}, R"({"by":"值班员"})"};
    const DecideInput input{
        .before = one.snapshot, .version = one.version, .id = one.snapshot.id, .redelivery = &order};
    auto transition = decide(one.office.rules(), input, t0 + now);
    const CaseChange& change = transition.cases.at(0);
    one.snapshot = change.next;
    ++one.version;
    one.record.insert(one.record.end(), change.log.begin(), change.log.end());
    return transition;
}

const Notification& with_reason(const OneCase& one, Reason reason) {
    for (const auto& transition : one.transitions) {
        const auto& all = transition.notifications;
        const auto at =
            std::find_if(all.begin(), all.end(), [&](const auto& n) { return n.reason == reason; });
        if (at != all.end()) return *at;
    }
    FAIL("no such message was told");
    throw std::logic_error("no such message");
}

}  // namespace

TEST_CASE(
    "Redelivery: a step's letter waits again under its id, and the record says who, which step and to whom") {
    OneCase one;
    one.tell(
        {detected(0h, {.incident_grade = IncidentGrade::major, .lead_unit = "mzj"}), acknowledged(1min)});
    one.run_until(5h + 30min);
    const Notification letter = one.transitions.back().notifications.at(0);
    REQUIRE(letter.step);
    REQUIRE(letter.step->repeat == 1);
    const auto transition = ordered(one, letter, 6h - 1min);
    REQUIRE(transition.redelivered.size() == 1);
    CHECK(transition.redelivered[0].id == letter.id);
    CHECK(transition.redelivered[0].channel == letter.channel);
    CHECK(transition.redelivered[0].urgency == letter.urgency);
    CHECK(transition.notifications.empty());
    CHECK(transition.cases[0].expected_version == one.version - 1);
    const LogEntry& entry = one.record.back();
    CHECK(entry.kind == LogKind::redelivered);
    CHECK(entry.at == t0 + 6h - 1min);
    CHECK(entry.via.client == "值班台");
    CHECK(entry.record == R"({"by":"值班员"})");
    CHECK(entry.obligation == "authoritative_release");
    CHECK(entry.step == "due#1");
    CHECK(entry.reason == "overdue");
    CHECK(entry.notifications == std::vector{letter.id});
    CHECK(entry.channels == std::vector<Carried>{{letter.channel, letter.targets.size()}});
    CHECK(entry.targets == letter.targets);
}

TEST_CASE("Redelivery: a notice's letter is recorded with its flag, without obligation and step") {
    OneCase one;
    one.tell(detected());
    ordered(one, with_reason(one, Reason::attention), 1min);
    const LogEntry& entry = one.record.back();
    CHECK(entry.reason == "attention:unassigned");
    CHECK(entry.obligation.empty());
    CHECK(entry.step.empty());
}

TEST_CASE("Redelivery: the account of a case names it apart from what was told by rule") {
    OneCase one;
    one.tell(detected(0h, {.lead_unit = "mzj"}));
    const Notification& letter = with_reason(one, Reason::opened);
    const auto before = explain(one.office.rules(), one.snapshot, one.record, t0 + 1h);
    CHECK(before.redelivered.empty());
    ordered(one, letter, 1h);
    const auto after = explain(one.office.rules(), one.snapshot, one.record, t0 + 1h);
    REQUIRE(after.redelivered.size() == 1);
    CHECK(after.redelivered[0].step == "start");
    CHECK(after.redelivered[0].notifications == std::vector{letter.id});
    CHECK(after.notices.size() == before.notices.size());
    CHECK(after.obligations.at(0).steps.size() == before.obligations.at(0).steps.size());
}
