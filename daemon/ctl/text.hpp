// Text for a terminal: what came from outside can neither steer it nor disturb a table.
#pragma once

#include <string>
#include <string_view>

namespace yuqing {

/// One line that is safe to print: control characters, bidirectional marks, invisible characters and
/// bytes that are not UTF-8 become visible escapes (`\n`, `\x1b`, `\u202e`).
std::string safe_text(std::string_view text);

/// JSON that is safe to print and still the same JSON: such characters become `\u` escapes.
std::string safe_json(std::string_view json);

/// Columns on a terminal: Chinese characters take two, combining marks none.
std::size_t display_width(std::string_view text);

/// Cut to at most `columns`, with an ellipsis when something was cut.
std::string cut_to_width(std::string_view text, std::size_t columns);

}  // namespace yuqing
