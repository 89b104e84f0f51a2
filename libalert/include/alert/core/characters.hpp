// Characters of UTF-8, one at a time, and what kind each of them is: seen, a gap, a mark, a digit.
// Pure tables; what is no UTF-8 is a character of one byte that is not valid.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace alert {

struct CodePoint {
    char32_t value = 0;
    std::size_t length = 1;  // bytes
    bool valid = false;      // overlong forms, surrogates and cut sequences are not
};

/// The code point that begins at `at`, which must lie inside the text.
CodePoint code_point_at(std::string_view text, std::size_t at);

/// Nothing to see, not even a gap: it only parts what would otherwise be recognised.
bool is_invisible(char32_t c);
/// A gap, of whatever width.
bool is_space(char32_t c);
/// Drawn over the character before it.
bool is_combining(char32_t c);
/// Never stands for anything, and XML has no way to write it.
bool is_noncharacter(char32_t c);

/// Ways of writing a digit, the usual first.
enum class DigitKind {
    plain,     // of any script: 7 ７ ७
    enclosed,  // ⑦ ⑺ ⒎ ⁷, which lists begin with as well
    chinese    // 七
};
struct Digit {
    char value = '0';
    DigitKind kind{};
};
std::optional<Digit> digit_of(char32_t c);

}  // namespace alert
