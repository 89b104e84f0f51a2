// What a period's matters come to: counts, rates, points, ranks, and what is listed beside them.
#include "alert/core/assessment.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

const ReportPeriod june{t0 - 8h, t0 - 8h + 30 * 24h};

struct Matters {
    Office office = an_office();
    ScoreRules rules{};
    GroupBy by = GroupBy::unit;
    ReportPeriod period = june;
    TimePoint at = t0 + 1000h;
    std::vector<std::vector<Fact>> all;

    [[nodiscard]] AssessmentReport report() {
        office.zone = Zone::find("Asia/Shanghai").value();
        Assessor assessor(period, period_before(period, office.zone), at, by, rules, office.zone);
        int number = 0;
        for (const auto& facts : all) {
            RecordedCase recorded{.id = CaseId("M" + std::to_string(++number)), .facts = facts};
            const auto entry =
                ConnectedCases({{recorded.id, &recorded}}).entry(office.rules(), recorded.id, at);
            assessor.add(office.rules(), entry.value());
        }
        return assessor.result();
    }
};

/// Of the county's civil affairs: response due after 48 h, answered `after` the detection.
std::vector<Fact> matter(std::optional<Duration> after, const std::string& unit = "mzj",
                         Duration start = 0h) {
    std::vector<Fact> facts{detected(start, {.lead_unit = unit})};
    if (after) facts.push_back(published(start + *after));
    return facts;
}

const AssessmentRow& row_of(const AssessmentReport& report, const std::string& id) {
    for (const auto& row : report.rows)
        if (row.id == id) return row;
    FAIL("no row " << id);
    throw std::logic_error(id);
}

}  // namespace

TEST_CASE("Assessment: the rate is met of met, late and overdue, rounded half up") {
    Matters matters;
    matters.all = {matter(1h), matter(2h), matter(49h), {detected()}};
    matters.all[3] = matter(std::nullopt);
    const auto& total = matters.report().total;
    CHECK(total.received == 4);
    CHECK(total.answered == 3);
    CHECK(total.statutory.met == 2);
    CHECK(total.statutory.late == 1);
    CHECK(total.statutory.overdue == 1);
    CHECK(total.statutory.rate() == 5000);
    CHECK(Tally{.met = 2, .late = 1}.rate() == 6667);
    CHECK(Tally{.met = 1, .late = 2}.rate() == 3333);
    CHECK_FALSE(Tally{.pending = 3}.rate());
}

TEST_CASE("Assessment: pending, waived, void and excused are counted apart and listed by name") {
    Matters matters;
    matters.at = t0 + 100h;
    auto excused = matter(std::nullopt);
    excused.push_back(waived(50h, "response"));
    auto waived_in_time = matter(std::nullopt);
    waived_in_time.push_back(waived(1h, "response"));
    std::vector<Fact> lowered{detected(0h, {.incident_grade = IncidentGrade::major, .lead_unit = "mzj"}),
                              assessed(1h, IncidentGrade::ordinary, "核实"), published(2h)};
    matters.all = {matter(std::nullopt, "mzj", 99h), excused, waived_in_time, lowered};
    const auto report = matters.report();
    const auto& tally = report.total.statutory;
    CHECK(tally == Tally{.met = 1, .pending = 1, .waived = 1, .void_ = 2, .excused = 1});
    CHECK(report.overdue.empty());
    std::map<std::string, int> listed;
    for (const auto& one : report.excluded) ++listed[one.status + " " + one.obligation];
    CHECK(listed == std::map<std::string, int>{{"pending response", 1},
                                               {"excused response", 1},
                                               {"waived response", 1},
                                               {"void authoritative_release", 1},
                                               {"void press_conference", 1}});
    for (const auto& one : report.excluded) {
        if (one.status == "excused" || one.status == "waived") CHECK(one.by == "主任");
        if (one.status == "void") CHECK(one.because == "regraded");
    }
}

