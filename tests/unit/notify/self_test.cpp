// A notice about the daemon itself in every program, and what tells that a limit of one was hit.
#include "room.hpp"

#include "alert/core/self_watch.hpp"

#include <boost/json/serialize.hpp>

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
namespace json = boost::json;

namespace {

const TroubleId stuck{TroubleKind::channel, "duty-group"};

Notification self_notice(const Room& room, const std::string& zh = "待发3条，最早一条已等待12分钟") {
    const Trouble trouble{stuck, zh, "3 wait", {}};
    const auto notice = beginning(trouble, t0 - 12min, t0, {room.directory, room.zone});
    return self_notifications(notice, {{ChannelId("leaders"), {{"duty_officer", {"zhang"}}}}}, t0)[0];
}

Notification over_notice() {
    Notification told{.id = NotificationId("n9"), .reason = Reason::self};
    told.detail = "通道 duty-group 已恢复\n06-01 07:48 开始，历时12分钟\nchannel duty-group works again";
    told.about = "channel.duty-group";
    told.over = true;
    told.created_at = t0;
    told.targets = {{"duty_officer", {"zhang"}}};
    return told;
}

/// As sent, its JSON undone.
std::string text_in(const std::string& body) {
    json::error_code error;
    const auto value = json::parse(body, error);
    return error ? body : json::serialize(value);
}

struct Program {
    std::string name;
    std::unique_ptr<Format> format;
};

std::vector<Program> programs() {
    std::vector<Program> all;
    all.push_back({"dingtalk", make_dingtalk_format({})});
    all.push_back({"wecom", make_wecom_format()});
    all.push_back({"feishu", make_feishu_format({})});
    all.push_back({"alertmanager", make_alertmanager_format({.channel = "c"})});
    all.push_back(
        {"template",
         make_template_format({.kind = BodyKind::text, .body = "{{heading}}{{subject}}\n{{text}}"}, {})});
    all.push_back({"cloudevents", std::move(*make_cloudevents_format({}))});
    return all;
}

}  // namespace

TEST_CASE(
    "Self notice: every program says what, since when, what to do and for whom, in Chinese and English") {
    const Room room;
    for (const auto& [name, format] : programs()) {
        const auto text = text_in(room.write(*format, {self_notice(room)}).body);
        for (const std::string word :
             {"【系统】", "通道 duty-group 发送不畅", "最早一条已等待12分钟", "06-01 07:48（已12分）",
              "怎么做：请检查网络", "test-channel duty-group", "does not get its messages out", "张三"}) {
            INFO(word << " by " << name << " in " << text);
            CHECK(text.find(word) != text.npos);
        }
    }
}

TEST_CASE("Self notice: a mail says the same, its headline in the subject") {
    const Room room;
    const auto letter =
        room.write(*make_smtp_format({.from = "a@b.example", .to = {"c@d.example"}}), {self_notice(room)});
    CHECK(letter.body.size() > 200);
    CHECK_FALSE(letter.cut);
}

TEST_CASE("Self notice: what somebody wrote into a file is text, its numbers masked") {
    const Room room;
    const auto notice = self_notice(room, "policy.yaml:3:1: unknown key '<at all>' 13800001111 [x](y)");
    for (const auto& [name, format] : programs()) {
        if (name == "cloudevents") continue;  // a program reads it
        INFO(name);
        const auto text = text_in(room.write(*format, {notice}).body);
        CHECK(text.find("<at all>") == text.npos);
        CHECK(text.find("[x](y)") == text.npos);
        CHECK(text.find("key '＜at all＞' 138＊") != text.npos);
    }
}

TEST_CASE("Self notice: people are rung when it begins and not when it is over") {
    const Room room;
    const auto begins = room.write(*make_dingtalk_format({}), {self_notice(room)});
    const auto over = room.write(*make_dingtalk_format({}), {over_notice()});
    CHECK(json::serialize(json::parse(begins.body).at("at").at("atMobiles")) == R"(["13800001111"])");
    CHECK(json::serialize(json::parse(over.body).at("at").at("atMobiles")) == "[]");
    CHECK(text_at(over.body, "/markdown/title") == "【系统】通道 duty-group 已恢复");
}

TEST_CASE("Self notice: to Alertmanager's receivers it is one alert that fires and is resolved") {
    const Room room;
    const auto format = make_alertmanager_format({.channel = "c"});
    const auto begins = json::parse(room.write(*format, {self_notice(room)}).body);
    const auto over = json::parse(room.write(*format, {over_notice()}).body);
    CHECK(begins.at_pointer("/status").as_string() == "firing");
    CHECK(over.at_pointer("/status").as_string() == "resolved");
    CHECK(begins.at_pointer("/alerts/0/fingerprint") == over.at_pointer("/alerts/0/fingerprint"));
    CHECK(begins.at("groupKey") == over.at("groupKey"));
    CHECK(json::serialize(begins.at_pointer("/alerts/0/labels")) ==
          R"({"about":"channel.duty-group","alertname":"YuqingNotice","instance":"qingshan",)"
          R"("notice":"self","severity":"warning"})");
}

TEST_CASE("Self notice: beside others it has a line with its headline") {
    const Room room;
    const auto text =
        text_at(room.write(*make_dingtalk_format({}), {message(), self_notice(room)}).body, "/markdown/text");
    CHECK(text.find("【系统】 通道 duty-group 发送不畅") != text.npos);
}

TEST_CASE("Letter: what was cut to fit, or who was not mentioned, is told") {
    Room room;
    const auto format = make_dingtalk_format({});
    CHECK_FALSE(room.write(*format, {message()}).cut);
    CHECK(room.write(*format, {message(std::string(30'000, 'x'))}).cut);
    CHECK(room.write(*make_alertmanager_format({.channel = "c"}), {message(std::string(3000, 'x'))}).cut);
    std::vector<std::string> many;
    for (int i = 0; i < 31; ++i) {
        many.push_back("o" + std::to_string(i));
        room.directory.officers.push_back({.id = many.back(), .name = many.back(), .mobile = many.back()});
    }
    CHECK(room.write(*format, {message("x", many)}).cut);
    many.pop_back();
    CHECK_FALSE(room.write(*format, {message("x", many)}).cut);
}
