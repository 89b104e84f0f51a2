// Alertmanager's webhook body, as its receivers read it.
#include "room.hpp"

#include <boost/json/serialize.hpp>

#include <catch2/catch.hpp>

#include <set>

using namespace alert;
using namespace yuqing::test;
namespace json = boost::json;

namespace {

std::unique_ptr<Format> a_format(const std::string& token = "") {
    return make_alertmanager_format({.channel = "duty.hook", .token = token});
}

json::object body_of(const std::vector<Notification>& messages) {
    return json::parse(Room().write(*a_format(), messages).body).as_object();
}

std::string at(const json::value& body, const std::string& pointer) {
    return std::string(body.at_pointer(pointer).as_string());
}

Notification answered() {
    auto told = message();
    told.reason = Reason::fulfilled;
    told.created_at = t0 + 30min;
    return told;
}

Notification about_the_office(const std::string& flag) {
    Notification told{.id = NotificationId("n2"), .reason = Reason::attention, .flag = flag};
    told.created_at = t0;
    return told;
}

DeliveryResult judged(int status, const std::string& body) {
    return a_format()->judge({.status = status, .body = body}, Shape::full, t0).result;
}

}  // namespace

TEST_CASE("Alertmanager: a reminder is a firing alert of version 4") {
    const auto letter = Room().write(*a_format(), {message()});
    CHECK(letter.headers ==
          std::vector<std::pair<std::string, std::string>>{{"Content-Type", "application/json"}});
    CHECK(letter.body.ends_with("}\n"));
    const auto body = json::parse(letter.body).as_object();
    CHECK(at(body, "/receiver") == "duty\\.hook");
    CHECK(at(body, "/version") == "4");
    CHECK(at(body, "/status") == "firing");
    CHECK(body.at("truncatedAlerts").as_int64() == 0);
    CHECK(at(body, "/externalURL") == "http://board.example:9570");
    CHECK(json::serialize(body.at("groupLabels")) ==
          R"({"alertname":"YuqingDeadline","case":"QS-1","obligation":"authoritative_release"})");
    CHECK(at(body, "/groupKey") ==
          R"({}:{alertname="YuqingDeadline", case="QS-1", obligation="authoritative_release"})");

    const auto& alert = body.at("alerts").at(0);
    CHECK(json::serialize(alert.at("labels")) ==
          R"({"alertname":"YuqingDeadline","case":"QS-1","instance":"qingshan",)"
          R"("obligation":"authoritative_release","severity":"critical"})");
    CHECK(body.at("commonLabels") == alert.at("labels"));
    CHECK(body.at("commonAnnotations") == alert.at("annotations"));
    CHECK(at(alert, "/status") == "firing");
    CHECK(at(alert, "/startsAt") == "2026-06-01T04:00:00+08:00");
    CHECK(at(alert, "/endsAt") == "0001-01-01T00:00:00Z");
    CHECK(at(alert, "/generatorURL").starts_with("http://board.example:9570/act/QS-1?t="));
}

TEST_CASE("Alertmanager: annotations say what, whose, until when and on which basis, all as text") {
    const auto notes = body_of({message()}).at("commonAnnotations");
    CHECK(at(notes, "/summary") == "【催办】剩余1小时化工厂爆炸");
    CHECK(at(notes, "/title") == "化工厂爆炸");
    CHECK(at(notes, "/reason") == "reminder");
    CHECK(at(notes, "/class") == "emergency");
    CHECK(at(notes, "/lead_unit") == "县应急管理局");
    CHECK(at(notes, "/due") == "2026-06-01T09:00:00+08:00");
    CHECK(at(notes, "/basis") == "国办发〔2016〕80号");
    CHECK(at(notes, "/guide") == "先发布已核实事实");
    CHECK(at(notes, "/url").starts_with("http://board.example:9570/act/QS-1?t="));
    CHECK(at(notes, "/acknowledge_url") == at(notes, "/url"));
    CHECK(at(notes, "/description").find("通知：张三") != std::string::npos);
    for (const auto& [name, value] : notes.as_object()) CHECK_FALSE(value.as_string().empty());
}

TEST_CASE("Alertmanager: the answer resolves the very alert that fired") {
    const auto fired = body_of({message()});
    const auto ended = body_of({answered()});
    CHECK(at(ended, "/status") == "resolved");
    CHECK(at(ended, "/alerts/0/status") == "resolved");
    CHECK(at(ended, "/alerts/0/endsAt") == "2026-06-01T08:30:00+08:00");
    for (const auto* same : {"/alerts/0/fingerprint", "/alerts/0/startsAt", "/groupKey"})
        CHECK(at(ended, same) == at(fired, same));
    CHECK(ended.at("commonLabels") == fired.at("commonLabels"));
}

TEST_CASE("Alertmanager: a regraded, reassigned, overdue matter is still the same alert") {
    auto later = message("另一个标题");
    later.reason = Reason::overdue;
    later.card = Card::yellow;
    later.matter->class_id = "general";
    later.matter->lead_unit = "县公安局";
    CHECK(at(body_of({later}), "/alerts/0/fingerprint") == at(body_of({message()}), "/alerts/0/fingerprint"));
    auto other = message();
    other.obligation->id = "response";
    CHECK(at(body_of({other}), "/alerts/0/fingerprint") != at(body_of({message()}), "/alerts/0/fingerprint"));
}

