#include "alert/codec/utf8.hpp"

#include "alert/codec/event_json.hpp"

namespace alert {
namespace {

constexpr char32_t replacement = 0xFFFD;

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

bool turns_direction(char32_t c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F ||
           c == 0x061C;
}

bool breaks_line(char32_t c) { return c == '\n' || c == '\t' || c == 0x85 || c == 0x2028 || c == 0x2029; }

/// Such a character at the ends of a text says nothing.
bool is_blank(char32_t c) { return is_space(c) || is_invisible(c); }

/// The character to show for it; 0: none.
char32_t harmless(const CodePoint& point) {
    if (!point.valid) return replacement;
    if (breaks_line(point.value)) return ' ';
    if (is_control(point.value) || turns_direction(point.value)) return 0;
    return point.value;
}

}  // namespace

bool is_printable(const CodePoint& point) {
    const char32_t c = point.value;
    return point.valid && !is_control(c) && c != 0x2028 && c != 0x2029 && !is_invisible(c) &&
           !is_noncharacter(c);
}

void append_code_point(std::string& out, char32_t value) {
    const auto put = [&](char32_t bits) { out += static_cast<char>(bits); };
    if (value < 0x80) {
        put(value);
    } else if (value < 0x800) {
        put(0xC0 | (value >> 6U));
        put(0x80 | (value & 0x3FU));
    } else if (value < 0x10000) {
        put(0xE0 | (value >> 12U));
        put(0x80 | ((value >> 6U) & 0x3FU));
        put(0x80 | (value & 0x3FU));
    } else {
        put(0xF0 | (value >> 18U));
        put(0x80 | ((value >> 12U) & 0x3FU));
        put(0x80 | ((value >> 6U) & 0x3FU));
        put(0x80 | (value & 0x3FU));
    }
}

bool has_control_character(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        if (!point.valid || is_control(point.value)) return true;
        at += point.length;
    }
    return false;
}

std::string without_controls(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        if (!point.valid || is_control(point.value))
            line += '?';
        else
            line += text.substr(at, point.length);
        at += point.length;
    }
    return line;
}

std::string as_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const CodePoint point = code_point_at(bytes, at);
        append_code_point(text, point.valid ? point.value : replacement);
        at += point.length;
    }
    return text;
}

CleanText clean_text(std::string_view told, std::size_t chars_max) {
    CleanText clean;
    std::size_t chars = 0, solid = 0;  // solid: bytes up to the last character that is no blank
    for (std::size_t at = 0; at < told.size();) {
        const CodePoint point = code_point_at(told, at);
        at += point.length;
        const char32_t shown = harmless(point);
        const bool blank = is_blank(shown);
        if (shown == 0 || (blank && chars == 0)) continue;
        if (chars == chars_max) {
            if (blank) continue;
            clean.truncated = true;
            break;
        }
        append_code_point(clean.text, shown);
        ++chars;
        if (!blank) solid = clean.text.size();
    }
    clean.text.resize(solid);
    return clean;
}

}  // namespace alert
