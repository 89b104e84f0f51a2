// The account of a case's steps as the API gives it.
#include "alert/codec/case_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace json = boost::json;

namespace {

const TimePoint start = parse_rfc3339("2026-06-12T13:38:00+08:00").value();

Explanation an_explanation() {
    Explanation explanation;
    explanation.view.id = CaseId("QS-1");
    Obligation response;
    response.id = "response";
    response.start = start;
    response.due = start + 48h;
    explanation.view.obligations = {response};
    StepAccount fired{.outcome = StepAccount::Outcome::fired, .step = "start", .planned = start};
    fired.at = start + 1500ms;
    fired.lateness = 1500ms;
    fired.told = {{NotificationId("n1"), ChannelId("duty-group"), {{"duty_officer", {"zhang"}}}}};
    StepAccount ahead{.outcome = StepAccount::Outcome::ahead, .step = "due", .planned = start + 48h};
    ahead.roles = {"county_head"};
    StepAccount held{.outcome = StepAccount::Outcome::held, .step = "due-1h", .planned = start + 47h};
    held.until = start + 47h + 30min;
    explanation.obligations = {{response, {fired, held, ahead}}};
    explanation.notices = {{start, "attention:unassigned", "", fired.told}};
    return explanation;
}

}  // namespace

TEST_CASE("Explain JSON: a case with the account of each step, notices, and no timeline") {
    Directory directory;
    directory.officers = {{"zhang", "张三", "", "", "", ""}};
    const auto zone = Zone::find("Asia/Shanghai").value();
    const auto shown = explain_json(an_explanation(), directory, start + 1h, zone);
    CHECK(shown.at("id") == "QS-1");
    CHECK_FALSE(shown.contains("timeline"));
    CHECK(shown.at("muted_until").is_null());
    CHECK(json::serialize(shown.at("obligations").at(0).at("steps")) ==
          R"([{"step":"start","outcome":"fired","why":null,"planned":"2026-06-12T13:38:00+08:00",)"
          R"("at":"2026-06-12T13:38:01.500+08:00","lateness_seconds":1.5E0,)"
          R"("told":[{"notification":"n1","channel":"duty-group",)"
          R"("targets":[{"role":"duty_officer","officers":[{"id":"zhang","name":"张三"}]}]}]},)"
          R"({"step":"due-1h","outcome":"held","why":null,"planned":"2026-06-14T12:38:00+08:00",)"
          R"("at":null,"until":"2026-06-14T13:08:00+08:00"},)"
          R"({"step":"due","outcome":"ahead","why":null,"planned":"2026-06-14T13:38:00+08:00","at":null,)"
          R"("roles":["county_head"],"repeats_left":null}])");
    CHECK(shown.at("notices").at(0).at("reason") == "attention:unassigned");
    CHECK(shown.at("notices").at(0).at("obligation").is_null());
    CHECK(shown.at("notices").at(0).at("told").at(0).at("channel") == "duty-group");
    CHECK(shown.at("undone").as_array().empty());
}