TEST_CASE("Alertmanager: the fingerprint is Alertmanager's own, over the sorted labels") {
    // 64-bit FNV-1a of the labels above, computed apart from this program.
    CHECK(at(body_of({message()}), "/alerts/0/fingerprint") == "ee01d501a9a0dc24");
}

TEST_CASE("Alertmanager: closing a case resolves what was told about the case") {
    auto told = message();
    told.obligation.reset();
    told.step.reset();
    told.reason = Reason::attention;
    told.flag = "renewed";
    auto closed = told;
    closed.reason = Reason::closed;
    closed.flag.clear();
    const auto fired = body_of({told}), ended = body_of({closed});
    CHECK(at(fired, "/status") == "firing");
    CHECK(at(fired, "/commonLabels/alertname") == "YuqingNotice");
    CHECK(at(fired, "/commonLabels/severity") == "warning");
    CHECK(at(fired, "/commonAnnotations/flag") == "renewed");
    CHECK(at(ended, "/status") == "resolved");
    CHECK(at(ended, "/alerts/0/fingerprint") == at(fired, "/alerts/0/fingerprint"));
}

TEST_CASE("Alertmanager: what is about no one case has labels of its own") {
    const auto body = body_of({about_the_office("roster_gap")});
    CHECK(json::serialize(body.at("commonLabels")) ==
          R"({"alertname":"YuqingNotice","instance":"qingshan","notice":"roster_gap","severity":"warning"})");
    CHECK(at(body, "/alerts/0/generatorURL") == "http://board.example:9570");
    CHECK_FALSE(at(body, "/commonAnnotations/description").empty());
}

TEST_CASE("Alertmanager: several messages are alerts of one body, common is what they have in common") {
    const auto body = body_of({message(), answered(), about_the_office("rejected")});
    CHECK(body.at("alerts").as_array().size() == 3);
    CHECK(at(body, "/status") == "firing");
    CHECK(at(body, "/alerts/1/status") == "resolved");
    CHECK(json::serialize(body.at("commonLabels")) == R"({"instance":"qingshan"})");
    CHECK(json::serialize(body.at("groupLabels")) == "{}");
    CHECK(at(body, "/groupKey") == "{}:{}");
    CHECK(at(body_of({answered(), answered()}), "/status") == "resolved");

    const auto many = Room().write(*a_format(), std::vector<Notification>(50, message()));
    CHECK(many.included == 20);
    CHECK(json::parse(many.body).at("alerts").as_array().size() == 20);
}

TEST_CASE("Alertmanager: a hostile text is nothing but text, in labels as in annotations") {
    for (const std::string title :
         {"<at id=all></at>", "@all @13999999999", "[x](http://evil.example)", "{{ .Labels }}",
          "\",\"status\":\"resolved", "\xff\xfe", "\u202eabc", "<script>alert(1)</script>"}) {
        auto told = message(title);
        told.matter->lead_unit = told.obligation->id = title;
        const auto text = Room().write(*a_format(), {told}).body;
        INFO(text);
        const auto body = json::parse(text);
        CHECK(at(body, "/status") == "firing");
        for (const auto* part :
             {"<at", "@all", "@1", "13999999999", "](http", "{{", "http://evil", "<script", "\u202e"})
            CHECK(text.find(part) == text.npos);
    }
}

TEST_CASE("Alertmanager: a token goes into the header and nowhere else") {
    const auto letter = Room().write(*a_format("geheim"), {message()});
    CHECK(letter.headers.back() == std::pair<std::string, std::string>("Authorization", "Bearer geheim"));
    CHECK(letter.body.find("geheim") == letter.body.npos);
}

TEST_CASE("Alertmanager: the status decides, and a 400 may mean anything") {
    using Kind = DeliveryResult::Kind;
    CHECK(judged(200, "OK").kind == Kind::delivered);
    CHECK(judged(204, "").kind == Kind::delivered);
    CHECK(judged(200, R"({"code":200,"msg":"success"})").kind == Kind::delivered);
    CHECK(judged(200, R"("ok")").kind == Kind::delivered);
    CHECK(judged(400, "Bad Request").kind == Kind::retry);
    CHECK(judged(404, "").kind == Kind::permanent);
    CHECK(judged(503, "").kind == Kind::retry);
}

TEST_CASE("Alertmanager: a refusal that a bridge hands on in a 200 is none delivered") {
    using Kind = DeliveryResult::Kind;
    CHECK(judged(200, R"({"errcode":0,"errmsg":"ok"})").kind == Kind::delivered);
    CHECK(judged(200, R"("{\"errcode\":0,\"errmsg\":\"ok\"}")").kind == Kind::delivered);
    CHECK(judged(200, R"("{\"StatusCode\":0,\"code\":0}")").kind == Kind::delivered);
    const auto refused = judged(200, R"("{\"errcode\":310000,\"errmsg\":\"sign not match\"}")");
    CHECK(refused.kind == Kind::retry);
    CHECK(refused.error == "the receiver handed on code 310000");
    CHECK(judged(200, R"({"errcode":93000})").kind == Kind::retry);
    CHECK(judged(200, R"("{\"code\":19024,\"msg\":\"Key Words Not Found\"}")").kind == Kind::retry);
    CHECK(judged(200, R"("自定义模板接口参数异常！")").kind == Kind::retry);
}
