#include "alert/report/render.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace alert;

namespace {

const Zone zone = Zone::find("Asia/Shanghai").value();

Book book_of(Cell cell) {
    return {"书", TimePoint{}, {{"表", {{"a", "甲"}}, {{std::move(cell)}}}, {"空", {{"a", "甲"}}, {}}}};
}

}  // namespace

TEST_CASE("XLSX: a file comes out whatever the text is") {
    const std::vector<Cell> cells{std::string("=1+1"),
                                  std::string("_x000D_"),
                                  std::string("\xEF\xBF\xBE"),
                                  std::string("\xFF 不是 UTF-8"),
                                  std::string(32'000, 'x'),
                                  WebAddress{"https://example.com/" + std::string(3000, 'a')},
                                  WebAddress{"javascript:alert(1)"},
                                  WebAddress{"https://例子.中国/"},
                                  TimePoint{std::chrono::sys_days{std::chrono::year{1600} / 1 / 1}},
                                  Percent{12345},
                                  std::monostate{}};
    for (const Cell& cell : cells) {
        const auto file = render_xlsx(book_of(cell), zone);
        REQUIRE(file.has_value());
        CHECK(file->starts_with("PK"));
        CHECK(file->size() > 4000);
    }
}

TEST_CASE("XLSX: an error tells when the temporary folder takes no file") {
    ::setenv("TMPDIR", "/nonexistent", 1);
    const auto file = render_xlsx(book_of(std::string("x")), zone);
    ::unsetenv("TMPDIR");
    REQUIRE_FALSE(file.has_value());
    CHECK(file.error().code == "not_written");
}
