// The data of every type: what is required, what may be missing, what is flagged.
#include "unit/codec/told.hpp"

#include <catch2/catch.hpp>

using namespace told;

namespace {

struct Row {
    const char* type;
    std::vector<const char*> required;
    std::vector<const char*> optional;
};

/// The contract's table of events.
const Row table[] = {
    {"opinion.detected",
     {"title"},
     {"summary", "field", "place", "platform", "url", "occurred_at", "incident_grade", "opinion_level",
      "lead_unit", "assist_units", "heat", "matter", "matter_key", "due"}},
    {"case.assessed", {"by"}, {"incident_grade", "opinion_level", "field", "reason"}},
    {"case.assigned", {"by", "lead_unit"}, {"assist_units", "reason"}},
    {"case.returned", {"by", "reason"}, {"unit"}},
    {"case.acknowledged", {"by"}, {"note"}},
    {"response.approved", {"by"}, {"note"}},
    {"response.published", {"kind", "by"}, {"channel", "url", "title", "approved_by", "approved_at"}},
    {"obligation.waived", {"obligation", "by", "reason"}, {}},
    {"commitment.made", {"commitment", "text", "due", "by"}, {}},
    {"commitment.kept", {"commitment", "by"}, {"url"}},
    {"rating.received", {"score"}, {"by"}},
    {"case.merged", {"into", "by"}, {"reason"}},
    {"case.muted", {"until", "by", "reason"}, {}},
    {"case.noted", {"by", "text"}, {}},
    {"case.closed", {"by"}, {"reason"}},
    {"case.reopened", {"by", "reason"}, {}},
    {"case.dismissed", {"by", "reason"}, {}},
    {"fact.withdrawn", {"event_source", "event_id", "by", "reason"}, {}},
};

/// Wrong for every member there is; 0 is no score, false is no list.
const json::value wrong_values[] = {0, 2.5, false, json::object{{"a", 1}}, json::array{json::object{}}};

/// How the member is wrong in any case, heat being an object of which nothing need be there.
bool right_for(std::string_view member, const json::value& value) {
    return member == "heat" && value.is_object();
}

std::string path_of(const char* member) { return std::string("/data/") + member; }

}  // namespace

TEST_CASE("Event data: the table names every type") {
    REQUIRE(std::size(table) == alert::event_type_names.size());
    for (std::size_t i = 0; i < std::size(table); ++i) {
        CHECK(table[i].type == alert::event_type_names[i]);
        const auto event = read(Told(table[i].type));
        CHECK(event.data.index() == i);
        CHECK(event.unreadable.empty());
        CHECK_FALSE(event.truncated);
    }
}

TEST_CASE("Event data: a required member that is missing, null, empty or wrong is refused by its path") {
    for (const Row& row : table) {
        for (const char* member : row.required) {
            INFO(row.type << " " << member);
            const std::string path = path_of(member), refused = "invalid " + path;
            CHECK(finding(Told(row.type).without(path)) == refused);
            CHECK(finding(Told(row.type).with(path, nullptr)) == refused);
            CHECK(finding(Told(row.type).with(path, "")) == refused);
            for (const json::value& wrong : wrong_values) {
                INFO(json::serialize(wrong));
                CHECK(finding(Told(row.type).with(path, wrong)) == refused);
            }
        }
    }
}

TEST_CASE("Event data: an optional member that is missing or null is not flagged") {
    for (const Row& row : table) {
        for (const char* member : row.optional) {
            INFO(row.type << " " << member);
            CHECK(read(Told(row.type).without(path_of(member))).unreadable.empty());
            CHECK(read(Told(row.type).with(path_of(member), nullptr)).unreadable.empty());
        }
    }
}

TEST_CASE("Event data: an optional member that cannot be read is flagged, never refused") {
    for (const Row& row : table) {
        for (const char* member : row.optional) {
            for (const json::value& wrong : wrong_values) {
                if (right_for(member, wrong)) continue;
                INFO(row.type << " " << member << " " << json::serialize(wrong));
                const auto event = read(Told(row.type).with(path_of(member), wrong));
                CHECK(event.unreadable == std::vector<std::string>{member});
                CHECK_THAT(event.record, Catch::Contains("\"" + std::string(member) + "\":"));
            }
        }
    }
}

TEST_CASE("Event data: everything optional may be unreadable at once") {
    auto told = detected();
    for (const char* member : table[0].optional) told.with(path_of(member), false);
    const auto event = read(told);
    CHECK(event.unreadable.size() == table[0].optional.size());
    const auto& data = std::get<alert::Detected>(event.data);
    CHECK(data.title == "路灯不亮");
    CHECK(data.summary.empty());
    CHECK_FALSE(data.occurred_at);
    CHECK_FALSE(data.incident_grade);
    CHECK(data.assist_units.empty());
    CHECK_FALSE(data.heat);
}

