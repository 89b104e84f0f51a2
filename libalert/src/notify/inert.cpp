#include "inert.hpp"

#include "alert/codec/utf8.hpp"
#include "alert/core/privacy.hpp"

#include <algorithm>

namespace alert {

namespace {

constexpr std::string_view markup = "@<>[](){}*_~`#|\\!&$";
constexpr char32_t full_width_offset = 0xFF00 - 0x20;
constexpr std::string_view ellipsis = "…";

/// Nothing to see: they only part what would otherwise be recognised.
bool is_invisible(char32_t c) {
    return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0x061C || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}

bool is_line_end(char32_t c) { return c < 0x20 || c == 0x85 || c == 0x2028 || c == 0x2029; }

char32_t shown(const CodePoint& point) {
    if (!point.valid) return 0xFFFD;
    if (is_line_end(point.value)) return ' ';
    if (is_invisible(point.value) || (point.value >= 0x7F && point.value <= 0x9F)) return 0;
    const bool marks = point.value < 0x80 && markup.find(static_cast<char>(point.value)) != markup.npos;
    return marks ? point.value + full_width_offset : point.value;
}

}  // namespace

std::string inert_text(std::string_view text) {
    std::string visible;
    visible.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        at += point.length;
        if (const char32_t c = shown(point)) append_code_point(visible, c);
    }
    std::string out = mask_personal_numbers(visible);
    if (out.starts_with('-') || out.starts_with('+')) out.replace(0, 1, out[0] == '-' ? "－" : "＋");
    // The stars of the mask are no mark-up either; and no program makes a link of `https：//`.
    const auto replace_all = [&out](std::string_view what, std::string_view with) {
        for (auto at = out.find(what); at != std::string::npos; at = out.find(what, at + with.size()))
            out.replace(at, what.size(), with);
    };
    replace_all("*", "＊");
    replace_all("://", "：//");
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
