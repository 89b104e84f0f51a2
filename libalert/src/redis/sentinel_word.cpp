#include "sentinel_word.hpp"

#include <algorithm>
#include <charconv>

namespace alert::redis {
namespace {

template <class Number>
std::optional<Number> read_number(const std::string& text) {
    Number number{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::uint64_t> epoch_of(const Reply& master) {
    for (std::size_t i = 0; i + 1 < master.items.size(); i += 2) {
        if (master.items[i].text == "config-epoch")
            return read_number<std::uint64_t>(master.items[i + 1].text);
    }
    return std::nullopt;
}

}  // namespace

std::optional<SentinelWord> read_word(const Reply& address, const Reply& master) {
    const auto epoch = epoch_of(master);
    if (!epoch || address.items.size() != 2 || address.items[0].text.empty()) return std::nullopt;
    const auto port = read_number<std::uint16_t>(address.items[1].text);
    if (!port || *port == 0) return std::nullopt;
    SentinelWord word{.epoch = *epoch};
    word.master.host = address.items[0].text;
    word.master.port = *port;
    return word;
}

std::optional<SentinelWord> counting_word(const std::vector<SentinelWord>& said, std::size_t sentinels,
                                          const std::optional<SentinelWord>& before) {
    if (said.empty()) return before;
    const auto latest = *std::max_element(
        said.begin(), said.end(), [](const auto& one, const auto& other) { return one.epoch < other.epoch; });
    const bool most_say_so = said.size() * 2 > sentinels;
    return before && latest.epoch < before->epoch && !most_say_so ? before : std::optional(latest);
}

}  // namespace alert::redis
