// What waits and travels together: nothing that one says is lost, the most urgent first, and whom it rings.
#include "room.hpp"

#include "alert/core/self_watch.hpp"

#include <boost/json/serialize.hpp>

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
namespace json = boost::json;

namespace {

Notification about(const std::string& id, Reason reason, std::optional<Duration> due_in = 1h,
                   const std::string& title = "停水") {
    auto told = message(title);
    told.reason = reason;
    told.matter->id = CaseId(id);
    if (due_in)
        told.obligation->due = t0 + *due_in;
    else
        told.obligation.reset();
    return told;
}

Notification of_office(Reason reason, const std::string& detail) {
    return {.id = NotificationId("n2"), .reason = reason, .detail = detail};
}

std::string dingtalk_text(const std::vector<Notification>& messages, Shape shape = Shape::full) {
    const Room room;
    return text_at(room.write(*make_dingtalk_format({}), messages, shape).body, "/markdown/text");
}

void says(const std::string& text, const std::string& part) {
    INFO(part << " in " << text);
    CHECK(text.find(part) != text.npos);
}

void keeps_silent(const std::string& text, const std::string& part) {
    INFO(part << " in " << text);
    CHECK(text.find(part) == text.npos);
}

std::size_t links_in(const std::string& text) {
    std::size_t found = 0;
    for (auto at = text.find("/act/"); at != text.npos; at = text.find("/act/", at + 1)) ++found;
    return found + (text.find("/cases/") == text.npos ? 0 : 1000);
}

}  // namespace

TEST_CASE("Digest: a notice says its flag, its detail and the grade it was raised to") {
    auto unassigned = about("QS-1", Reason::attention, {}), unreadable = unassigned;
    unassigned.flag = "unassigned";
    unreadable.flag = "unreadable";
    unreadable.detail = "无法识别：incident_grade";
    const auto text = dingtalk_text({unassigned, unreadable, about("QS-2", Reason::upgraded, {}),
                                     about("QS-3", Reason::closed, {}), about("QS-3", Reason::closed, {})});
    says(text,
         "1、【请注意】尚无责任单位或已被退回，请交办、消息中有无法识别的内容，已保留原文，请核对，"
         "无法识别：incident＿grade 停水 县应急管理局 QS-1");
    says(text, "2、【升级】重大突发事件 停水");
    says(text, "3、【办结】 停水");
    keeps_silent(text, "】、");
}

TEST_CASE("Digest: what is about no one case stands there whole") {
    const Room room;
    const Trouble trouble{{TroubleKind::channel, "duty-group"}, "待发3条", "3 wait", {}};
    const auto notice = beginning(trouble, t0 - 12min, t0, {room.directory, room.zone});
    auto self = self_notifications(notice, {{ChannelId("leaders"), {{"duty_officer", {"zhang"}}}}}, t0)[0];
    auto bulletin = of_office(Reason::bulletin, "");
    bulletin.items = {{*message("断桥").matter, message().obligation}, {*message("路灯不亮").matter, {}}};
    const auto text = dingtalk_text({about("QS-1", Reason::reminder), bulletin, self,
                                     of_office(Reason::handover, "08:00 交班：值班员 张三 → 李四"),
                                     of_office(Reason::drill, "收到请回复")});
    says(text, "2、【简报】 剩余1小时 发布权威信息 断桥");
    says(text, "路灯不亮（县应急管理局）");
    says(text, "3、【系统】 通道 duty-group 发送不畅");
    says(text, "怎么做：请检查网络");
    says(text, "4、【交接班】 08:00 交班：值班员 张三 → 李四");
    says(text, "5、【演练】 收到请回复");
    keeps_silent(text, "通知：");
}

TEST_CASE("Digest: most urgent first, over all matters and within one") {
    const auto text =
        dingtalk_text({about("QS-9", Reason::attention, {}), about("QS-1", Reason::reminder, 20h),
                       about("QS-2", Reason::reminder, 2h), about("QS-3", Reason::due, -1h),
                       about("QS-1", Reason::due, 0h), about("QS-9", Reason::fulfilled, -2h)});
    says(text, "1、【到期】发布权威信息 已超期1小时 停水 县应急管理局 QS-3");
    says(text, "2、【到期】发布权威信息 已到期；【催办】发布权威信息 剩余20小时 停水 县应急管理局 QS-1");
    says(text, "3、【催办】发布权威信息 剩余2小时 停水 县应急管理局 QS-2");
    says(text, "4、【请注意】；【已完成】发布权威信息 停水 县应急管理局 QS-9");
}

TEST_CASE("Digest: of one reason two obligations are named, and how many there are") {
    const auto text = dingtalk_text({about("QS-1", Reason::reminder, 1h), about("QS-1", Reason::reminder, 2h),
                                     about("QS-1", Reason::reminder, 3h), about("QS-2", Reason::reminder)});
    says(text, "1、【催办】发布权威信息 剩余1小时、发布权威信息 剩余2小时等3项 停水");
}

TEST_CASE("Digest: one that leaves no room for a second is a message of its own, cut to what is taken") {
    const Room room;
    auto whole = of_office(Reason::self, "通道不畅");
    for (int i = 0; i < 60; ++i) whole.detail += "\n" + std::string(100, 'x');
    for (const auto& officers : {std::vector<std::string>{"zhang"}, {"li"}}) {
        whole.targets = {{"duty_officer", officers}};
        const auto letter = room.write(*make_wecom_format(), {whole, message()});
        const bool text = text_at(letter.body, "/msgtype") == "text";
        const auto content = text_at(letter.body, text ? "/text/content" : "/markdown/content");
        CHECK(text == (officers[0] == "li"));
        CHECK(content.size() <= (text ? 2048 : 4096));
        CHECK(content.size() > (text ? 1800 : 3800));
        CHECK(letter.included == 1);
        CHECK(letter.cut);
        keeps_silent(content, "汇总");
        says(content, "【系统】");
    }
}

