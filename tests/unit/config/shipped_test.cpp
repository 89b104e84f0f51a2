// What the repository ships in config/ loads and says what the rules say.
#include "scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <regex>

using namespace alert;
using namespace alert::test;

namespace {

const std::filesystem::path shipped = std::filesystem::path(YUQING_SOURCE_DIR) / "config";

LoadedConfig load_shipped() {
    return load_config(shipped / "yuqingd.yaml", at("2026-11-21T10:00:00+08:00"), Secrets::unread);
}

const ObligationRule& rule(const Config& config, const std::string& id) {
    return config.policy->obligations.at(id);
}

Duration length(const ObligationRule& rule) { return rule.every ? rule.every->fixed : rule.due->fixed; }

}  // namespace

TEST_CASE(
    "Shipped configuration: loads, warning only of the address, the secrets, the key and the year's end") {
    const auto loaded =
        load_config(shipped / "yuqingd.yaml", at("2026-11-21T10:00:00+08:00"), Secrets::needed);
    INFO(told(loaded.errors));
    REQUIRE(loaded.config);
    CHECK(loaded.errors.empty());
    std::map<std::string, int> codes;
    for (const Error& warning : loaded.warnings) ++codes[warning.code];
    // The next year's holidays are announced in November and entered by the administrator.
    CHECK(codes == std::map<std::string, int>{
                       {"calendar_ends", 1}, {"loopback_url", 1}, {"unkeyed", 1}, {"unsigned", 3}});
}

TEST_CASE("Shipped policy: the grade of the emergency decides the class, not the heat") {
    const auto config = load_shipped().config;
    REQUIRE(config);
    const auto class_of = [&](IncidentGrade grade, std::optional<OpinionLevel> level) {
        Attributes attributes;
        attributes.incident_grade = grade;
        attributes.opinion_level = level;
        return config->policy->classify(attributes)->id;
    };
    CHECK(class_of(IncidentGrade::extreme, OpinionLevel::blue) == "emergency");
    CHECK(class_of(IncidentGrade::major, std::nullopt) == "emergency");
    CHECK(class_of(IncidentGrade::considerable, OpinionLevel::red) == "general");
    CHECK(class_of(IncidentGrade::none, std::nullopt) == "general");
}

TEST_CASE("Shipped policy: statutory times are the published ones, each with its basis") {
    using std::chrono::hours;
    const auto config = load_shipped().config;
    REQUIRE(config);
    std::vector<std::string> statutory;
    for (const auto& [id, one] : config->policy->obligations) {
        INFO(id);
        CHECK(!one.basis.empty());
        CHECK(!one.ladder.empty());
        if (one.kind == ObligationKind::statutory) statutory.push_back(id);
    }
    CHECK(statutory == std::vector<std::string>{"authoritative_release", "press_conference", "response"});
    CHECK(length(rule(*config, "authoritative_release")) == hours(5));
    CHECK(rule(*config, "authoritative_release").start == StartRule::earliest);
    CHECK(length(rule(*config, "press_conference")) == hours(24));
    CHECK(rule(*config, "press_conference").start == StartRule::earliest);
    CHECK(length(rule(*config, "response")) == hours(48));
    CHECK(rule(*config, "response").start == StartRule::detected);
    CHECK(rule(*config, "response").fulfilled_by.kinds.empty());
}

TEST_CASE("Shipped policy: internal times tighten with the level of the opinion") {
    using std::chrono::hours, std::chrono::minutes;
    const auto config = load_shipped().config;
    REQUIRE(config);
    struct Row {
        std::string id;
        Duration due;
        std::optional<OpinionLevel> level;
    };
    const auto row = GENERATE(values<Row>({{"acknowledge", minutes(15), std::nullopt},
                                           {"acknowledge_general", hours(4), std::nullopt},
                                           {"acknowledge_red", minutes(15), OpinionLevel::red},
                                           {"acknowledge_orange", minutes(30), OpinionLevel::orange},
                                           {"acknowledge_yellow", hours(2), OpinionLevel::yellow},
                                           {"holding_red", hours(3), OpinionLevel::red},
                                           {"holding_orange", hours(6), OpinionLevel::orange},
                                           {"holding_yellow", hours(24), OpinionLevel::yellow},
                                           {"substantive_red", hours(24), OpinionLevel::red},
                                           {"substantive_orange", hours(36), OpinionLevel::orange},
                                           {"approval", hours(4), std::nullopt},
                                           {"continuous_release", hours(12), std::nullopt}}));
    INFO(row.id);
    const ObligationRule& one = rule(*config, row.id);
    CHECK(one.kind == ObligationKind::internal);
    CHECK(length(one) == row.due);
    CHECK(one.when.opinion_level == (row.level ? std::vector{*row.level} : std::vector<OpinionLevel>{}));
}

