// The shipped policy, played: who is told at the first moment, however late a matter is told or raised, and
// how the rows of its table run in time.
#include "scratch.hpp"

#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace alert;
using namespace alert::test;
using namespace yuqing::test;

namespace {

using Roles = std::set<std::string>;

/// The example county with somebody on duty around t0: a gap of the roster would tell others too.
Office shipped_office() {
    const auto file = std::filesystem::path(YUQING_SOURCE_DIR) / "config" / "yuqingd.yaml";
    const auto loaded = load_config(file, at("2026-11-21T10:00:00+08:00"), Secrets::unread);
    INFO(told(loaded.errors));
    REQUIRE(loaded.config);
    const auto from = t0 - 240h, until = t0 + 24h * 300;
    return {.policy = *loaded.config->policy,
            .directory = *loaded.config->directory,
            .roster = {{{"duty_officer", "chen", from, until}, {"duty_leader", "zhou", from, until}}},
            .calendar = *loaded.config->calendar,
            .zone = Zone::find("Asia/Shanghai").value()};
}

struct Matter {
    IncidentGrade grade = IncidentGrade::none;
    std::optional<OpinionLevel> level;
};

/// Of county units, so that each role there is can be told.
Detected of(const Matter& matter) {
    return {.title = "舆情",
            .incident_grade = matter.grade,
            .opinion_level = matter.level,
            .lead_unit = "yjj",
            .assist_units = {"gaj"}};
}

/// Every role that the latest decision told.
Roles just_told(const OneCase& one) {
    Roles roles;
    for (const Notification& n : one.transitions.back().notifications) {
        for (const Target& target : n.targets) roles.insert(target.role);
    }
    return roles;
}

/// Told `delay` after it was detected; as signed for, if `signed_for`, in the same breath.
Roles told_after(const Matter& matter, Duration delay, bool signed_for) {
    OneCase one(shipped_office());
    std::vector<Fact> facts = {detected(0ms, of(matter))};
    if (signed_for) facts.push_back(acknowledged(1min));
    one.tell(std::move(facts), delay);
    return just_told(one);
}

std::string missing(const Roles& from, const Roles& wanted) {
    std::string names;
    for (const auto& role : wanted) names += from.contains(role) ? "" : " " + role;
    return names;
}

/// How often a role was told by messages until that instant, notices left out.
std::ptrdiff_t messages_to(const OneCase& one, const std::string& role, Duration until) {
    std::ptrdiff_t count = 0;
    for (const Transition& transition : one.transitions) {
        count += std::count_if(
            transition.notifications.begin(), transition.notifications.end(), [&](const Notification& n) {
                return n.step && n.created_at <= t0 + until &&
                       std::any_of(n.targets.begin(), n.targets.end(),
                                   [&](const Target& target) { return target.role == role; });
            });
    }
    return count;
}

/// Of `fired`, "response due@48h", the steps of one obligation: "due@48h".
std::vector<std::string> steps_of(const std::vector<std::string>& fired, const std::string& obligation) {
    std::vector<std::string> steps;
    for (const auto& text : fired) {
        if (text.rfind(obligation + " ", 0) == 0) steps.push_back(text.substr(obligation.size() + 1));
    }
    return steps;
}

/// Told at once, signed for after a minute, not answered: what fires of it until that instant.
std::vector<std::string> fired_until(const Matter& matter, Duration until) {
    OneCase one(shipped_office());
    one.tell(detected(0ms, of(matter)));
    one.tell(acknowledged(1min));
    one.run_until(until);
    return one.fired();
}

constexpr auto none = IncidentGrade::none, major = IncidentGrade::major, extreme = IncidentGrade::extreme;
using Times = std::vector<std::string>;

}  // namespace

