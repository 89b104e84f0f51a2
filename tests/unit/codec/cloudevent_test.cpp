// The body of `format: cloudevents`.
#include "alert/codec/case_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace alert;

namespace json = boost::json;

namespace {

const Zone shanghai = Zone::find("Asia/Shanghai").value();
const TimePoint start = parse_rfc3339("2026-06-12T13:38:00+08:00").value();
constexpr auto hour = std::chrono::hours(1);

Directory directory() {
    Directory directory;
    directory.officers = {{"zhang", "张三", "13800001111", "", "", ""}};
    return directory;
}

Notification reminder() {
    Notification notification;
    notification.id = NotificationId("0123456789abcdef0123456789abcdef");
    notification.channel = ChannelId("audit-hook");
    notification.reason = Reason::reminder;
    notification.created_at = start + 4 * hour;
    notification.matter = CaseBrief{CaseId("QS-1"),    "路灯不亮", "general",  IncidentGrade::none,
                                    OpinionLevel::red, "市政",     "县住建局", CaseStatus::open};
    notification.obligation = ObligationBrief{
        "response", "回应", ObligationKind::statutory, start, start + 5 * hour, "61号", "先说事实"};
    notification.step = StepBrief{"due-1h", start + 4 * hour, 0};
    notification.targets = {{"duty_officer", {"zhang"}}};
    return notification;
}

json::object event_of(const Notification& notification,
                      const std::string& url = "https://yq.example.invalid") {
    return notification_cloudevent(notification, directory(), "qingshan", url, {}, start + 4 * hour,
                                   shanghai);
}

std::string names(const json::value& value) {
    std::string names;
    for (const auto& member : value.as_object()) names += std::string(member.key()) + " ";
    return names;
}

}  // namespace

TEST_CASE("CloudEvent: the envelope is that of the contract") {
    const json::object event = event_of(reminder());
    CHECK(names(event) == "specversion id source type subject time datacontenttype data ");
    CHECK(event.at("specversion").as_string() == "1.0");
    CHECK(event.at("id").as_string() == "0123456789abcdef0123456789abcdef");
    CHECK(event.at("source").as_string() == "yuqingd/qingshan");
    CHECK(event.at("type").as_string() == "yuqing.notification");
    CHECK(event.at("subject").as_string() == "QS-1");
    CHECK(event.at("time").as_string() == "2026-06-12T17:38:00+08:00");
    CHECK(event.at("datacontenttype").as_string() == "application/json");
}