TEST_CASE("Event data: the data itself must be an object") {
    for (const json::value& data : {json::value(nullptr), json::value("text"), json::value(json::array{})}) {
        CHECK(finding(detected().with("/data", data)) == "invalid /data");
    }
    CHECK(finding(detected().without("/data").with("/data_base64", "e30=")) == "invalid /data");
}

TEST_CASE("Event data: a detection is read whole") {
    const auto data = read_data<alert::Detected>(detected());
    CHECK(data.title == "路灯不亮");
    CHECK(data.summary == "三个路口");
    CHECK(data.field == "市政");
    CHECK(data.place == "青山县");
    CHECK(data.platform == "抖音");
    CHECK(data.url == "https://example.invalid/1");
    CHECK(data.occurred_at == alert::parse_rfc3339("2026-06-12T10:00:00+08:00").value());
    CHECK(data.incident_grade == alert::IncidentGrade::none);
    CHECK(data.opinion_level == alert::OpinionLevel::blue);
    CHECK(data.lead_unit == "县住建局");
    CHECK(data.assist_units == std::vector<std::string>{"县公安局"});
    CHECK(data.heat == alert::Heat{1, 2, 3, 4});
    CHECK(data.matter == alert::Matter::opinion);
    CHECK(data.matter_key == "k1");
    CHECK(data.due == alert::parse_rfc3339("2026-06-20T10:00:00+08:00").value());
}

TEST_CASE("Event data: every other type is read whole") {
    const auto assessed = read_data<alert::Assessed>(Told("case.assessed"));
    CHECK(assessed.by == "张");
    CHECK(assessed.incident_grade == alert::IncidentGrade::major);
    CHECK(assessed.opinion_level == alert::OpinionLevel::red);
    CHECK(assessed.field == "市政");
    CHECK(assessed.reason == "核实");
    const auto assigned = read_data<alert::Assigned>(Told("case.assigned"));
    CHECK(assigned.lead_unit == "县住建局");
    CHECK(assigned.assist_units == std::vector<std::string>{"县公安局"});
    CHECK(assigned.reason == "职责");
    const auto returned = read_data<alert::Returned>(Told("case.returned"));
    CHECK(returned.unit == "县住建局");
    CHECK(returned.reason == "非本单位职责");
    CHECK(read_data<alert::Acknowledged>(Told("case.acknowledged")).note == "收到");
    CHECK(read_data<alert::Approved>(Told("response.approved")).note == "同意");
    const auto published = read_data<alert::Published>(Told("response.published"));
    CHECK(published.kind == alert::ResponseKind::online_reply);
    CHECK(published.channel == "网站");
    CHECK(published.title == "答复");
    CHECK(published.approved_by == "李");
    CHECK(published.approved_at == alert::parse_rfc3339("2026-06-12T12:00:00+08:00").value());
    CHECK(read_data<alert::Waived>(Told("obligation.waived")).obligation == "response");
    const auto made = read_data<alert::CommitmentMade>(Told("commitment.made"));
    CHECK(made.commitment == "C1");
    CHECK(made.text == "十日内修复");
    CHECK(made.due == alert::parse_rfc3339("2026-06-22T18:00:00+08:00").value());
    CHECK(made.by == "张");
    CHECK(read_data<alert::CommitmentKept>(Told("commitment.kept")).url == "https://example.invalid/3");
    CHECK(read_data<alert::Rated>(Told("rating.received")).score == 4);
    CHECK(read_data<alert::Merged>(Told("case.merged")).into == alert::CaseId("QS-2"));
    CHECK(read_data<alert::Noted>(Told("case.noted")).text == "已电话联系");
    CHECK(read_data<alert::Closed>(Told("case.closed")).reason == "办结");
    CHECK(read_data<alert::Reopened>(Told("case.reopened")).reason == "反弹");
    CHECK(read_data<alert::Dismissed>(Told("case.dismissed")).reason == "不属本县");
    const auto withdrawn = read_data<alert::Withdrawn>(Told("fact.withdrawn"));
    CHECK(withdrawn.event_source == "office");
    CHECK(withdrawn.event_id == "7");
}

TEST_CASE("Event data: a mute ends at most seven days after the event") {
    const auto muted = [](const char* until) {
        return finding(Told("case.muted").with("/data/until", until));
    };
    CHECK(muted("2026-06-19T13:38:00+08:00") == "accepted");
    CHECK(muted("2026-06-19T05:38:00Z") == "accepted");
    CHECK(muted("2026-06-19T13:38:00.001+08:00") == "invalid /data/until");
    CHECK(muted("tomorrow") == "invalid /data/until");
}

