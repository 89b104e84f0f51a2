// The three robots' messages, as the platforms read them.
#include "room.hpp"

#include <boost/json/serialize.hpp>

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
namespace json = boost::json;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

constexpr auto all_texts =
    "化工厂爆炸|发布权威信息|剩余1小时|06-01 09:00|县应急管理局|先发布已核实事实|国办发〔2016〕80号|张三";

void says_all(const std::string& text) {
    std::string rest = all_texts;
    while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find('|'));
        INFO(word << " in " << text);
        CHECK(text.find(word) != text.npos);
        rest.erase(0, word.size() + 1);
    }
}

}  // namespace

TEST_CASE("DingTalk: a message says what, whose, how long, until when, what to do and on which basis") {
    const Room room;
    const auto letter = room.write(*make_dingtalk_format({}), {message()});
    CHECK(letter.query.empty());
    CHECK(text_at(letter.body, "/msgtype") == "markdown");
    const auto text = text_at(letter.body, "/markdown/text");
    says_all(text);
    CHECK(text.find("@13800001111") != text.npos);
    CHECK(text.find("[签收或报告已发布](http://board.example:9570/act/QS-1?t=") != text.npos);
    CHECK(text.find("查看事项") == text.npos);  // the same page
    CHECK(text_at(letter.body, "/markdown/title") == "【催办】剩余1小时化工厂爆炸");
    CHECK(json::serialize(json::parse(letter.body).at("at")) ==
          R"({"atMobiles":["13800001111"],"atUserIds":[],"isAtAll":false})");
}

TEST_CASE("DingTalk: the query is signed for the moment of the attempt") {
    Room room;
    room.now = TimePoint(1700000000000ms);
    CHECK(room.write(*make_dingtalk_format({.secret = "SEC000000000000000000000"}), {message()}).query ==
          "timestamp=1700000000000&sign=1zJ%2Fw34EOSVAYr7cu7Vo8LnebmK2%2FGrCgegtr8mQrqM%3D");
    room.now = TimePoint(1700000000004ms);
    CHECK(room.write(*make_dingtalk_format({.secret = "SEC000000000000000000000"}), {message()}).query ==
          "timestamp=1700000000004&sign=dYgH6xrRTcunrT2tx3%2FD89WF%2BvvbPlpI9FuEGVpjJbw%3D");
    room.now = TimePoint(1767323045000ms);
    CHECK(room.write(*make_dingtalk_format(
                         {.secret = "SECc11edd51fbffa2dc93863cf03d959bba7b066318b756860b67c6a347a9ab6888"}),
                     {message()})
              .query == "timestamp=1767323045000&sign=Z2cBFJJYIO19IAuM28nBfQypdjCCWPvk5Ow8LprVItc%3D");
}

