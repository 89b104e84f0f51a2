// The page behind a message's link: what it offers, and that text from outside stays text.
#include "act_page.hpp"
#include "alert/codec/event_json.hpp"
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
    std::string page(ActRight right = ActRight::act, std::vector<std::string> officers = {"chen", "zhang"}) {
        const auto view = one.view(1h);
        return act_page({.view = view,
                         .policy = one.office.policy,
                         .directory = one.office.directory,
                         .zone = one.office.zone,
                         .now = t0 + 1h,
                         .version = 7,
                         .officers = std::move(officers),
                         .record = record,
                         .right = right,
                         .problem = problem});
    }
    OneCase one;
    ActRecord record;
    std::string problem;
};

}  // namespace

TEST_CASE("Act page: names the matter, what is left, and those told as who may act") {
    const auto page = Shown().page();
    for (const char* part : {"低保发放", "县民政局", "剩余1天23小时", "陈七", "张三", "value=\"chen\"",
                             ">签收 ", ">已发布 ", "name=\"seen\" value=\"7\"", "网上回复"})
        CHECK_THAT(page, Contains(part));
    CHECK_THAT(page, !Contains("name=\"name\""));
    CHECK_THAT(Shown().page(ActRight::act, {}), Contains("name=\"name\""));
}

TEST_CASE("Act page: without a link it only shows, and what is done is not offered again") {
    CHECK_THAT(Shown().page(ActRight::none), !Contains("<form"));
    Shown shown;
    shown.record.acknowledged = Deed{"张三", "已签收", t0 + 10min};
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

TEST_CASE("Act page: whatever came from outside has no number of a person, be it unit, name or commitment") {
    Shown shown;
    shown.one.tell(detected(
        0h, {.title = "请联系13800001111", .place = "13800002222对面", .lead_unit = "王某13800003333"}, "0"));
    shown.one.tell(assigned(1h, "王某 1 3 8 0 0 0 0 4 4 4 4"));
    shown.record.published = {{"李某13800005555", "已发布", t0}};
    shown.record.acknowledged = Deed{"①③⑧⓪⓪⓪⓪⑥⑥⑥⑥", "已签收", t0};
    const auto page = shown.page();
    for (const char* part : {"138****2222对面", "王某 138****4444", "李某138****5555", "①③⑧****⑥⑥⑥⑥"})
        CHECK_THAT(page, Contains(part));
    CHECK_THAT(page, !Contains("3800") && !Contains("3 8 0 0"));
}

TEST_CASE("Act record: which acts were withdrawn is known, and they are not told as done") {
    const auto told = [](const std::string& id, const std::string& type, const std::string& data) {
        const auto event = decode_event(R"({"specversion":"1.0","subject":"QS-1","source":"office",)"
                                        R"("time":"2026-06-01T01:00:00Z","id":")" +
                                        id + R"(","type":")" + type + R"(","data":)" + data + "}")
                               .event.value();
        return LogEntry{.kind = LogKind::fact, .at = t0 + 2h, .record = event.record};
    };
    const std::vector log{told("1", "response.published", R"({"kind":"online_reply","by":"张三"})"),
                          told("2", "response.published", R"({"kind":"online_reply","by":"李四"})"),
                          told("3", "fact.withdrawn",
                               R"({"event_source":"office","event_id":"1","by":"王五",)"
                               R"("reason":"误按"})")};
    const auto record = act_record(log, Shown().one.view(3h));
    CHECK(record.withdrawn == std::set<EventKey>{{"office", "1"}});
    REQUIRE(record.published.size() == 1);
    CHECK(record.published.front().by == "李四");
}

TEST_CASE("Act page: why a link does not work is told with what to do") {
    CHECK_THAT(act_refused_page({"expired", "", "t"}), Contains("链接已过期"));
    CHECK_THAT(act_refused_page({"forged", "", "t"}), Contains("不完整或已被改动"));
    CHECK_THAT(act_refused_page({"unsigned", "", "http.link_key_file"}), Contains("请联系管理员"));
    CHECK_THAT(act_refused_page({"unsigned", "", "t"}), Contains("不完整或已被改动"));
    CHECK_THAT(act_refused_page({"forbidden", "", ""}), Contains("请打开这一事项的消息"));
    CHECK_THAT(act_refused_page({"not_found", "", "ID"}), Contains("没有找到这一事项"));
    CHECK_THAT(act_refused_page({"unavailable", "", ""}), Contains("请稍后再试"));
}

TEST_CASE("Act page: what is open stands first, and of that what is due first") {
    OneCase one;
    one.tell(detected(0h, {.incident_grade = IncidentGrade::extreme, .lead_unit = "mzj"}));
    one.tell(published(1h, ResponseKind::authoritative_release));
    const auto view = one.view(2h);
    const auto page = act_page({.view = view,
                                .policy = one.office.policy,
                                .directory = one.office.directory,
                                .zone = one.office.zone,
                                .now = t0 + 2h});
    std::vector<std::size_t> places;
    std::vector<const Obligation*> sorted;
    for (const auto& o : view.obligations)
        if (o.status != ObligationStatus::void_) sorted.push_back(&o);
    std::sort(sorted.begin(), sorted.end(), [](const Obligation* a, const Obligation* b) {
        return a->open() != b->open() ? a->open() : a->due < b->due;
    });
    REQUIRE(sorted.size() >= 3);
    CHECK_FALSE(sorted.back()->open());
    std::size_t from = page.find("<ul");
    for (const auto* o : sorted) {
        const auto at = page.find("<b>" + (o->title.empty() ? o->id : o->title) + "</b>", from);
        INFO(o->id << " in " << page);
        REQUIRE(at != std::string::npos);
        from = at;
    }
}

