// UTF-8 as the codec needs it: one code point at a time, and text made harmless for people.
//
// What was told stays in the record as it is; what a person reads on a board, in a message or in a
// table carries no control characters and nothing that turns the direction of the line.
#pragma once

#include "alert/core/characters.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace alert {

void append_code_point(std::string& out, char32_t value);

/// Can be printed in a line: it is seen, ends nothing and steers nothing.
bool is_printable(const CodePoint& point);

/// C0 and C1 controls, which CloudEvents forbids in `id` and `source`.
bool has_control_character(std::string_view text);

/// With a question mark for each control and for what is no UTF-8: a line of a log or a terminal.
std::string without_controls(std::string_view text);

struct CleanText {
    std::string text;
    bool truncated = false;
};

/// Without what cannot be seen around it, controls and bidirectional controls; line breaks and tabs become a
/// space; cut at `chars_max` code points.
CleanText clean_text(std::string_view told, std::size_t chars_max);

}  // namespace alert
