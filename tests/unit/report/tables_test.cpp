#include "alert/report/assessment_tables.hpp"
#include "alert/report/ledger_table.hpp"
#include "alert/report/report_json.hpp"
#include "alert/report/unread_table.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace alert;
using namespace yuqing::test;

namespace {

const Zone zone = Zone::find("Asia/Shanghai").value();

std::map<std::string, Cell> row_of(const std::vector<Fact>& facts, Duration at = 1000h) {
    static const Office office = an_office();
    RecordedCase recorded{.id = CaseId("QS-1"), .facts = facts};
    const auto entry = ConnectedCases({{recorded.id, &recorded}}).entry(office.rules(), recorded.id, t0 + at);
    const auto cells = ledger_row(office.rules(), *entry, 7, t0 + at);
    std::map<std::string, Cell> row;
    for (std::size_t i = 0; i < cells.size(); ++i) row[ledger_columns()[i].id] = cells[i];
    return row;
}

Cell text(const char* what) { return std::string(what); }

}  // namespace

TEST_CASE("Cells: long text is cut with an ellipsis, empty text is an empty cell") {
    CHECK(text_cell("") == Cell{});
    CHECK(url_cell("") == Cell{});
    std::string longest, longer;
    for (std::size_t i = 0; i < cell_chars_max; ++i) longest += "长";
    longer = longest + "些";
    CHECK(text_cell(longest) == Cell{longest});
    CHECK(text_cell(longer) == Cell{longest + "…"});
}

TEST_CASE("Cells: in JSON a time has its offset, a rate is a share of one, nothing is null") {
    const std::vector<Column> columns{{"a", "", 1}, {"b", "", 1}, {"c", "", 1}, {"d", "", 1}, {"e", "", 1}};
    const auto json =
        row_json(columns, {std::string("引\"号"), Percent{5000}, Points{7550}, t0, std::monostate{}}, zone);
    CHECK(json == R"({"a":"引\"号","b":5E-1,"c":7.55E1,"d":"2026-06-01T08:00:00+08:00","e":null})");
}

TEST_CASE("Ledger columns: the office's twenty come first, every identifier once") {
    const auto& columns = ledger_columns();
    REQUIRE(columns.size() == 54);
    CHECK(columns[0].title == "序号");
    CHECK(columns[19].title == "备注");
    CHECK(columns[20].title == "舆情编号");
    std::set<std::string> ids;
    for (const auto& column : columns) ids.insert(column.id);
    CHECK(ids.size() == columns.size());
}

TEST_CASE("Ledger row: minutes late are minutes begun, of what is still open up to the instant") {
    CHECK(row_of({detected(), published(48h + 30s)}).at("late_minutes") == Cell{std::int64_t{1}});
    CHECK(row_of({detected(), published(48h)}).at("late_minutes") == Cell{});
    CHECK(row_of({detected()}, 49h).at("late_minutes") == Cell{std::int64_t{60}});
    CHECK(row_of({detected()}, 47h).at("outcome") == text("未到期"));
}

TEST_CASE("Ledger row: remarks say who waived what and why, and what is marked") {
    const auto row = row_of({detected(0h, {.lead_unit = "mzj"}), waived(1h, "response")});
    CHECK(row.at("remarks") == text("豁免“义务 response”（主任：上级统一发布）"));
    CHECK(row.at("outcome") == text("豁免"));
    CHECK(row_of({detected(), waived(50h, "response")}).at("remarks") ==
          text("免责“义务 response”（主任：上级统一发布）；无责任单位"));
}

TEST_CASE("Ledger row: every answer with its channel, and what the last one was called") {
    const Published first{
        .kind = ResponseKind::holding_statement, .by = "x", .channel = "县网", .title = "初"};
    const Published second{.kind = ResponseKind::final_report, .by = "x"};
    const auto row =
        row_of({detected(), fact(first, 1h, "1"), fact(second, 2h, "2"), fact(Closed{"x", "办完"}, 3h)});
    CHECK(row.at("online") == text("初步回应（县网）；最终通报"));
    CHECK(row.at("reply_summary") == text("初"));
    CHECK(row_of({detected(), fact(second, 2h, "2"), fact(Closed{"x", "办完"}, 3h)}).at("reply_summary") ==
          text("办完"));
}

TEST_CASE("Ledger row: names whatever was late and makes a unit's figures, each with its time") {
    const auto late = row_of({detected(0h, {.incident_grade = IncidentGrade::major, .lead_unit = "mzj"}),
                              fact(Returned{"x", "", "不属本单位"}, 1h), assigned(2h, "jyj"),
                              acknowledged(2h + 5min), published(3h, ResponseKind::authoritative_release),
                              published(30h, ResponseKind::press_conference)});
    CHECK(late.at("outcome") == text("按时"));
    CHECK(late.at("late_obligations") ==
          text("义务 press_conference（时限2026-06-02 08:00:00）超时；"
               "义务 acknowledge（县民政局，时限2026-06-01 08:15:00）超期未办"));
    CHECK(late.at("returns") == text("县民政局（不属本单位）"));
    CHECK(row_of({detected(0h, {.lead_unit = "mzj"}), acknowledged(1min), published(1h)})
              .at("late_obligations") == Cell{});
}

TEST_CASE("Ledger row: the card of what is excused counts apart") {
    const auto row = row_of({detected(0h, {.lead_unit = "mzj"}), waived(80h, "response")});
    CHECK(row.at("red_cards") == Cell{std::int64_t{0}});
    CHECK(row.at("excused_cards") == Cell{std::int64_t{1}});
}

