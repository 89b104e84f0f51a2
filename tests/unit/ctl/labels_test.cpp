#include "labels.hpp"

#include "alert/core/event.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <regex>

using yuqing::Language;
namespace json = boost::json;

TEST_CASE("Labels: every event type has a Chinese word") {
    for (const auto type : alert::event_type_names) {
        INFO(type);
        CHECK(yuqing::label(type, Language::zh) != type);
        CHECK(yuqing::label(type, Language::en) == type);
    }
}

TEST_CASE("Labels: every flag of a case has a Chinese word") {
    for (const auto* flag :
         {"truncated", "unreadable", "unreviewed", "unassigned", "unknown_unit", "closed_unanswered",
          "kept_unknown", "unreasoned", "roster_gap", "overdue_on_arrival", "renewed", "rejected",
          "due_moved", "merge_loop", "withdrawn_unknown", "waived_unknown"}) {
        INFO(flag);
        CHECK(yuqing::label(flag, Language::zh) != flag);
    }
}

TEST_CASE("Labels: the board says what the terminal says") {
    std::ifstream file(YUQING_SOURCE_DIR "/daemon/board/terms.js");
    const std::string terms{std::istreambuf_iterator<char>(file), {}};
    const std::regex word(R"((\w+): \['([^']+)', )");
    for (const auto* section : {"case_status", "obligation_status", "flag", "response"}) {
        const auto begin = terms.find("\n    " + std::string(section) + ": {");
        REQUIRE(begin != std::string::npos);
        const auto text = terms.substr(begin, terms.find("\n    },", begin) - begin);
        std::size_t said = 0;
        for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at, ++said)
            CHECK((*at)[2] == yuqing::label((*at)[1].str(), Language::zh));
        CHECK(said >= 4);
    }
}

TEST_CASE("Labels: the board and the terminal name the usual roles alike") {
    std::ifstream file(YUQING_SOURCE_DIR "/daemon/board/terms.js");
    const std::string terms{std::istreambuf_iterator<char>(file), {}};
    const auto begin = terms.find("\n    role: {");
    REQUIRE(begin != std::string::npos);
    const auto text = terms.substr(begin, terms.find("\n    },", begin) - begin);
    const std::regex word(R"((\w+): \['([^']+)', )");
    std::size_t said = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at, ++said) {
        CHECK((*at)[2] == yuqing::role_label((*at)[1].str(), Language::zh));
        CHECK((*at)[1] == yuqing::role_label((*at)[1].str(), Language::en));
    }
    CHECK(said >= 9);
    CHECK(yuqing::role_label("night_watch", Language::zh) == "night_watch");
}

TEST_CASE("Labels: what the audit finds in a record has the words of the audit") {
    CHECK(yuqing::label("changed", Language::zh) == "被改动");
    CHECK(yuqing::label("missing", Language::zh) == "事项已不在");
}

TEST_CASE("Labels: what is unknown stays as it is") {
    CHECK(yuqing::label("something_new", Language::zh) == "something_new");
    CHECK(yuqing::label("", Language::zh).empty());
}

TEST_CASE("Labels: remaining time reads as people say it") {
    struct Row {
        json::value seconds;
        std::string zh, en;
    };
    const std::vector<Row> rows{
        {3900, "1小时5分", "1h5m"}, {-45, "超 45秒", "over by 45s"},
        {0, "0秒", "0s"},           {183600, "2天3小时", "2d3h"},
        {nullptr, "", ""},          {"x", "", ""},
    };
    for (const auto& row : rows) {
        const json::object obligation{{"remaining_seconds", row.seconds}};
        CAPTURE(json::serialize(obligation));
        CHECK(yuqing::remaining_text(obligation, Language::zh) == row.zh);
        CHECK(yuqing::remaining_text(obligation, Language::en) == row.en);
    }
    const json::object absurd{{"remaining_seconds", std::numeric_limits<std::int64_t>::min()}};
    CHECK_FALSE(yuqing::remaining_text(absurd, Language::zh).empty());
}