TEST_CASE("Shipped policy: an emergency told late reaches at once everybody whom the start reaches") {
    const auto grade = GENERATE(major, extreme);
    const bool signed_for = GENERATE(false, true);
    auto wanted = told_after({grade, {}}, 0ms, signed_for);
    REQUIRE(wanted.contains("publicity"));
    REQUIRE(wanted.contains("county_head") == (grade == extreme));
    for (const auto delay : {5,   16,  20,  31,  40,  100, 130,  160,  185,  200,  250, 275,
                             290, 298, 330, 380, 400, 800, 1200, 1430, 1460, 2000, 5000}) {
        INFO(to_string(grade) << (signed_for ? " signed for" : "") << " " << delay << " min");
        // In charge from half an hour on; of what is long overdue, with the next of its rarer steps.
        const bool in_charge = delay >= 30 && delay < 390;
        if (in_charge && grade == major) wanted.insert("deputy_head");
        if (!in_charge && grade == major) wanted.erase("deputy_head");
        CHECK(missing(told_after({grade, {}}, std::chrono::minutes(delay), signed_for), wanted) == "");
    }
}

TEST_CASE(
    "Shipped policy: a matter raised to an emergency reaches at once everybody whom the start reaches") {
    const auto grade = GENERATE(major, extreme);
    const bool signed_for = GENERATE(false, true);
    const auto before = GENERATE(values<std::optional<OpinionLevel>>({std::nullopt, OpinionLevel::red}));
    auto wanted = told_after({grade, {}}, 0ms, signed_for);
    for (const auto delay : {5, 20, 40, 100, 160, 200, 250, 290, 400, 800, 1430, 2000}) {
        INFO(to_string(grade) << (signed_for ? " signed for" : "") << " " << delay << " min");
        if (delay >= 30) wanted.insert("deputy_head");
        OneCase one(shipped_office());
        one.tell(detected(0ms, of({none, before})));
        if (signed_for) one.tell(acknowledged(1min));
        one.run_until(std::chrono::minutes(delay));
        one.tell(assessed(std::chrono::minutes(delay), grade));
        CHECK(missing(just_told(one), wanted) == "");
    }
}

TEST_CASE("Shipped policy: a serious emergency found to be extreme reaches the county head at once") {
    for (const auto delay : {5, 40, 160, 250, 299, 400, 2000}) {
        INFO(delay << " min");
        OneCase one(shipped_office());
        one.tell(detected(0ms, of({major, {}})));
        one.tell({acknowledged(2min), fact(Approved{"主任", ""}, 3min)});
        one.run_until(std::chrono::minutes(delay));
        one.tell(assessed(std::chrono::minutes(delay), extreme));
        CHECK(missing(just_told(one), {"county_head", "deputy_head", "publicity", "unit_head"}) == "");
    }
}

TEST_CASE("Shipped policy: opinion told late reaches at once everybody whom the start reaches") {
    const auto level = GENERATE(values<std::optional<OpinionLevel>>(
        {std::nullopt, OpinionLevel::blue, OpinionLevel::yellow, OpinionLevel::orange, OpinionLevel::red}));
    const bool signed_for = GENERATE(false, true);
    const auto wanted = told_after({none, level}, 0ms, signed_for);
    REQUIRE(wanted.contains("lead_unit"));
    for (const auto delay : {1, 3, 5, 12, 20, 25, 30, 37, 40, 43, 45, 47, 49, 53, 70, 73, 100, 121, 140}) {
        INFO((level ? to_string(*level) : "none")
             << (signed_for ? " signed for" : "") << " " << delay << " h");
        CHECK(missing(told_after({none, level}, std::chrono::hours(delay), signed_for), wanted) == "");
    }
}

TEST_CASE("Shipped policy: raised opinion is told to whom its new level reaches at the start") {
    for (const auto level : {OpinionLevel::yellow, OpinionLevel::orange, OpinionLevel::red}) {
        const auto wanted = told_after({none, level}, 0ms, true);
        for (const auto delay : {1, 5, 20, 30, 47}) {
            INFO(to_string(level) << " " << delay << " h");
            OneCase one(shipped_office());
            one.tell(detected(0ms, of({none, OpinionLevel::blue})));
            one.tell(acknowledged(1min));
            one.run_until(std::chrono::hours(delay));
            one.tell(fact(Assessed{.by = "研判员", .opinion_level = level}, std::chrono::hours(delay)));
            CHECK(missing(just_told(one), wanted) == "");
        }
    }
}

