#include "inert.hpp"

#include "alert/codec/utf8.hpp"
#include "alert/core/privacy.hpp"

#include <algorithm>

namespace alert {

namespace {

constexpr std::string_view markup = "@<>[](){}*_~`#|\\!&$";
constexpr std::string_view line_markup = "-+=";  // only where a line begins
constexpr char32_t full_width_offset = 0xFF00 - 0x20;
constexpr std::string_view full_width_dot = "．", full_width_slashes = "／／";
constexpr std::string_view ellipsis = "…";
constexpr int marks_on_one_max = 3;  // more of them cover the lines above and below
constexpr std::size_t list_digits_max = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }

/// A line end is a gap; 0: not shown.
char32_t shown(const CodePoint& point) {
    const char32_t c = point.value;
    if (!point.valid || is_noncharacter(c)) return 0xFFFD;
    if (c < 0x20 || c == 0x85 || c == 0x2028 || c == 0x2029 || is_space(c)) return ' ';
    if (is_invisible(c) || (c >= 0x7F && c <= 0x9F)) return 0;
    return c;
}

/// `evil.cn` and `www.163`, which programs make a link of, and `1. ` where a line begins.
bool is_marking_dot(std::string_view text, std::size_t at) {
    const char before = at > 0 ? text[at - 1] : ' ', after = at + 1 < text.size() ? text[at + 1] : ' ';
    if (is_letter(before)) return is_letter(after) || is_digit(after);
    if (is_letter(after)) return is_digit(before);
    const auto number = text.substr(0, at);
    return after == ' ' && !number.empty() && number.size() <= list_digits_max &&
           std::all_of(number.begin(), number.end(), is_digit);
}

}  // namespace

std::string visible_text(std::string_view text) {
    std::string visible;
    visible.reserve(text.size());
    int marks = 0;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        at += point.length;
        const char32_t c = shown(point);
        if (c == 0) continue;
        marks = is_combining(c) ? marks + 1 : 0;
        if (marks <= marks_on_one_max) append_code_point(visible, c);
    }
    // Emphasis does not end at a gap: its stars would be shown.
    visible.erase(std::find_if(visible.rbegin(), visible.rend(), [](char c) { return c != ' '; }).base(),
                  visible.end());
    return visible.erase(0, std::min(visible.find_first_not_of(' '), visible.size()));
}

std::string readable_text(std::string_view text) { return mask_personal_numbers(visible_text(text)); }

std::string inert_text(std::string_view text) {
    const std::string seen = readable_text(text);  // the stars of the mask are no mark-up either
    std::string out;
    out.reserve(seen.size() + seen.size() / 4);
    for (std::size_t at = 0; at < seen.size(); ++at) {
        const char c = seen[at];
        if (markup.find(c) != markup.npos || (at == 0 && line_markup.find(c) != line_markup.npos)) {
            append_code_point(out, static_cast<unsigned char>(c) + full_width_offset);
        } else if (c == '/' && at + 1 < seen.size() && seen[at + 1] == '/') {
            out += full_width_slashes;
            ++at;
        } else if (c == '.' && is_marking_dot(seen, at)) {
            out += full_width_dot;
        } else {
            out += c;
        }
    }
    return out;
}

std::string inert_id(std::string_view text) {
    const bool is_id = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
    return is_id ? std::string(text) : inert_text(text);
}

std::string cut_to_bytes(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return std::string(text);
    if (bytes_max < ellipsis.size()) return {};
    std::size_t end = 0;
    while (end < text.size()) {
        const auto length = code_point_at(text, end).length;
        if (end + length + ellipsis.size() > bytes_max) break;
        end += length;
    }
    return std::string(text.substr(0, end)).append(ellipsis);
}

}  // namespace alert
