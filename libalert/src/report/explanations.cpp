#include "explanations.hpp"

#include <string>
#include <utility>

namespace alert::report {

namespace {

std::string number(std::size_t count) { return std::to_string(count); }

std::string span(const ReportPeriod& period, const Zone& zone) {
    return local_text(period.from, zone) + " 至 " + local_text(period.to, zone) + "（不含）";
}

std::string score_text(const ScoreRules& rules) {
    const auto per_return =
        rules.return_less > 0 ? "，每次退回扣" + number(rules.return_less) + "分" : std::string();
    return "按时率×" + number(rules.answer) + "、签收按时率×" + number(rules.acknowledge) + "、兑现率×" +
           number(rules.commitment) +
           "三项之和，除以其中有到期项的权重之和，满分100；每项到期未回应或未兑现扣" +
           number(rules.overdue_less) + "分，每张红牌扣" + number(rules.red_less) + "分" + per_return +
           "，合计最多扣" + number(rules.less_max) + "分，扣完为止；" + number(rules.pass) +
           "分及以上为合格。没有到期法定时限的不计分；未交办（未分领域）、各月和合计不计分";
}

/// What each figure is, in the order of the columns.
constexpr std::pair<const char*, const char*> figures[] = {
    {"责任单位", "按数据截至时的责任单位归入；签收和退回计入当时的责任单位"},
    {"按时率", "按时÷（按时＋超时＋未回应），法定时限每项计一次；未到期、豁免、不再要求、免责另列"},
    {"首回用时", "从应回应事项起算到首次公开回应；中位为居中者（两个取平均），九成为九成事项不超过的用时"},
    {"签收按时率", "按时签收÷应签收，每次交办计一次，到期未签收的也计入应签收"},
    {"签收用时", "从交给现责任单位到其首次签收"},
    {"催办、督办", "到期前、到期时及到期后各发出的催办次数"},
    {"黄牌、红牌",
     "到了催办阶梯所定亮牌时点仍未完成的义务，每项按最高一张计一次；免责的另计为免责牌，不扣分"},
    {"兑现率", "按时兑现÷到期承诺"},
    {"发现即超期", "法定时限在事项首次登记前已过的事项；补录的历史事项和因提级而过期的不计"},
};

}  // namespace

Table explanations(const AssessmentReport& report, const Zone& zone) {
    Table table{"说明", {{"what", "项目", 20}, {"text", "说明", 90}}, {}};
    const auto add = [&](const char* what, const std::string& text) {
        table.rows.push_back({text_cell(what), text_cell(text)});
    };
    add("统计时段", span(report.period, zone) + "，按发现时间归入");
    add("环比时段", span(report.before, zone) + "；环比为同一单位（领域、合计）本期减上期，按月时比上月");
    add("数据截至", local_text(report.at, zone) + "，此后记录的事实不计入");
    for (const auto& [what, text] : figures) add(what, text);
    add("得分", score_text(report.rules));
    add("名次", "按得分、得分相同的按按时率；都相同的并列；不计分的不排名，各月不排名");
    add("另列", "不予受理和已合并的事项不计入，见“不予受理和合并”");
    if (report.listed_left_out > 0)
        add("未列出", std::to_string(report.listed_left_out) + " 项因清单过长未列出");
    return table;
}

}  // namespace alert::report
