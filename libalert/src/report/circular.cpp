// In the order of a real office's circular: the situation, the problems, what is asked for; then the lists
// that the figures come from.
#include "alert/report/circular.hpp"

#include "alert/codec/base64.hpp"
#include "alert/codec/escape.hpp"
#include "alert/core/privacy.hpp"
#include "alert/report/assessment_tables.hpp"
#include "alert/report/unread_table.hpp"

#include "markup.hpp"
#include "words.hpp"

#include <algorithm>

namespace alert {

namespace {

using report::Bar;
using report::word;

constexpr std::size_t bars_max = 40;     // a chart longer than a page tells nothing
constexpr std::size_t listed_max = 500;  // of a list; the spreadsheet has them all

constexpr std::string_view style =
    "body{font:11pt/1.6 'Noto Sans CJK SC','Microsoft YaHei',SimSun,sans-serif;color:#111;background:#fff;"
    "max-width:190mm;margin:0 auto;padding:8mm}"
    "h1{font-size:20pt;text-align:center;margin:0 0 4mm}h2{font-size:13pt;margin:6mm 0 2mm}"
    ".about{text-align:center;color:#444}"
    "table{border-collapse:collapse;width:100%;font-size:9pt;margin:2mm 0}"
    "th,td{border:1px solid #666;padding:1mm 1.5mm;text-align:left;overflow-wrap:anywhere}"
    "th{background:#e8eef4}thead{display:table-header-group}tr{break-inside:avoid}"
    "td.n{text-align:right;white-space:nowrap}tr.total{font-weight:bold}"
    "svg{width:100%;height:auto;font-size:12px;break-inside:avoid}"
    ".part0{fill:#2e7d32;color:#2e7d32}.part1{fill:#f9a825;color:#f9a825}.part2{fill:#c62828;color:#c62828}"
    ".key{word-spacing:1em}"
    "@page{size:A4;margin:15mm}@media print{body{padding:0}}";

/// Text of others on a page that is passed round.
std::string shown(const std::string& text) { return markup_escaped(mask_personal_numbers(text)); }

std::string digits(std::size_t number) { return std::to_string(number); }

std::string percent(const std::optional<std::int64_t>& rate, const Zone& zone) {
    return rate ? cell_text(Percent{*rate}, zone) : "—";
}

std::string length(const Spread& spread, Duration time) {
    return spread.count == 0 ? "—" : time < Duration(1000) ? "不到1秒" : format_duration_zh(time);
}

/// `2026年10月`, or from when to when.
std::string period_text(const ReportPeriod& period, const Zone& zone) {
    const auto from = local_text(period.from, zone), to = local_text(period.to, zone);
    constexpr std::string_view first_day = "01 00:00:00";
    const bool one_month = from.ends_with(first_day) && to.ends_with(first_day) &&
                           period.to - period.from < std::chrono::days(32);
    if (one_month) return from.substr(0, 4) + "年" + std::to_string(std::stoi(from.substr(5, 2))) + "月";
    return from.substr(0, 16) + " 至 " + to.substr(0, 16) + "（不含）";
}

std::string change_text(const AssessmentRow& row, const Zone& zone) {
    if (!row.rate_change) return "";
    if (*row.rate_change == 0) return "，与上期持平";
    const auto size = cell_text(Points{std::llabs(*row.rate_change)}, zone);
    return (*row.rate_change > 0 ? "，比上期上升" : "，比上期下降") + size + "个百分点";
}

std::string counted(const std::map<std::string, std::size_t>& counts, auto name_of) {
    std::string text;
    for (const auto& [name, number] : counts)
        text += (text.empty() ? "" : "、") + shown(name_of(name)) + digits(number) + "件";
    return text;
}

std::string level_name(const std::string& level) {
    const auto known = parse_opinion_level(level);
    return known ? word(*known) + "色" : "未定级";
}

std::string overall(const AssessmentReport& report, const Zone& zone) {
    const AssessmentRow& all = report.total;
    std::string out = "<h2>一、总体情况</h2>\n<p>共收到舆情事项" + digits(all.received) + "件，其中" +
                      digits(all.answered) + "件已公开回应。应回应" + digits(all.statutory.due()) +
                      "项，按时" + digits(all.statutory.met) + "项，超时" + digits(all.statutory.late) +
                      "项，未回应" + digits(all.statutory.overdue) + "项，按时率" +
                      percent(all.statutory.rate(), zone) + change_text(all, zone) + "。";
    if (all.statutory.pending > 0) out += "另有" + digits(all.statutory.pending) + "项未到期。";
    out += "</p>\n<p>首次回应用时：居中者" + length(all.first_answer, all.first_answer.median) +
           "，九成事项不超过" + length(all.first_answer, all.first_answer.p90) + "；签收用时：居中者" +
           length(all.taking, all.taking.median) + "，九成不超过" + length(all.taking, all.taking.p90) +
           "。催办" + digits(all.reminded) + "次、督办" + digits(all.urged) + "次，黄牌" +
           digits(all.yellow) + "张、红牌" + digits(all.red) + "张，退回" + digits(all.returns) + "次。";
    if (all.commitments.due() > 0)
        out += "到期承诺" + digits(all.commitments.due()) + "项，兑现率" +
               percent(all.commitments.rate(), zone) + "。";
    out += "</p>\n";
    if (!report.classes.empty())
        out += "<p>按类别：" + counted(report.classes, [](const std::string& name) { return name; }) +
               "；按舆情等级：" + counted(report.levels, level_name) + "。</p>\n";
    return out;
}

Bar rate_bar(const AssessmentRow& row, GroupBy by, const Zone& zone) {
    const auto due = static_cast<double>(std::max<std::size_t>(row.statutory.due(), 1));
    return {mask_personal_numbers(row_name(row, by)),
            percent(row.statutory.rate(), zone) + "（" + digits(row.statutory.met) + "/" +
                digits(row.statutory.due()) + "）",
            {static_cast<double>(row.statutory.met) / due, static_cast<double>(row.statutory.late) / due,
             static_cast<double>(row.statutory.overdue) / due}};
}

std::string charts(const AssessmentReport& report, const Zone& zone) {
    std::vector<Bar> rates, times;
    Duration longest{1};
    for (const auto& row : report.rows) longest = std::max(longest, row.first_answer.median);
    for (const auto& row : report.rows) {
        if (rates.size() < bars_max && row.statutory.due() > 0)
            rates.push_back(rate_bar(row, report.by, zone));
        if (times.size() < bars_max && row.first_answer.count > 0)
            times.push_back({mask_personal_numbers(row_name(row, report.by)),
                             length(row.first_answer, row.first_answer.median),
                             {static_cast<double>(row.first_answer.median.count()) /
                              static_cast<double>(longest.count())}});
    }
    std::string out;
    if (!rates.empty())
        out +=
            "<p class=\"key\"><span class=\"part0\">■</span>按时 <span class=\"part1\">■</span>超时 "
            "<span class=\"part2\">■</span>未回应</p>\n" +
            report::bar_chart("按时率", rates);
    if (!times.empty()) out += "<p>首次回应用时（居中者）</p>\n" + report::bar_chart("首次回应用时", times);
    return out;
}

/// The columns of a table that stand on the page, by their identifiers.
std::string html_table(const Table& table, const std::vector<std::string>& ids, const Zone& zone) {
    std::vector<std::size_t> columns;
    std::string out = "<table><thead><tr>";
    for (const auto& id : ids) {
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            if (table.columns[i].id != id) continue;
            columns.push_back(i);
            out += "<th scope=\"col\">" + markup_escaped(table.columns[i].title) + "</th>";
        }
    }
    out += "</tr></thead><tbody>\n";
    for (std::size_t r = 0; r < std::min(table.rows.size(), listed_max); ++r) {
        out += "<tr>";
        for (const auto i : columns) {
            const Cell& cell = table.rows[r][i];
            const bool text = std::holds_alternative<std::string>(cell);
            const bool nothing = std::holds_alternative<std::monostate>(cell);
            out += (text ? "<td><bdi>" : "<td class=\"n\">") + shown(nothing ? "—" : cell_text(cell, zone)) +
                   (text ? "</bdi></td>" : "</td>");
        }
        out += "</tr>\n";
    }
    out += "</tbody></table>\n";
    if (table.rows.size() > listed_max)
        out += "<p>其余" + digits(table.rows.size() - listed_max) + "项见电子表格。</p>\n";
    return out;
}

/// One line for each group that has something to answer for.
std::string problems(const AssessmentReport& report) {
    std::string out;
    for (const auto& row : report.rows) {
        std::string text;
        const auto add = [&text](const std::string& part) { text += (text.empty() ? "：" : "，") + part; };
        if (row.statutory.overdue > 0) add("到期未回应" + digits(row.statutory.overdue) + "项");
        if (row.red > 0) add("红牌" + digits(row.red) + "张");
        if (row.commitments.overdue > 0) add("承诺未兑现" + digits(row.commitments.overdue) + "项");
        if (row.score && !report.passed(row)) add("得分不合格");
        if (!text.empty()) out += "<li>" + shown(row_name(row, report.by)) + text + "。</li>\n";
    }
    if (report.total.on_arrival > 0)
        out += "<li>" + digits(report.total.on_arrival) +
               "件首次登记时法定时限已过，须查找监测环节的原因。</li>\n";
    return out.empty() ? "<p>本期未发现突出问题。</p>\n" : "<ul>\n" + out + "</ul>\n";
}

std::string demands(const AssessmentReport& report) {
    std::string out = "<h2>三、工作要求</h2>\n<ol>\n";
    if (report.total.statutory.overdue > 0)
        out += "<li>到期未回应的事项，责任单位应立即回应，并说明原因。</li>\n";
    if (report.total.statutory.late > 0) out += "<li>超时回应的事项，责任单位应分析原因，改进流程。</li>\n";
    if (report.total.commitments.overdue > 0) out += "<li>到期未兑现的承诺，应抓紧落实并公开结果。</li>\n";
    return out + "<li>各单位收到交办应及时签收，严格执行先审后发，按时限公开回应。</li>\n</ol>\n";
}

/// The page's own style and nothing else, also where the page is opened as a file.
const std::string& own_style_alone() {
    static const auto policy = "default-src 'none'; style-src 'sha256-" + base64_of(sha256(style)) + "'";
    return policy;
}

}  // namespace

