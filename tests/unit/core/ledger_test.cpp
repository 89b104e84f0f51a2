// A matter in the ledger: what its columns follow from, and as of when.
#include "alert/core/ledger.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

using Recorded = std::map<CaseId, RecordedCase>;

const CaseId a("A"), b("B");

RecordedCase recorded(const CaseId& id, std::vector<Fact> facts) {
    RecordedCase of{.id = id};
    for (auto& fact : facts) {
        const LogEntry entry{.kind = LogKind::fact, .at = fact.recorded_at, .via = fact.via};
        take_entry(of, entry, fact.event);
    }
    return of;
}

std::optional<LedgerEntry> entry_of(const Recorded& records, const CaseId& id, Duration at,
                                    const Office& office = an_office()) {
    Records connected;
    for (const auto& [other, record] : records) connected[other] = &record;
    static Office kept;
    kept = office;
    return ConnectedCases(connected).entry(kept.rules(), id, t0 + at);
}

LedgerEntry entry_of(std::vector<Fact> facts, Duration at = 100h) {
    return *entry_of({{a, recorded(a, std::move(facts))}}, a, at);
}

Fact answered(Duration after, Published data, const std::string& name = "") {
    return fact(std::move(data), after, name);
}

LogEntry step_entry(LogKind kind, const std::string& step) { return {.kind = kind, .step = step}; }

}  // namespace

TEST_CASE("Ledger: a matter belongs to the period of its earliest detection") {
    CHECK(entry_of({detected(2h, {}, "x"), detected(1h, {}, "y")}).started == t0 + 1h);
}

TEST_CASE("Ledger: a matter whose detections were all withdrawn keeps its place and is listed apart") {
    const auto first = detected(1h, {}, "x"), second = detected(3h, {}, "y");
    const auto entry = entry_of({second, first, withdrawn(4h, first), withdrawn(4h, second)});
    CHECK(entry.started == t0 + 1h);
    CHECK_FALSE(entry.counts());
}

TEST_CASE("Ledger: without any detection there is no entry") {
    CHECK_FALSE(entry_of({{a, recorded(a, {})}}, a, 1h));
}

TEST_CASE("Ledger: who took it first, and when it was given to somebody") {
    const auto entry = entry_of({detected(), assigned(1h, "jyj"), fact(Acknowledged{"赵六", ""}, 3h),
                                 fact(Acknowledged{"王五", ""}, 2h)});
    CHECK(entry.assigned_at == t0 + 1h);
    CHECK(entry.view.acknowledged_at == t0 + 2h);
    CHECK(entry.first_taken_by == "王五");
    CHECK_FALSE(entry_of({detected()}).assigned_at);
}

TEST_CASE(
    "Ledger: a lead unit known from the detection is the first assignment, whatever is assigned later") {
    const auto known = detected(0h, {.lead_unit = "mzj"});
    CHECK(entry_of({known}).assigned_at == t0);
    CHECK(entry_of({known, assigned(1h, "jyj")}).assigned_at == t0);
    CHECK(entry_of({detected(0h, {.field = "education"}), assigned(1h, "mzj")}).assigned_at == t0);
    // Assigned before anybody detected it: that was the first.
    CHECK(entry_of({known, assigned(-1h, "jyj")}).assigned_at == t0 - 1h);
}

TEST_CASE("Ledger: answers stand in the order of facts, whenever they were told") {
    using enum ResponseKind;
    const auto entry = entry_of({detected(), answered(5h, {.kind = final_report, .by = "x"}),
                                 answered(2h, {.kind = holding_statement, .by = "x", .url = "https://a"})});
    REQUIRE(entry.answers.size() == 2);
    CHECK(entry.answers[0].kind == holding_statement);
    CHECK(entry.answers[0].url == "https://a");
    CHECK(entry.answers[1].at == t0 + 5h);
}

TEST_CASE("Ledger: the approval is the one the first answer names, else the latest before it") {
    const Published plain{.kind = ResponseKind::online_reply, .by = "x"};
    Published named = plain;
    named.approved_by = "李四";
    named.approved_at = t0 + 90min;
    const auto early = fact(Approved{"张三", "同意"}, 1h), late = fact(Approved{"王五", "再改"}, 3h);

    const auto before = entry_of({detected(), early, late, answered(2h, plain)});
    CHECK(before.approved_by == "张三");
    CHECK(before.approved_at == t0 + 1h);
    CHECK(before.approval_note == "同意");
    const auto by_name = entry_of({detected(), early, answered(2h, named)});
    CHECK(by_name.approved_by == "李四");
    CHECK(by_name.approved_at == t0 + 90min);
    CHECK(by_name.approval_note.empty());
    CHECK(entry_of({detected(), early, late}).approved_by == "王五");
    CHECK_FALSE(entry_of({detected(), late, answered(2h, plain)}).approved_at);
}

