#include "alert/codec/utf8.hpp"

#include "alert/codec/event_json.hpp"

#include <algorithm>
#include <iterator>

namespace alert {
namespace {

constexpr char32_t replacement = 0xFFFD;

bool continues(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

bool turns_direction(char32_t c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F ||
           c == 0x061C;
}

bool breaks_line(char32_t c) { return c == '\n' || c == '\t' || c == 0x85 || c == 0x2028 || c == 0x2029; }

struct Range {
    char32_t first, last;
};

template <std::size_t count>
bool within(const Range (&ranges)[count], char32_t c) {
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [c](const Range& range) { return c >= range.first && c <= range.last; });
}

constexpr Range invisible[] = {{0xAD, 0xAD},     {0x34F, 0x34F},     {0x61C, 0x61C},    {0x115F, 0x1160},
                               {0x17B4, 0x17B5}, {0x180B, 0x180F},   {0x200B, 0x200F},  {0x202A, 0x202E},
                               {0x2060, 0x206F}, {0x3164, 0x3164},   {0xFEFF, 0xFEFF},  {0xFFA0, 0xFFA0},
                               {0xFFF9, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
constexpr Range spaces[] = {{' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
                            {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
constexpr Range combining[] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},
                               {0x64B, 0x65F},   {0xE31, 0xE31},   {0xE34, 0xE3A},   {0xE47, 0xE4E},
                               {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0x302A, 0x302F},
                               {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};

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

bool is_invisible(char32_t c) { return within(invisible, c); }
bool is_space(char32_t c) { return within(spaces, c); }
bool is_combining(char32_t c) { return within(combining, c); }
bool is_noncharacter(char32_t c) { return (c & 0xFFFEU) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF); }

bool is_printable(const CodePoint& point) {
    const char32_t c = point.value;
    return point.valid && !is_control(c) && c != 0x2028 && c != 0x2029 && !is_invisible(c) &&
           !is_noncharacter(c);
}

CodePoint code_point_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[at + i]));
    };
    const char32_t lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    if (lead < 0xC2 || lead > 0xF4) return {};
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    for (std::size_t i = 1; i < length; ++i) {
        if (!continues(text, at + i)) return {};
    }
    char32_t value = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) value = (value << 6U) | (byte(i) & 0x3FU);
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (overlong || surrogate || value > 0x10FFFF) return {};
    return {value, length, true};
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
