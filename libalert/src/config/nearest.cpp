#include "alert/config/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace alert {

namespace {

constexpr std::size_t word_bytes_max = 64;  // longer ones are not misspellings; bounds the work

/// Letters to add, drop, change or swap with their neighbour to make one word the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest_word(std::string_view word,
                                             const std::vector<std::string_view>& known) {
    if (known.empty() || word.size() > word_bytes_max) return std::nullopt;
    const auto nearest = std::min_element(
        known.begin(), known.end(), [&](auto a, auto b) { return distance(word, a) < distance(word, b); });
    const std::size_t longer = std::max(word.size(), nearest->size());
    const std::size_t apart = distance(word, *nearest);  // all of it: they have no letter in common
    if (apart == longer || apart > std::max<std::size_t>(2, longer / 3)) return std::nullopt;
    return *nearest;
}

}  // namespace alert
