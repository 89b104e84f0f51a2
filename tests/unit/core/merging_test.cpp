#include "alert/core/merging.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alert;
using namespace yuqing::test;
using Merges = std::map<CaseId, std::vector<Fact>>;

namespace {

const CaseId a("A"), b("B"), c("C"), d("D");

Fact merged(Duration after, const CaseId& into) { return fact(Merged{into, "x", ""}, after, into.value); }

std::map<CaseId, MergeOutcome> resolve(const Merges& told) {
    std::map<CaseId, CaseFacts> cases;
    for (const auto& [id, facts] : told) cases[id] = refold(facts);
    return resolve_merges(cases);
}

/// Each case and what it was told, decided together at the end.
std::map<CaseId, Snapshot> together(const Office& office, const Merges& told) {
    std::vector<ConnectedCase> cases;
    for (const auto& [id, facts] : told) cases.push_back({.rules = office.rules(), .id = id, .fresh = facts});
    std::map<CaseId, Snapshot> snapshots;
    for (const auto& change : decide_together(cases, t0 + 100h).cases)
        snapshots[change.next.id] = change.next;
    return snapshots;
}

/// Decides them, and keeps what a store would keep.
Transition commit(std::vector<ConnectedCase>& cases, Duration now) {
    auto transition = decide_together(cases, t0 + now);
    for (auto& one : cases) {
        for (const auto& change : transition.cases) {
            if (change.next.id != one.id) continue;
            one.before = change.next;
            one.version = change.expected_version + 1;
        }
        one.log.insert(one.log.end(), one.fresh.begin(), one.fresh.end());
        one.fresh.clear();
    }
    return transition;
}

std::ptrdiff_t adopted(const CaseChange& change) {
    return std::count_if(change.log.begin(), change.log.end(),
                         [](const LogEntry& e) { return e.kind == LogKind::adopted; });
}

std::vector<Fact> with_detection(const CaseId& id, Duration after, std::vector<Fact> more) {
    more.push_back(detected(after, {.lead_unit = "mzj"}, id.value));
    return more;
}

}  // namespace

TEST_CASE("Merging: a chain of merges absorbs all that is below") {
    const auto outcomes = resolve({{a, {merged(1h, b)}}, {b, {merged(2h, c)}}, {c, {}}});
    CHECK(outcomes.at(a).into == b);
    CHECK(outcomes.at(b).into == c);
    CHECK(outcomes.at(b).absorbed == std::set{a});
    CHECK(outcomes.at(c).absorbed == std::set{a, b});
}

TEST_CASE("Merging: into a case that was dismissed or closed, and what is detected there later, is told") {
    const Office office = an_office();
    const Fact end =
        GENERATE(fact(Dismissed{"x", "不属实"}, 1h, b.value), fact(Closed{"x", ""}, 1h, b.value));
    std::vector<ConnectedCase> cases = {
        {.rules = office.rules(), .id = a, .fresh = with_detection(a, 0h, {})},
        {.rules = office.rules(), .id = b, .fresh = with_detection(b, 0h, {end})}};
    commit(cases, 2h);
    const auto renewed = [&](Duration now) {
        const auto transition = commit(cases, now);
        return std::count_if(transition.notifications.begin(), transition.notifications.end(),
                             [](const Notification& n) { return n.flag == "renewed" && n.matter->id == b; });
    };
    cases[0].fresh = {merged(3h, b)};
    CHECK(renewed(3h) == 1);
    cases[0].fresh = {detected(5h, {.incident_grade = IncidentGrade::extreme}, a.value)};
    CHECK(renewed(5h) == 1);
    cases[0].fresh = {fact(Noted{"x", "无"}, 7h, a.value)};
    CHECK(renewed(7h) == 0);
}

TEST_CASE("Merging: in the order of facts, a merge that would lead back is refused") {
    for (const bool three : {false, true}) {
        auto told = three ? Merges{{a, {merged(1h, b)}}, {b, {merged(2h, c)}}, {c, {merged(3h, a)}}}
                          : Merges{{a, {merged(1h, b)}}, {b, {merged(3h, a)}}};
        const auto last = three ? c : b;
        const auto outcomes = resolve(told);
        CHECK_FALSE(outcomes.at(last).into);
        CHECK(outcomes.at(last).refused.size() == 1);
        CHECK(outcomes.at(a).into == b);
        CHECK(outcomes.at(last).absorbed.contains(a));
    }
}

TEST_CASE("Merging: a case follows its earliest merge, the next one when that is withdrawn") {
    const auto first = merged(1h, b);
    CHECK(resolve({{a, {first, merged(2h, c)}}, {b, {}}, {c, {}}}).at(a).into == b);
    CHECK(resolve({{a, {first, merged(2h, c), withdrawn(3h, first)}}, {b, {}}, {c, {}}}).at(a).into == c);
}

