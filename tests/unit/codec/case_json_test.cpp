// A case and its timeline as the API shows them.
#include "alert/codec/case_json.hpp"
#include "alert/codec/snapshot_json.hpp"

#include "unit/codec/told.hpp"

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
    directory.units = {{"zjj", "县住建局", {}, {}, false, {}}, {"gaj", "县公安局", {}, {}, false, {}}};
    directory.fields = {{"city", "市政", "zjj", {}}};
    directory.officers = {{"zhang", "张三", "", "", "", ""}};
    return directory;
}

CaseView plain_view() {
    CaseView view;
    view.id = CaseId("QS-1");
    view.title = "路灯不亮";
    view.class_id = "general";
    view.detected_at = start;
    return view;
}

Obligation obligation() {
    Obligation obligation;
    obligation.id = "response";
    obligation.title = "回应";
    obligation.kind = ObligationKind::statutory;
    obligation.start = start;
    obligation.due = start + 5 * hour;
    return obligation;
}

json::object shown(const CaseView& view, TimePoint now = start) {
    return case_json(view, directory(), now, shanghai);
}

json::value shown(const Obligation& obligation, TimePoint now) {
    CaseView view = plain_view();
    view.obligations = {obligation};
    return shown(view, now)["obligations"].at(0);
}

template <class Object>
std::string names(const Object& object) {
    std::string names;
    for (const auto& member : object) names += std::string(member.key()) + " ";
    return names;
}

LogEntry fact(const std::string& record) {
    LogEntry entry;
    entry.kind = LogKind::fact;
    entry.at = start;
    entry.via = {"zmq", "bureau", ClientRole::operator_};
    entry.record = record;
    return entry;
}

json::value shown(const LogEntry& entry) { return timeline_json({entry}, directory(), shanghai).at(0); }

}  // namespace

TEST_CASE("Case JSON: the members are exactly those of the contract") {
    CHECK(names(shown(plain_view())) ==
          "id title status into flags class incident_grade opinion_level field lead_unit assist_units "
          "detected_at "
          "occurred_at acknowledged_at heat obligations timeline ");
    CHECK(names(shown(obligation(), start).as_object()) ==
          "id title kind status start due fulfilled_at remaining_seconds card basis excused ");
}

TEST_CASE("Case JSON: what is absent is null or an empty list") {
    const json::object out = shown(plain_view());
    for (const char* name :
         {"into", "opinion_level", "field", "lead_unit", "occurred_at", "acknowledged_at", "heat"}) {
        INFO(name);
        CHECK(out.at(name).is_null());
    }
    for (const char* name : {"flags", "assist_units", "obligations", "timeline"}) {
        INFO(name);
        CHECK(out.at(name).as_array().empty());
    }
    CHECK(out.at("incident_grade").as_string() == "none");
    CHECK(out.at("status").as_string() == "open");
    CHECK(out.at("detected_at").as_string() == "2026-06-12T13:38:00+08:00");
}

TEST_CASE("Case JSON: a case that was never detected has no detected_at") {
    CaseView view = plain_view();
    view.detected_at = {};
    view.title.clear();
    CHECK(shown(view).at("detected_at").is_null());
    CHECK(shown(view).at("title").is_null());
}

TEST_CASE("Case JSON: everything is shown") {
    CaseView view = plain_view();
    view.status = CaseStatus::merged;
    view.into = CaseId("QS-2");
    view.flags = {"truncated", "overdue_on_arrival"};
    view.attributes.incident_grade = IncidentGrade::major;
    view.attributes.opinion_level = OpinionLevel::red;
    view.occurred_at = start - hour;
    view.acknowledged_at = start + Duration(1);
    view.heat = Heat{46000000, 2, 3, 4};
    const json::object out = shown(view);
    CHECK(out.at("status").as_string() == "merged");
    CHECK(out.at("into").as_string() == "QS-2");
    CHECK(out.at("flags") == json::value(json::array{"overdue_on_arrival", "truncated"}));
    CHECK(out.at("incident_grade").as_string() == "major");
    CHECK(out.at("opinion_level").as_string() == "red");
    CHECK(out.at("occurred_at").as_string() == "2026-06-12T12:38:00+08:00");
    CHECK(out.at("acknowledged_at").as_string() == "2026-06-12T13:38:00.001+08:00");
    CHECK(json::serialize(out.at("heat")) == R"({"views":46000000,"reposts":2,"comments":3,"likes":4})");
}

TEST_CASE("Case JSON: units and fields are ids where the directory knows them, else as told") {
    CaseView view = plain_view();
    view.attributes.field = "市政";
    view.attributes.lead_unit = "县住建局";
    view.assist_units = {"gaj", "县气象局"};
    const json::object out = shown(view);
    CHECK(out.at("field").as_string() == "city");
    CHECK(out.at("lead_unit").as_string() == "zjj");
    CHECK(out.at("assist_units") == json::value(json::array{"gaj", "县气象局"}));
    view.attributes.field = "航天";
    CHECK(shown(view).at("field").as_string() == "航天");
}