TEST_CASE("Ledger: reasons are those of the ends in force") {
    const auto entry =
        entry_of({detected(), fact(Closed{"x", "早"}, 1h, "1"), fact(Reopened{"x", "重开"}, 2h),
                  fact(Closed{"x", "晚"}, 3h, "2"), fact(Closed{"x", "再"}, 4h, "3")});
    CHECK(entry.view.closed_at == t0 + 3h);
    CHECK(entry.closed_because == "晚");
    CHECK(entry_of({detected(), fact(Dismissed{"x", "不属实"}, 1h)}).dismissed_because == "不属实");
}

TEST_CASE("Ledger: the answer owed is the statutory one, neither the conference nor what is void") {
    const auto emergency = entry_of({detected(0h, {.incident_grade = IncidentGrade::major})}, 1h);
    REQUIRE(emergency.answer_owed() != nullptr);
    CHECK(emergency.answer_owed()->obligation.id == "authoritative_release");
    CHECK(emergency.press_conference()->obligation.due == t0 + 24h);
    // Lowered in time: what the emergency asked for is void, the 48 hours count.
    const auto lowered = entry_of({detected(0h, {.incident_grade = IncidentGrade::major}),
                                   assessed(1h, IncidentGrade::ordinary, "核实后不是突发事件")},
                                  2h);
    CHECK(lowered.answer_owed()->obligation.id == "response");
    CHECK(lowered.press_conference()->void_because == "regraded");
}

TEST_CASE("Ledger: of several answers owed the one that stands worst is shown, as the assessment counts it") {
    // Lowered when the five hours were over: they stay and count, whatever the 48 hours come to.
    const std::vector<Fact> lowered{detected(0h, {.incident_grade = IncidentGrade::major}),
                                    assessed(6h, IncidentGrade::ordinary, "核实后不是突发事件"),
                                    answered(7h, {.kind = ResponseKind::online_reply, .by = "x"})};
    const auto entry = entry_of(lowered);
    CHECK(entry.answer_owed()->obligation.id == "authoritative_release");
    CHECK(entry.answer_owed()->obligation.status == ObligationStatus::overdue);

    auto released = lowered;
    released.push_back(answered(8h, {.kind = ResponseKind::authoritative_release, .by = "x"}, "r"));
    CHECK(entry_of(released).answer_owed()->obligation.status == ObligationStatus::late);

    auto excused = lowered;
    excused.push_back(waived(9h, "authoritative_release"));
    CHECK(entry_of(excused).answer_owed()->obligation.id == "response");
}

TEST_CASE("Ledger: a duty says what it is asked for, and why nothing is asked any more") {
    const auto entry = entry_of(
        {detected(0h, {.opinion_level = OpinionLevel::red, .lead_unit = "mzj"}),
         fact(CommitmentMade{"C1", "修好路", t0 + 72h, "x"}, 1h), waived(1h, "response"), closed(2h)},
        1000h);
    std::map<std::string, const Duty*> duties;
    for (const auto& duty : entry.duties) duties[duty.obligation.id] = &duty;
    CHECK(duties.at("response")->kind == DutyKind::statutory);
    CHECK(duties.at("response")->waiver == Excuse{"主任", "上级统一发布"});
    CHECK(duties.at("commitment.C1")->kind == DutyKind::commitment);
    CHECK(duties.at("acknowledge.1")->kind == DutyKind::acknowledgement);
    CHECK(duties.at("acknowledge.1")->obligation.status == ObligationStatus::overdue);
    CHECK(duties.at("holding_statement")->kind == DutyKind::internal);
    CHECK(duties.at("holding_statement")->void_because == "closed");
}

TEST_CASE("Ledger: a duty knows that the case was closed before it was done") {
    const auto entry = entry_of({detected(0h, {.lead_unit = "mzj"}), acknowledged(10min), published(1h),
                                 fact(CommitmentMade{"C1", "修好路", t0 + 72h, "x"}, 2h), closed(3h)},
                                4h);
    std::string open;
    for (const auto& duty : entry.duties)
        if (duty.open_at_closing) open += duty.obligation.id;
    CHECK(open == "commitment.C1");
}