TEST_CASE("Merging: detections and publications count for the case above, nothing else does") {
    const Office office = an_office();
    const auto cases = together(
        office, {{a, with_detection(a, -5h, {merged(1h, b), published(2h), acknowledged(1min), closed(3h)})},
                 {b, with_detection(b, 0h, {})}});
    const auto view = derive(office.rules(), cases.at(b), t0 + 100h);
    CHECK(view.detected_at == t0 - 5h);
    CHECK(view.obligations.at(0).due == t0 + 43h);  // moved earlier by the merge
    CHECK(view.obligations.at(0).fulfilled_at == t0 + 2h);
    CHECK_FALSE(view.acknowledged_at);
    CHECK(view.status == CaseStatus::open);
    const auto below = derive(office.rules(), cases.at(a), t0 + 100h);
    CHECK(below.status == CaseStatus::merged);
    CHECK(below.into == b);
    for (const auto& o : below.obligations) CHECK(o.status == ObligationStatus::void_);
}

TEST_CASE("Merging: a refused merge is flagged and changes nothing else") {
    const Office office = an_office();
    const auto cases = together(
        office, {{a, with_detection(a, 0h, {merged(1h, b)})}, {b, with_detection(b, 0h, {merged(2h, a)})}});
    const auto view = derive(office.rules(), cases.at(b), t0 + 100h);
    CHECK(view.status == CaseStatus::open);
    CHECK(view.flags.contains("merge_loop"));
    CHECK_FALSE(derive(office.rules(), cases.at(a), t0 + 100h).flags.contains("merge_loop"));
}

TEST_CASE("Merging: a withdrawal below or above takes a fact out of both counts") {
    const Office office = an_office();
    const auto answer = published(2h);
    for (const bool below : {true, false}) {
        auto of_a = with_detection(a, -5h, {merged(1h, b), answer}), of_b = with_detection(b, 0h, {});
        (below ? of_a : of_b).push_back(withdrawn(3h, answer));
        const auto cases = together(office, {{a, of_a}, {b, of_b}});
        CHECK(cases.at(b).facts.publications.empty());
        CHECK(cases.at(b).facts.detections == 2);
    }
}

TEST_CASE("Merging: the record of the case above names the merge once, and no step is fired twice") {
    const Office office = an_office();
    std::vector<ConnectedCase> cases{
        {.rules = office.rules(), .id = a, .log = with_detection(a, 0h, {}), .fresh = {merged(1h, b)}},
        {.rules = office.rules(), .id = b, .log = with_detection(b, 0h, {})}};
    for (auto& one : cases) {
        one.before = decide(office.rules(), {.id = one.id, .facts = one.log}, t0).cases.at(0).next;
        one.version = 1;
    }
    const auto transition = decide_together(cases, t0 + 1h);
    REQUIRE(transition.cases.size() == 2);
    CHECK(transition.cases[0].next.id == a);
    CHECK(transition.events.size() == 1);
    const auto& log = transition.cases[1].log;
    CHECK(std::count_if(log.begin(), log.end(),
                        [](const LogEntry& e) { return e.kind == LogKind::adopted; }) == 1);
    CHECK(std::count_if(log.begin(), log.end(), [](const LogEntry& e) { return e.kind == LogKind::fired; }) ==
          0);
    CHECK(transition.cases[1].expected_version == 1);
}

TEST_CASE("Merging: cases that stay as they are are left out") {
    const Office office = an_office();
    std::vector<ConnectedCase> cases{
        {.rules = office.rules(), .id = a, .fresh = with_detection(a, 0h, {merged(1h, b)})},
        {.rules = office.rules(), .id = b, .log = with_detection(b, 0h, {})},
        {.rules = office.rules(), .id = d, .log = with_detection(d, 0h, {})}};
    for (std::size_t i = 1; i < 3; ++i) {
        cases[i].before =
            decide(office.rules(), {.id = cases[i].id, .facts = cases[i].log}, t0).cases.at(0).next;
        cases[i].version = 1;
    }
    CHECK(decide_together(cases, t0 + 1h).cases.size() == 2);
}

TEST_CASE("Merging: a merge into a case that is not among these holds") {
    const auto outcomes = resolve({{a, {merged(1h, b)}}});
    CHECK(outcomes.at(a).into == b);
    CHECK(outcomes.at(a).refused.empty());
    CHECK(outcomes.at(b).absorbed == std::set{a});
}

