// What a Transition carries besides messages: places in the indexes, counters, the answer.
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
using enum IncidentGrade;

namespace {

const Fact first = detected(0h, {.lead_unit = "mzj", .matter_key = "k1"});

/// What the gauges must show, counted from the view.
std::map<std::string, std::int64_t> counted(const OneCase& one) {
    std::map<std::string, std::int64_t> counts;
    const auto view = one.view();
    for (const auto& o : view.obligations)
        counts["obligation:" + o.rule_id + ":" + std::string(to_string(o.status))] += 1;
    if (view.status == CaseStatus::open) counts["open:" + view.class_id] += 1;
    return counts;
}

std::map<std::string, std::int64_t> non_zero(std::map<std::string, std::int64_t> counts) {
    std::erase_if(counts, [](const auto& entry) { return entry.second == 0; });
    return counts;
}

}  // namespace

TEST_CASE("Transition: a new case must not exist yet, an old one must be as it was") {
    OneCase one;
    CHECK(one.tell(first).cases.at(0).expected_version == 0);
    CHECK(one.tell(acknowledged(1min)).cases.at(0).expected_version == 1);
    CHECK(one.transitions.back().events.at(0).key.id == acknowledged(1min).event.key.id);
    CHECK(one.transitions.back().events.at(0).case_id == CaseId("QS-1"));
}

TEST_CASE("Transition: many facts are one version step, recorded in the order they came") {
    OneCase one;
    const auto& change = one.tell({first, acknowledged(2min), acknowledged(1min)}).cases.at(0);
    CHECK(one.version == 1);
    REQUIRE(change.log.size() >= 3);
    CHECK(change.log[0].record == first.event.record);
    CHECK(change.log[1].record == acknowledged(2min).event.record);
    CHECK(change.log[2].record == acknowledged(1min).event.record);
    CHECK(change.log[0].kind == LogKind::fact);
}

TEST_CASE("Transition: the answer names what is open, with due times") {
    OneCase one;
    const auto& opened = one.tell(first).obligations;
    REQUIRE(opened.size() == 2);
    CHECK(opened[0].id == "response");
    CHECK(opened[0].due == t0 + 48h);
    CHECK(opened[1].id == "acknowledge.1");
    CHECK(one.tell(published(1h)).obligations.size() == 1);
}

TEST_CASE("Transition: a case sorts by its earliest open due time, all cases by detection") {
    OneCase one;
    const auto change = one.tell(first).cases.at(0);
    CHECK(change.open);
    CHECK(change.open_due == t0 + 15min);
    CHECK(change.started == t0);
    const auto answered = one.tell({acknowledged(1min), published(1h)}).cases.at(0);
    CHECK(answered.open);
    CHECK(answered.open_due.value() > t0 + 24h * 365 * 100);  // behind all that have something due
    const auto shut = one.tell(closed(2h)).cases.at(0);
    CHECK_FALSE(shut.open);
    CHECK_FALSE(shut.open_due);
}

TEST_CASE("Transition: what was missed before the closing is owed no more, what the public waits for is") {
    OneCase one;
    one.tell(first);
    one.run_until(1h);  // nobody acknowledged
    const auto answered = one.tell({published(2h), closed(3h)}).cases.at(0);
    CHECK(one.view().obligations.at(1).status == ObligationStatus::overdue);
    CHECK_FALSE(answered.open_due);

    OneCase silent;
    silent.tell(first);
    CHECK(silent.tell(closed(3h)).cases.at(0).open_due == t0 + 48h);
}

TEST_CASE("Transition: a matter_key joins while the case is open") {
    OneCase one;
    CHECK(one.tell(first).cases.at(0).matter_key == "k1");
    CHECK(one.transitions.back().cases.at(0).matter_open);
    CHECK_FALSE(one.tell(closed(1h)).cases.at(0).matter_open);
    CHECK(one.tell(fact(Reopened{"x", "y"}, 2h)).cases.at(0).matter_open);
}