TEST_CASE("Shipped policy: a holding statement is a first answer, not a substantive one") {
    const auto config = load_shipped().config;
    REQUIRE(config);
    CHECK(rule(*config, "holding_red").fulfilled_by.kinds.empty());
    for (const std::string id : {"substantive_red", "substantive_orange"}) {
        const auto& kinds = rule(*config, id).fulfilled_by.kinds;
        CHECK(kinds.size() == 9);
        CHECK(std::count(kinds.begin(), kinds.end(), ResponseKind::holding_statement) == 0);
    }
}

TEST_CASE("Shipped policy: every statutory ladder begins at the start and gives a yellow, then a red card") {
    const auto config = load_shipped().config;
    REQUIRE(config);
    for (const std::string id : {"authoritative_release", "press_conference", "response"}) {
        INFO(id);
        const Ladder* ladder = config->policy->find_ladder(rule(*config, id).ladder);
        REQUIRE(ladder);
        CHECK(ladder->steps.front().at.at_start());
        const auto card_at = [&](Card card) {
            const auto step = std::find_if(ladder->steps.begin(), ladder->steps.end(),
                                           [&](const Step& one) { return one.card == card; });
            return step == ladder->steps.end() ? std::string() : step->at.text;
        };
        CHECK(card_at(Card::yellow) == "due");
        CHECK(card_at(Card::red) == "due+24h");
    }
}

TEST_CASE("Shipped directory: knows the 30 fields and every unit and field the samples name") {
    const auto config = load_shipped().config;
    REQUIRE(config);
    CHECK(config->directory->fields.size() == 30);
    std::ifstream samples(std::filesystem::path(YUQING_SOURCE_DIR) / "tests/samples/events.jsonl");
    const std::regex unit(R"re("lead_unit":"([^"]+)")re"), units(R"re("assist_units":\[([^\]]*)\])re"),
        field(R"re("field":"([^"]+)")re"), word(R"re("([^"]+)")re");
    std::string line;
    int seen = 0;
    const auto known = [&](const std::string& name, bool is_field) {
        ++seen;
        INFO(name);
        CHECK((is_field ? config->directory->find_field(name) != nullptr
                        : config->directory->find_unit(name) != nullptr));
    };
    while (std::getline(samples, line)) {
        std::smatch found;
        if (std::regex_search(line, found, unit)) known(found[1], false);
        if (std::regex_search(line, found, field)) known(found[1], true);
        if (!std::regex_search(line, found, units)) continue;
        const std::string list = found[1];
        for (std::sregex_iterator at(list.begin(), list.end(), word), end; at != end; ++at)
            known((*at)[1], false);
    }
    CHECK(seen > 100);
}

TEST_CASE("Shipped roster: somebody is on duty in every hour from November 2026 to March 2027") {
    const auto config = load_shipped().config;
    REQUIRE(config);
    const auto end = at("2027-04-01T00:00:00+08:00");
    for (const std::string role : {"duty_officer", "duty_leader"}) {
        CHECK(config->roster->covered_until(role, at("2026-11-01T00:00:00+08:00")) == end);
    }
}

TEST_CASE(
    "Shipped calendar: make-up days are weekend days, and the year has as many days off as the rules give") {
    const auto config = load_shipped().config;
    REQUIRE(config);
    const Calendar& calendar = *config->calendar;
    for (const LocalDays day : calendar.workdays) {
        const std::chrono::weekday weekday{day};
        CHECK((weekday == std::chrono::Saturday || weekday == std::chrono::Sunday));
    }
    int days_off = 0;
    const LocalDays first{std::chrono::year{2026} / 1 / 1}, last{std::chrono::year{2026} / 12 / 31};
    for (LocalDays day = first; day <= last; day += std::chrono::days(1))
        days_off += calendar.is_workday(day) ? 0 : 1;
    CHECK(days_off == 104 + 13);  // 104 weekend days and the 13 statutory holidays
}
