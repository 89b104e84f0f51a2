// The shipped directory against annex 2 of the document it follows: 30 fields, each with the unit that leads
// and those that assist.
#include "scratch.hpp"

#include "alert/core/targets.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;

namespace {

std::shared_ptr<const Config> shipped_config() {
    const auto file = std::filesystem::path(YUQING_SOURCE_DIR) / "config/yuqingd.yaml";
    auto loaded = load_config(file, at("2026-11-21T10:00:00+08:00"), Secrets::unread);
    INFO(told(loaded.errors));
    REQUIRE(loaded.config);
    return loaded.config;
}

/// A case of that field, told now, as the shipped rules see it.
CaseView case_of(const Config& config, Detected data, std::vector<EventData> then = {}) {
    const auto now = at("2026-11-21T10:00:00+08:00");
    data.title = "某事项";
    Snapshot snapshot{.id = CaseId("QS-1"), .policy = config.policy->hash};
    std::vector<EventData> all{std::move(data)};
    all.insert(all.end(), then.begin(), then.end());
    int number = 0;
    for (EventData& one : all) {
        Event event{.key = {"office", std::to_string(number)}, .data = std::move(one)};
        event.time = now + std::chrono::minutes(number++);
        fold(snapshot.facts, {.event = std::move(event), .recorded_at = now});
    }
    return derive(config.rules(), snapshot, now + std::chrono::hours(1));
}

}  // namespace

TEST_CASE("Shipped directory: each of the 30 fields of annex 2 has its unit") {
    const auto config = shipped_config();
    const std::vector<std::vector<std::string>> annex = {
        {"major_projects", "重大建设项目", "县发改委"},
        {"public_resources", "公共资源交易", "县发改委", "县公共资源交易服务中心"},
        {"compulsory_education", "义务教育", "县教体局"},
        {"household_registration", "户籍管理", "县公安局"},
        {"social_assistance", "社会救助", "县民政局"},
        {"elderly_care", "养老服务", "县民政局"},
        {"public_legal_services", "公共法律服务", "县司法局"},
        {"budget_accounts", "财政预决算", "县财政局"},
        {"employment", "就业创业", "县人社局"},
        {"social_insurance", "社会保险", "县人社局"},
        {"natural_resources", "自然资源", "县自然资源和规划局"},
        {"ecology_environment", "生态环境", "县生态环境分局"},
        {"urban_enforcement", "城市综合执法", "县行政执法局"},
        {"agri_subsidies", "涉农补贴", "县农业农村局"},
        {"health", "医疗卫生", "县卫健委"},
        {"food_drug", "食品药品监管", "县市场监管局"},
        {"expropriation", "国有土地上房屋征收与补偿", "县住建局"},
        {"affordable_housing", "保障性住房", "县住建局"},
        {"rural_dilapidated_housing", "农村危房改造", "县住建局"},
        {"municipal_services", "市政服务", "县住建局", "县行政执法局"},
        {"taxation", "税收管理", "县税务局"},
        {"poverty_alleviation", "扶贫", "县乡村振兴局"},
        {"work_safety", "安全生产", "县应急管理局"},
        {"disaster_relief", "救灾", "县应急管理局"},
        {"public_culture", "公共文化服务", "县文旅局"},
        {"press_copyright", "新闻出版版权", "县文旅局"},
        {"tourism", "旅游", "县文旅局"},
        {"transport", "交通运输", "县交通运输局"},
        {"statistics", "统计", "县统计局"},
        {"broadcasting", "广播电视", "县融媒体中心"}};
    REQUIRE(config->directory->fields.size() == annex.size());
    for (const auto& row : annex) {
        INFO(row[0]);
        const Field* field = config->directory->find_field(row[0]);
        REQUIRE(field);
        CHECK(config->directory->find_field(row[1]) == field);
        std::vector<std::string> names{field->id, field->name};
        names.push_back(config->directory->find_unit(field->lead)->name);
        for (const auto& unit : field->assist) names.push_back(config->directory->find_unit(unit)->name);
        CHECK(names == row);
        const auto view = case_of(*config, {.field = row[1]});
        CHECK(view.attributes.lead_unit == field->lead);
        CHECK(view.assist_units == field->assist);
    }
}

TEST_CASE("Shipped directory: units that answer to their superior are marked") {
    const auto config = shipped_config();
    for (const std::string unit : {"县税务局", "县生态环境分局"})
        CHECK(config->directory->find_unit(unit)->vertical);
    CHECK_FALSE(config->directory->find_unit("县民政局")->vertical);
}

TEST_CASE("Shipped directory: a township answers for its place and the unit of the field assists") {
    const auto config = shipped_config();
    const auto view =
        case_of(*config, {.field = "市政服务", .lead_unit = "云溪镇人民政府", .assist_units = {"县住建局"}});
    CHECK(view.attributes.lead_unit == "yunxi");
    CHECK(view.assist_units == std::vector<std::string>{"zjj"});
    CHECK(view.flags.empty());
    const auto audience = audience_of(config->rules(), view, {"lead_unit", "assist_units", "unit_head"},
                                      at("2026-11-21T10:00:00+08:00"));
    std::map<std::string, std::vector<std::string>> told;
    for (const auto& [channel, targets] : audience.channels) {
        for (const Target& target : targets) told[target.role] = target.officers;
    }
    CHECK(told == std::map<std::string, std::vector<std::string>>{
                      {"lead_unit", {"yunxi-1"}}, {"assist_units", {"zjj-1"}}, {"unit_head", {"yunxi-0"}}});
}

TEST_CASE("Shipped directory: an assignment hands the case over with its assisting units") {
    const auto config = shipped_config();
    const auto view =
        case_of(*config, {.field = "市政服务"},
                {Assigned{.by = "office", .lead_unit = "县行政执法局", .assist_units = {"县公安局", "zjj"}}});
    CHECK(view.attributes.lead_unit == "zfj");
    CHECK(view.assist_units == std::vector<std::string>{"gaj", "zjj"});
}
