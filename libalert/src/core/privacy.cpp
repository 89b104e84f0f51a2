#include "alert/core/privacy.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace alert {

namespace {

constexpr std::size_t group_count_max = 5;  // of the longest form

/// One digit, or the X that ends an identity card: where it stands and what it says.
struct Digit {
    std::size_t at, length;
    char value;
};

/// Digits side by side.
using Group = std::vector<Digit>;

std::optional<Digit> digit_at(std::string_view text, std::size_t at) {
    const char c = text[at];
    if (c >= '0' && c <= '9') return Digit{at, 1, c};
    constexpr std::string_view full_width = "\xEF\xBC";  // U+FF10 to U+FF19
    if (text.substr(at, 2) == full_width && at + 2 < text.size()) {
        const auto low = static_cast<unsigned char>(text[at + 2]);
        if (low >= 0x90 && low <= 0x99) return Digit{at, 3, static_cast<char>('0' + (low - 0x90))};
    }
    return std::nullopt;
}

/// Characters of UTF-8 that are alike but for their last byte.
struct Alike {
    std::string_view lead;
    unsigned char first, last;
};

template <std::size_t count>
std::size_t length_of(const Alike (&table)[count], std::string_view text, std::size_t at) {
    for (const Alike& alike : table) {
        const auto size = alike.lead.size();
        if (text.substr(at, size) != alike.lead || at + size >= text.size()) continue;
        const auto end = static_cast<unsigned char>(text[at + size]);
        if (end >= alike.first && end <= alike.last) return size + 1;
    }
    return 0;
}

/// What is not seen between two digits: U+00AD, 034F, 061C, 115F, 180B, 200B to 200F, 202A to 202E, 2060 to
/// 206F, 20E3 (the frame of an emoji), 3164, FE00 to FE0F, FEFF, FFA0. Where they end.
std::size_t behind_unseen(std::string_view text, std::size_t at) {
    static constexpr Alike unseen[] = {
        {"\xC2", 0xAD, 0xAD},     {"\xCD", 0x8F, 0x8F},     {"\xD8", 0x9C, 0x9C},
        {"\xE1\x85", 0x9F, 0xA0}, {"\xE1\xA0", 0x8B, 0x8F}, {"\xE2\x80", 0x8B, 0x8F},
        {"\xE2\x80", 0xAA, 0xAE}, {"\xE2\x81", 0xA0, 0xAF}, {"\xE2\x83", 0xA3, 0xA3},
        {"\xE3\x85", 0xA4, 0xA4}, {"\xEF\xB8", 0x80, 0x8F}, {"\xEF\xBB", 0xBF, 0xBF},
        {"\xEF\xBE", 0xA0, 0xA0}};
    while (const auto length = length_of(unseen, text, at)) at += length;
    return at;
}

/// What parts the groups of a number: where it ends, and whether it is a point, as in a fraction.
struct Gap {
    std::size_t end;
    bool point;
};

std::optional<Gap> gap_at(std::string_view text, std::size_t at) {
    static constexpr Alike signs[] = {
        {"", ' ', ' '},           {"", '-', '/'},           {"", '_', '_'},
        {"", ')', ')'},           {"\xC2", 0xA0, 0xA0},     {"\xC2", 0xB7, 0xB7},
        {"\xE2\x80", 0x90, 0x95}, {"\xE3\x80", 0x80, 0x80}, {"\xEF\xBC", 0x89, 0x89},
        {"\xEF\xBC", 0x8D, 0x8F}, {"\xEF\xBC", 0xBF, 0xBF}};
    Gap gap{behind_unseen(text, at), false};
    for (int count = 0; count < 2; ++count) {  // `) ` has two
        const auto length = length_of(signs, text, gap.end);
        if (length == 0) break;
        gap.point = gap.point || text[gap.end] == '.' || text.substr(gap.end, length) == "\xEF\xBC\x8E";
        gap.end = behind_unseen(text, gap.end + length);
    }
    if (gap.end == at || gap.end >= text.size()) return std::nullopt;
    return gap;
}

Group group_at(std::string_view text, std::size_t at) {
    Group group;
    while (at < text.size()) {
        const auto digit = digit_at(text, at);
        if (!digit) break;
        group.push_back(*digit);
        at += digit->length;
        const auto behind = behind_unseen(text, at);
        if (behind < text.size() && digit_at(text, behind)) at = behind;
    }
    const bool card = group.size() == 17 || group.size() == 3;  // 34170019900101123X, 341700 19900101 123X
    if (card && at < text.size() && (text[at] == 'X' || text[at] == 'x')) group.push_back({at, 1, 'X'});
    return group;
}

std::size_t end_of(const Group& group) { return group.back().at + group.back().length; }

std::string values_of(const Group& digits) {
    std::string values;
    for (const Digit& digit : digits) values += digit.value;
    return values;
}

bool is_mobile(std::string_view v) {
    return v.size() == 11 && v[0] == '1' && v[1] >= '3' && v.find('X') == std::string_view::npos;
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

/// A region, a birthday, a serial number; of the old form without century and last digit.
bool is_identity_card(std::string_view v) {
    const bool old = v.size() == 15;
    if (!old && v.size() != 18) return false;
    if (v[0] == '0' || v.substr(0, v.size() - 1).find('X') != std::string_view::npos) return false;
    if (old && v.back() == 'X') return false;
    const auto birthday = old ? v.substr(6, 6) : v.substr(8, 6);
    if (!old && v.substr(6, 2) != "19" && v.substr(6, 2) != "20") return false;
    const int month = number(birthday.substr(2, 2)), day = number(birthday.substr(4, 2));
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/// 16 to 19 digits with the right last one, which what only looks like a card lacks nine times of ten.
bool is_bank_card(std::string_view v) {
    if (v.size() < 16 || v.size() > 19 || v.find('X') != std::string_view::npos) return false;
    int sum = 0;
    for (std::size_t i = 0; i < v.size(); ++i) {
        int value = v[v.size() - 1 - i] - '0';
        if (i % 2 == 1) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
        sum += value;
    }
    return sum % 10 == 0;
}

struct Kept {
    std::size_t first, last;
};

/// How much of the number stays to be seen; nothing when it is nobody's.
std::optional<Kept> kept_of(std::string_view values) {
    if (is_mobile(values)) return Kept{3, 4};
    if (is_identity_card(values)) return Kept{3, 4};
    if (is_bank_card(values)) return Kept{0, 4};
    for (const std::string_view prefix : {"0", "86", "0086"}) {
        if (values.starts_with(prefix) && is_mobile(values.substr(prefix.size())))
            return Kept{prefix.size() + 3, 4};
    }
    return std::nullopt;
}

/// Where groups are usual: 138 0000 1111, 86 138…, 341700 19900101 1234, 6222 0200 1234 5678 901. A point
/// parts only what is no fraction.
bool usual_groups(const std::vector<std::size_t>& sizes, bool point) {
    using Sizes = std::vector<std::size_t>;
    static const std::array<Sizes, 16> forms = {
        Sizes{3, 4, 4}, Sizes{2, 3, 4, 4}, Sizes{4, 3, 4, 4}, Sizes{1, 3, 4, 4}, Sizes{6, 8, 4}, Sizes{2, 11},
        Sizes{4, 11},   Sizes{3, 8},       Sizes{7, 4},       Sizes{5, 6},       Sizes{6, 12},   Sizes{14, 4},
        Sizes{6, 6, 3}, Sizes{8, 8},       Sizes{8, 11},      Sizes{6, 13}};
    if (sizes.size() == 1) return true;
    const auto form = std::find(forms.begin(), forms.end(), sizes);
    if (form != forms.end()) return !point || sizes.size() > 2;
    if (sizes.size() != 4 && sizes.size() != 5) return false;
    if (sizes.size() == 5 && sizes[4] > 3) return false;
    return std::all_of(sizes.begin(), sizes.begin() + 4, [](std::size_t size) { return size == 4; });
}

/// The number that begins with this group, over as many groups as belong to it.
std::optional<std::pair<Group, Kept>> number_from(std::string_view text, const Group& first) {
    std::optional<std::pair<Group, Kept>> longest;
    Group digits = first;
    std::vector<std::size_t> sizes{first.size()};
    bool point = false;
    for (;;) {
        if (usual_groups(sizes, point)) {
            if (const auto kept = kept_of(values_of(digits))) longest.emplace(digits, *kept);
        }
        const auto gap = gap_at(text, end_of(digits));
        if (sizes.size() == group_count_max || !gap) return longest;
        point = point || gap->point;
        const Group next = group_at(text, gap->end);
        if (next.empty()) return longest;
        digits.insert(digits.end(), next.begin(), next.end());
        sizes.push_back(next.size());
    }
}

}  // namespace

std::string mask_personal_numbers(std::string_view text) {
    std::string masked;
    masked.reserve(text.size());
    std::size_t at = 0;
    while (at < text.size()) {
        if (!digit_at(text, at)) {
            masked += text[at++];
            continue;
        }
        const Group group = group_at(text, at);
        const auto found = number_from(text, group);
        if (!found) {
            masked.append(text.substr(at, end_of(group) - at));
            at = end_of(group);
            continue;
        }
        const auto& [digits, kept] = *found;
        for (std::size_t i = 0; i < digits.size(); ++i) {
            const bool seen = i < kept.first || i + kept.last >= digits.size();
            masked.append(seen ? text.substr(digits[i].at, digits[i].length) : "*");
        }
        at = end_of(digits);
    }
    return masked;
}

}  // namespace alert
