#include "alert/core/characters.hpp"

#include <algorithm>
#include <iterator>

namespace alert {
namespace {

bool continues(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

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

/// The zeros of Unicode's decimal digits (Nd), nine more behind each.
constexpr char32_t zeros[] = {'0',     0x660,   0x6F0,   0x7C0,   0x966,   0x9E6,   0xA66,   0xAE6,   0xB66,
                              0xBE6,   0xC66,   0xCE6,   0xD66,   0xDE6,   0xE50,   0xED0,   0xF20,   0x1040,
                              0x1090,  0x17E0,  0x1810,  0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,
                              0x1C40,  0x1C50,  0xA620,  0xA8D0,  0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,
                              0xFF10,  0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450,
                              0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0,
                              0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
                              0x1E140, 0x1E2F0, 0x1E4F0, 0x1E950, 0x1FBF0};

/// Digits in a row: the first one and what it says.
struct Row {
    char32_t first, last;
    char value;
};
constexpr Row enclosed[] = {{0xB2, 0xB3, '2'},     {0xB9, 0xB9, '1'},       {0x2070, 0x2070, '0'},
                            {0x2074, 0x2079, '4'}, {0x2080, 0x2089, '0'},   {0x2460, 0x2468, '1'},
                            {0x2474, 0x247C, '1'}, {0x2488, 0x2490, '1'},   {0x24EA, 0x24EA, '0'},
                            {0x24F5, 0x24FD, '1'}, {0x24FF, 0x24FF, '0'},   {0x2776, 0x277E, '1'},
                            {0x2780, 0x2788, '1'}, {0x278A, 0x2792, '1'},   {0x3220, 0x3228, '1'},
                            {0x3280, 0x3288, '1'}, {0x1F100, 0x1F100, '0'}, {0x1F101, 0x1F10A, '0'}};
constexpr std::u32string_view chinese = U"零一二三四五六七八九";

}  // namespace

bool is_invisible(char32_t c) { return within(invisible, c); }
bool is_space(char32_t c) { return within(spaces, c); }
bool is_combining(char32_t c) { return within(combining, c); }
bool is_noncharacter(char32_t c) { return (c & 0xFFFEU) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF); }

std::optional<Digit> digit_of(char32_t c) {
    const auto digit = [](char32_t value, DigitKind kind) {
        return Digit{static_cast<char>('0' + value), kind};
    };
    if (c < 0x80)
        return c >= '0' && c <= '9' ? std::optional(digit(c - '0', DigitKind::plain)) : std::nullopt;
    const auto* above = std::upper_bound(std::begin(zeros), std::end(zeros), c);
    if (above != std::begin(zeros) && c - *(above - 1) < 10) return digit(c - *(above - 1), DigitKind::plain);
    for (const Row& row : enclosed) {
        if (c >= row.first && c <= row.last)
            return digit(c - row.first + static_cast<char32_t>(row.value - '0'), DigitKind::enclosed);
    }
    if (const auto at = chinese.find(c); at != chinese.npos)
        return digit(static_cast<char32_t>(at), DigitKind::chinese);
    if (c == U'〇' || c == U'○') return digit(0, DigitKind::chinese);
    if (c == U'幺') return digit(1, DigitKind::chinese);  // as numbers are read out
    return std::nullopt;
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

}  // namespace alert
