#include "table.hpp"

#include "text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace yuqing {

namespace {

constexpr std::size_t gap = 2;               // blanks between two columns
constexpr std::size_t last_column_min = 16;  // a narrow terminal wraps rather than hide everything

}  // namespace

void Table::add(std::vector<std::string> cells, Tone tone) {
    for (auto& cell : cells) cell = safe_text(cell);
    cells.resize(rows_.front().size());
    rows_.push_back(std::move(cells));
    tones_.push_back(tone);
}

std::vector<std::string> Table::lines(std::size_t columns_max) const {
    const std::size_t last = rows_.front().size() - 1;
    std::vector<std::size_t> widths(last, 0);
    std::size_t before_last = 0;
    for (std::size_t column = 0; column < last; ++column) {
        for (const auto& row : rows_) widths[column] = std::max(widths[column], display_width(row[column]));
        before_last += widths[column] + gap;
    }
    const auto left = columns_max > before_last ? columns_max - before_last : 0;
    const auto last_max = std::max(left, last_column_min);
    std::vector<std::string> lines;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t column = 0; column < last; ++column)
            line += row[column] + std::string(widths[column] - display_width(row[column]) + gap, ' ');
        lines.push_back(line + (columns_max == 0 ? row[last] : cut_to_width(row[last], last_max)));
    }
    return lines;
}

void Table::print(std::ostream& out, std::size_t columns_max) const {
    const auto all = lines(columns_max);
    const bool colours = colours_wanted();
    for (std::size_t at = 0; at < all.size(); ++at)
        out << (colours ? painted(all[at], tones_[at]) : all[at]) << '\n';
}

TerminalSize terminal_size() {
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {};
    return {size.ws_row, size.ws_col};
}

std::size_t terminal_columns() { return terminal_size().columns; }

}  // namespace yuqing
