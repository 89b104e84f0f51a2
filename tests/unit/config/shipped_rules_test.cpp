// The shipped policy, row by row of the table it was written after: who is reminded when, and who is told as
// an answer comes near, is missed, and stays missing.
#include "scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <unistd.h>

using namespace alert;
using namespace alert::test;

namespace {

const std::filesystem::path shipped = std::filesystem::path(YUQING_SOURCE_DIR) / "config";

std::shared_ptr<const Policy> shipped_policy() {
    const auto loaded =
        load_config(shipped / "yuqingd.yaml", at("2026-11-21T10:00:00+08:00"), Secrets::unread);
    INFO(told(loaded.errors));
    REQUIRE(loaded.config);
    return loaded.config->policy;
}

/// The shipped policy with the marked lines of one optional clock, or of several, switched on.
std::string switched_on(const std::vector<std::string>& marks) {
    std::ifstream file(shipped / "policy.yaml");
    std::stringstream all;
    all << file.rdbuf();
    std::string text = all.str();
    for (const std::string& mark : marks) {
        REQUIRE(text.find("\n" + mark) != std::string::npos);
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
            text.erase(at, mark.size());
        }
    }
    return text;
}

const std::vector<std::string> marks = {"#热线# ", "#公开# ", "#征集# ", "#任务# "};

Attributes graded(IncidentGrade grade) { return {.incident_grade = grade}; }
Attributes of_level(OpinionLevel level) { return {.opinion_level = level}; }

/// What the steps of an obligation's ladder do in a case with these attributes.
class Steps {
public:
    Steps(const Policy& policy, const std::string& obligation, Attributes attributes = {})
        : ladder_(*policy.find_ladder(policy.obligations.at(obligation).ladder)),
          attributes_(std::move(attributes)) {}

    [[nodiscard]] bool has(const std::string& at) const { return !all_at(at).empty(); }
    /// Whether all these roles are told at that time.
    [[nodiscard]] bool tell(const std::string& at, const std::vector<std::string>& roles,
                            Unless unless = Unless::never) const {
        std::set<std::string> told;
        for (const Step* step : all_at(at)) {
            if (step->unless == unless) told.insert(step->notify.begin(), step->notify.end());
        }
        return std::all_of(roles.begin(), roles.end(),
                           [&](const std::string& role) { return told.contains(role); });
    }
    [[nodiscard]] Card card(const std::string& at) const {
        Card highest = Card::none;
        for (const Step* step : all_at(at)) highest = std::max(highest, step->card);
        return highest;
    }
    [[nodiscard]] std::optional<Repeat> repeat(const std::string& at) const {
        for (const Step* step : all_at(at)) {
            if (step->repeat) return step->repeat;
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] std::vector<const Step*> all_at(const std::string& at) const {
        std::vector<const Step*> steps;
        for (const Step& step : ladder_.steps) {
            if (step.at.text == at && step.when.matches(attributes_)) steps.push_back(&step);
        }
        return steps;
    }

    const Ladder& ladder_;
    Attributes attributes_;
};

using std::chrono::hours, std::chrono::minutes;

}  // namespace

TEST_CASE("Shipped rows: an authoritative release is reminded of at 3, 2, 1 hours, 30, 15, 5 minutes") {
    const auto policy = shipped_policy();
    const Steps steps(*policy, "authoritative_release", graded(IncidentGrade::major));
    for (const std::string at : {"due-3h", "due-2h", "due-1h", "due-30m", "due-15m", "due-5m", "due"}) {
        INFO(at);
        CHECK(steps.tell(at, {"duty_officer", "lead_unit", "office_director"}));
    }
    const auto overdue = steps.repeat("due");
    REQUIRE(overdue);
    CHECK(overdue->every == minutes(15));
    CHECK(overdue->times == 4);
    const auto after = steps.repeat("due+90m");  // the first half hour after the four quarters
    REQUIRE(after);
    CHECK(after->every == minutes(30));
    CHECK(!after->times);
}