TEST_CASE("Assessment: dismissed matters are listed apart with the reason and count nowhere") {
    Matters matters;
    matters.all = {matter(1h), matter(1h)};
    matters.all[1].push_back(fact(Dismissed{"x", "不属实"}, 2h));
    const auto report = matters.report();
    CHECK(report.total.received == 1);
    REQUIRE(report.apart.size() == 1);
    CHECK(report.apart[0].status == "dismissed");
    CHECK(report.apart[0].reason == "不属实");
    CHECK(report.apart[0].unit == "县民政局");
}

TEST_CASE("Assessment: a matter belongs to the period of its detection, whatever happened later") {
    Matters matters;
    matters.all = {matter(1h, "mzj", -8h), matter(1h, "mzj", -8h - 1ms), matter(1h, "mzj", 30 * 24h - 8h)};
    CHECK(matters.report().total.received == 1);
}

TEST_CASE("Assessment: times are the one in the middle and the one nine tenths do not exceed") {
    CHECK(Spread::of({}) == Spread{});
    CHECK(Spread::of({3h}) == Spread{1, 3h, 3h});
    CHECK(Spread::of({4h, 1h, 2h, 3h}) == Spread{4, 150min, 4h});
    CHECK(Spread::of({10h, 9h, 8h, 7h, 6h, 5h, 4h, 3h, 2h, 1h}) == Spread{10, 330min, 9h});
    CHECK(Spread::of({1h, 2h, 3h, 4h, 5h, 6h, 7h, 8h, 9h, 10h, 11h}) == Spread{11, 6h, 10h});
}

TEST_CASE("Assessment: the first answer runs from the start of what is owed, taking from the assignment") {
    Matters matters;
    std::vector<Fact> facts{detected(), assigned(1h, "mzj"), acknowledged(90min), published(5h)};
    // An answer from before the clock began took no time.
    matters.all = {facts, matter(-1h)};
    const auto& total = matters.report().total;
    CHECK(total.first_answer == Spread{2, 150min, 5h});
    CHECK(total.taking == Spread{1, 30min, 30min});
}

TEST_CASE("Assessment: taking runs from when the unit that leads was given it to its acknowledgement") {
    const auto known = detected(0h, {.lead_unit = "mzj"});
    const auto taking = [](std::vector<Fact> facts) {
        Matters matters;
        matters.all = {std::move(facts)};
        return matters.report().total.taking;
    };
    // Whoever led from the detection took it before it was assigned to them once more.
    CHECK(taking({known, acknowledged(10min), assigned(2h, "mzj")}) == Spread{1, 10min, 10min});
    // Another unit has to take it anew.
    CHECK(taking({known, acknowledged(10min), assigned(2h, "jyj")}) == Spread{});
    CHECK(taking({known, acknowledged(10min), assigned(2h, "jyj"), acknowledged(3h)}) == Spread{1, 1h, 1h});
    // Given back, and once more to the same.
    const auto back = fact(Returned{"x", "mzj", "不属本单位"}, 1h);
    CHECK(taking({known, back, assigned(2h, "mzj"), acknowledged(150min)}) == Spread{1, 30min, 30min});
    CHECK(taking({known, back, acknowledged(150min)}) == Spread{});
}

TEST_CASE("Assessment: lists stand by detection, in whatever order the matters were given") {
    Matters matters;
    matters.all = {matter(std::nullopt, "mzj", 2h), matter(std::nullopt, "mzj", 0h),
                   matter(std::nullopt, "mzj", 1h)};
    std::vector<std::string> listed;
    for (const auto& one : matters.report().overdue) listed.push_back(one.id.value);
    CHECK(listed == std::vector<std::string>{"M2", "M3", "M1"});
}