TEST_CASE("Event data: a case is merged into another case") {
    const auto merged = [](const char* into) {
        return finding(Told("case.merged").with("/data/into", into));
    };
    CHECK(merged("QS-2") == "accepted");
    CHECK(merged("QS-1") == "invalid /data/into");
    CHECK(merged("QS 2") == "invalid /data/into");
}

TEST_CASE("Event data: a score is a whole number from 1 to 5") {
    for (const json::value& score : {json::value(1), json::value(5), json::value(3.0)}) {
        CHECK(finding(Told("rating.received").with("/data/score", score)) == "accepted");
    }
    for (const json::value& score :
         {json::value(6), json::value(-1), json::value(4.5), json::value("4"), json::value(1e18)}) {
        INFO(json::serialize(score));
        CHECK(finding(Told("rating.received").with("/data/score", score)) == "invalid /data/score");
    }
}

TEST_CASE("Event data: a response is of a known kind") {
    CHECK(finding(Told("response.published").with("/data/kind", "final_report")) == "accepted");
    CHECK(finding(Told("response.published").with("/data/kind", "tweet")) == "invalid /data/kind");
}

TEST_CASE("Event data: grades and levels are read as words, Chinese words and numerals") {
    const auto grade = [](const char* word) {
        return read_data<alert::Detected>(detected().with("/data/incident_grade", word)).incident_grade;
    };
    CHECK(grade("extreme") == alert::IncidentGrade::extreme);
    CHECK(grade("重大") == alert::IncidentGrade::major);
    CHECK(grade("III") == alert::IncidentGrade::considerable);
    CHECK(grade(" 一般 ") == alert::IncidentGrade::ordinary);
    for (const char* word : {"", "V", "huge", "MAJOR "}) {
        INFO(word);
        const auto event = read(detected().with("/data/incident_grade", word));
        CHECK(event.unreadable == std::vector<std::string>{"incident_grade"});
    }
    const auto event = read(detected().with("/data/opinion_level", "purple").with("/data/matter", "x"));
    CHECK(event.unreadable == std::vector<std::string>{"opinion_level", "matter"});
}

TEST_CASE("Event data: heat counts are whole and not below zero") {
    const auto heat = [](json::value value) { return read(detected().with("/data/heat", value)); };
    const auto read_heat = [&](json::value value) {
        return std::get<alert::Detected>(heat(std::move(value)).data).heat;
    };
    CHECK(read_heat({{"views", 46000000}}) == alert::Heat{46000000, 0, 0, 0});
    CHECK(read_heat({{"views", 3e3}, {"likes", nullptr}}) == alert::Heat{3000, 0, 0, 0});
    CHECK(read_heat({{"views", INT64_MAX}}) == alert::Heat{INT64_MAX, 0, 0, 0});
    CHECK(read_heat({{"shares", "many"}}) == alert::Heat{});
    for (const json::value& views : {json::value(-1), json::value(1.5), json::value("9"), json::value(1e300),
                                     json::value(UINT64_MAX), json::value(true)}) {
        INFO(json::serialize(views));
        const auto event = heat({{"views", views}, {"likes", 3}});
        CHECK(event.unreadable == std::vector<std::string>{"heat"});
        CHECK_FALSE(std::get<alert::Detected>(event.data).heat);
    }
}

TEST_CASE("Event data: assisting units are at most fifty names") {
    const auto units = [](json::value value) {
        return read(Told("case.assigned").with("/data/assist_units", std::move(value)));
    };
    json::array many(50, json::value("县公安局"));
    CHECK(std::get<alert::Assigned>(units(many).data).assist_units.size() == 50);
    many.push_back("县公安局");
    CHECK(units(many).unreadable == std::vector<std::string>{"assist_units"});
    CHECK(units(json::array{}).unreadable.empty());
    for (const json::value& wrong :
         {json::value("县公安局"), json::value(json::array{"县公安局", 5}), json::value(json::array{"  "})}) {
        const auto event = units(wrong);
        CHECK(event.unreadable == std::vector<std::string>{"assist_units"});
        CHECK(std::get<alert::Assigned>(event.data).assist_units.empty());
    }
}

TEST_CASE("Event data: names that are looked up again are never cut or cleaned") {
    const auto withdrawn = [](const std::string& id) {
        return Told("fact.withdrawn").with("/data/event_id", id);
    };
    CHECK(read_data<alert::Withdrawn>(withdrawn(" x ")).event_id == " x ");
    CHECK(finding(withdrawn(std::string(255, 'x'))) == "accepted");
    CHECK(finding(withdrawn(std::string(256, 'x'))) == "invalid /data/event_id");
    CHECK(finding(withdrawn("a\tb")) == "invalid /data/event_id");
    CHECK(finding(Told("obligation.waived").with("/data/obligation", std::string(256, 'x'))) ==
          "invalid /data/obligation");
}