TEST_CASE("Act page: shows place, platform, post and summary, and follows only addresses of the web") {
    const auto page_of = [](const std::string& url) {
        Shown shown;
        shown.one.tell(detected(
            0h, {.title = "低保发放", .place = "城关镇<b>", .platform = "抖音", .url = url}, "again"));
        shown.record.summary = "三户反映，联系 13800001111";
        return shown.page();
    };
    const auto page = page_of("https://www.douyin.com/video/7?a=1&b=\"2");
    for (const char* part : {"城关镇&lt;b&gt;", "抖音", "三户反映，联系 138****1111",
                             "href=\"https://www.douyin.com/video/7?a=1&amp;b=&quot;2\""})
        CHECK_THAT(page, Contains(part));
    const auto other = page_of("javascript:alert(1)");
    CHECK_THAT(other, Contains("<bdi>javascript:alert(1)</bdi>") && !Contains("href=\"javascript"));
}

TEST_CASE("Act page: a link whose message is not kept any more shows and does not act") {
    const auto page = Shown().page(ActRight::expired, {});
    CHECK_THAT(page, !Contains("<form") && Contains("已过保存期") && Contains("低保发放"));
}

TEST_CASE("Act page: where no action is left there is no form, and why is told") {
    Shown dismissed, merged, answered, unanswered;
    dismissed.one.tell(fact(Dismissed{"张三", "不属本县"}, 10min));
    merged.one.tell(fact(Merged{CaseId{"QS-2"}, "张三", ""}, 10min));
    CHECK_THAT(dismissed.page(), !Contains("<form") && Contains("不予受理，不用操作"));
    CHECK_THAT(merged.page(), !Contains("<form") && Contains("已并入 QS-2，请在那一事项的消息里操作"));
    answered.one.tell(acknowledged(5min));
    answered.one.tell(published(10min));
    answered.one.tell(closed(20min));
    CHECK_THAT(answered.page(), !Contains("<form") && Contains("已办结，不用再操作"));
    unanswered.one.tell(closed(20min));
    CHECK_THAT(unanswered.page(), Contains("<form"));
}

TEST_CASE("Act order: blanks around a name and an address are a keyboard's, and HTTPS is https") {
    const Directory& directory = OneCase().office.directory;
    const auto read = [&](const std::string& name, const std::string& url) {
        return read_act_order(
            Form{{"act", "publish"}, {"name", name}, {"kind", "online_reply"}, {"url", url}}, {}, directory);
    };
    const auto order = read("\u3000王五 \u200B", " HTTPS://x.gov.cn/1\u00A0");
    REQUIRE(order.has_value());
    CHECK(order->by == "王五");
    CHECK(order->url == "HTTPS://x.gov.cn/1");
    const auto nobody = read("\u3000\u200B ", "");
    REQUIRE_FALSE(nobody.has_value());
    CHECK_THAT(nobody.error().message, Contains("请填写姓名"));
}

TEST_CASE("Act page: knows which publications are still owed") {
    OneCase one;
    one.tell(detected(0h, {.title = "爆炸", .incident_grade = IncidentGrade::extreme}));
    const auto owed = publications_owed(one.view(1h), one.office.policy);
    CHECK_THAT(owed, !Contains("acknowledge"));
    CHECK_FALSE(owed.empty());
    one.tell(fact(Dismissed{"张三", "不属本县"}, 2h));
    CHECK(publications_owed(one.view(3h), one.office.policy).empty());
}

TEST_CASE("Act page: its own addresses are relative, for it may lie in a folder") {
    CHECK_THAT(Shown().page(), Contains("href=\"../act.css\"") && !Contains("href=\"/"));
}

TEST_CASE("Act record: deeds and summary are those of facts that stand, in the order of facts") {
    const auto told = [](Duration after, const std::string& id, const std::string& type,
                         const std::string& data) {
        const auto bytes = R"({"specversion":"1.0","id":")" + id + R"(","source":"office","type":")" + type +
                           R"(","subject":"QS-1","time":")" + format_rfc3339(t0 + after, Zone::utc()) +
                           R"(","data":)" + data + "}";
        return LogEntry{
            .kind = LogKind::fact, .at = t0 + after, .record = decode_event(bytes).event.value().record};
    };
    const auto withdrawal = [&](Duration after, const std::string& what) {
        return told(after, "w" + what, "fact.withdrawn",
                    R"({"event_source":"office","by":"张三","reason":"误按","event_id":")" + what + "\"}");
    };
    std::vector<LogEntry> log{
        told(2min, "d3", "opinion.detected", R"({"title":"断桥","summary":"后来的摘要"})"),
        told(0min, "d1", "opinion.detected", R"({"title":"断桥","summary":"误报的摘要"})"),
        told(1min, "d2", "opinion.detected", R"({"title":"断桥","summary":"摘要"})"),
        told(10min, "p1", "response.published", R"({"kind":"online_reply","by":"陈七"})"),
        told(15min, "a1", "case.acknowledged", R"({"by":"张三"})")};
    CaseView view;
    view.acknowledged_at = t0 + 15min;
    CHECK(act_record(log, view).published.size() == 1);
    CHECK(act_record(log, view).summary == "误报的摘要");
    log.push_back(withdrawal(20min, "p1"));
    log.push_back(withdrawal(21min, "d1"));
    const auto record = act_record(log, view);
    CHECK(record.published.empty());
    CHECK(record.summary == "摘要");
    REQUIRE(record.acknowledged.has_value());
    CHECK(record.acknowledged->by == "张三");
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
