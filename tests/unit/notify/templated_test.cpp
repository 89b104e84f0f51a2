// `format: template`: what an administrator's text becomes, and when an answer counts as success.
#include "alert/codec/message_template.hpp"
#include "room.hpp"

#include <boost/json/serialize.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alert;
using namespace yuqing::test;
namespace json = boost::json;

namespace {

using Kind = DeliveryResult::Kind;

std::string filled(const std::string& body, const Notification& told, BodyKind kind = BodyKind::json,
                   const std::vector<std::string>& secrets = {}) {
    return Room().write(*make_template_format({.kind = kind, .body = body}, secrets), {told}).body;
}

DeliveryResult judged(const SuccessRule& rule, int status, const std::string& body) {
    const auto format = make_template_format({.body = "{}", .success = rule}, {});
    return format->judge({.status = status, .body = body}, Shape::full, t0).result;
}

std::string wrong(const std::string& text, Escape escape = Escape::json, std::size_t secrets = 0) {
    const auto error = check_template(text, escape, secrets);
    return error ? error->message : "";
}

const std::vector<std::string> hostile = {"\",\"phone\":\"110",
                                          "\\\" }\n{",
                                          "{{secret}} {{{secret}}} {{#officers}}",
                                          "</sms><sms to=\"110\">",
                                          "a&phone=110&b=%26",
                                          "\xff\xfe\xf0\x28",
                                          "\u202e@all <@all> [x](http://evil.example) 13800001111",
                                          "\r\nX-Evil: 1\r\n\r\n",
                                          "危\U0001F525险"};

}  // namespace

TEST_CASE("Template: every word of a message can be named") {
    auto told = message();
    told.created_at = t0;
    told.card = Card::red;
    told.flag = "renewed";
    told.matter->opinion_level = OpinionLevel::red;
    for (const auto name : template_words()) {
        INFO(name);
        const auto body = filled(R"({"x":"{{)" + std::string(name) + R"(}}"})", told);
        CHECK_FALSE(text_at(body, "/x").empty());
    }
    const auto body = filled(R"({"to":"{{mobiles}}","id":"{{id}}","r":{{remaining_seconds}},)"
                             R"("t":"{{title}}","due":"{{due}}","l":"{{line}}"})",
                             told);
    CHECK(text_at(body, "/to") == "13800001111");
    CHECK(text_at(body, "/id") == "n1");
    CHECK(json::parse(body).at("r").as_int64() == 3600);
    CHECK(text_at(body, "/t") == "化工厂爆炸");
    CHECK(text_at(body, "/due") == "2026-06-01T09:00:00+08:00");
    CHECK(text_at(body, "/l").starts_with("【催办】剩余1小时化工厂爆炸；事项：发布权威信息；"));
}

TEST_CASE("Template: officers are a list, and what is empty counts as absent") {
    auto told = message("x", {"zhang", "li", "wu"});
    const std::string text =
        R"({"to":[{{#officers}}{"n":"{{name}}","m":"{{mobile}}"}{{#more}},{{/more}}{{/officers}}])"
        R"({{#flag}},"flag":1{{/flag}}{{^flag}},"flag":0{{/flag}}})";
    const auto body = json::parse(filled(text, told));
    CHECK(json::serialize(body.at("to")) ==
          R"([{"n":"张三","m":"13800001111"},{"n":"李四","m":"13900002222"},{"n":"吴五","m":""}])");
    CHECK(body.at("flag").as_int64() == 0);
    told.flag = "renewed";
    CHECK(json::parse(filled(text, told)).at("flag").as_int64() == 1);
    told.targets.clear();
    CHECK(json::parse(filled(text, told)).at("to").as_array().empty());
}

TEST_CASE("Template: a JSON body stays JSON, whatever a title holds and however it is written") {
    for (const auto& title : hostile) {
        for (const auto* place :
             {"{{title}}", "{{{title}}}", "{{&title}}", "{{text}} {{line}} {{heading}}"}) {
            auto told = message(title);
            told.obligation->guide = told.matter->lead_unit = told.detail = title;
            const auto text = filled(R"({"text":")" + std::string(place) + R"(","secret":"{{secret}}"})",
                                     told, BodyKind::json, {"geheim"});
            INFO(text);
            const auto body = json::parse(text).as_object();
            CHECK(body.size() == 2);
            const std::string said(body.at("text").as_string());
            for (const auto* part : {"geheim", "@all", "](http", "http://evil", "13800001111", "\u202e"})
                CHECK(said.find(part) == said.npos);
        }
    }
}

TEST_CASE("Template: a form's value cannot begin another one, an XML text no element") {
    for (const auto& title : hostile) {
        const auto form = filled("phone={{mobiles}}&text={{title}}", message(title), BodyKind::form);
        INFO(form);
        CHECK(form.starts_with("phone=13800001111&text="));
        CHECK(form.find('&', form.find("&text") + 1) == form.npos);
        for (const char c : form) CHECK((c > ' ' && c <= '~'));

        const auto xml = filled("<sms a=\"{{title}}\">{{{title}}}</sms>", message(title), BodyKind::xml);
        INFO(xml);
        CHECK(xml.find('<', 1) == xml.rfind("</sms>"));
        CHECK(std::count(xml.begin(), xml.end(), '"') == 2);
    }
    CHECK(filled("{{title}}", message("a & b"), BodyKind::text) == "a ＆ b");
}

