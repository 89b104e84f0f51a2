#include "alert/core/privacy.hpp"

#include "alert/core/characters.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <vector>

namespace alert {

namespace {

constexpr std::size_t group_count_max = 5;    // of the longest form
constexpr std::size_t group_digits_max = 24;  // no form has so many side by side
constexpr std::size_t spaced_digits_max = 20;

/// One digit, or the X that ends an identity card: where it stands and what it says.
struct Sign {
    std::size_t at, length;
    char value;
};

/// Digits side by side.
using Group = std::vector<Sign>;

/// A number is looked for among digits of all kinds, and where that finds none among fewer: the kind that the
/// first digit is of may be all there is to it, as in `①13800001111` and `13800001111一直不通`.
using Kinds = unsigned;
constexpr Kinds bit_of(DigitKind kind) { return 1U << static_cast<unsigned>(kind); }
constexpr Kinds not_chinese = bit_of(DigitKind::plain) | bit_of(DigitKind::enclosed);
constexpr Kinds all_kinds = not_chinese | bit_of(DigitKind::chinese);

std::optional<Sign> sign_at(std::string_view text, std::size_t at, Kinds kinds) {
    if (at >= text.size()) return std::nullopt;
    const CodePoint point = code_point_at(text, at);
    const auto digit = point.valid ? digit_of(point.value) : std::nullopt;
    if (!digit || (bit_of(digit->kind) & kinds) == 0) return std::nullopt;
    return Sign{at, point.length, digit->value};
}

/// What is not seen between two digits, or only drawn over them, as the frame of an emoji is.
std::size_t behind_unseen(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        const CodePoint point = code_point_at(text, at);
        if (!point.valid || (!is_invisible(point.value) && !is_combining(point.value))) break;
        at += point.length;
    }
    return at;
}

bool parts_groups(char32_t c) {
    constexpr std::u32string_view signs = U"-./_)·‐‑‒–—―−）－．／＿";
    return is_space(c) || signs.find(c) != signs.npos;
}

/// What parts the groups of a number: where it ends, and whether it is a point, as in a fraction.
struct Gap {
    std::size_t end;
    bool point;
};

std::optional<Gap> gap_at(std::string_view text, std::size_t at) {
    Gap gap{behind_unseen(text, at), false};
    for (int count = 0; count < 2 && gap.end < text.size(); ++count) {  // `) ` has two
        const CodePoint sign = code_point_at(text, gap.end);
        if (!sign.valid || !parts_groups(sign.value)) break;
        gap.point = gap.point || sign.value == '.' || sign.value == U'．';
        gap.end = behind_unseen(text, gap.end + sign.length);
    }
    if (gap.end == at || gap.end >= text.size()) return std::nullopt;
    return gap;
}

bool is_x(std::string_view text, std::size_t at) {
    return at < text.size() && (text[at] == 'X' || text[at] == 'x');
}

Group group_at(std::string_view text, std::size_t at, Kinds kinds) {
    Group group;
    auto sign = sign_at(text, at, kinds);
    while (sign && group.size() < group_digits_max) {
        group.push_back(*sign);
        at = sign->at + sign->length;
        sign = sign_at(text, behind_unseen(text, at), kinds);
    }
    const bool card = group.size() == 17 || group.size() == 3;  // 34170019900101123X, 341700 19900101 123X
    if (card && is_x(text, at)) group.push_back({at, 1, 'X'});
    return group;
}

std::size_t end_of(const Group& group) { return group.back().at + group.back().length; }

std::string values_of(const Group& digits) {
    std::string values;
    for (const Sign& digit : digits) values += digit.value;
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
    static const std::array<Sizes, 19> forms = {
        Sizes{3, 4, 4}, Sizes{2, 3, 4, 4},    Sizes{4, 3, 4, 4}, Sizes{1, 3, 4, 4}, Sizes{6, 8, 4},
        Sizes{2, 11},   Sizes{4, 11},         Sizes{3, 8},       Sizes{7, 4},       Sizes{5, 6},
        Sizes{6, 12},   Sizes{14, 4},         Sizes{6, 6, 3},    Sizes{8, 8},       Sizes{8, 11},
        Sizes{6, 13},   Sizes{3, 2, 2, 2, 2}, Sizes{4, 3, 4},    Sizes{5, 3, 3}};
    if (sizes.size() == 1) return true;
    const auto form = std::find(forms.begin(), forms.end(), sizes);
    if (form != forms.end()) return !point || sizes.size() > 2;
    if (sizes.size() != 4 && sizes.size() != 5) return false;
    if (sizes.size() == 5 && sizes[4] > 3) return false;
    return std::all_of(sizes.begin(), sizes.begin() + 4, [](std::size_t size) { return size == 4; });
}

struct Found {
    Group digits;
    Kept kept;
};

/// The number that begins with this group, over as many groups as belong to it.
std::optional<Found> grouped_number(std::string_view text, const Group& first, Kinds kinds) {
    std::optional<Found> longest;
    Group digits = first;
    std::vector<std::size_t> sizes{first.size()};
    bool point = false;
    for (;;) {
        if (usual_groups(sizes, point)) {
            if (const auto kept = kept_of(values_of(digits))) longest = Found{digits, *kept};
        }
        const auto gap = gap_at(text, end_of(digits));
        if (sizes.size() == group_count_max || !gap) return longest;
        point = point || gap->point;
        const Group next = group_at(text, gap->end, kinds);
        if (next.empty()) return longest;
        digits.insert(digits.end(), next.begin(), next.end());
        sizes.push_back(next.size());
    }
}

/// The last one of an identity card follows from the others (GB 11643).
bool has_check_digit(std::string_view v) {
    constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    constexpr std::string_view last = "10X98765432";
    int sum = 0;
    for (std::size_t i = 0; i < std::size(weights); ++i) sum += weights[i] * (v[i] - '0');
    return last[static_cast<std::size_t>(sum % 11)] == v.back();
}

/// `1 3 8 0 0 0 0 1 1 1 1`: every digit by itself, and all there are. As many digits may be marks or counts,
/// so a card must be one to its last digit here.
std::optional<Found> spaced_number(std::string_view text, const Group& first, Kinds kinds) {
    Group digits = first;
    while (digits.size() <= spaced_digits_max) {
        const auto gap = gap_at(text, end_of(digits));
        if (!gap) break;
        if (digits.size() == 17 && is_x(text, gap->end)) {
            digits.push_back({gap->end, 1, 'X'});
            break;
        }
        const Group next = group_at(text, gap->end, kinds);
        if (next.size() != 1) break;
        digits.push_back(next.front());
    }
    const auto values = values_of(digits);
    const bool card = is_identity_card(values) && !is_bank_card(values);
    if (card && (values.size() != 18 || !has_check_digit(values))) return std::nullopt;
    const auto kept = kept_of(values);
    if (!kept) return std::nullopt;
    return Found{std::move(digits), *kept};
}

/// `alone`: no digit by itself stands before it, of which it would be the next.
std::optional<Found> number_at(std::string_view text, std::size_t at, DigitKind kind, bool alone) {
    for (const Kinds kinds : {all_kinds, not_chinese, bit_of(kind)}) {
        if ((kinds & bit_of(kind)) == 0) continue;
        const Group first = group_at(text, at, kinds);
        if (auto found = grouped_number(text, first, kinds)) return found;
        if (first.size() != 1 || !alone) continue;
        if (auto found = spaced_number(text, first, kinds)) return found;
    }
    return std::nullopt;
}

std::string masked_number(std::string_view text, const Found& found) {
    std::string masked;
    for (std::size_t i = 0; i < found.digits.size(); ++i) {
        const auto& [at, length, value] = found.digits[i];
        const bool seen = i < found.kept.first || i + found.kept.last >= found.digits.size();
        masked.append(seen ? text.substr(at, length) : "*");
    }
    return masked;
}

}  // namespace

std::string mask_personal_numbers(std::string_view text) {
    std::string masked;
    masked.reserve(text.size());
    std::size_t behind_single = text.size();  // where what follows a digit by itself begins
    DigitKind single{};
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        const auto digit = point.valid ? digit_of(point.value) : std::nullopt;
        std::size_t end = at + point.length;
        if (digit) {
            const bool alone = at != behind_single || digit->kind != single;
            if (const auto found = number_at(text, at, digit->kind, alone)) {
                masked += masked_number(text, *found);
                at = end_of(found->digits);
                continue;
            }
            // Whatever begins later among these side by side is none either.
            const auto own = bit_of(digit->kind);
            while (const auto next = sign_at(text, behind_unseen(text, end), own))
                end = next->at + next->length;
            if (end == at + point.length) {
                const auto gap = gap_at(text, end);
                behind_single = gap ? gap->end : text.size();
                single = digit->kind;
            }
        }
        masked.append(text.substr(at, end - at));
        at = end;
    }
    return masked;
}

}  // namespace alert
