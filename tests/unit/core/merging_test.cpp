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