std::string circular_policy() {
    return own_style_alone() + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

std::string render_circular(const AssessmentReport& report, const Zone& zone) {
    const auto tables = assessment_tables(report, zone);
    const auto period = period_text(report.period, zone);
    std::string out =
        "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
        own_style_alone() + "\">\n<title>政务舆情回应情况通报 " + markup_escaped(period) +
        "</title>\n<style>" + std::string(style) + "</style></head><body>\n" +
        "<h1>政务舆情回应情况通报</h1>\n<p class=\"about\">" + markup_escaped(period) + " · 数据截至" +
        local_text(report.at, zone) + "</p>\n";
    if (report.unread.count() > 0) out += "<p>注意：" + unread_text(report.unread) + "，见文末。</p>\n";
    out += overall(report, zone) + charts(report, zone);
    out += html_table(tables[0],
                      {"rank", "name", "received", "due", "on_time", "late", "overdue", "rate",
                       "first_answer_median", "acknowledgement_rate", "returns", "yellow_cards", "red_cards",
                       "commitment_rate", "score", "rate_change", "rank_change"},
                      zone);
    out += "<h2>二、主要问题</h2>\n" + problems(report);
    const std::vector<std::string> listed{"case",   "title", "unit",         "what",
                                          "status", "due",   "late_minutes", "reason"};
    if (!tables[2].rows.empty()) out += html_table(tables[2], listed, zone);
    out += demands(report);
    out += "<h2>附：不计入按时率的事项</h2>\n";
    const std::vector<std::string> apart{"case", "title", "unit", "what", "status", "reason"};
    if (!tables[3].rows.empty()) out += html_table(tables[3], apart, zone);
    if (!tables[4].rows.empty()) out += html_table(tables[4], apart, zone);
    if (tables[3].rows.empty() && tables[4].rows.empty()) out += "<p>无。</p>\n";
    if (report.unread.count() > 0)
        out += "<h2>附：读不出的事项</h2>\n" + html_table(tables.back(), {"case", "file", "why"}, zone);
    out += "<h2>附：统计口径</h2>\n" + html_table(tables[5], {"what", "text"}, zone);
    return out + "</body></html>\n";
}

}  // namespace alert
