#include "effect.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using yuqing::no_effect;
namespace json = boost::json;

namespace {

const json::object item = json::parse(R"({
    "obligations":[{"id":"response"},{"id":"continuous_release.1"}],
    "timeline":[{"kind":"fact","source":"host","id":"h1"},{"kind":"fired"}]})")
                              .as_object();

}  // namespace

TEST_CASE("Effect: a withdrawal that names no event of the case is told") {
    CHECK_FALSE(no_effect("fact.withdrawn", {{"event_source", "host"}, {"event_id", "h1"}}, item));
    const auto said = no_effect("fact.withdrawn", {{"event_source", "host"}, {"event_id", "h2"}}, item);
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("该事项没有来源 “host”、编号 “h2” 的消息"));
    CHECK_THAT(said->en, Contains("no event 'h2' of source 'host'"));
    CHECK(no_effect("fact.withdrawn", {{"event_source", "other"}, {"event_id", "h1"}}, item));
}

TEST_CASE("Effect: of a long record only the latest part is judged, and that is said") {
    auto busy = item;
    auto& timeline = busy["timeline"].as_array();
    timeline.resize(200, json::object{{"kind", "fired"}});
    const auto said = no_effect("fact.withdrawn", {{"event_source", "host"}, {"event_id", "h2"}}, busy);
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("最近的记录中没有"));
}

TEST_CASE("Effect: a waiver of an obligation that the case has not is told, with the nearest") {
    CHECK_FALSE(no_effect("obligation.waived", {{"obligation", "response"}}, item));
    CHECK_FALSE(no_effect("obligation.waived", {{"obligation", "continuous_release"}}, item));
    CHECK_FALSE(no_effect("obligation.waived", {{"obligation", "continuous_release.1"}}, item));
    const auto said = no_effect("obligation.waived", {{"obligation", "respons"}}, item);
    REQUIRE(said);
    CHECK(said->zh == "该事项目前没有义务 “respons”，没有豁免任何一项；是 response 吗？");
    CHECK(said->en == "the case now has no obligation 'respons', nothing is waived; did you mean response?");
    CHECK(no_effect("obligation.waived", {{"obligation", "continuous_release.2"}}, item));
}

TEST_CASE("Effect: an assessment that assesses nothing is told, other events are not judged") {
    CHECK(no_effect("case.assessed", {{"by", "x"}, {"reason", "r"}}, {}));
    for (const auto& [member, value] :
         {std::pair{"incident_grade", "II"}, {"opinion_level", "red"}, {"field", "f"}}) {
        CHECK_FALSE(no_effect("case.assessed", {{"by", "x"}, {member, value}}, {}));
    }
    CHECK_FALSE(no_effect("case.noted", {{"by", "x"}}, {}));
}

TEST_CASE("Effect: a grade or level that nobody knows is told") {
    auto said = no_effect("case.assessed", {{"incident_grade", "huge"}, {"field", "f"}}, {});
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("--grade “huge” 无法识别"));
    said = no_effect("case.assessed", {{"incident_grade", "较大"}, {"opinion_level", "pink"}}, {});
    REQUIRE(said);
    CHECK_THAT(said->en, Contains("--level 'pink'"));
}

TEST_CASE("Effect: a grade that the case did not take is told") {
    const json::object major{{"incident_grade", "major"}};
    CHECK_FALSE(no_effect("case.assessed", {{"incident_grade", "重大"}}, major));
    const auto said = no_effect("case.assessed", {{"incident_grade", "一般"}}, major);
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("事件等级仍为重大") && Contains("--reason"));
    CHECK_THAT(said->en, Contains("still major"));
}

TEST_CASE("Effect: an assignment that leaves a unit unknown is told") {
    CHECK_FALSE(no_effect("case.assigned", {{"lead_unit", "县民政局"}}, item));
    const json::object lost{{"flags", {"truncated", "unknown_unit"}}};
    const auto said = no_effect("case.assigned", {{"lead_unit", "民政"}}, lost);
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("不在名录"));
}

TEST_CASE("Effect: keeping a commitment that the case has not is told") {
    const json::object lamps{{"obligations", {{{"id", "response"}}, {{"id", "commitment.lamps"}}}}};
    CHECK_FALSE(no_effect("commitment.kept", {{"commitment", "lamps"}}, lamps));
    const auto said = no_effect("commitment.kept", {{"commitment", "response"}}, lamps);
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("没有承诺 “response”"));
}