TEST_CASE("Case JSON: only open obligations have seconds left, in whole ones") {
    const auto left = [](Obligation obligation, Duration after_start) {
        return shown(obligation, start + after_start).at("remaining_seconds");
    };
    Obligation open = obligation();
    CHECK(left(open, {}) == json::value(5 * 3600));
    CHECK(left(open, Duration(1)) == json::value(5 * 3600 - 1));
    CHECK(left(open, 5 * hour) == json::value(0));
    open.status = ObligationStatus::overdue;
    CHECK(left(open, 5 * hour + Duration(1)) == json::value(-1));
    for (const auto status :
         {ObligationStatus::met, ObligationStatus::late, ObligationStatus::waived, ObligationStatus::void_}) {
        open.status = status;
        CHECK(left(open, {}).is_null());
    }
}

TEST_CASE("Case JSON: what nobody is asked for any more has no seconds left") {
    Obligation missed = obligation();
    missed.status = ObligationStatus::overdue;
    missed.steps_stopped = true;
    const auto out = shown(missed, start + 6 * hour);
    CHECK(out.at("status").as_string() == "overdue");
    CHECK(out.at("remaining_seconds").is_null());
}

TEST_CASE("Case JSON: an obligation's card, basis, fulfilment and excuse") {
    Obligation late = obligation();
    CHECK(shown(late, start).at("card").is_null());
    CHECK(shown(late, start).at("basis").is_null());
    CHECK(shown(late, start).at("excused").is_null());
    late.status = ObligationStatus::late;
    late.fulfilled_at = start + 6 * hour;
    late.card = Card::red;
    late.basis = "国办发〔2016〕61号";
    late.excused = Excuse{"张", "停电"};
    const json::value out = shown(late, start);
    CHECK(out.at("status").as_string() == "late");
    CHECK(out.at("kind").as_string() == "statutory");
    CHECK(out.at("start").as_string() == "2026-06-12T13:38:00+08:00");
    CHECK(out.at("due").as_string() == "2026-06-12T18:38:00+08:00");
    CHECK(out.at("fulfilled_at").as_string() == "2026-06-12T19:38:00+08:00");
    CHECK(out.at("card").as_string() == "red");
    CHECK(out.at("basis").as_string() == "国办发〔2016〕61号");
    CHECK(json::serialize(out.at("excused")) == R"({"by":"张","reason":"停电"})");
    late.status = ObligationStatus::void_;
    CHECK(shown(late, start).at("status").as_string() == "void");
}

TEST_CASE("Timeline: a fact shows who said what, when and through which door") {
    const auto record = told::read(told::Told("case.returned").with("/time", "2026-06-12T05:38:00Z")).record;
    CHECK(json::serialize(shown(fact(record))) ==
          R"({"kind":"fact","at":"2026-06-12T13:38:00+08:00","type":"case.returned",)"
          R"("time":"2026-06-12T13:38:00+08:00","by":"张","said":{"unit":"县住建局"},)"
          R"("note":"非本单位职责","source":"office","id":"e1",)"
          R"("via":{"door":"zmq","client":"bureau","role":"operator"}})");
}

TEST_CASE("Timeline: a fact told as history says so") {
    LogEntry entry = fact(told::read(told::detected()).record);
    CHECK_FALSE(shown(entry).as_object().contains("silent"));
    entry.silent = true;
    CHECK(shown(entry).at("silent").as_bool());
    CHECK(shown(entry).at("by").is_null());
    CHECK(shown(entry).at("note").as_string() == "路灯不亮");
}

TEST_CASE("Timeline: a fact shows what it said besides words, as it was told") {
    const auto said = [](const told::Told& event) {
        return json::serialize(shown(fact(told::read(event).record)).at("said"));
    };
    CHECK(said(told::Told("response.published").with("/data/kind", "online_reply")) ==
          R"({"kind":"online_reply","approved_by":"李"})");
    CHECK(said(told::Told("case.assessed").with("/data/incident_grade", "\x1bhuge").with("/data/field", 5)) ==
          R"({"incident_grade":"huge","opinion_level":"red","field":5})");
    CHECK(said(told::Told("rating.received").with("/data/score", 4)) == R"({"score":4})");
}

