#include "effect.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
namespace json = boost::json;

namespace {

const json::object item = json::parse(R"({
    "obligations":[{"id":"response"},{"id":"continuous_release.1"}],
    "timeline":[{"kind":"fact","source":"host","id":"h1"},{"kind":"fired"}]})")
                              .as_object();

std::optional<yuqing::Said> no_effect(std::string_view type, json::object data, const json::object& of) {
    return yuqing::remark_on({.type = type, .case_id = "C-1", .time = {}, .data = std::move(data)}, of);
}

/// Published at 14:00; the response was due at 13:00 or at 15:00.
std::optional<yuqing::Said> published(const char* obligations, const char* flags, json::object data = {}) {
    const auto of = json::parse(std::string("{\"obligations\":") + obligations + ",\"flags\":" + flags + "}");
    return yuqing::remark_on({.type = "response.published",
                              .case_id = "C-1",
                              .time = *alert::parse_rfc3339("2026-06-12T14:00:00+08:00"),
                              .data = std::move(data)},
                             of.as_object());
}

constexpr const char* answered_late = R"([{"id":"response","title":"回应","due":"2026-06-12T13:00:00+08:00",
    "fulfilled_at":"2026-06-12T14:00:00+08:00","status":"late","remaining_seconds":null}])";
constexpr const char* answered_in_time = R"([{"id":"response","due":"2026-06-12T15:00:00+08:00",
    "fulfilled_at":"2026-06-12T14:00:00+08:00","status":"met","remaining_seconds":null}])";
constexpr const char* unanswered = R"([{"id":"press_conference","title":"举行新闻发布会",
    "due":"2026-06-12T15:00:00+08:00","fulfilled_at":null,"status":"pending","remaining_seconds":3600},
    {"id":"response","due":"2026-06-12T13:00:00+08:00","fulfilled_at":"2026-06-12T12:00:00+08:00",
    "status":"met","remaining_seconds":null}])";

}  // namespace

TEST_CASE("Effect: a publication in time, reviewed where it must be, is not remarked on") {
    CHECK_FALSE(published(answered_in_time, "[]"));
    // Another one of the case was not reviewed, this one was.
    CHECK_FALSE(
        published(answered_in_time, R"(["unreviewed"])", {{"approved_at", "2026-06-12T13:59:00+08:00"}}));
    CHECK_FALSE(published(answered_in_time, R"(["unreviewed"])", {{"approved_by", "李"}}));
}

TEST_CASE("Effect: a publication after the due time is told, with how much it is over") {
    const auto said = published(answered_late, "[]");
    REQUIRE(said);
    CHECK(said->zh == "回应（response）已超时：期限 06-12 13:00，超 1小时");
    CHECK_THAT(said->en, Contains("is late: it was due at 06-12 13:00, over by 1h"));
}

TEST_CASE("Effect: a publication that fulfils nothing is told, with what is still open") {
    auto said = published(unanswered, "[]");
    REQUIRE(said);
    CHECK(said->zh ==
          "没有完成任何义务，仍待完成：举行新闻发布会（press_conference）；请核对 --kind 和 --time");
    said = published("[]", "[]");
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("没有待完成的义务"));
}

TEST_CASE("Effect: a publication without approval, or approved only afterwards, is told") {
    auto said = published(answered_in_time, R"(["unreviewed"])");
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("未经审签发布") && Contains("yuqingctl approve"));
    said = published(answered_late, R"(["unreviewed"])", {{"approved_at", "2026-06-12T14:01:00+08:00"}});
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("已超时") && Contains("未经审签发布"));
}

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
    auto said = no_effect("case.assessed", {{"incident_grade", "一般"}}, major);
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("事件等级仍为重大") && Contains("主管") && Contains("--reason"));
    CHECK_THAT(said->en, Contains("still major"));
    // The reason was given: what is missing is somebody who may.
    said = no_effect("case.assessed", {{"incident_grade", "一般"}, {"reason", "核实"}}, major);
    REQUIRE(said);
    CHECK_THAT(said->zh, Contains("降级须由主管（supervisor）研判才生效") && !Contains("--reason"));
    CHECK_THAT(said->en, Contains("takes a supervisor,"));
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