TEST_CASE("Shipped rows: an authoritative release rises from the duty desk to the county head") {
    const auto policy = shipped_policy();
    const Steps major(*policy, "authoritative_release", graded(IncidentGrade::major));
    const Steps extreme(*policy, "authoritative_release", graded(IncidentGrade::extreme));
    const std::vector<std::string> office = {"duty_officer", "lead_unit",       "duty_leader",
                                             "unit_head",    "office_director", "publicity"};
    CHECK(major.tell("start", office));
    CHECK(major.tell("start+15m", {"deputy_head"}, Unless::acknowledged));
    CHECK(major.tell("start+30m", {"deputy_head"}));
    CHECK(extreme.tell("start", {"county_head"}));
    CHECK_FALSE(major.tell("start", {"county_head"}));
    CHECK(major.tell("due-2h", {"county_head"}, Unless::approved));
    CHECK(major.tell("due", {"deputy_head", "county_head"}));
}

TEST_CASE("Shipped rows: a press conference is reminded of at 12, 6, 3, 1 hours, one level higher each") {
    const auto policy = shipped_policy();
    const Steps steps(*policy, "press_conference", graded(IncidentGrade::major));
    CHECK(steps.tell("due-12h", {"lead_unit", "office_director"}));
    CHECK(steps.tell("due-6h", {"lead_unit", "office_director", "deputy_head"}));
    CHECK(steps.tell("due-3h", {"lead_unit", "office_director", "deputy_head", "county_head"}));
    CHECK(steps.has("due-1h"));
    CHECK(steps.tell("due", {"lead_unit", "office_director", "deputy_head", "county_head"}));
}

TEST_CASE("Shipped rows: a continuous release is due every 12 hours and rises 2 hours after") {
    const auto policy = shipped_policy();
    CHECK(policy->obligations.at("continuous_release").every->fixed == hours(12));
    const Steps steps(*policy, "continuous_release", graded(IncidentGrade::major));
    CHECK(steps.tell("due-1h", {"duty_officer", "lead_unit"}));
    CHECK(steps.tell("due", {"duty_leader", "unit_head"}));
    CHECK(steps.tell("due+2h", {"office_director", "publicity"}));
}

TEST_CASE("Shipped rows: an emergency is signed for in 15 minutes, drafted in 150, approved in 4 hours") {
    const auto policy = shipped_policy();
    const auto emergency = graded(IncidentGrade::major);
    const Steps acknowledge(*policy, "acknowledge", emergency), approval(*policy, "approval", emergency);
    CHECK(policy->obligations.at("acknowledge").due->fixed == minutes(15));
    CHECK(acknowledge.tell("due", {"duty_officer", "lead_unit", "duty_leader", "unit_head"}));
    CHECK(acknowledge.tell("due+15m", {"office_director", "publicity"}));
    CHECK(policy->obligations.at("approval").due->fixed == hours(4));
    CHECK(approval.tell("due", {"duty_officer", "lead_unit", "duty_leader", "office_director"}));
    const Steps release(*policy, "authoritative_release", emergency);
    CHECK(release.tell("start+150m", {"lead_unit"}, Unless::approved));
}

TEST_CASE("Shipped rows: a response is reminded of at 24, 12, 6, 2 hours, 30 minutes and goes on after") {
    const auto policy = shipped_policy();
    const Steps steps(*policy, "response");
    for (const std::string at : {"due-24h", "due-12h", "due-6h", "due-2h", "due-30m", "due", "due+1h"}) {
        INFO(at);
        CHECK(steps.tell(at, {"duty_officer", "lead_unit"}));
    }
    const auto after = steps.repeat("due+4h");
    REQUIRE(after);
    CHECK(after->every == hours(12));
    CHECK(!after->times);
}

