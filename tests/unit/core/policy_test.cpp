#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

TEST_CASE("parse_step_time: reads start, start+D, due-D, due, due+D and percent") {
    CHECK(parse_step_time("start").value().at_start());
    CHECK(parse_step_time("due").value().at_due());
    CHECK(parse_step_time("due+1d").value().after_due());
    const auto before = parse_step_time("due-90s").value();
    CHECK(before.before);
    CHECK(before.offset == Period{.fixed = 90s});
    CHECK_FALSE(before.at_due());
    CHECK_FALSE(before.after_due());
    CHECK(parse_step_time("start+1wd").value().offset == Period{.workdays = 1});
    CHECK(parse_step_time("50%").value().percent == 50);
    CHECK(parse_step_time("due-1h").value().text == "due-1h");
}

TEST_CASE("parse_step_time: refuses everything else and says what would be right") {
    for (const char* text : {"", "begin", "start-1h", "due+", "due-", "due+0h", "due 1h", "due-1", "startle",
                             "0%", "100%", "-5%", "5.5%", "%", "50 %", "due+-1h", "start+start"}) {
        INFO(text);
        const auto at = parse_step_time(text);
        REQUIRE(at.has_error());
        CHECK_THAT(at.error().message, Catch::Contains("start+15m, due-1h"));
    }
}

TEST_CASE("Condition: all named members must agree, an empty one matches everything") {
    Attributes attributes{.incident_grade = IncidentGrade::major,
                          .opinion_level = OpinionLevel::red,
                          .field = "social_assistance",
                          .platform = "抖音",
                          .source = "douyin",
                          .lead_unit = "mzj",
                          .field_name = "社会救助",
                          .lead_unit_name = "县民政局"};
    CHECK(Condition{}.matches(attributes));
    CHECK(Condition{.incident_grade = {IncidentGrade::extreme, IncidentGrade::major}}.matches(attributes));
    CHECK_FALSE(Condition{.incident_grade = {IncidentGrade::extreme}}.matches(attributes));
    CHECK(Condition{.opinion_level = {OpinionLevel::red}, .platform = {"抖音"}}.matches(attributes));
    CHECK_FALSE(Condition{.opinion_level = {OpinionLevel::red}, .platform = {"微博"}}.matches(attributes));
    CHECK(Condition{.matter = {Matter::opinion}, .source = {"forum", "douyin"}}.matches(attributes));
    CHECK_FALSE(Condition{.matter = {Matter::hotline}}.matches(attributes));
    CHECK_FALSE(Condition{.field = {"education"}}.matches(attributes));
    CHECK_FALSE(Condition{.source = {"forum"}}.matches(attributes));
    CHECK_FALSE(Condition{.lead_unit = {"jyj"}}.matches(attributes));
    attributes.opinion_level.reset();
    CHECK_FALSE(Condition{.opinion_level = {OpinionLevel::blue, OpinionLevel::red}}.matches(attributes));
}

TEST_CASE("Condition: compares ids and Chinese names alike") {
    const Attributes attributes{.field = "social_assistance",
                                .lead_unit = "mzj",
                                .field_name = "社会救助",
                                .lead_unit_name = "县民政局"};
    CHECK(Condition{.field = {"社会救助"}, .lead_unit = {"mzj"}}.matches(attributes));
    CHECK(Condition{.field = {"social_assistance"}, .lead_unit = {"县民政局"}}.matches(attributes));
    CHECK_FALSE(Condition{.lead_unit = {"县教育局"}}.matches(attributes));
    CHECK_FALSE(Condition{.field = {""}}.matches(attributes));
}

TEST_CASE("Policy: the first class that matches wins") {
    auto policy = an_office().policy;
    CHECK(policy.classify({.incident_grade = IncidentGrade::major})->id == "emergency");
    CHECK(policy.classify({.incident_grade = IncidentGrade::considerable})->id == "general");
    policy.classes.pop_back();
    CHECK(policy.classify({}) == nullptr);
}

TEST_CASE(
    "Policy: a reason not named tells the duty officer, [] silences it, attention and self are never "
    "silent") {
    auto policy = an_office().policy;
    policy.notices = {{"fulfilled", {}}, {"attention", {}}, {"self", {}}, {"closed", {"county_head"}}};
    using Roles = std::vector<std::string>;
    CHECK(policy.notice_roles("upgraded") == Roles{"duty_officer"});
    CHECK(policy.notice_roles("fulfilled").empty());
    CHECK(policy.notice_roles("closed") == Roles{"county_head"});
    CHECK(policy.notice_roles("attention") == Roles{"duty_officer"});
    CHECK(policy.notice_roles("self") == Roles{"duty_officer"});
    policy.notices["attention"] = {"county_head"};
    CHECK(policy.notice_roles("attention") == Roles{"county_head"});
}

TEST_CASE("statutory_bound: 5, 24 and 48 hours for the three that are in published rules") {
    CHECK(statutory_bound("authoritative_release") == 5h);
    CHECK(statutory_bound("press_conference") == 24h);
    CHECK(statutory_bound("response") == 48h);
    CHECK_FALSE(statutory_bound("acknowledge"));
}

TEST_CASE("Words: every grade, level, matter, kind and role is read back from its identifier") {
    for (const auto* name : {"none", "ordinary", "considerable", "major", "extreme"}) {
        CHECK(to_string(parse_incident_grade(name).value()) == name);
    }
    CHECK(parse_incident_grade("特别重大") == IncidentGrade::extreme);
    CHECK(parse_incident_grade("II") == IncidentGrade::major);
    CHECK(parse_incident_grade("III") == IncidentGrade::considerable);
    CHECK(parse_incident_grade("无") == IncidentGrade::none);
    for (const auto* bad : {"", "V", "Major", "重大突发"}) CHECK_FALSE(parse_incident_grade(bad));
    CHECK(parse_opinion_level("红") == OpinionLevel::red);
    CHECK(parse_opinion_level("橙色") == OpinionLevel::orange);
    CHECK(to_string(parse_opinion_level("yellow").value()) == "yellow");
    CHECK_FALSE(parse_opinion_level("色"));
    for (const auto* name : {"opinion", "hotline", "consultation", "disclosure", "task"}) {
        CHECK(to_string(parse_matter(name).value()) == name);
    }
    for (const auto* name : {"authoritative_release", "press_conference", "media_briefing", "media_interview",
                             "holding_statement", "online_reply", "hotline_reply", "rumor_refutation",
                             "progress_update", "final_report"}) {
        CHECK(to_string(parse_response_kind(name).value()) == name);
    }
    CHECK(to_string(ClientRole::operator_) == "operator");
    CHECK(to_string(CaseStatus::merged) == "merged");
    CHECK(to_string(StartRule::earliest) == "earliest");
    CHECK(to_string(ObligationKind::internal) == "internal");
    CHECK(to_string(Card::none).empty());
}

TEST_CASE("is_case_id: letters, digits, dot, underscore and hyphen, 1 to 64 of them") {
    CHECK(is_case_id("QS-2026_0001.a"));
    CHECK(is_case_id(std::string(64, 'x')));
    for (const auto& bad : {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a/b"),
                            std::string("舆情"), std::string("a\0b", 3), std::string("a:b"),
                            std::string("a@b"), std::string("a[b"), std::string("a`b"), std::string("a{b")}) {
        CHECK_FALSE(is_case_id(bad));
    }
}
