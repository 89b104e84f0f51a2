#include "alert/report/circular.hpp"

#include "markup.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alert;

namespace {

const Zone zone = Zone::find("Asia/Shanghai").value();

TimePoint time(const char* text) { return parse_rfc3339(text).value(); }

AssessmentReport october() {
    AssessmentReport report;
    report.period = {time("2026-10-01T00:00:00+08:00"), time("2026-11-01T00:00:00+08:00")};
    report.before = period_before(report.period, zone);
    report.at = report.period.to;
    AssessmentRow row{.id = "mzj", .name = "县民政局", .received = 3, .answered = 2};
    row.statutory = {.met = 1, .late = 1, .overdue = 1};
    row.first_answer = {2, std::chrono::hours(3), std::chrono::hours(5)};
    row.rank = 1;
    report.rows = {row};
    report.total = row;
    report.total.rate_change = -1250;
    return report;
}

bool holds(const std::string& page, const std::string& text) { return page.find(text) != std::string::npos; }

}  // namespace

TEST_CASE("Circular: says the month's figures in words") {
    const auto page = render_circular(october(), zone);
    CHECK(holds(page, "2026年10月"));
    CHECK(holds(page,
                "共收到舆情事项3件，其中2件已公开回应。应回应3项，按时1项，超时1项，未回应1项，按时率33.33%，"
                "比上期下降12.50个百分点。"));
    CHECK(holds(page, "居中者3小时，九成事项不超过5小时"));
    CHECK(holds(page, "县民政局：到期未回应1项"));
    CHECK(holds(page, "<svg role=\"img\" aria-label=\"按时率\""));
    CHECK(holds(page, "33.33%（1/3）"));
}

TEST_CASE("Circular: other periods are told from when to when") {
    auto report = october();
    report.period.to -= std::chrono::hours(24);
    CHECK(holds(render_circular(report, zone), "2026-10-01 00:00 至 2026-10-31 00:00（不含）"));
}

TEST_CASE("Circular: nothing that was told becomes markup, and numbers of persons lose their middle") {
    auto report = october();
    report.rows[0].name = "<script>alert(1)</script>";
    report.overdue.push_back({.id = CaseId("QS-1"),
                              .title = "\"><img src=x onerror=alert(1)> 13800001111",
                              .status = "overdue",
                              .noted = "</td></table><h1>x"});
    const auto page = render_circular(report, zone);
    CHECK_FALSE(holds(page, "<script"));
    CHECK_FALSE(holds(page, "<img"));
    CHECK_FALSE(holds(page, "</td></table><h1>"));
    CHECK_FALSE(holds(page, "13800001111"));
    CHECK(holds(page, "&lt;script&gt;"));
    CHECK(holds(page, "138****1111"));
}

TEST_CASE("Circular: a month without matters is a page too, lists end somewhere") {
    CHECK(holds(render_circular({}, zone), "共收到舆情事项0件"));
    auto report = october();
    report.overdue.assign(501, {.id = CaseId("QS-1"), .status = "late"});
    CHECK(holds(render_circular(report, zone), "其余1项见电子表格"));
}

TEST_CASE("Circular: what is not known or not scored is a dash, and the total is not scored") {
    auto report = october();
    CHECK(holds(render_circular(report, zone), "<td class=\"n\">—</td>"));
    report.rows[0].score = 5000;
    const auto page = render_circular(report, zone);
    CHECK(holds(page, "<td class=\"n\">50.00</td>"));
    CHECK(holds(page, "到期未回应1项，得分不合格。"));
    CHECK(holds(page, "签收按时率</th>"));
}

TEST_CASE("Circular: says what could not be read, before the figures and by name") {
    auto report = october();
    CHECK_FALSE(holds(render_circular(report, zone), "读不出"));
    report.unread.add({CaseId("QS-<9>"), Error{"archive_damaged", "", "2025-10.jsonl"}});
    const auto page = render_circular(report, zone);
    CHECK(page.find("注意：1件事项的档案读不出或不全") < page.find("一、总体情况"));
    CHECK(holds(page, "QS-&lt;9&gt;"));
    CHECK(holds(page, "2025-10.jsonl"));
}

TEST_CASE("Circular: its policy names the style by its hash and allows nothing else") {
    const auto policy = circular_policy();
    CHECK(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    const auto page = render_circular(october(), zone);
    const auto hash = policy.substr(policy.find("'sha256-"), 53);
    CHECK(holds(page, hash));
    CHECK(policy.find("unsafe") == std::string::npos);
}

TEST_CASE("Circular: the legend is painted as the bars are") {
    const auto page = render_circular(october(), zone);
    const std::pair<std::string, std::string> legend[] = {
        {"part0", "按时"}, {"part1", "超时"}, {"part2", "未回应"}};
    for (const auto& [part, word] : legend) {
        CHECK(holds(page, "<span class=\"" + part + "\">■</span>" + word));
        const auto style = page.find("." + part + "{fill:");
        REQUIRE(style != std::string::npos);
        const auto fill = page.substr(style + part.size() + 7, 7);
        CHECK(page.substr(style + part.size() + 14).starts_with(";color:" + fill + "}"));
    }
}

TEST_CASE("Bar chart: parts stand behind each other and never leave the chart") {
    const auto svg = report::bar_chart("图<", {{"一个名字很长很长很长的单位", "50%", {0.5, 0.25, 7.0}}});
    CHECK(svg.find("aria-label=\"图&lt;\"") != std::string::npos);
    CHECK(svg.find("x=\"170.0\" y=\"4\" width=\"200.0\"") != std::string::npos);
    CHECK(svg.find("x=\"370.0\" y=\"4\" width=\"100.0\"") != std::string::npos);
    CHECK(svg.find("width=\"400.0\"") != std::string::npos);
    CHECK(svg.find("一个名字很长很长很长的单<") != std::string::npos);
    CHECK(svg.find("style=") == std::string::npos);
}