TEST_CASE("CloudEvent: a step's data are whole") {
    const json::value data = event_of(reminder()).at("data");
    CHECK(names(data) == "reason flag card title text case links obligation step targets ");
    CHECK(data.at("reason").as_string() == "reminder");
    CHECK(data.at("flag").is_null());
    CHECK(data.at("card").is_null());
    CHECK_THAT(std::string(data.at("title").as_string()), Catch::Contains("路灯不亮"));
    CHECK_FALSE(data.at("text").as_string().empty());
    CHECK(
        json::serialize(data.at("case")) ==
        R"({"id":"QS-1","title":"路灯不亮","url":"https://yq.example.invalid/cases/QS-1","class":"general",)"
        R"("incident_grade":"none","opinion_level":"red","field":"市政","lead_unit":"县住建局","status":"open"})");
    CHECK(json::serialize(data.at("obligation")) ==
          R"({"id":"response","title":"回应","kind":"statutory","start":"2026-06-12T13:38:00+08:00",)"
          R"("due":"2026-06-12T18:38:00+08:00","remaining_seconds":3600,"basis":"61号","guide":"先说事实"})");
    CHECK(json::serialize(data.at("step")) ==
          R"({"at":"due-1h","planned":"2026-06-12T17:38:00+08:00","repeat":0})");
    CHECK(json::serialize(data.at("targets")) ==
          R"([{"role":"duty_officer","officers":[{"id":"zhang","name":"张三"}]}])");
    CHECK(json::serialize(data.at("links")) == R"({"case":"https://yq.example.invalid/cases/QS-1",)"
                                               R"("acknowledge":"https://yq.example.invalid/act/QS-1"})");
}

TEST_CASE("CloudEvent: no mobile number leaves the house") {
    CHECK(json::serialize(event_of(reminder())).find("13800001111") == std::string::npos);
}

TEST_CASE("CloudEvent: a notice about a case has no step") {
    Notification notice = reminder();
    notice.reason = Reason::attention;
    notice.flag = "unassigned";
    notice.card = Card::yellow;
    notice.obligation.reset();
    notice.step.reset();
    const json::value data = event_of(notice).at("data");
    CHECK(names(data) == "reason flag card title text case links targets ");
    CHECK(data.at("flag").as_string() == "unassigned");
    CHECK(data.at("card").as_string() == "yellow");
}

TEST_CASE("CloudEvent: about no case there is no subject, case, obligation or link") {
    Notification notice;
    notice.id = NotificationId("n1");
    notice.reason = Reason::drill;
    notice.created_at = start;
    const json::object event = event_of(notice);
    CHECK(names(event) == "specversion id source type time datacontenttype data ");
    CHECK(names(event.at("data")) == "reason flag card title text targets ");
}

TEST_CASE(
    "CloudEvent: a bulletin has items, also when there are none, each a case and what it has to answer "
    "first") {
    const Notification about = reminder();
    Notification bulletin;
    bulletin.id = NotificationId("n1");
    bulletin.reason = Reason::bulletin;
    bulletin.created_at = start;
    CHECK(event_of(bulletin).at("data").at("items").as_array().empty());
    bulletin.items = {{*about.matter, about.obligation}, {*about.matter, {}}};
    const json::value data = event_of(bulletin).at("data");
    CHECK(names(data) == "reason flag card title text targets items ");
    const auto& items = data.at("items").as_array();
    REQUIRE(items.size() == 2);
    CHECK(names(items[0]) == "case obligation ");
    CHECK(items[0].at("case") == event_of(about).at("data").at("case"));
    CHECK(items[0].at("obligation") == event_of(about).at("data").at("obligation"));
    CHECK(names(items[1]) == "case ");
}

TEST_CASE("CloudEvent: links have one slash whatever the public URL ends with") {
    const json::value data = event_of(reminder(), "http://127.0.0.1:9570//").at("data");
    CHECK(data.at("links").at("case").as_string() == "http://127.0.0.1:9570/cases/QS-1");
}

TEST_CASE("Links: people see a matter by the page they act on, and without a key by the one that shows") {
    const LinkKey key{"0123456789abcdef0123456789abcdef"};
    const auto keyed =
        message_links("https://gov.example.invalid/yuqing", key, reminder(), reminder().created_at);
    CHECK(keyed.view == keyed.acknowledge);
    CHECK(keyed.view.starts_with("https://gov.example.invalid/yuqing/act/QS-1?t="));
    CHECK(keyed.page == "https://gov.example.invalid/yuqing/cases/QS-1");
    const auto plain = message_links("https://gov.example.invalid", {}, reminder(), reminder().created_at);
    CHECK(plain.view == "https://gov.example.invalid/cases/QS-1");
}

TEST_CASE("CloudEvent: what is empty is null, an answer past due counts down below zero") {
    Notification overdue = reminder();
    overdue.matter->opinion_level.reset();
    overdue.matter->lead_unit.clear();
    overdue.obligation->due = start + 4 * hour - Duration(1);
    overdue.obligation->guide.clear();
    const json::value data = event_of(overdue).at("data");
    CHECK(data.at("case").at("opinion_level").is_null());
    CHECK(data.at("case").at("lead_unit").is_null());
    CHECK(data.at("obligation").at("guide").is_null());
    CHECK(data.at("obligation").at("remaining_seconds") == json::value(-1));
}
