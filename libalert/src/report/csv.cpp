#include "alert/report/render.hpp"

#include <algorithm>
#include <array>

namespace alert {

namespace {

/// What makes a spreadsheet read a cell as a formula; the wide ones do in East Asian editions.
constexpr std::array<std::string_view, 11> formula_starts{"=",  "+",  "-",  "@",  "\t", "\r",
                                                          "\n", "＝", "＋", "－", "＠"};

bool looks_like_formula(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return std::any_of(formula_starts.begin(), formula_starts.end(),
                       [&](std::string_view start) { return text.starts_with(start); });
}

void append_field(std::string& out, const std::string& text, bool from_outside) {
    const bool guarded = from_outside && looks_like_formula(text);
    const bool quoted =
        text.find_first_of("\",\r\n;\t") != std::string::npos || text.starts_with(' ') || text.ends_with(' ');
    if (quoted) out += '"';
    if (guarded) out += '\'';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    if (quoted) out += '"';
}

bool is_text(const Cell& cell) {
    return std::holds_alternative<std::string>(cell) || std::holds_alternative<WebAddress>(cell);
}

}  // namespace

std::string render_csv(const Book& book, const Zone& zone) {
    const Table& table = book.tables.front();
    std::string out = "\xEF\xBB\xBF";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (i > 0) out += ',';
        append_field(out, table.columns[i].title, false);
    }
    out += "\r\n";
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0) out += ',';
            append_field(out, cell_text(row[i], zone), is_text(row[i]));
        }
        out += "\r\n";
    }
    return out;
}

}  // namespace alert