TEST_CASE("Merging: a merge of a case into itself, or one that was refused, leads nowhere") {
    const auto facts = refold({merged(1h, a), merged(2h, b), merged(3h, c)});
    CHECK(merged_into(a, facts) == b);
    auto refusing = facts;
    refusing.refused_merges = {merged(2h, b).event.key};
    CHECK(merged_into(a, refusing) == c);
    refusing.refused_merges.insert(merged(3h, c).event.key);
    CHECK_FALSE(merged_into(a, refusing));
}

TEST_CASE("Merging: a case is connected to those its merges name and those it took in") {
    CHECK(connected_cases(refold({detected(), closed(1h)})).empty());
    auto facts = refold({merged(1h, b), closed(2h), merged(3h, c)});
    CHECK(connected_cases(facts) == std::set{b, c});
    facts.absorbed = {d};
    CHECK(connected_cases(facts) == std::set{b, c, d});
}

TEST_CASE(
    "Merging: a detection told later to the merged case counts above, and the merge is not recorded again") {
    const Office office = an_office();
    std::vector<ConnectedCase> cases{
        {.rules = office.rules(), .id = a, .fresh = with_detection(a, 0h, {merged(1h, b)})},
        {.rules = office.rules(), .id = b, .fresh = with_detection(b, 0h, {})}};
    CHECK(adopted(commit(cases, 1h).cases.at(1)) == 1);
    cases[0].fresh = {detected(-3h, {}, "earlier")};
    const auto transition = commit(cases, 2h);
    REQUIRE(transition.cases.size() == 2);
    CHECK(transition.cases[1].next.id == b);
    CHECK(transition.cases[1].next.facts.detections == 3);
    CHECK(adopted(transition.cases[1]) == 0);
    CHECK(derive(office.rules(), transition.cases[1].next, t0 + 2h).obligations.at(0).due == t0 + 45h);
}

TEST_CASE(
    "Merging: while a merge is refused all connected cases are part of every decision, and as it is undone") {
    const Office office = an_office();
    const auto back = merged(2h, a);
    std::vector<ConnectedCase> cases{
        {.rules = office.rules(), .id = b, .fresh = with_detection(b, 0h, {back})},
        {.rules = office.rules(), .id = a, .fresh = with_detection(a, 0h, {merged(1h, b)})}};
    CHECK(commit(cases, 2h).cases.size() == 2);
    cases[0].fresh = {fact(Noted{"x", "y"}, 3h)};
    const auto noted = commit(cases, 3h);
    REQUIRE(noted.cases.size() == 2);
    CHECK(noted.cases[1].next.id == a);
    CHECK(noted.cases[1].expected_version == 1);
    CHECK(derive(office.rules(), noted.cases[0].next, t0 + 3h).flags.contains("merge_loop"));
    cases[0].fresh = {withdrawn(4h, back)};
    const auto undone = commit(cases, 4h);
    CHECK(undone.cases.size() == 2);
    CHECK_FALSE(derive(office.rules(), undone.cases[0].next, t0 + 4h).flags.contains("merge_loop"));
    cases[0].fresh = {fact(Noted{"x", "z"}, 5h)};
    CHECK(commit(cases, 5h).cases.size() == 1);
}

TEST_CASE("Merging: a case that was never told anything is not written") {
    const Office office = an_office();
    const auto transition =
        decide_together({{.rules = office.rules(), .id = a, .fresh = with_detection(a, 0h, {merged(1h, b)})},
                         {.rules = office.rules(), .id = d}},
                        t0 + 1h);
    REQUIRE(transition.cases.size() == 1);
    CHECK(transition.cases[0].next.id == a);
}

TEST_CASE(
    "Merging: what is told to a merged case is folded into the one above without its log, unless that is "
    "asked for") {
    const Office office = an_office();
    OneCase above;
    above.tell(detected(0h, {.lead_unit = "mzj"}));
    DecideInput input{.before = above.snapshot,
                      .version = above.version,
                      .id = above.snapshot.id,
                      .adopted = {detected(-5h, {}, "below"), published(1h)}};
    const auto transition = decide(office.rules(), input, t0 + 2h);
    CHECK_FALSE(transition.needs_log);
    CHECK(transition.events.empty());  // it was accepted under the merged case
    REQUIRE(transition.cases.size() == 1);
    CHECK(adopted(transition.cases[0]) == 2);
    const auto view = derive(office.rules(), transition.cases[0].next, t0 + 2h);
    CHECK(view.detected_at == t0 - 5h);
    CHECK(view.obligations.at(0).fulfilled_at == t0 + 1h);
    for (int i = 0; i < 100; ++i)
        input.before->facts.withdrawn.insert({"office", "never told " + std::to_string(i)});
    CHECK(decide(office.rules(), input, t0 + 2h).needs_log);
}
