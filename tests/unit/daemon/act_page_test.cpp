// The page behind a message's link: what it offers, and that text from outside stays text.
#include "act_page.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing;
using namespace yuqing::test;
using Catch::Contains;
using Form = std::map<std::string, std::string>;

namespace {

struct Shown {
    explicit Shown(const std::string& title = "低保发放") {
        one.tell(detected(0h, {.title = title, .lead_unit = "mzj"}));
    }
    std::string page(bool may_act = true, std::vector<std::string> officers = {"chen", "zhang"}) {
        const auto view = one.view(1h);
        return act_page({.view = view,
                         .policy = one.office.policy,
                         .directory = one.office.directory,
                         .zone = one.office.zone,
                         .now = t0 + 1h,
                         .version = 7,
                         .officers = std::move(officers),
                         .acknowledged = acknowledged,
                         .may_act = may_act,
                         .problem = problem});
    }
    OneCase one;
    std::optional<Deed> acknowledged;
    std::string problem;
};

}  // namespace

TEST_CASE("Act page: names the matter, what is left, and those told as who may act") {
    const auto page = Shown().page();
    for (const char* part : {"低保发放", "县民政局", "剩余1天23小时", "陈七", "张三", "value=\"chen\"",
                             ">签收 ", ">已发布 ", "name=\"seen\" value=\"7\"", "网上回复"})
        CHECK_THAT(page, Contains(part));
    CHECK_THAT(page, !Contains("name=\"name\""));
    CHECK_THAT(Shown().page(true, {}), Contains("name=\"name\""));
}

TEST_CASE("Act page: without a link it only shows, and what is done is not offered again") {
    CHECK_THAT(Shown().page(false), !Contains("<form"));
    Shown shown;
    shown.acknowledged = Deed{"张三", "已签收", t0 + 10min};
    shown.problem = "不用再操作";
    CHECK_THAT(shown.page(),
               Contains("已签收：<b><bdi>张三") && Contains("06-01 08:10") && Contains("不用再操作"));
    CHECK_THAT(shown.page(), !Contains("value=\"acknowledge\""));
}

TEST_CASE("Act page: a hostile title is text, with no number of a person") {
    const auto page =
        Shown("</title><script>alert(1)</script>{{#form}}{{{id}}} \"onload=x' 13800001111 &lt;").page();
    CHECK_THAT(page, !Contains("<script") && !Contains("13800001111"));
    CHECK_THAT(page, Contains("&lt;script&gt;") && Contains("{{{id}}}") && Contains("138****1111"));
    CHECK_THAT(page, Contains("&amp;lt;") && Contains("&quot;onload=x"));
}

TEST_CASE("Act page: why a link does not work is told with what to do") {
    CHECK_THAT(act_refused_page({"expired", "", "t"}), Contains("链接已过期"));
    CHECK_THAT(act_refused_page({"forged", "", "t"}), Contains("不完整或已被改动"));
    CHECK_THAT(act_refused_page({"unsigned", "", "http.link_key_file"}), Contains("请联系管理员"));
}

TEST_CASE("Act form: who acts is one of those told, by name") {
    const auto office = an_office();
    const auto read = [&](const Form& form, const std::vector<std::string>& officers = {"chen"}) {
        return read_act_order(form, officers, office.directory);
    };
    const auto order = read({{"act", "acknowledge"}, {"who", "chen"}});
    REQUIRE(order.has_value());
    CHECK(order->by == "陈七");
    CHECK_FALSE(order->publish);
    CHECK(read({{"act", "acknowledge"}, {"who", "zhang"}}).error().path == "who");
    CHECK(read({{"act", "acknowledge"}}).error().path == "who");
    CHECK(read({{"act", "delete"}, {"who", "chen"}}).error().path == "act");
    CHECK(read({{"act", "acknowledge"}, {"name", "赵六"}}, {})->by == "赵六");
    CHECK(read({{"act", "acknowledge"}, {"name", "  "}}, {}).error().path == "name");
    CHECK(read({{"act", "acknowledge"}, {"name", std::string(200, 'x')}}, {}).error().path == "name");
}

TEST_CASE("Act form: a publication has a kind, and an address only of the web") {
    const auto office = an_office();
    Form form{{"act", "publish"}, {"who", "chen"}, {"kind", "online_reply"}};
    const auto read = [&] { return read_act_order(form, {"chen"}, office.directory); };
    REQUIRE(read().has_value());
    CHECK(read()->kind == ResponseKind::online_reply);
    form["url"] = "https://www.gov.cn/x";
    CHECK(read()->url == "https://www.gov.cn/x");
    form["url"] = "javascript:alert(1)";
    CHECK(read().error().path == "url");
    form["kind"] = "rumour";
    CHECK(read().error().path == "kind");
}

TEST_CASE("Act page: a kind is wanted while something is open that it fulfils") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = IncidentGrade::extreme, .lead_unit = "mzj"}));
    CHECK(publication_wanted(one.view(1h), one.office.policy, ResponseKind::press_conference));
    CHECK_FALSE(publication_wanted(one.view(1h), one.office.policy, ResponseKind::hotline_reply));
}