TEST_CASE("Timeline: a move to another policy says who moved it, why, and from which to which") {
    Policy from, to;
    from.version = "2026.1";
    from.hash = PolicyHash("aaaaaaaaaaaaaaaa");
    to.version = "2026.2";
    to.hash = PolicyHash("bbbbbbbbbbbbbbbb");
    LogEntry entry{.kind = LogKind::rebased, .at = start, .via = {"http", "", ClientRole::supervisor}};
    entry.record = rebase_record("王五", "办法修订\x1b[2J", from, to);
    CHECK(json::serialize(shown(entry)) ==
          R"({"kind":"rebased","at":"2026-06-12T13:38:00+08:00","by":"王五","note":"办法修订[2J",)"
          R"("from":{"version":"2026.1","hash":"aaaaaaaaaaaaaaaa"},)"
          R"("to":{"version":"2026.2","hash":"bbbbbbbbbbbbbbbb"},)"
          R"("via":{"door":"http","client":null,"role":"supervisor"}})");
    entry.record = "no JSON";
    CHECK(shown(entry).at("by").is_null());
}

TEST_CASE("Timeline: a dead letter sent again says who ordered it, why, which it was and for whom") {
    LogEntry entry{.kind = LogKind::redelivered, .at = start, .via = {"http", "", ClientRole::supervisor}};
    entry.record = redeliver_record("王五", "机器人已恢复\x1b[2J");
    entry.reason = "reminder";
    entry.obligation = "response";
    entry.step = "due-1h";
    entry.notifications = {NotificationId("n1")};
    entry.channels = {{ChannelId("duty-group"), 1}};
    entry.targets = {{"duty_officer", {}}};
    CHECK(json::serialize(shown(entry)) ==
          R"({"kind":"redelivered","at":"2026-06-12T13:38:00+08:00","by":"王五","note":"机器人已恢复[2J",)"
          R"("via":{"door":"http","client":null,"role":"supervisor"},"reason":"reminder",)"
          R"("obligation":"response","step":"due-1h","channel":"duty-group","notifications":["n1"],)"
          R"("targets":[{"role":"duty_officer","officers":[]}]})");
    CHECK(decode_log_entry(encode_log_entry(entry))->kind == LogKind::redelivered);
}

TEST_CASE("Timeline: what people read is harmless and short") {
    const auto record = told::read(told::Told("case.closed")
                                       .with("/data/by", "张\u202E\n")
                                       .with("/data/reason", std::string(300, 'r')))
                            .record;
    CHECK(shown(fact(record)).at("by").as_string() == "张");
    CHECK(shown(fact(record)).at("note").as_string().size() == 200);
}

TEST_CASE("Timeline: a record that cannot be read leaves nulls, not a gap") {
    for (const char* record : {"", "{", "[]", "5", R"({"time":5,"data":[]})"}) {
        INFO(record);
        const json::value out = shown(fact(record));
        CHECK(out.at("kind").as_string() == "fact");
        CHECK(out.at("type").is_null());
        CHECK(out.at("by").is_null());
    }
}

TEST_CASE("Timeline: a step shows what was planned and who was told") {
    LogEntry fired;
    fired.kind = LogKind::fired;
    fired.at = start + hour;
    fired.obligation = "response";
    fired.step = "due-1h";
    fired.planned = start;
    fired.notifications = {NotificationId("n1")};
    fired.targets = {{"duty_officer", {"zhang", "gone"}}, {"lead_unit", {}}};
    CHECK(json::serialize(shown(fired)) ==
          R"({"kind":"fired","at":"2026-06-12T14:38:00+08:00","obligation":"response","step":"due-1h",)"
          R"("planned":"2026-06-12T13:38:00+08:00","notifications":["n1"],"targets":)"
          R"([{"role":"duty_officer","officers":[{"id":"zhang","name":"张三"},{"id":"gone","name":null}]},)"
          R"({"role":"lead_unit","officers":[]}]})");
    fired.kind = LogKind::skipped;
    fired.reason = "acknowledged";
    CHECK(shown(fired).at("reason").as_string() == "acknowledged");
}

TEST_CASE("Timeline: a notice shows its reason") {
    LogEntry notice;
    notice.kind = LogKind::notice;
    notice.reason = "attention:unassigned";
    notice.notifications = {NotificationId("n1")};
    const json::value out = shown(notice);
    CHECK(names(out.as_object()) == "kind at reason notifications targets ");
    CHECK(out.at("reason").as_string() == "attention:unassigned");
}

TEST_CASE("Timeline: the latest entries are kept, oldest first") {
    std::vector<LogEntry> log(5);
    for (std::size_t i = 0; i < log.size(); ++i) {
        log[i].kind = LogKind::notice;
        log[i].reason = std::to_string(i);
    }
    const json::array out = timeline_json(log, directory(), shanghai, 2);
    REQUIRE(out.size() == 2);
    CHECK(out.at(0).at("reason").as_string() == "3");
    CHECK(out.at(1).at("reason").as_string() == "4");
    CHECK(timeline_json(log, directory(), shanghai).size() == 5);
    CHECK(timeline_json({}, directory(), shanghai).empty());
}

TEST_CASE("Error JSON: code, message and path") {
    CHECK(json::serialize(error_json({"invalid", "no", "/data"})) ==
          R"({"code":"invalid","message":"no","path":"/data"})");
}
