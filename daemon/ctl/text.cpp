#include "text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iterator>

namespace yuqing {

namespace {

struct Range {
    char32_t first, last;
};

/// Ranges must be ascending.
template <std::size_t size>
bool within(const Range (&ranges)[size], char32_t code) {
    const auto at = std::upper_bound(std::begin(ranges), std::end(ranges), code,
                                     [](char32_t value, const Range& range) { return value < range.first; });
    return at != std::begin(ranges) && code <= std::prev(at)->last;
}

// Characters that steer a terminal, turn the direction of text, or cannot be seen.
constexpr Range unsafe_ranges[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
    {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
    {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe007f},
};

// East Asian wide and full-width, and the pictures that terminals draw over two columns.
constexpr Range wide_ranges[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x25fd, 0x25fe},   {0x2614, 0x2615},
    {0x26a1, 0x26a1},   {0x26d4, 0x26d4},   {0x2705, 0x2705},   {0x274c, 0x274c},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff01, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18aff}, {0x1b000, 0x1b2ff}, {0x1f004, 0x1f004},
    {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a}, {0x1f200, 0x1f320}, {0x1f32d, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

constexpr Range combining_ranges[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},     {0x610, 0x61a},   {0x64b, 0x65f},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff},   {0x302a, 0x302f}, {0x3099, 0x309a},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
};

struct Character {
    char32_t code = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

/// The character at the front of a text that is not empty.
Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (bytes == 0 || lead > 0xf4 || text.size() < bytes) return {lead, 1, false};
    char32_t code = lead & (0xffU >> (bytes + 1));
    for (std::size_t at = 1; at < bytes; ++at) {
        if ((byte(at) & 0xc0U) != 0x80U) return {lead, 1, false};
        code = (code << 6) | (byte(at) & 0x3fU);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < smallest[bytes] || code > 0x10ffff || surrogate) return {lead, 1, false};
    return {code, bytes, true};
}

template <class... Values>
void append_format(std::string& out, const char* format, Values... values) {
    char buffer[24];
    const int length = std::snprintf(buffer, sizeof buffer, format, values...);
    out.append(buffer, static_cast<std::size_t>(length));
}

void append_escaped(std::string& out, const Character& character) {
    const auto code = static_cast<unsigned>(character.code);
    if (code == '\n') {
        out += "\\n";
    } else if (code == '\r') {
        out += "\\r";
    } else if (code == '\t') {
        out += "\\t";
    } else if (!character.valid || code < 0x80) {
        append_format(out, "\\x%02x", code);
    } else {
        append_format(out, "\\u%04x", code);
    }
}

void append_json_escaped(std::string& out, const Character& character) {
    const auto code = static_cast<unsigned>(character.code);
    if (code >= 0x10000) {
        append_format(out, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ffU));
    } else {
        append_format(out, "\\u%04x", character.valid ? code : 0xfffdU);
    }
}

std::size_t columns_of(char32_t code) {
    if (within(combining_ranges, code)) return 0;
    return within(wide_ranges, code) ? 2 : 1;
}

}  // namespace

std::string safe_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto character = first_character(text);
        if (!character.valid || within(unsafe_ranges, character.code)) {
            append_escaped(out, character);
        } else {
            out += text.substr(0, character.bytes);
        }
        text.remove_prefix(character.bytes);
    }
    return out;
}

std::string safe_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        const auto character = first_character(json);
        // White space between members is JSON's own; inside a string it never stands bare.
        const bool space = json[0] == '\n' || json[0] == '\r' || json[0] == '\t';
        if (!space && (!character.valid || within(unsafe_ranges, character.code))) {
            append_json_escaped(out, character);
        } else {
            out += json.substr(0, character.bytes);
        }
        json.remove_prefix(character.bytes);
    }
    return out;
}

std::size_t display_width(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto character = first_character(text);
        columns += columns_of(character.code);
        text.remove_prefix(character.bytes);
    }
    return columns;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
    if (display_width(text) <= columns) return std::string(text);
    if (columns == 0) return {};
    std::size_t used = 1;  // the ellipsis
    std::size_t bytes = 0;
    while (bytes < text.size()) {
        const auto character = first_character(text.substr(bytes));
        used += columns_of(character.code);
        if (used > columns) break;
        bytes += character.bytes;
    }
    return std::string(text.substr(0, bytes)) + "…";
}

}  // namespace yuqing