TEST_CASE("Digest: the neutral form names every matter, with its link and without a word from outside") {
    const Room room;
    auto told = about("QS-1", Reason::attention, {}, "敏感词");
    told.detail = told.matter->lead_unit = "敏感词";
    auto owed = about("QS-2", Reason::reminder, 1h, "敏感词");
    owed.obligation->title = "敏感词";
    for (const auto& format : {make_dingtalk_format({}), make_wecom_format(), make_feishu_format({})}) {
        const auto letter =
            room.write(*format, {told, owed, of_office(Reason::drill, "敏感词")}, Shape::neutral);
        CHECK(letter.included == 3);
        keeps_silent(letter.body, "敏感词");
        for (const auto* part : {"3件", "【催办】剩余1小时 舆情事项 QS-2", "舆情事项 QS-1", "【演练】",
                                 "http://board.example:9570/act/QS-1?t=", "签收或报告已发布 QS-2"})
            says(letter.body, part);
        CHECK(letter.body.find("/act/QS-2") < letter.body.find("/act/QS-1"));  // as their lines
    }
}

TEST_CASE("Digest: the most urgent matters have links to act by, where bytes allow and there is a key") {
    Room room;
    const auto text =
        dingtalk_text({about("QS-2", Reason::reminder, 2h), about("QS-1", Reason::due, 0h),
                       of_office(Reason::drill, "收到请回复"), about("QS-1", Reason::reminder, 3h)});
    says(text, "[签收或报告已发布 QS-1](http://board.example:9570/act/QS-1?t=");
    says(text, "[签收或报告已发布 QS-2](http://board.example:9570/act/QS-2?t=");
    CHECK(links_in(text) == 2);

    std::vector<Notification> many;
    for (int i = 0; i < 300; ++i) many.push_back(about("QS-" + std::to_string(i), Reason::reminder));
    for (const auto& format : {make_dingtalk_format({}), make_wecom_format(), make_feishu_format({})}) {
        const auto keyed = room.write(*format, many);
        auto scene = room.scene();
        scene.link_key = {};
        const auto plain = format->write(many, Shape::full, scene);
        CHECK(keyed.included == plain.included);
        CHECK(links_in(keyed.body) <= 10);
        CHECK(links_in(plain.body) == 0);
    }
}

TEST_CASE("Digest: the brief form takes fewer along") {
    const Room room;
    std::vector<Notification> many;
    for (int i = 0; i < 300; ++i) many.push_back(about("QS-" + std::to_string(i), Reason::reminder));
    for (const auto& format : {make_dingtalk_format({}), make_wecom_format(), make_feishu_format({})}) {
        const auto full = room.write(*format, many), brief = room.write(*format, many, Shape::brief);
        CHECK(brief.body.size() < full.body.size() * 6 / 10);
        CHECK(brief.included < full.included);
        CHECK(brief.included > 1);
    }
}

TEST_CASE("Digest: WeCom and a gateway tell those whose matters are in it, and nobody else") {
    Room room;
    std::vector<Notification> many;
    for (int i = 0; i < 60; ++i) {
        const auto id = "o" + std::to_string(i), mobile = std::to_string(13700000000 + i);
        room.directory.officers.push_back({.id = id, .name = id, .mobile = mobile});
        many.push_back(about("QS-" + std::to_string(100 + i), Reason::reminder));
        many.back().targets = {{"lead_unit", {id}}};
    }
    const auto wecom = room.write(*make_wecom_format(), many);
    const auto rung = json::parse(wecom.body).at_pointer("/text/mentioned_mobile_list").as_array();
    CHECK(wecom.included < 30);
    CHECK(rung.size() == wecom.included);
    CHECK(rung.back().as_string() == std::to_string(13700000000 + wecom.included - 1));

    const auto gateway =
        make_template_format({.kind = BodyKind::text, .body = "{{mobiles}}|{{text}}", .body_max = 1000}, {});
    const auto sms = room.write(*gateway, many);
    CHECK(sms.included < 30);
    says(sms.body, std::to_string(13700000000 + sms.included - 1) + "|");
}

TEST_CASE("Digest: a Feishu card has the colour of the most urgent that stands in it") {
    const Room room;
    const auto colour = [&](const std::vector<Notification>& messages) {
        return text_at(room.write(*make_feishu_format({}), messages).body, "/card/header/template");
    };
    const auto done = about("QS-1", Reason::closed), later = about("QS-2", Reason::reminder),
               raised = about("QS-3", Reason::upgraded), late = about("QS-4", Reason::overdue, -1h);
    CHECK(colour({done, done}) == "green");
    CHECK(colour({done, later}) == "blue");
    CHECK(colour({later, raised, done}) == "orange");
    CHECK(colour({later, raised, late}) == "red");
}

TEST_CASE("Digest: who is not mentioned any more, and what WeCom's text was cut of, is told") {
    Room room;
    std::vector<std::string> many;
    for (int i = 0; i < 31; ++i) {
        many.push_back("o" + std::to_string(i));
        room.directory.officers.push_back({.id = many.back(), .name = many.back(), .mobile = many.back()});
    }
    auto to_many = about("QS-2", Reason::reminder);
    to_many.targets = {{"lead_unit", many}};
    CHECK(room.write(*make_dingtalk_format({}), {message(), to_many}).cut);
    CHECK_FALSE(room.write(*make_dingtalk_format({}), {message(), message()}).cut);
    CHECK(room.write(*make_wecom_format(), {message(std::string(30'000, 'x'))}).cut);
    CHECK_FALSE(room.write(*make_wecom_format(), {message()}).cut);
}
