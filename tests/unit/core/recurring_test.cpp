// Contract section 4: recurring obligations, each occurrence begun by what fulfilled the one before.
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alert;
using namespace yuqing::test;
using enum IncidentGrade;
using enum ResponseKind;

namespace {

std::size_t type_index(std::string_view name) {
    const auto at = std::find(event_type_names.begin(), event_type_names.end(), name);
    return static_cast<std::size_t>(at - event_type_names.begin());
}

const Fact emergency = detected(0h, {.incident_grade = major, .lead_unit = "mzj"});

}  // namespace

TEST_CASE(
    "Recurring: each qualifying event after the start fulfils the open occurrence and starts the next") {
    OneCase one;
    one.tell({detected(0h, {.incident_grade = major, .lead_unit = "mzj"}),
              published(4h, authoritative_release), published(5h, online_reply),
              published(20h, progress_update)});
    const auto first = one.obligation("continuous_release.1"),
               second = one.obligation("continuous_release.2"),
               third = one.obligation("continuous_release.3");
    CHECK(first.due == t0 + 12h);
    CHECK(first.status == ObligationStatus::met);
    CHECK(second.start == t0 + 4h);
    CHECK(second.due == t0 + 16h);
    CHECK(second.status == ObligationStatus::late);
    CHECK(third.start == t0 + 20h);
    CHECK(third.status == ObligationStatus::pending);
    CHECK(first.rule_id == "continuous_release");
    one.run_until(40h);
    CHECK(one.statuses().find("continuous_release.4") == std::string::npos);  // one is open at a time
}

TEST_CASE("Recurring: a publication told late shifts the ordinals, not what was fired for which occurrence") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = major, .lead_unit = "mzj"}));
    one.tell(published(10h, progress_update));
    one.run_until(21h);  // the reminder of the occurrence that began at 10h
    auto fired = one.fired();
    CHECK(std::count(fired.begin(), fired.end(), "continuous_release.2 due-1h@21h") == 1);
    one.tell(published(5h, progress_update), 21h);
    CHECK(one.obligation("continuous_release.3").start == t0 + 10h);
    one.run_until(22h);
    fired = one.fired();
    CHECK(std::count(fired.begin(), fired.end(), "continuous_release.3 due@22h") == 1);
    CHECK(std::none_of(fired.begin(), fired.end(), [](const auto& text) {
        return text.find("due-1h") != text.npos && text.find("continuous") == 0;
    }));
}

TEST_CASE("Recurring: goes on beyond the bounded history with the same ordinals and the same names") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = major, .lead_unit = "mzj"}));
    for (int i = 1; i <= 150; ++i) one.tell(published(std::chrono::hours(i), progress_update));
    CHECK(one.obligation("continuous_release.151").start == t0 + 150h);
    CHECK(one.obligation("continuous_release.151").status == ObligationStatus::pending);
    CHECK(one.snapshot.progress.climbs.size() <= 300);
    CHECK(one.obligation("press_conference").status == ObligationStatus::overdue);
}

TEST_CASE("Recurring: where no kinds are named every publication begins the next") {
    OneCase one;
    one.office.rule("continuous_release").fulfilled_by.kinds.clear();
    one.tell({emergency, published(1h, online_reply), published(2h, rumor_refutation)});
    CHECK(one.obligation("continuous_release.1").fulfilled_at == t0 + 1h);
    CHECK(one.obligation("continuous_release.2").fulfilled_at == t0 + 2h);
    CHECK(one.obligation("continuous_release.3").due == t0 + 14h);
}

TEST_CASE("Recurring: what another event fulfils, publications do not") {
    OneCase one;
    one.office.rule("continuous_release").fulfilled_by = {type_index("case.assessed"), {}};
    one.tell({emergency, published(1h, progress_update), assessed(3h, major), assessed(5h, extreme)});
    CHECK(one.obligation("continuous_release.1").fulfilled_at == t0 + 3h);
    CHECK(one.obligation("continuous_release.2").fulfilled_at == t0 + 5h);
    CHECK(one.obligation("continuous_release.3").status == ObligationStatus::pending);
    CHECK(one.obligation("continuous_release.3").start == t0 + 5h);
}

TEST_CASE("Recurring: the first begins with the case, whichever assignments follow") {
    OneCase one;
    one.office.rule("continuous_release").start = StartRule::assigned;
    one.tell({detected(0h, {.incident_grade = major}), assigned(2h, "mzj"), assigned(3h, "jyj")});
    CHECK(one.obligation("continuous_release.1").start == t0);
    CHECK(one.obligation("continuous_release.1").due == t0 + 12h);
    CHECK(one.statuses().find("continuous_release.2") == std::string::npos);
}

TEST_CASE("Recurring: publications of several kinds beyond the bounded history count in one chain") {
    const int kinds_swapped = GENERATE(0, 1);
    OneCase one;
    one.tell(emergency);
    for (int i = 1; i <= 150; ++i)
        one.tell(published(std::chrono::hours(i), i % 2 == kinds_swapped ? progress_update : final_report));
    one.tell(published(151h, press_conference));
    CHECK(one.obligation("continuous_release.152").start == t0 + 151h);
    CHECK(one.obligation("continuous_release.152").status == ObligationStatus::pending);
    CHECK(one.obligation("continuous_release.151").fulfilled_at == t0 + 151h);
    CHECK(one.snapshot.facts.publications.dropped == 51);
}

TEST_CASE(
    "Recurring: of hundreds of occurrences each rings once, and what is remembered of them is bounded") {
    OneCase one;
    one.office.ladder("continuous") = {step("start", {"duty_officer"})};
    one.tell(emergency);
    std::size_t most = 0;
    for (int i = 1; i <= 320; ++i) {
        one.tell(published(std::chrono::hours(i), progress_update));
        most = std::max(most, one.snapshot.progress.climbs.size());
    }
    CHECK(most == 300);  // climbs_max of fire.cpp
    auto fired = one.fired();
    std::erase_if(fired, [](const std::string& text) { return !text.starts_with("continuous_release."); });
    CHECK(fired.size() == 321);
    CHECK(fired.back() == "continuous_release.321 start@320h");
    std::sort(fired.begin(), fired.end());
    CHECK(std::adjacent_find(fired.begin(), fired.end()) == fired.end());
}