TEST_CASE("Transition: a withdrawal asks for the log, whether or not its fact was told") {
    const Office office = an_office();
    OneCase one;
    one.tell(first);
    DecideInput input{.before = one.snapshot,
                      .version = 1,
                      .id = CaseId("QS-1"),
                      .facts = {withdrawn(1h, acknowledged(2h))}};
    const auto asked = decide(office.rules(), input, t0 + 1h);
    CHECK(asked.needs_log);
    CHECK(asked.cases.empty());
    input.log = &one.log;
    const auto decided = decide(office.rules(), input, t0 + 1h);
    CHECK_FALSE(decided.needs_log);
    CHECK(decided.cases.at(0).next.facts.withdrawn.size() == 1);
}

TEST_CASE("Counters: the deltas of all transitions sum up to what the case is counted as") {
    OneCase one;
    const std::vector<Fact> story = {first,
                                     acknowledged(1min),
                                     assessed(1h, major),
                                     published(2h, ResponseKind::progress_update),
                                     waived(3h, "press_conference"),
                                     fact(CommitmentMade{"C1", "补发", t0 + 9h, "x"}, 4h),
                                     assessed(7h, ordinary, "核实"),
                                     closed(8h),
                                     fact(Reopened{"x", "y"}, 9h),
                                     fact(Dismissed{"x", "y"}, 60h),
                                     withdrawn(70h, acknowledged(1min)),
                                     withdrawn(71h, first)};
    for (const Fact& told : story) {
        one.run_until(told.event.time - t0);
        one.tell(told);
        INFO(told.event.key.id);
        CHECK(non_zero(one.stats) == counted(one));
    }
}

TEST_CASE("Counters: labels carry the rule, without the ordinal") {
    OneCase one;
    one.tell({first, assessed(1h, major), published(2h, ResponseKind::progress_update),
              fact(CommitmentMade{"C1", "补发", t0 + 9h, "x"}, 2h)});
    CHECK(one.stats["obligation:continuous_release:met"] == 1);
    CHECK(one.stats["obligation:continuous_release:pending"] == 1);
    CHECK(one.stats["obligation:commitment:pending"] == 1);
    for (const auto& [field, count] : one.stats) CHECK(field.find('.') == std::string::npos);
}

TEST_CASE("Counters: nothing changed, nothing counted") {
    OneCase one;
    one.tell({first, acknowledged(1min)});
    CHECK(one.tell(detected(1h)).counters.empty());
}

TEST_CASE("Fulfilled: told to the metrics once, on time or not, with how long it took") {
    OneCase one;
    const auto fulfilled = one.tell({first, acknowledged(10min), published(49h)}).fulfilled;
    REQUIRE(fulfilled.size() == 2);
    CHECK(fulfilled[0].rule_id == "response");
    CHECK_FALSE(fulfilled[0].on_time);
    CHECK(fulfilled[0].took == 49h);
    CHECK(fulfilled[1].on_time);
    CHECK(one.tell(published(50h)).fulfilled.empty());
}

TEST_CASE("Wake: always ahead, and never missing while something is pending") {
    OneCase one;
    one.office.rule("press_conference").ladder = "";  // no steps: only its due time wakes
    one.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}), acknowledged(1min),
              published(1h, ResponseKind::authoritative_release), waived(1h, "continuous_release")});
    for (int i = 0; i < 100 && one.wake; ++i) {
        const auto now = *one.wake;
        one.look(now - t0);
        const auto view = one.view();
        const bool pending =
            std::any_of(view.obligations.begin(), view.obligations.end(),
                        [](const Obligation& o) { return o.status == ObligationStatus::pending; });
        CHECK((one.wake.has_value() || !pending));
        if (one.wake) CHECK(*one.wake > now);
    }
    CHECK_FALSE(one.wake);
    CHECK(one.obligation("press_conference").status == ObligationStatus::overdue);
}