TEST_CASE("Ledger row: a case closed too early says what was open") {
    const auto row =
        row_of({detected(0h, {.lead_unit = "mzj"}), acknowledged(1min), published(1h),
                fact(CommitmentMade{"C1", "修好路", t0 + 72h, "x"}, 2h), fact(Closed{"x", "办完"}, 3h)},
               4h);
    CHECK(row.at("remarks") == text("办结时仍有未完成：修好路"));
}

TEST_CASE("Ledger row: history is not said to be overdue on arrival") {
    auto told = detected(0h, {.lead_unit = "mzj"});
    told.recorded_at = t0 + 90h;
    CHECK(row_of({told, published(60h)}).at("remarks") == text("发现即超期"));
    told.silent = true;
    CHECK(row_of({told, published(60h)}).at("remarks") == Cell{});
}

TEST_CASE("Ledger row: a matter that was withdrawn is called by its title, and by whom and why it was") {
    const auto told = detected(0h, {.title = "路灯不亮", .lead_unit = "mzj"});
    const auto row =
        row_of({told, fact(Withdrawn{told.event.key.source, told.event.key.id, "张主任", "误报"}, 1h)});
    CHECK(row.at("title") == text("路灯不亮"));
    CHECK(row.at("remarks") == text("不予受理；发现已撤销（张主任：误报）；无责任单位"));
}

TEST_CASE("Unread cases: named with their file, below the rows of a table and in one of their own") {
    UnreadCases unread;
    unread.add({CaseId("QS-9"), Error{"archive_damaged", "is not what was written", "2025-10.jsonl"}});
    CHECK(unread_text(unread) == "1件事项的档案读不出或不全，读不出的未计入");
    CHECK(unread_table(unread).rows ==
          std::vector<std::vector<Cell>>{{text("QS-9"), text("2025-10.jsonl"), text("归档文件已损坏")}});
    Table table{"x", {{"case", ""}, {"title", ""}, {"remarks", ""}}, {}};
    note_unread(table, unread, "case", "remarks");
    REQUIRE(table.rows.size() == 1);
    CHECK(table.rows[0] ==
          std::vector<Cell>{text("QS-9"), {}, text("档案读不出，未计入：归档文件已损坏（2025-10.jsonl）")});
    unread.list.assign(UnreadCases::listed_max, unread.list[0]);
    unread.add({CaseId("QS-10"), {}});
    CHECK(unread.count() == UnreadCases::listed_max + 1);
    CHECK(unread_table(unread).rows.back()[0] == text("另有1件未列出"));
}

TEST_CASE("Explanations: the rules of the score stand there as they are in force") {
    AssessmentReport report;
    report.rules = {.answer = 60, .acknowledge = 30, .return_less = 5, .less_max = 15, .pass = 75};
    std::map<std::string, std::string> said;
    const auto tables = assessment_tables(report, zone);
    for (const auto& row : tables[5].rows)
        said[std::get<std::string>(row[0])] = std::get<std::string>(row[1]);
    for (const auto* part : {"按时率×60", "签收按时率×30", "兑现率×10", "每项到期未回应或未兑现扣2分",
                             "每张红牌扣1分", "每次退回扣5分", "最多扣15分", "75分及以上为合格"})
        CHECK(said.at("得分").find(part) != std::string::npos);
    for (const auto* what : {"签收按时率", "黄牌、红牌", "兑现率", "名次", "发现即超期"})
        CHECK(said.contains(what));
}

TEST_CASE("Listed reasons: all that is known of why, in one line") {
    Listed listed{.on_arrival = true, .returned_because = "不属本单位", .noted = "等口径"};
    CHECK(listed_reason(listed) == "发现即超期；退回：不属本单位；等口径");
    listed = {.because = "regraded"};
    CHECK(listed_reason(listed) == "重新研判后不适用");
    listed = {.by = "张主任", .reason = "上级统一发布"};
    CHECK(listed_reason(listed) == "张主任：上级统一发布");
    listed = {.withdrawn = Excuse{"张主任", "误报"}};
    CHECK(listed_reason(listed) == "发现已撤销（张主任：误报）");
    listed = {.reason = "同一件事", .into = "QS-2"};
    CHECK(listed_reason(listed) == "已并入QS-2；同一件事");
}

TEST_CASE("Assessment tables: every row has a cell for each column, the total comes last") {
    AssessmentReport report;
    report.rows.push_back({.id = "mzj", .name = "县民政局", .received = 2, .rank = 1});
    report.rows.push_back({});
    report.overdue.push_back({.title = "x", .status = "late", .late_by = 61s});
    report.obligations.push_back({"response", "回应", DutyKind::statutory, {.met = 1}});
    report.listed_left_out = 3;
    const auto tables = assessment_tables(report, zone);
    REQUIRE(tables.size() == 6);
    for (const auto& table : tables) {
        for (const auto& row : table.rows) CHECK(row.size() == table.columns.size());
    }
    CHECK(tables[0].rows[0][1] == text("县民政局"));
    CHECK(tables[0].rows[1][1] == text("未交办"));
    CHECK(tables[0].rows.back()[1] == text("合计"));
    CHECK(tables[2].rows[0][7] == Cell{std::int64_t{2}});
    CHECK(cell_text(tables[5].rows.back()[1], zone).starts_with("3 项"));
}