TEST_CASE("Template: headers hold secrets and never end early") {
    const auto format = make_template_format(
        {.body = "{}",
         .headers = {{"Authorization", "APPCODE {{secret}}"}, {"X-Title", "{{secret_2}}{{title}}"}}},
        {"a+b/c==", "zwei"});
    for (const auto& title : hostile) {
        const auto letter = Room().write(*format, {message(title)});
        REQUIRE(letter.headers.size() == 3);
        CHECK(letter.headers[0].second == "application/json; charset=utf-8");
        CHECK(letter.headers[1].second == "APPCODE a+b/c==");
        CHECK(letter.headers[2].second.starts_with("zwei"));
        for (const char c : letter.headers[2].second) CHECK((c >= ' ' && c <= '~'));
    }
}

TEST_CASE("Template: a long message is cut to what the body may hold") {
    std::string title;
    for (int i = 0; i < 20'000; ++i) title += "危";
    auto told = message(title);
    told.obligation->guide = title;
    const auto format = make_template_format({.body = R"({"text":"{{line}}"})", .body_max = 1500}, {});
    const auto body = Room().write(*format, {told}).body;
    CHECK(body.size() <= 1500);
    CHECK(text_at(body, "/text").find("…") != std::string::npos);
}

TEST_CASE("Template: what waits travels together in the same text") {
    std::vector<Notification> many(100, message("标题"));
    for (std::size_t i = 0; i < many.size(); ++i) many[i].matter->id = CaseId("QS-" + std::to_string(i));
    const auto format = make_template_format(
        {.body = R"({"id":"{{id}}","text":"{{text}}","case":"{{case_id}}","to":"{{mobiles}}"})",
         .body_max = 4000},
        {});
    const auto letter = Room().write(*format, many);
    CHECK(letter.included > 10);
    CHECK(letter.included < 100);
    CHECK(letter.body.size() <= 4000);
    CHECK(text_at(letter.body, "/case").empty());
    CHECK(text_at(letter.body, "/to") == "13800001111");
    CHECK(text_at(letter.body, "/text").find("\n" + std::to_string(letter.included) + "、") !=
          std::string::npos);
}

TEST_CASE("Template: any 2xx is success unless something else is asked for") {
    CHECK(judged({}, 204, "").kind == Kind::delivered);
    CHECK(judged({}, 500, "").kind == Kind::retry);
    CHECK(judged({}, 403, "").kind == Kind::permanent);
    CHECK(judged({.status = {200}}, 202, "").kind == Kind::retry);
    CHECK(judged({.status = {200}}, 200, "").kind == Kind::delivered);
    CHECK(judged({.status = {200, 409}}, 409, "").kind == Kind::delivered);
    CHECK_FALSE(make_template_format({}, {})->judges_body());
}

TEST_CASE("Template: the value at the pointer tells success, another try, or a refusal") {
    const SuccessRule rule{.pointer = "/result/code", .equals = {"0", "OK"}, .retry = {"-1"}};
    CHECK(judged(rule, 200, R"({"result":{"code":0}})").kind == Kind::delivered);
    CHECK(judged(rule, 200, R"({"result":{"code":"OK"}})").kind == Kind::delivered);
    CHECK(judged(rule, 200, R"({"result":{"code":-1}})").kind == Kind::retry);
    const auto refused = judged(rule, 200, R"({"result":{"code":"isv.BLACK<x>"}})");
    CHECK(refused.kind == Kind::permanent);
    CHECK(refused.error == "/result/code of the answer is isv.BLACK<x>");
    CHECK(judged(rule, 200, "<html>login</html>").kind == Kind::retry);
    CHECK(judged(rule, 200, "{}").kind == Kind::retry);
    CHECK(judged(rule, 200, "").kind == Kind::retry);
    CHECK(make_template_format({.success = rule}, {})->judges_body());
    CHECK(judged({.pointer = "/ok", .equals = {"true"}}, 200, R"({"ok":true})").kind == Kind::delivered);
    const SuccessRule text{.contains = "+OK"};
    CHECK(judged(text, 200, "+OK 1").kind == Kind::delivered);
    CHECK(judged(text, 200, "-ERR").kind == Kind::retry);
}

TEST_CASE("Template: what is wrong with a text is told before it is used") {
    CHECK(wrong(R"({"a":"{{title}}"})").empty());
    CHECK(wrong(R"({"a":"{{titel}}"})") == "nothing is called {{titel}}");
    CHECK(wrong(R"({"a":"{{#flag}}{{titel}}{{/flag}}"})") == "nothing is called {{titel}}");
    CHECK(wrong(R"({"a":"{{^flag}}{{titel}}{{/flag}}"})") == "nothing is called {{titel}}");
    CHECK(wrong(R"({"a":"{{#officers}}{{heigth}}{{/officers}}"})") == "nothing is called {{heigth}}");
    CHECK(wrong(R"({"a":"{{>title}}"})") == "partials like {{>title}} are not for messages");
    CHECK(wrong("{{#officers}}").starts_with("no Mustache: "));
    CHECK(wrong("{{title").starts_with("no Mustache: "));
    CHECK(wrong(R"({"a":{{title}}})") == "would be no JSON; texts stand inside quotes");
    CHECK(wrong(R"({"a":{{remaining_seconds}}})") ==
          "would be no JSON when a message has only the least; texts stand inside quotes");
    CHECK(wrong(R"([{{#officers}}"{{name}}",{{/officers}}])") ==
          "would be no JSON; texts stand inside quotes");
    CHECK(wrong("{{secret}}", Escape::form) == "nothing is called {{secret}}");
    CHECK(wrong("{{secret}}{{secret_2}}", Escape::form, 2).empty());
    CHECK(wrong("{{secret_3}}", Escape::form, 2) == "nothing is called {{secret_3}}");
    CHECK(wrong(std::string(20'000, 'x'), Escape::none) == "at most 16384 bytes");
}
