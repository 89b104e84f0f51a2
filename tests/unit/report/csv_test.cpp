#include "alert/report/render.hpp"

#include <catch2/catch.hpp>

using namespace alert;

namespace {

const Zone zone = Zone::find("Asia/Shanghai").value();
const TimePoint at = parse_rfc3339("2026-10-01T08:00:00.250+08:00").value();

std::string of_cells(std::vector<Cell> cells) {
    Table table{"表", {}, {}};
    for (std::size_t i = 0; i < cells.size(); ++i) table.columns.push_back({"c", "列"});
    table.rows.push_back(std::move(cells));
    const auto text = render_csv({"书", at, {table}}, zone);
    return text.substr(text.find("\r\n") + 2);
}

}  // namespace

TEST_CASE("CSV: begins with a BOM and ends every line with CRLF") {
    const auto text = render_csv({"书", at, {{"表", {{"a", "甲"}, {"b", "乙"}}, {}}}}, zone);
    CHECK(text == "\xEF\xBB\xBF甲,乙\r\n");
}

TEST_CASE("CSV: what parts cells and lines is quoted") {
    CHECK(of_cells({std::string("a,b"), std::string("say \"x\""), std::string("a\nb"), std::string("a;b")}) ==
          "\"a,b\",\"say \"\"x\"\"\",\"a\nb\",\"a;b\"\r\n");
    CHECK(of_cells({std::string(" a"), std::string("a ")}) == "\" a\",\"a \"\r\n");
}

TEST_CASE("CSV: text that a spreadsheet would take for a formula gets an apostrophe") {
    for (const std::string start : {"=", "+", "-", "@", "＝", "＋", "－", "＠", "  ="})
        CHECK(of_cells({start + "1"}).find("'" + start + "1") != std::string::npos);
    for (const std::string start : {"\t", "\r", "\n"})
        CHECK(of_cells({start + "=1"}) == "\"'" + start + "=1\"\r\n");
    CHECK(of_cells({WebAddress{"=HYPERLINK(1)"}}) == "'=HYPERLINK(1)\r\n");
    CHECK(of_cells({std::string("a=1"), std::string("1-2")}) == "a=1,1-2\r\n");
}

TEST_CASE("CSV: numbers and times are ours, and stand as they are") {
    CHECK(of_cells({std::int64_t{-2}, Points{-120}, Percent{9655}, at, std::monostate{}}) ==
          "-2,-1.20,96.55%,2026-10-01 08:00:00,\r\n");
}