TEST_CASE("Shipped policy: an assignment told late reaches the unit and those that assist it") {
    const auto grade = GENERATE(none, major);
    for (const auto delay : {0, 10, 20, 40, 130, 300}) {
        INFO(to_string(grade) << " " << delay << " min");
        OneCase one(shipped_office());
        one.tell(detected(0ms, of({grade, {}})));
        one.tell(acknowledged(1min));
        one.run_until(std::chrono::minutes(5 + delay));
        one.tell(fact(Assigned{"值班员", "mzj", {"jtj"}, ""}, 5min), std::chrono::minutes(5 + delay));
        CHECK(missing(just_told(one), {"lead_unit", "assist_units"}) == "");
    }
}

TEST_CASE(
    "Shipped policy: an extreme emergency that was signed for calls the county head four times in 5 hours") {
    OneCase one(shipped_office());
    one.tell(detected(0ms, of({extreme, {}})));
    one.tell(acknowledged(5min));
    one.run_until(5h);
    // The release and who leads it at the start, no approved draft at 3 hours, and the missed deadline.
    CHECK(messages_to(one, "county_head", 5h) == 4);
    CHECK(messages_to(one, "county_head", 5h - 1ms) == 3);
}

TEST_CASE(
    "Shipped rows, played: an authoritative release rings at each of its times, and goes on when missed") {
    CHECK(steps_of(fired_until({major, {}}, 7h), "authoritative_release") ==
          Times{"start@0h", "start+30m@0h30m", "due-3h@2h", "start+150m@2h30m", "due-2h@3h", "due-2h@3h",
                "due-1h@4h", "due-30m@4h30m", "due-15m@4h45m", "due-5m@4h55m", "due@5h", "due#1@5h15m",
                "due#2@5h30m", "due#3@5h45m", "due#4@6h", "due+90m@6h30m", "due+90m#1@7h"});
}

TEST_CASE("Shipped rows, played: a press conference rings until it is waived with a reason") {
    OneCase one(shipped_office());
    one.tell(detected(0ms, of({major, {}})));
    one.run_until(19h);
    CHECK(steps_of(one.fired(), "press_conference") == Times{"start@0h", "due-12h@12h", "due-6h@18h"});
    one.tell(waived(20h, "press_conference"));
    one.run_until(60h);
    CHECK(steps_of(one.fired(), "press_conference").empty());
    CHECK(one.obligation("press_conference").status == ObligationStatus::waived);
}

TEST_CASE(
    "Shipped rows, played: continuous release is due 12 hours after each release until the case is closed") {
    OneCase one(shipped_office());
    one.tell(detected(0ms, of({major, {}})));
    one.tell(published(3h, ResponseKind::authoritative_release));
    CHECK(one.obligation("continuous_release.2").due == t0 + 15h);
    one.fired();
    one.run_until(17h);
    CHECK(steps_of(one.fired(), "continuous_release.2") == Times{"due-1h@14h", "due@15h", "due+2h@17h"});
    one.tell(published(18h, ResponseKind::progress_update));
    CHECK(one.obligation("continuous_release.3").due == t0 + 30h);
    one.tell(closed(19h));
    one.fired();
    one.run_until(60h);
    CHECK(steps_of(one.fired(), "continuous_release.3").empty());
}

TEST_CASE("Shipped rows, played: an emergency's internal times ring for the signature and for the approval") {
    OneCase one(shipped_office());
    one.tell(detected(0ms, of({major, {}})));
    one.run_until(4h);
    const auto fired = one.fired();
    CHECK(steps_of(fired, "acknowledge.1") ==
          Times{"start@0h", "50%@0h7m", "due@0h15m", "due+15m@0h30m", "due+15m@0h30m"});
    CHECK(steps_of(fired, "approval") == Times{"50%@2h", "75%@3h", "due@4h"});
    // The reports to the superiors are no public answer; the guide in every message says when they are due.
    const auto guide = one.obligation("authoritative_release").guide;
    CHECK(guide.find("15分钟内电话、1小时内书面") != std::string::npos);
}

