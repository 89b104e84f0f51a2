// Tables as values: what ledger and assessment show, before any file format.
//
// A cell has a type, so that a spreadsheet gets real dates and numbers, and text is never taken for either.
#pragma once

#include "alert/core/time.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace alert {

/// Hundredths of a percent.
struct Percent {
    std::int64_t hundredths = 0;
    friend bool operator==(const Percent&, const Percent&) = default;
};
/// Hundredths of a point.
struct Points {
    std::int64_t hundredths = 0;
    friend bool operator==(const Points&, const Points&) = default;
};
/// A web address, as told; only what is http or https and well formed becomes a link anywhere.
struct WebAddress {
    std::string text;
    friend bool operator==(const WebAddress&, const WebAddress&) = default;
};

using Cell = std::variant<std::monostate, std::string, WebAddress, std::int64_t, TimePoint, Percent, Points>;

/// Longer text is cut, with an ellipsis.
inline constexpr std::size_t cell_chars_max = 1000;

/// Empty text is an empty cell.
Cell text_cell(const std::string& text);
Cell url_cell(const std::string& url);
Cell count_cell(std::size_t count);

struct Column {
    std::string id, title;
    int width = 12;  // in characters of a spreadsheet, of which a Chinese one takes two
};

struct Table {
    std::string name;  // of its sheet, at most 31 characters
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;
};

/// What a file holds: the first table is the one that a format with one table shows.
struct Book {
    std::string title;
    TimePoint at;  // what the figures are of
    std::vector<Table> tables;
};

/// `2026-10-01 08:00:00`, by the office's clock; fractions of a second are cut.
std::string local_text(TimePoint at, const Zone& zone);
/// `96.55%`, `-1.20`, `12`; of text the text.
std::string cell_text(const Cell& cell, const Zone& zone);

}  // namespace alert