TEST_CASE("Labels: entries of a timeline say what happened and who was told") {
    const auto fact =
        json::parse(R"({"kind":"fact","type":"case.acknowledged","by":"张三","note":"收到"})").as_object();
    CHECK(yuqing::entry_text(fact, Language::zh) == "签收");
    CHECK(yuqing::entry_note(fact, Language::zh) == "收到");
    const auto assessed = json::parse(R"({"kind":"fact","type":"case.assessed",
        "at":"2026-06-12T13:38:00+08:00","time":"2026-06-12T12:00:00+08:00","note":"核实",
        "said":{"incident_grade":"major","field":"f","score":4}})")
                              .as_object();
    CHECK(yuqing::entry_note(assessed, Language::zh) ==
          "时间 2026-06-12T12:00:00+08:00; 等级 重大, 领域 f, 评分 4; 核实");
    CHECK(yuqing::entry_note(assessed, Language::en) ==
          "at 2026-06-12T12:00:00+08:00; incident_grade major, field f, score 4; 核实");
    const auto fired = json::parse(R"({"kind":"fired","obligation":"response",
        "step":"due-1h","targets":[
        {"role":"duty_officer","officers":[{"id":"zhang","name":"张三"}]},
        {"role":"duty_officer","officers":[{"id":"zhang","name":"张三"}]},
        {"role":"lead_unit","officers":[]}]})")
                           .as_object();
    CHECK(yuqing::entry_text(fired, Language::zh) == "已催办 response due-1h");
    CHECK(yuqing::entry_note(fired, Language::zh) == "→ 值班员 张三, 责任单位");
    const auto notice =
        json::parse(R"({"kind":"notice","reason":"attention:unassigned","targets":[]})").as_object();
    CHECK(yuqing::entry_text(notice, Language::zh) == "告知 请注意 无责任单位");
    CHECK(yuqing::entry_text(notice, Language::en) == "notice attention unassigned");
    const auto rebased = json::parse(R"({"kind":"rebased","by":"王五","note":"办法修订",
        "from":{"version":"2026.1"},"to":{"version":"2026.2"}})")
                             .as_object();
    CHECK(yuqing::entry_text(rebased, Language::zh) == "改用办法 2026.1 → 2026.2");
    CHECK(yuqing::entry_note(rebased, Language::zh) == "办法修订");
    const auto again =
        json::parse(R"({"kind":"redelivered","by":"王五","note":"已恢复","channel":"duty-group",
        "reason":"reminder","obligation":"response","step":"due-1h"})")
            .as_object();
    CHECK(yuqing::entry_text(again, Language::zh) == "重新发送 duty-group response due-1h");
    CHECK(yuqing::entry_note(again, Language::zh) == "已恢复");
    const auto notice_again = json::parse(R"({"kind":"redelivered","channel":"leaders","step":null,
        "reason":"attention:unassigned"})")
                                  .as_object();
    CHECK(yuqing::entry_text(notice_again, Language::zh) == "重新发送 leaders 请注意");
    const auto skipped =
        json::parse(R"({"kind":"skipped","obligation":"o","step":"start","reason":"when"})").as_object();
    CHECK(yuqing::entry_note(skipped, Language::zh) == "条件不符");
    CHECK(yuqing::entry_note(skipped, Language::en) == "when");
}

TEST_CASE("Causes: our own phrases are told in Chinese, and what a platform said stays as it is") {
    const auto zh = [](std::string_view error) { return cause_text(error, Language::zh); };
    CHECK(zh("HTTP 200 without the platform's code: not its answer") ==
          "HTTP 200，但没有平台的返回码：不是平台的回答，可能来自代理或防火墙");
    CHECK(zh("code 310000: sign not match; check the robot's secret") ==
          "code 310000: sign not match; 请核对机器人的密钥");
    CHECK(zh("code 1: the robot was stopped") == "code 1: the robot was stopped");
    CHECK(zh("code 1: Connection refused; the robot was stopped") ==
          "code 1: Connection refused; 机器人已停用");
    CHECK(zh("code 130101: too fast; 20 messages a minute; the robot is blocked for ten minutes") ==
          "code 130101: too fast; 每分钟限20条，机器人停用十分钟");
    CHECK(zh("code 400102; the robot was stopped") == "code 400102; 机器人已停用");
    CHECK(zh("hook.example:443 through the proxy p:3128: time-out after 5 s, in the TLS handshake") ==
          "hook.example:443 经代理 p:3128: 超时 5 s，在 TLS 握手");
    CHECK(zh("hook.example: TLS: self-signed certificate") ==
          "hook.example: TLS 握手未成：self-signed certificate");
    CHECK(zh("HTTP 404") == "HTTP 404");
    CHECK(zh("") == "");
    CHECK(cause_text("HTTP 302, redirects are not followed", Language::en) ==
          "HTTP 302, redirects are not followed");
}
