#include "alert/report/assessment_tables.hpp"
#include "alert/report/unread_table.hpp"

#include "explanations.hpp"
#include "words.hpp"

#include <chrono>

namespace alert {

namespace {

using report::said_by;
using report::word;

Cell percent(const std::optional<std::int64_t>& rate) { return rate ? Cell{Percent{*rate}} : Cell{}; }

Cell points(const std::optional<std::int64_t>& score) { return score ? Cell{Points{*score}} : Cell{}; }

Cell number(const std::optional<std::int64_t>& value) { return value ? Cell{*value} : Cell{}; }

Cell minutes(const Spread& spread, Duration of) {
    return spread.count == 0 ? Cell{} : Cell{std::chrono::floor<std::chrono::minutes>(of).count()};
}

using Row = AssessmentRow;

struct RowColumn {
    const char *id, *title;
    int width;
    Cell (*cell)(const Row&);
};

/// Nothing of what is not scored.
Cell grade(const AssessmentReport& report, const Row& row) {
    return row.score ? text_cell(report.passed(row) ? "合格" : "不合格") : Cell{};
}

constexpr RowColumn row_columns[] = {
    {"received", "收到", 8, [](const Row& r) { return count_cell(r.received); }},
    {"answered", "已回应", 8, [](const Row& r) { return count_cell(r.answered); }},
    {"due", "应回应", 8, [](const Row& r) { return count_cell(r.statutory.due()); }},
    {"on_time", "按时", 8, [](const Row& r) { return count_cell(r.statutory.met); }},
    {"late", "超时", 8, [](const Row& r) { return count_cell(r.statutory.late); }},
    {"overdue", "未回应", 8, [](const Row& r) { return count_cell(r.statutory.overdue); }},
    {"rate", "按时率", 9, [](const Row& r) { return percent(r.statutory.rate()); }},
    {"first_answer_median", "首回中位（分钟）", 10,
     [](const Row& r) { return minutes(r.first_answer, r.first_answer.median); }},
    {"first_answer_p90", "首回九成（分钟）", 10,
     [](const Row& r) { return minutes(r.first_answer, r.first_answer.p90); }},
    {"taking_median", "签收中位（分钟）", 10,
     [](const Row& r) { return minutes(r.taking, r.taking.median); }},
    {"taking_p90", "签收九成（分钟）", 10, [](const Row& r) { return minutes(r.taking, r.taking.p90); }},
    {"acknowledgements_due", "应签收", 8, [](const Row& r) { return count_cell(r.acknowledgement.due()); }},
    {"acknowledgements_on_time", "按时签收", 9,
     [](const Row& r) { return count_cell(r.acknowledgement.met); }},
    {"acknowledgement_rate", "签收按时率", 10,
     [](const Row& r) { return percent(r.acknowledgement.rate()); }},
    {"reminders", "催办", 8, [](const Row& r) { return count_cell(r.reminded); }},
    {"urgings", "督办", 8, [](const Row& r) { return count_cell(r.urged); }},
    {"yellow_cards", "黄牌", 8, [](const Row& r) { return count_cell(r.yellow); }},
    {"red_cards", "红牌", 8, [](const Row& r) { return count_cell(r.red); }},
    {"excused_cards", "免责牌", 8, [](const Row& r) { return count_cell(r.excused_cards); }},
    {"returns", "退回", 8, [](const Row& r) { return count_cell(r.returns); }},
    {"on_arrival", "发现即超期", 10, [](const Row& r) { return count_cell(r.on_arrival); }},
    {"commitments_due", "承诺到期", 9, [](const Row& r) { return count_cell(r.commitments.due()); }},
    {"commitments_on_time", "按时兑现", 9, [](const Row& r) { return count_cell(r.commitments.met); }},
    {"commitments_late", "超时兑现", 9, [](const Row& r) { return count_cell(r.commitments.late); }},
    {"commitments_overdue", "未兑现", 8, [](const Row& r) { return count_cell(r.commitments.overdue); }},
    {"commitment_rate", "兑现率", 9, [](const Row& r) { return percent(r.commitments.rate()); }},
    {"pending", "未到期", 8, [](const Row& r) { return count_cell(r.statutory.pending); }},
    {"waived", "豁免", 8, [](const Row& r) { return count_cell(r.statutory.waived); }},
    {"void", "不再要求", 9, [](const Row& r) { return count_cell(r.statutory.void_); }},
    {"excused", "免责", 8, [](const Row& r) { return count_cell(r.statutory.excused); }},
    {"score", "得分", 8, [](const Row& r) { return points(r.score); }},
    {"rate_change", "按时率环比（百分点）", 12, [](const Row& r) { return points(r.rate_change); }},
    {"score_change", "得分环比", 9, [](const Row& r) { return points(r.score_change); }},
    {"rank_change", "名次升降", 9, [](const Row& r) { return number(r.rank_change); }},
};

std::vector<Cell> row_cells(const AssessmentReport& report, const Row& row, const std::string& name) {
    std::vector<Cell> cells{row.rank ? count_cell(*row.rank) : Cell{}, text_cell(name)};
    for (const RowColumn& column : row_columns) cells.push_back(column.cell(row));
    cells.push_back(grade(report, row));
    return cells;
}

Table ranking(const AssessmentReport& report) {
    Table table{"考核", {{"rank", "名次", 6}, {"name", word(report.by), 20}}, {}};
    for (const RowColumn& column : row_columns)
        table.columns.push_back({column.id, column.title, column.width});
    table.columns.push_back({"grade", "评定", 8});
    for (const Row& row : report.rows) table.rows.push_back(row_cells(report, row, row_name(row, report.by)));
    table.rows.push_back(row_cells(report, report.total, "合计"));
    return table;
}

Table by_obligation(const AssessmentReport& report) {
    Table table{"按义务",
                {{"title", "义务", 24},
                 {"kind", "性质", 8},
                 {"due", "到期"},
                 {"on_time", "按时"},
                 {"late", "超时"},
                 {"overdue", "超期未办"},
                 {"rate", "按时率"},
                 {"pending", "未到期"},
                 {"waived", "豁免"},
                 {"void", "不再要求"},
                 {"excused", "免责"},
                 {"obligation", "政策文件中的标识", 22}},
                {}};
    for (const auto& of : report.obligations) {
        const Tally& t = of.tally;
        const bool promise = of.kind == DutyKind::commitment;
        table.rows.push_back({text_cell(promise ? "承诺事项" : of.title), text_cell(word(of.kind)),
                              count_cell(t.due()), count_cell(t.met), count_cell(t.late),
                              count_cell(t.overdue), percent(t.rate()), count_cell(t.pending),
                              count_cell(t.waived), count_cell(t.void_), count_cell(t.excused),
                              text_cell(of.id)});
    }
    return table;
}

Cell late_minutes(const Listed& listed) {
    if (!listed.late_by) return {};
    return std::chrono::ceil<std::chrono::minutes>(*listed.late_by).count();
}

Table list_table(const char* name, const std::vector<Listed>& list) {
    Table table{name,
                {{"case", "舆情编号", 22},
                 {"title", "标题", 40},
                 {"unit", "责任单位", 18},
                 {"what", "义务", 24},
                 {"status", "情况", 10},
                 {"due", "时限", 20},
                 {"fulfilled_at", "完成时间", 20},
                 {"late_minutes", "超时时长（分钟）", 12},
                 {"reason", "原因", 40}},
                {}};
    for (const Listed& one : list) {
        table.rows.push_back({text_cell(one.id.value), text_cell(one.title), text_cell(one.unit),
                              text_cell(one.what), text_cell(word(std::string_view(one.status))),
                              one.due ? Cell{*one.due} : Cell{},
                              one.fulfilled_at ? Cell{*one.fulfilled_at} : Cell{}, late_minutes(one),
                              text_cell(listed_reason(one))});
    }
    return table;
}

}  // namespace

std::string row_name(const AssessmentRow& row, GroupBy by) {
    if (!row.name.empty()) return row.name;
    return by == GroupBy::unit ? "未交办" : "未分领域";
}

std::string listed_reason(const Listed& listed) {
    std::string text;
    const auto add = [&text](const std::string& part) {
        if (!part.empty()) text += (text.empty() ? "" : "；") + part;
    };
    if (listed.on_arrival) add(word(std::string_view("overdue_on_arrival")));
    if (!listed.because.empty()) add(word(std::string_view(listed.because)));
    if (!listed.into.empty()) add("已并入" + listed.into);
    add(said_by(listed.by, listed.reason));
    if (listed.withdrawn)
        add("发现已撤销（" + said_by(listed.withdrawn->by, listed.withdrawn->reason) + "）");
    if (!listed.returned_because.empty()) add("退回：" + listed.returned_because);
    add(listed.noted);
    return text;
}

std::vector<Table> assessment_tables(const AssessmentReport& report, const Zone& zone) {
    std::vector<Table> tables{ranking(report),
                              by_obligation(report),
                              list_table("超时和未回应", report.overdue),
                              list_table("不计入", report.excluded),
                              list_table("不予受理和合并", report.apart),
                              report::explanations(report, zone)};
    if (report.unread.count() > 0) tables.push_back(unread_table(report.unread));
    return tables;
}

}  // namespace alert
