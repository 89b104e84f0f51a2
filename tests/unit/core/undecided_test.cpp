// Cases that are due and cannot be decided: which ones count, what is told of them, until when.
#include "alert/core/undecided.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint t0{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}};

Error lost(const std::string& policy) { return {"policy_lost", "the policy is not in Redis", policy}; }
const Error unreadable{"invalid", "stored member zz is unknown", "/zz"};

}  // namespace

TEST_CASE("Undecided: the cases are named by why they cannot be decided, with the policy that is lost") {
    UndecidedCases cases;
    CHECK_FALSE(cases.trouble(t0));
    cases.failed(CaseId("C"), unreadable, t0);
    cases.failed(CaseId("B"), lost("0f"), t0);
    cases.failed(CaseId("A"), lost("0f"), t0);
    cases.failed(CaseId("D"), lost("1e"), t0);
    const auto trouble = cases.trouble(t0);
    REQUIRE(trouble);
    CHECK(trouble->id == TroubleId{TroubleKind::undecided, ""});
    CHECK(trouble->zh ==
          "至少4件；记录损坏：C；事项所依的政策已不在库中 0f：A、B；事项所依的政策已不在库中 1e：D");
    CHECK(trouble->en == "at least 4; corrupt: C; policy_lost 0f: A, B; policy_lost 1e: D");
}

TEST_CASE("Undecided: of many only a few are named, and all are counted") {
    UndecidedCases cases;
    for (int n = 0; n < 1000; ++n) cases.failed(CaseId(std::to_string(n)), lost(std::to_string(n % 10)), t0);
    const auto trouble = cases.trouble(t0);
    REQUIRE(trouble);
    CHECK_THAT(trouble->en, Catch::StartsWith("at least 1000; policy_lost 0: 0, 10, 100, 110, 120, …; "));
    CHECK_THAT(trouble->en, Catch::EndsWith("; …"));
    CHECK(trouble->zh.size() < 600);
}

TEST_CASE("Undecided: what passes by itself is none") {
    UndecidedCases cases;
    for (const auto* code :
         {"redis_down", "redis_lost", "redis_refused", "conflict", "policy_unkept", "archive_missing"})
        cases.failed(CaseId("A"), {code, "", ""}, t0);
    CHECK_FALSE(cases.trouble(t0));
}

TEST_CASE("Undecided: one that was decided is none any more, here at once, by another daemon in a while") {
    UndecidedCases cases;
    cases.failed(CaseId("A"), unreadable, t0);
    cases.failed(CaseId("B"), unreadable, t0);
    cases.decided(CaseId("A"));
    CHECK(cases.trouble(t0)->en == "at least 1; corrupt: B");
    cases.failed(CaseId("B"), unreadable, t0 + 1min);
    CHECK(cases.trouble(t0 + 1min + undecided_for));
    CHECK_FALSE(cases.trouble(t0 + 1min + undecided_for + 1ms));
}

TEST_CASE("Undecided: a case that joins those that were told is told within ten minutes, and each once") {
    UndecidedCases cases;
    const auto told_at = [&](TimePoint now, TimePoint told) {
        const Trouble trouble = *cases.trouble(now);
        const TroubleBook book{{trouble.id, {.since = t0, .seen = now, .told = told, .notices = 1}}};
        const Directory directory;
        const Zone zone = Zone::utc();
        return judge_troubles({}, {trouble}, book, now, {directory, zone}).front().notice.has_value();
    };
    cases.failed(CaseId("A"), unreadable, t0);
    CHECK_FALSE(told_at(t0 + 2min, t0));
    for (auto at = t0; at <= t0 + 20min; at += 1min) {
        cases.failed(CaseId("A"), unreadable, at);
        if (at > t0) cases.failed(CaseId("B"), unreadable, at);
    }
    CHECK_FALSE(told_at(t0 + 20min, t0 + 11min));
    CHECK(told_at(t0 + 20min, t0));
    CHECK_FALSE(told_at(t0 + 20min, t0 + 1min));
}

TEST_CASE("Undecided: one that another daemon tried for a while has not joined when it is tried here again") {
    UndecidedCases cases;
    cases.failed(CaseId("A"), unreadable, t0);
    CHECK_FALSE(cases.trouble(t0 + 10min));
    cases.failed(CaseId("A"), unreadable, t0 + 20min);
    CHECK(cases.trouble(t0 + 20min)->grew == t0);
}

TEST_CASE("Undecided: those that joined last are named first") {
    UndecidedCases cases;
    cases.failed(CaseId("A"), unreadable, t0);
    cases.failed(CaseId("B"), unreadable, t0 + 1min);
    CHECK(cases.trouble(t0 + 1min)->en == "at least 2; corrupt: B, A");
}