TEST_CASE("Shipped rows, played: a response rings at each of its times, and every 12 hours when missed") {
    CHECK(steps_of(fired_until({}, 64h), "response") ==
          Times{"start@0h", "due-24h@24h", "due-12h@36h", "due-6h@42h", "due-4h@44h", "due-2h@46h",
                "due-30m@47h30m", "due@48h", "due+1h@49h", "due+4h@52h", "due+4h#1@64h"});
}

TEST_CASE(
    "Shipped rows, played: red opinion is asked for a first answer in 3 hours, then for substance in 24") {
    const auto fired = fired_until({none, OpinionLevel::red}, 24h);
    CHECK(steps_of(fired, "holding_red") == Times{"50%@1h30m", "75%@2h15m", "due@3h", "due@3h"});
    CHECK(steps_of(fired, "substantive_red") == Times{"50%@12h", "75%@18h", "due@24h"});
    OneCase one(shipped_office());
    one.tell(detected(0ms, of({none, OpinionLevel::red})));
    CHECK(just_told(one).contains("deputy_head"));
    CHECK_FALSE(just_told(one).contains("county_head"));
    one.run_until(3h);
    CHECK(just_told(one).contains("county_head"));
}

TEST_CASE(
    "Shipped rows, played: orange opinion is asked for a first answer in 6 hours, for substance in 36") {
    const auto fired = fired_until({none, OpinionLevel::orange}, 36h);
    CHECK(steps_of(fired, "holding_orange") == Times{"50%@3h", "75%@4h30m", "due@6h"});
    CHECK(steps_of(fired, "substantive_orange") == Times{"50%@18h", "75%@27h", "due@36h"});
    OneCase one(shipped_office());
    one.tell({detected(0ms, of({none, OpinionLevel::orange})), acknowledged(0ms)});
    one.run_until(36h - 1ms);
    CHECK(messages_to(one, "deputy_head", 36h) == 0);
    one.run_until(36h);
    CHECK(messages_to(one, "deputy_head", 36h) == 1);
}

TEST_CASE("Shipped rows, played: yellow opinion is asked for a first answer in 24 hours, blue for none") {
    CHECK(steps_of(fired_until({none, OpinionLevel::yellow}, 24h), "holding_yellow") ==
          Times{"50%@12h", "75%@18h", "due@24h"});
    OneCase yellow(shipped_office()), blue(shipped_office());
    yellow.tell({detected(0ms, of({none, OpinionLevel::yellow})), acknowledged(0ms)});
    blue.tell({detected(0ms, of({none, OpinionLevel::blue})), acknowledged(0ms)});
    yellow.run_until(48h);
    blue.run_until(48h);
    CHECK(messages_to(yellow, "publicity", 36h - 1ms) == 0);
    CHECK(messages_to(yellow, "publicity", 36h) == 1);
    CHECK(messages_to(yellow, "deputy_head", 44h) == 1);
    CHECK(messages_to(blue, "duty_leader", 36h - 1ms) == 0);
    CHECK(messages_to(blue, "publicity", 44h - 1ms) == 0);
    CHECK(messages_to(blue, "publicity", 44h) == 1);
    CHECK(messages_to(blue, "deputy_head", 48h - 1ms) == 0);
    CHECK(messages_to(blue, "deputy_head", 48h) == 1);
    CHECK(blue.statuses() == "acknowledge_general.1 met, response overdue");
}

TEST_CASE("Shipped rows, played: a missed response has its yellow card at once, its red one a day later") {
    OneCase one(shipped_office());
    one.tell(detected(0ms, of({})));
    one.run_until(48h - 1ms);
    CHECK(one.obligation("response").card == Card::none);
    one.run_until(48h);
    CHECK(one.obligation("response").card == Card::yellow);
    one.run_until(72h);
    CHECK(one.obligation("response").card == Card::red);
    CHECK(just_told(one).contains("county_head"));
    one.run_until(120h);
    CHECK(just_told(one).contains("county_head"));  // the circular
}