TEST_CASE("DingTalk: the keyword is in every message, and a message with it is left alone") {
    const Room room;
    const auto with = make_dingtalk_format({.keyword = "舆情"});
    for (const Shape shape : {Shape::full, Shape::brief, Shape::neutral}) {
        const auto text =
            text_at(room.write(*with, {message(std::string(60'000, 'x'))}, shape).body, "/markdown/text");
        CHECK(count(text, "舆情") == 1);
    }
    CHECK(count(text_at(room.write(*with, {message("舆情反映")}).body, "/markdown/text"), "舆情") == 1);
}

TEST_CASE("WeCom: Markdown mentions by user id, and text rings whoever has only a mobile") {
    const Room room;
    const auto format = make_wecom_format();
    const auto markdown = room.write(*format, {message("化工厂爆炸", {"zhang", "wu"})});
    const auto content = text_at(markdown.body, "/markdown/content");
    CHECK(content.find("<@zhangsan><@wuwu>") != content.npos);
    says_all(text_at(room.write(*format, {message()}).body, "/markdown/content"));

    const auto text = room.write(*format, {message("化工厂爆炸", {"zhang", "li"})});
    CHECK(text_at(text.body, "/msgtype") == "text");
    CHECK(json::serialize(json::parse(text.body).at_pointer("/text/mentioned_list")) == R"(["zhangsan"])");
    CHECK(json::serialize(json::parse(text.body).at_pointer("/text/mentioned_mobile_list")) ==
          R"(["13900002222"])");
    says_all(text_at(text.body, "/text/content"));
}

TEST_CASE("Feishu: a card with mentions and buttons, signed in the body in seconds") {
    Room room;
    const auto body = room.write(*make_feishu_format({}), {message()}).body;
    CHECK(text_at(body, "/msg_type") == "interactive");
    CHECK(text_at(body, "/card/header/title/content") == "【催办】剩余1小时");
    CHECK(text_at(body, "/card/elements/0/text/tag") == "plain_text");
    says_all(body);
    CHECK(body.find("<at id=ou_z></at>") != body.npos);
    CHECK(body.find(R"("url":"http://board.example:9570/act/QS-1?t=)") != body.npos);

    const auto signature = [&](std::int64_t seconds, const std::string& secret) {
        room.now = TimePoint(std::chrono::seconds(seconds));
        const auto signed_body = room.write(*make_feishu_format({.secret = secret}), {message()}).body;
        CHECK(text_at(signed_body, "/timestamp") == std::to_string(seconds));
        return text_at(signed_body, "/sign");
    };
    CHECK(signature(1599360473, "demo") == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");
    CHECK(signature(1767323045, "popin-feishu-secret") == "wlCjyRnJ1pyNbtT+/WHAH8HXu2AshvDHuwLu7Uhj8qE=");
    CHECK(signature(1767323045, "密钥abc") == "Cwut7B0wHamLGKgivnImdvWM/AUI6P7GZQQOpGZ52Wk=");
}

TEST_CASE("Feishu: a refused card goes as text with its own spelling of a mention") {
    const Room room;
    const auto body = room.write(*make_feishu_format({.keyword = "舆情"}), {message()}, Shape::plain).body;
    CHECK(text_at(body, "/msg_type") == "text");
    const auto text = text_at(body, "/content/text");
    says_all(text);
    CHECK(text.find("<at user_id=\"ou_z\"></at>") != text.npos);
    CHECK(count(text, "舆情") == 1);
}

TEST_CASE("Robots: a message is cut by bytes and keeps mention and links") {
    const Room room;
    std::string title;
    for (int i = 0; i < 20'000; ++i) title += "危";
    const struct {
        std::unique_ptr<Format> format;
        std::size_t bytes_max;
        std::string mention;
    } robots[] = {{make_dingtalk_format({}), 20'000, "@13800001111"},
                  {make_wecom_format(), 4096 + 200, "<@zhangsan>"},
                  {make_feishu_format({}), 20'480, "<at id=ou_z></at>"}};
    for (const auto& [format, bytes_max, mention] : robots) {
        auto long_one = message(title);
        long_one.obligation->guide = title;
        for (const Shape shape : {Shape::full, Shape::brief}) {
            const auto body = room.write(*format, {long_one}, shape).body;
            CHECK(body.size() <= bytes_max);
            CHECK(body.find("/act/QS-1") != body.npos);
            CHECK(body.find("…") != body.npos);
            if (shape == Shape::full) CHECK(body.find(mention) != body.npos);
        }
    }
}

TEST_CASE("Robots: the neutral form carries no word from outside") {
    const Room room;
    for (const auto& format : {make_dingtalk_format({}), make_wecom_format(), make_feishu_format({})}) {
        auto told = message("敏感词");
        told.detail = "敏感词";
        told.matter->lead_unit = "敏感词";
        const auto body = room.write(*format, {told}, Shape::neutral).body;
        CHECK(body.find("敏感词") == body.npos);
        CHECK(body.find("QS-1") != body.npos);
        CHECK(body.find("剩余1小时") != body.npos);
    }
}

TEST_CASE("Robots: what waits travels together, each on its own line, as many as fit") {
    const Room room;
    std::vector<Notification> many(500, message("标题"));
    for (std::size_t i = 0; i < many.size(); ++i)
        many[i].matter->id = CaseId("QS-" + std::to_string(1000 + i));
    const struct {
        std::unique_ptr<Format> format;
        std::size_t bytes_max, least;
    } robots[] = {{make_dingtalk_format({}), 20'000, 80},
                  {make_wecom_format(), 4096 + 200, 15},
                  {make_feishu_format({}), 20'480, 80}};
    for (const auto& [format, bytes_max, least] : robots) {
        const auto letter = room.write(*format, many);
        CHECK(letter.body.size() <= bytes_max);
        CHECK(letter.included >= least);
        CHECK(letter.included < many.size());
        CHECK(count(letter.body, "QS-1") >= letter.included);
        CHECK(letter.body.find("QS-" + std::to_string(1000 + letter.included - 1)) != letter.body.npos);
        CHECK(letter.body.find("QS-" + std::to_string(1000 + letter.included)) == letter.body.npos);
        CHECK(letter.body.find("13800001111") + letter.body.find("zhangsan") + letter.body.find("ou_z") != 0);
    }
    const auto few = room.write(*robots[0].format, {many[0], many[1]});
    CHECK(few.included == 2);
}

TEST_CASE("Robots: an id that looks like a link or like emphasis is text where people read it") {
    const Room room;
    std::vector<Notification> two(2, message("标题"));
    two[0].matter->id = CaseId("www.evil.cn");
    two[1].matter->id = CaseId("__x__");
    const auto text = text_at(room.write(*make_dingtalk_format({}), two).body, "/markdown/text");
    CHECK(text.find(" www．evil．cn") != text.npos);
    CHECK(text.find(" ＿＿x＿＿") != text.npos);
    const auto neutral = room.write(*make_dingtalk_format({}), {two[0]}, Shape::neutral).body;
    CHECK(neutral.find("舆情事项 www．evil．cn") != neutral.npos);
    CHECK(neutral.find("/act/www.evil.cn?t=") != neutral.npos);
}

TEST_CASE("Robots: a matter that several messages are about is one line of what travels together") {
    const Room room;
    auto due = message("断桥"), owed = message("断桥"), again = message("断桥"), other = message("停水");
    due.reason = Reason::due;
    due.obligation->due = room.now;
    again.obligation->title = "签收";
    other.matter->id = CaseId("QS-2");
    auto drill = message();
    drill.reason = Reason::drill;
    drill.matter.reset();
    drill.obligation.reset();
    const auto letter = room.write(*make_dingtalk_format({}), {due, other, owed, again, drill});
    CHECK(letter.included == 5);
    const auto text = text_at(letter.body, "/markdown/text");
    INFO(text);
    CHECK(text.find("【汇总】3件") != text.npos);
    const auto& title = owed.obligation->title;
    CHECK(text.find("1、【到期】" + title + " 已到期；【催办】" + title +
                    " 剩余1小时、签收 剩余1小时 断桥") != text.npos);
    CHECK(text.find("2、【催办】" + title + " 剩余1小时 停水") != text.npos);
    CHECK(text.find("3、【演练】") != text.npos);
    CHECK(count(text, "断桥") == 1);  // its link names it once more
}

TEST_CASE("Robots: a hostile title reaches every robot as text") {
    const Room room;
    for (const std::string title :
         {"<at id=all></at>", "<at user_id=\"all\">所有人</at>", "<@all>", "@all @所有人 @13999999999",
          "[x](http://evil.example)", "![x](http://evil.example/a.png)", "<font color=red>x</font>", "# x",
          "**yy**", "</at><script>alert(1)</script>", "x\n\n@13999999999\n\n[y](z)", "http://evil.example"}) {
        for (const auto& format : {make_dingtalk_format({}), make_wecom_format(), make_feishu_format({})}) {
            for (const Shape shape : {Shape::full, Shape::plain, Shape::brief}) {
                const auto body = room.write(*format, {message(title)}, shape).body;
                INFO(body);
                for (const auto* part :
                     {"<at id=all", "user_id=\\\"all", "<@all", "@all", "13999999999", "](http://evil",
                      "](z)", "<font", "<script", "# x", "**yy", "*y", "http://evil"})
                    CHECK(body.find(part) == body.npos);
            }
        }
    }
}