TEST_CASE("Ledger: a matter whose detections were withdrawn keeps its title, and who took it back and why") {
    const auto first = detected(1h, {.title = "早"}, "x"), second = detected(3h, {.title = "晚"}, "y");
    const auto entry = entry_of({second, first, withdrawn(4h, first), withdrawn(5h, second)});
    CHECK(entry.title == "早");
    REQUIRE(entry.withdrawn);
    CHECK_FALSE(entry.withdrawn->by.empty());
    CHECK_FALSE(entry_of({second, first, withdrawn(4h, first)}).withdrawn);
    CHECK(entry_of({second, first, withdrawn(4h, first)}).title == "晚");
}

TEST_CASE("Ledger: a return that names no unit is of the one that led then") {
    const auto entry =
        entry_of({detected(0h, {.lead_unit = "mzj"}), fact(Returned{"x", "", "不属本单位"}, 1h),
                  assigned(2h, "jyj"), fact(Returned{"x", "县教育局", "再退"}, 3h)});
    REQUIRE(entry.returns.size() == 2);
    CHECK(entry.returns[0].unit == "mzj");
    CHECK(entry.returns[1].unit == "县教育局");
    CHECK(entry.returns[1].reason == "再退");
}

TEST_CASE("Ledger: steps that rang are counted by what they ask, those that did not are not") {
    RecordedCase of{.id = a};
    for (const auto* step : {"start", "start+15m", "50%", "due-1h", "due", "due+1h", "due#2", "start+4h#1"})
        take_entry(of, step_entry(LogKind::fired, step), {});
    take_entry(of, step_entry(LogKind::superseded, "due-1h"), {});
    take_entry(of, step_entry(LogKind::skipped, "due"), {});
    CHECK(of.reminded == 3);
    CHECK(of.urged == 4);
}

TEST_CASE("Ledger: a gap of the roster that was told stays with the case") {
    auto record = recorded(a, {detected()});
    CHECK_FALSE(entry_of({{a, record}}, a, 1h)->view.flags.contains("roster_gap"));
    take_entry(record, {.kind = LogKind::notice, .reason = "attention:roster_gap"}, {});
    CHECK(entry_of({{a, record}}, a, 1h)->view.flags.contains("roster_gap"));
}

TEST_CASE("Ledger: what a case took in counts for it, and not for the case that went") {
    const auto merge = fact(Merged{b, "x", "同一件事"}, 3h);
    const auto below = recorded(a, {detected(0h, {.title = "早", .summary = "摘要", .platform = "微博"}, "x"),
                                    answered(2h, {.kind = ResponseKind::online_reply, .by = "x"}),
                                    fact(Noted{"x", "自己的"}, 1h), merge});
    CHECK(below.named == std::set{b});
    auto above = recorded(b, {detected(1h, {.title = "晚"}, "y")});
    auto adopted = merge.event;
    adopted.subject = a;
    take_entry(above, {.kind = LogKind::adopted}, adopted);
    CHECK(above.named == std::set{a});
    CHECK(above.facts.size() == 1);

    const Recorded both{{a, below}, {b, above}};
    const auto into = entry_of(both, b, 10h), went = entry_of(both, a, 10h);
    CHECK(into->started == t0);
    CHECK(into->view.title == "早");
    CHECK(into->summary == "摘要");
    CHECK(into->answers.size() == 1);
    CHECK(into->noted.empty());
    CHECK(into->counts());
    CHECK_FALSE(went->counts());
    CHECK(went->merged_because == "同一件事");
    CHECK(went->view.into == b);
}

TEST_CASE("Ledger: cases are parted so that whatever merges connect is together") {
    const CaseId c("C"), d("D");
    RecordedCase of_a{.id = a, .named = {b}}, of_b{.id = b, .named = {a, c}}, of_c{.id = c}, of_d{.id = d};
    const auto parts = parted_by_merges({{a, &of_a}, {b, &of_b}, {c, &of_c}, {d, &of_d}});
    REQUIRE(parts.size() == 2);
    CHECK(parts[0] == Records{{a, &of_a}, {b, &of_b}, {c, &of_c}});
    CHECK(parts[1] == Records{{d, &of_d}});
    // What is named and not there parts nothing from nothing.
    of_d.named = {CaseId("gone")};
    CHECK(parted_by_merges({{d, &of_d}}).size() == 1);
}