TEST_CASE("Shipped rows: red opinion goes to office, publicity and deputy head at once, and to the top") {
    const auto policy = shipped_policy();
    const auto red = of_level(OpinionLevel::red);
    const Steps steps(*policy, "response", red), holding(*policy, "holding_red", red);
    CHECK(steps.tell("start", {"duty_officer", "lead_unit", "office_director", "publicity", "deputy_head"}));
    CHECK(holding.tell("due", {"county_head"}));  // three hours without a first answer
}

TEST_CASE(
    "Shipped rows: orange opinion goes to leader and office at once, to the deputy head 12 hours ahead") {
    const auto policy = shipped_policy();
    const Steps steps(*policy, "response", of_level(OpinionLevel::orange));
    CHECK(steps.tell("start", {"duty_leader", "unit_head", "office_director", "publicity"}));
    CHECK_FALSE(steps.tell("start", {"deputy_head"}));
    CHECK(steps.tell("due-12h", {"deputy_head"}));
}

TEST_CASE(
    "Shipped rows: yellow opinion goes to the leader at once, to the office 12, the deputy 4 hours ahead") {
    const auto policy = shipped_policy();
    const Steps steps(*policy, "response", of_level(OpinionLevel::yellow));
    CHECK(steps.tell("start", {"duty_leader", "unit_head"}));
    CHECK_FALSE(steps.tell("start", {"office_director"}));
    CHECK(steps.tell("due-12h", {"office_director", "publicity"}));
    CHECK_FALSE(steps.tell("due-12h", {"deputy_head"}));
    CHECK(steps.tell("due-4h", {"deputy_head"}));
}

TEST_CASE("Shipped rows: blue opinion stays at the desk, and rises 12 and 4 hours ahead and when it is due") {
    const auto policy = shipped_policy();
    const Steps steps(*policy, "response", of_level(OpinionLevel::blue));
    CHECK(steps.tell("start", {"duty_officer", "lead_unit"}));
    CHECK_FALSE(steps.tell("start", {"duty_leader"}));
    CHECK(steps.tell("due-12h", {"duty_leader", "unit_head"}));
    CHECK(steps.tell("due-4h", {"office_director", "publicity"}));
    CHECK_FALSE(steps.tell("due-4h", {"deputy_head"}));
    CHECK(steps.tell("due", {"deputy_head"}));
}

TEST_CASE(
    "Shipped rows: every level's internal targets are told at half, three quarters and all of the time") {
    const auto policy = shipped_policy();
    struct Row {
        std::string obligation;
        OpinionLevel level;
    };
    const auto row = GENERATE(values<Row>({{"holding_red", OpinionLevel::red},
                                           {"holding_orange", OpinionLevel::orange},
                                           {"holding_yellow", OpinionLevel::yellow},
                                           {"substantive_red", OpinionLevel::red},
                                           {"substantive_orange", OpinionLevel::orange}}));
    INFO(row.obligation);
    const Steps steps(*policy, row.obligation, of_level(row.level));
    for (const std::string at : {"50%", "75%", "due"}) CHECK(steps.tell(at, {"duty_officer", "lead_unit"}));
}

TEST_CASE("Shipped rows: yellow when overdue, red after 24 hours, in the circular after 72") {
    const auto policy = shipped_policy();
    const Steps steps(*policy, "response");
    CHECK(steps.card("due") == Card::yellow);
    CHECK(steps.tell("due", {"deputy_head"}));
    CHECK(steps.card("due+24h") == Card::red);
    CHECK(steps.tell("due+24h", {"county_head"}));
    CHECK(steps.tell("due+72h", {"office_director", "publicity", "deputy_head", "county_head"}));
}

