#include "text.hpp"

#include "alert/codec/utf8.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace yuqing {

namespace {

using alert::CodePoint;

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

template <class... Values>
void append_format(std::string& out, const char* format, Values... values) {
    char buffer[24];
    const int length = std::snprintf(buffer, sizeof buffer, format, values...);
    out.append(buffer, static_cast<std::size_t>(length));
}

void append_escaped(std::string& out, std::string_view bytes, const CodePoint& point) {
    const unsigned code = point.valid ? point.value : static_cast<unsigned char>(bytes[0]);
    if (code == '\n') {
        out += "\\n";
    } else if (code == '\r') {
        out += "\\r";
    } else if (code == '\t') {
        out += "\\t";
    } else if (!point.valid || code < 0x80) {
        append_format(out, "\\x%02x", code);
    } else {
        append_format(out, "\\u%04x", code);
    }
}

void append_json_escaped(std::string& out, const CodePoint& point) {
    const unsigned code = point.valid ? point.value : 0xfffdU;
    if (code >= 0x10000) {
        append_format(out, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ffU));
    } else {
        append_format(out, "\\u%04x", code);
    }
}

std::size_t columns_of(char32_t code) {
    if (alert::is_combining(code)) return 0;
    return within(wide_ranges, code) ? 2 : 1;
}

}  // namespace

std::string safe_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto point = alert::code_point_at(text, 0);
        if (alert::is_printable(point)) {
            out += text.substr(0, point.length);
        } else {
            append_escaped(out, text, point);
        }
        text.remove_prefix(point.length);
    }
    return out;
}

std::string safe_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        const auto point = alert::code_point_at(json, 0);
        // White space between members is JSON's own; inside a string it never stands bare.
        const bool space = json[0] == '\n' || json[0] == '\r' || json[0] == '\t';
        if (space || alert::is_printable(point)) {
            out += json.substr(0, point.length);
        } else {
            append_json_escaped(out, point);
        }
        json.remove_prefix(point.length);
    }
    return out;
}

std::size_t display_width(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto point = alert::code_point_at(text, 0);
        columns += columns_of(point.value);
        text.remove_prefix(point.length);
    }
    return columns;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
    if (display_width(text) <= columns) return std::string(text);
    if (columns == 0) return {};
    std::size_t used = 1;  // the ellipsis
    std::size_t bytes = 0;
    while (bytes < text.size()) {
        const auto point = alert::code_point_at(text, bytes);
        used += columns_of(point.value);
        if (used > columns) break;
        bytes += point.length;
    }
    return std::string(text.substr(0, bytes)) + "…";
}

}  // namespace yuqing