TEST_CASE("Assessment: a return counts for the unit that gave back, not for the one that has it") {
    Matters matters;
    auto facts = matter(30h, "jyj");
    facts.push_back(fact(Returned{"x", "县教育局", "不属本单位"}, 1h));
    facts.push_back(assigned(2h, "mzj"));
    facts.push_back(fact(Returned{"x", "", "再退"}, 3h));
    matters.all = {facts};
    const auto report = matters.report();
    CHECK(report.total.returns == 2);
    CHECK(row_of(report, "jyj").returns == 1);
    CHECK(row_of(report, "jyj").received == 0);
    CHECK(row_of(report, "jyj").name == "县教育局");
    CHECK(row_of(report, "mzj").returns == 1);
}

TEST_CASE(
    "Assessment: what nobody is named for in a return, and an assignment, is of the unit that led then") {
    Matters matters;
    matters.all = {{detected(0h, {.lead_unit = "mzj"}), fact(Returned{"x", "", "不属本单位"}, 9h),
                    assigned(10h, "jyj"), acknowledged(10h + 5min), published(12h)}};
    const auto report = matters.report();
    const auto &before = row_of(report, "mzj"), &now = row_of(report, "jyj");
    CHECK(before.returns == 1);
    CHECK(before.acknowledgement == Tally{.overdue = 1});
    CHECK(before.received == 0);
    CHECK(now.returns == 0);
    CHECK(now.acknowledgement == Tally{.met = 1});
    CHECK(now.taking == Spread{1, 5min, 5min});
    CHECK(now.score == 10'000);
    CHECK_FALSE(before.score);
    matters.by = GroupBy::field;
    CHECK(row_of(matters.report(), "").acknowledgement == Tally{.met = 1, .overdue = 1});
}

TEST_CASE("Assessment: an excused card is counted apart and takes nothing off") {
    Matters matters;
    auto excused = matter(std::nullopt);
    excused.push_back(waived(80h, "response"));
    matters.all = {excused, matter(1h)};
    for (auto& facts : matters.all) facts.push_back(acknowledged(10min));
    const auto report = matters.report();
    CHECK(row_of(report, "mzj").red == 0);
    CHECK(row_of(report, "mzj").excused_cards == 1);
    CHECK(row_of(report, "mzj").score == 10'000);
}

TEST_CASE(
    "Assessment: overdue on arrival is what the detection itself asked for, told live when it was over") {
    const auto on_arrival = [](std::vector<Fact> facts) {
        Matters matters;
        matters.all = {std::move(facts)};
        return matters.report().total.on_arrival;
    };
    auto told = detected(0h, {.incident_grade = IncidentGrade::major, .lead_unit = "mzj"});
    CHECK(on_arrival({told}) == 0);
    told.recorded_at = t0 + 6h;
    CHECK(on_arrival({told}) == 1);
    told.silent = true;  // history: others had known of it
    CHECK(on_arrival({told}) == 0);

    auto ordinary = detected(0h, {.lead_unit = "mzj"});
    ordinary.recorded_at = t0 + 6h;  // only the internal quarter of an hour was over
    CHECK(on_arrival({ordinary}) == 0);
    CHECK(on_arrival({ordinary, assessed(20h, IncidentGrade::major)}) == 0);
}

TEST_CASE("Assessment: a matter whose detections were withdrawn is listed by its title and why it was") {
    Matters matters;
    const auto told = detected(0h, {.title = "路灯不亮", .lead_unit = "mzj"});
    matters.all = {{told, withdrawn(1h, told)}};
    const auto report = matters.report();
    REQUIRE(report.apart.size() == 1);
    CHECK(report.apart[0].title == "路灯不亮");
    REQUIRE(report.apart[0].withdrawn);
    CHECK_FALSE(report.apart[0].withdrawn->reason.empty());
}

TEST_CASE("Assessment: the score weighs the rates of what was due and takes off for each piece") {
    Matters matters;
    const auto scored = [&] { return row_of(matters.report(), "mzj").score; };
    // Two answers of three in time; nothing to acknowledge or to keep counts.
    matters.all = {matter(1h), matter(2h), matter(49h)};
    for (auto& facts : matters.all) facts.push_back(acknowledged(10min));
    CHECK(scored() == 7408);                      // (70 × 66.67 + 20 × 100) / 90
    matters.all.push_back(matter(std::nullopt));  // overdue, with a red card; acknowledged by nobody
    // 50 % and 75 %: 55.56, less 2 and 1
    const auto report = matters.report();
    const auto& row = row_of(report, "mzj");
    CHECK(row.red == 1);
    CHECK(row.score == 5556 - 300);
    CHECK_FALSE(report.passed(row));
    matters.rules.less_max = 1;
    CHECK(scored() == 5556 - 100);
    matters.rules.pass = 50;
    CHECK(matters.report().passed(row));
    matters.rules = {.overdue_less = 100, .less_max = 100};
    CHECK(scored() == 0);
}

TEST_CASE("Assessment: only a unit or a field of which something statutory was due has a score") {
    Matters matters;
    matters.all = {matter(1h), matter(1h, ""), matter(std::nullopt, "jyj", 999h)};
    matters.all[0].push_back(acknowledged(10min));
    matters.all[2].push_back(acknowledged(999h + 1min));
    matters.period.to = matters.at + 1h;
    const auto report = matters.report();
    CHECK(row_of(report, "mzj").score == 10'000);
    CHECK_FALSE(row_of(report, "").score);
    CHECK_FALSE(row_of(report, "jyj").score);
    CHECK_FALSE(report.total.score);
    CHECK_FALSE(report.passed(report.total));
    matters.by = GroupBy::month;
    for (const auto& row : matters.report().rows) CHECK_FALSE(row.score);
}

TEST_CASE("Assessment: matters of nobody are no unit: without a rank, behind all units") {
    Matters matters;
    matters.all = {matter(1h, ""), matter(49h, "mzj"), matter(std::nullopt, "jyj", 999h)};
    matters.period.to = matters.at;
    const auto report = matters.report();
    REQUIRE(report.rows.size() == 3);
    CHECK(report.rows[0].id == "mzj");
    CHECK(report.rows[0].rank == 1);
    CHECK(report.rows[2].id.empty());
    CHECK_FALSE(report.rows[2].rank);
}

TEST_CASE("Assessment: units are ranked by score, equal ones share a rank, idle ones have none") {
    Matters matters;
    matters.office.directory.units.push_back({.id = "sfj", .name = "县司法局"});
    matters.at = t0 + 100h;
    matters.all = {matter(1h, "mzj"), matter(1h, "jyj"), matter(49h, "sfj"),
                   matter(std::nullopt, "gaj", 99h)};
    const auto report = matters.report();
    REQUIRE(report.rows.size() == 4);
    CHECK(report.rows[0].id == "jyj");
    CHECK(report.rows[0].rank == 1);
    CHECK(report.rows[1].rank == 1);
    CHECK(report.rows[2].id == "sfj");
    CHECK(report.rows[2].rank == 3);
    CHECK(report.rows[3].id == "gaj");
    CHECK_FALSE(report.rows[3].rank);
}

TEST_CASE("Assessment: the change is against the same group in the period before") {
    Matters matters;
    matters.all = {matter(1h, "mzj"), matter(49h, "mzj"), matter(1h, "jyj"), matter(1h, "mzj", -20 * 24h),
                   matter(49h, "jyj", -20 * 24h)};
    const auto report = matters.report();
    CHECK(row_of(report, "mzj").rate_change == -5000);
    CHECK(row_of(report, "mzj").rank_change == -1);
    CHECK(row_of(report, "jyj").rate_change == 10'000);
    CHECK(row_of(report, "jyj").rank_change == 1);
    CHECK(report.total.rate_change == 6667 - 5000);
    matters.all.resize(3);
    CHECK_FALSE(matters.report().total.rate_change);
}

TEST_CASE("Assessment: the period before is as long, of whole months as many") {
    const auto zone = Zone::find("Asia/Shanghai").value();
    const auto at = [](const char* text) { return parse_rfc3339(text).value(); };
    const auto before = [&](const char* from, const char* to) {
        return period_before({at(from), at(to)}, zone);
    };
    const auto march = before("2026-03-01T00:00:00+08:00", "2026-04-01T00:00:00+08:00");
    CHECK(march.from == at("2026-02-01T00:00:00+08:00"));
    CHECK(march.to == at("2026-03-01T00:00:00+08:00"));
    const auto quarter = before("2026-01-01T00:00:00+08:00", "2026-04-01T00:00:00+08:00");
    CHECK(quarter.from == at("2025-10-01T00:00:00+08:00"));
    const auto week = before("2026-03-02T00:00:00+08:00", "2026-03-09T00:00:00+08:00");
    CHECK(week.from == at("2026-02-23T00:00:00+08:00"));
    CHECK(week.to == at("2026-03-02T00:00:00+08:00"));
}

TEST_CASE("Assessment: by month goes by the office's clock, and compares with the month before") {
    Matters matters;
    matters.by = GroupBy::month;
    matters.period = {june.from, june.from + 61 * 24h};
    const auto july = 30 * 24h - 8h;  // 2026-07-01 00:00 in the office
    matters.all = {matter(1h), matter(49h, "mzj", july), matter(1h, "mzj", july - 1ms)};
    const auto report = matters.report();
    REQUIRE(report.rows.size() == 2);
    CHECK(report.rows[0].id == "2026-06");
    CHECK(report.rows[0].received == 2);
    CHECK_FALSE(report.rows[0].rank);
    CHECK(report.rows[1].rate_change == -10'000);
}

TEST_CASE("Assessment: by field goes by its name, matters without one together") {
    Matters matters;
    matters.by = GroupBy::field;
    matters.all = {{detected(0h, {.field = "社会救助"})},
                   {detected(0h, {.field = "social_assistance"}, "y")},
                   {detected(0h, {.field = "养蜂"}, "z")},
                   matter(1h)};
    const auto report = matters.report();
    CHECK(row_of(report, "social_assistance").received == 2);
    CHECK(row_of(report, "social_assistance").name == "社会救助");
    CHECK(row_of(report, "养蜂").name == "养蜂");
    CHECK(row_of(report, "").received == 1);
}

TEST_CASE("Assessment: what was late is listed with what people said of it") {
    Matters matters;
    auto facts = matter(49h);
    facts.push_back(fact(Noted{"x", "等上级口径"}, 50h));
    matters.all = {facts};
    const auto report = matters.report();
    REQUIRE(report.overdue.size() == 1);
    CHECK(report.overdue[0].late_by == 1h);
    CHECK(report.overdue[0].noted == "等上级口径");
    CHECK(report.overdue[0].status == "late");
    CHECK_FALSE(report.overdue[0].on_arrival);
}

TEST_CASE(
    "Assessment: every obligation has its own tally, and matters are counted by class, level and grade") {
    Matters matters;
    matters.all = {matter(1h), {detected(0h, {.incident_grade = IncidentGrade::extreme})}};
    const auto report = matters.report();
    std::map<std::string, std::size_t> due;
    for (const auto& of : report.obligations) due[of.id] = of.tally.due();
    CHECK(due.at("response") == 1);
    CHECK(due.at("press_conference") == 1);
    CHECK(report.classes == std::map<std::string, std::size_t>{{"一般", 1}, {"突发", 1}});
    CHECK(report.grades == std::map<std::string, std::size_t>{{"extreme", 1}, {"none", 1}});
    CHECK(report.levels == std::map<std::string, std::size_t>{{"", 2}});
}

TEST_CASE("Assessment: a list ends somewhere, and says how much it leaves out") {
    Matters matters;
    matters.all.assign(Assessor::listed_max + 3, matter(std::nullopt));
    const auto report = matters.report();
    CHECK(report.overdue.size() == Assessor::listed_max);
    CHECK(report.listed_left_out == 3);
}
