#include "due_series.hpp"

#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace alert;
using namespace yuqing::test;
using yuqing::DueSeries;

namespace {

Obligation owed(const std::string& rule, ObligationKind kind, TimePoint due) {
    Obligation o{.id = rule + ".1", .rule_id = rule, .kind = kind, .due = due};
    o.status = due <= t0 ? ObligationStatus::overdue : ObligationStatus::pending;
    return o;
}

CaseView matter(const std::string& id, std::vector<Obligation> obligations) {
    CaseView view{.id = CaseId(id), .obligations = std::move(obligations)};
    view.attributes.lead_unit = "mzj";
    return view;
}

/// So many matters, each with one obligation, an hour between their due times.
std::vector<CaseView> matters(const std::string& prefix, int many, ObligationKind kind, Duration due) {
    std::vector<CaseView> views;
    for (int i = 0; i < many; ++i)
        views.push_back(matter(prefix + std::to_string(i), {owed("response", kind, t0 + due + i * 1h)}));
    return views;
}

std::set<std::string> cases(const std::vector<DueSeries>& series) {
    std::set<std::string> ids;
    for (const auto& one : series) ids.insert(one.case_id);
    return ids;
}

constexpr auto statutory = ObligationKind::statutory, internal = ObligationKind::internal;

}  // namespace

TEST_CASE("Due series: what is owed, by case and rule, of several occurrences the first") {
    auto view = matter("QS-1", {owed("continuous_release", statutory, t0 + 2h),
                                owed("continuous_release", statutory, t0 + 1h), owed("done", internal, t0),
                                owed("stopped", internal, t0 - 1h)});
    view.obligations[2].status = ObligationStatus::met;
    view.obligations[3].steps_stopped = true;
    const std::vector<DueSeries> one{{"QS-1", "continuous_release", "mzj", t0 + 1h}};
    CHECK(yuqing::most_urgent({view}, t0, 50) == one);
    CHECK(yuqing::most_urgent({view, view}, t0, 50) == one);
    CHECK(yuqing::most_urgent({}, t0, 50).empty());
}

TEST_CASE("Due series: what is overdue never hides what is to come, nor the other way round") {
    auto views = matters("late", 80, statutory, -100h);
    const auto coming = matters("coming", 80, statutory, 1h);
    views.insert(views.end(), coming.begin(), coming.end());
    const auto chosen = cases(yuqing::most_urgent(views, t0, 50));
    CHECK(chosen.size() == 50);
    CHECK(chosen.contains("late79"));  // the latest
    CHECK(chosen.contains("late55"));  // 25 of them
    CHECK_FALSE(chosen.contains("late54"));
    CHECK(chosen.contains("coming0"));  // the next
    CHECK(chosen.contains("coming24"));
}

TEST_CASE("Due series: places that one half does not need the other has") {
    CHECK(yuqing::most_urgent(matters("late", 80, statutory, -100h), t0, 50).size() == 50);
    CHECK(yuqing::most_urgent(matters("coming", 80, statutory, 1h), t0, 50).size() == 50);
    auto views = matters("late", 45, statutory, -100h);
    const auto coming = matters("coming", 10, statutory, 1h);
    views.insert(views.end(), coming.begin(), coming.end());
    const auto chosen = cases(yuqing::most_urgent(views, t0, 50));
    CHECK(chosen.size() == 50);
    for (const auto& view : coming) CHECK(chosen.contains(view.id.value));
}

TEST_CASE("Due series: what a rule asks for goes before the office's own targets") {
    auto views = matters("target", 80, internal, 1h);
    const auto answer = matters("answer", 1, statutory, 47h);
    views.insert(views.end(), answer.begin(), answer.end());
    CHECK(cases(yuqing::most_urgent(views, t0, 50)).contains("answer0"));
}