TEST_CASE(
    "Shipped rows: commitments and optional clocks are reminded of 3 and 1 days ahead and by working days") {
    const auto policy = parse_policy(switched_on(marks), "policy.yaml").value();
    for (const auto& ladder : {policy.commitment_ladder, policy.obligations.at("hotline").ladder}) {
        INFO(ladder);
        const Ladder* found = policy.find_ladder(ladder);
        REQUIRE(found);
        std::vector<std::string> times;
        for (const Step& step : found->steps) times.push_back(step.at.text);
        for (const std::string at : {"due-3d", "due-1d", "due", "due+3wd", "due+5wd"}) {
            CHECK(std::count(times.begin(), times.end(), at) == 1);
        }
    }
    const Steps steps(policy, "hotline");
    CHECK(steps.tell("due", {"duty_leader"}));
    CHECK(steps.tell("due+3wd", {"office_director"}));
    CHECK(steps.tell("due+5wd", {"deputy_head"}));
}

TEST_CASE("Shipped rows: the optional clocks have the published times once they are switched on") {
    const auto policy = parse_policy(switched_on(marks), "policy.yaml").value();
    struct Row {
        Matter matter;
        std::string platform, class_id, obligation, due;
    };
    const auto row =
        GENERATE(values<Row>({{Matter::hotline, "咨询", "hotline_consulting", "hotline_consulting", "3wd"},
                              {Matter::hotline, "投诉", "hotline", "hotline", "10wd"},
                              {Matter::hotline, "", "hotline", "hotline", "10wd"},
                              {Matter::hotline, "网站留言", "web_message", "web_message", "7wd"},
                              {Matter::hotline, "网站找错", "site_error", "site_error", "3wd"},
                              {Matter::disclosure, "", "disclosure", "disclosure", "20wd"},
                              {Matter::consultation, "", "consultation", "consultation_feedback", "1mo"}}));
    INFO(row.obligation);
    const Attributes attributes{.platform = row.platform, .matter = row.matter};
    const CaseClass* of = policy.classify(attributes);
    REQUIRE(of);
    CHECK(of->id == row.class_id);
    CHECK(of->obligations == std::vector<std::string>{row.obligation});
    const ObligationRule& rule = policy.obligations.at(row.obligation);
    REQUIRE(rule.due);
    CHECK(format_period(*rule.due) == row.due);
    CHECK(!rule.basis.empty());
    CHECK(policy.classify({.incident_grade = IncidentGrade::major, .matter = row.matter})->id == "emergency");
}

TEST_CASE("Shipped rows: a task is due when it says, and signed for whether it says so or not") {
    const auto policy = parse_policy(switched_on(marks), "policy.yaml").value();
    const CaseClass* of = policy.classify({.matter = Matter::task});
    REQUIRE(of);
    CHECK(of->obligations == std::vector<std::string>{"task", "acknowledge_general"});
    CHECK(policy.obligations.at("task").due_given);
}

TEST_CASE(
    "Shipped rows: optional clocks are off as shipped, and each is switched on by itself without a warning") {
    const auto policy = shipped_policy();
    for (const auto matter : {Matter::hotline, Matter::disclosure, Matter::consultation, Matter::task}) {
        CHECK(policy->classify({.matter = matter})->id == "general");
    }
    const auto folder = std::filesystem::temp_directory_path() / ("yuqing-rows-" + std::to_string(getpid()));
    std::filesystem::copy(shipped, folder, std::filesystem::copy_options::recursive);
    const auto warnings_with = [&](const std::vector<std::string>& on) {
        std::ofstream(folder / "policy.yaml", std::ios::binary) << switched_on(on);
        const auto loaded =
            load_config(folder / "yuqingd.yaml", at("2026-06-12T10:00:00+08:00"), Secrets::unread);
        INFO(told(loaded.errors));
        CHECK(loaded.config);
        std::string of_policy;
        for (const Error& warning : loaded.warnings) {
            if (warning.path.find("policy.yaml") != std::string::npos) of_policy += warning.message + "\n";
        }
        return of_policy;
    };
    CHECK(warnings_with({}) == "");
    CHECK(warnings_with(marks) == "");
    for (const std::string& mark : marks) {
        INFO(mark);
        CHECK(warnings_with({mark}) == "");
    }
    std::filesystem::remove_all(folder);
}
