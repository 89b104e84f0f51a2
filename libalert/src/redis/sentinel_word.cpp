#include "sentinel_word.hpp"

#include "number.hpp"

#include <algorithm>

namespace alert::redis {
namespace {

std::optional<std::uint64_t> epoch_of(const Reply& master) {
    for (std::size_t i = 0; i + 1 < master.items.size(); i += 2) {
        std::uint64_t epoch = 0;
        if (master.items[i].text == "config-epoch")
            return read_number(master.items[i + 1].text, epoch) ? std::optional(epoch) : std::nullopt;
    }
    return std::nullopt;
}

/// An address or a name of DNS; anything else would go into what people read of it.
bool is_host(std::string_view text) {
    constexpr std::size_t host_bytes_max = 255;
    constexpr std::string_view known = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:%_-";
    return !text.empty() && text.size() <= host_bytes_max && text.find_first_not_of(known) == text.npos;
}

}  // namespace

std::optional<SentinelWord> read_word(const Reply& address, const Reply& master) {
    const auto epoch = epoch_of(master);
    if (!epoch || address.items.size() != 2 || !is_host(address.items[0].text)) return std::nullopt;
    SentinelWord word{.epoch = *epoch};
    if (!read_number(address.items[1].text, word.master.port) || word.master.port == 0) return std::nullopt;
    word.master.host = address.items[0].text;
    return word;
}

std::optional<SentinelWord> counting_word(const std::vector<SentinelWord>& said, std::size_t sentinels,
                                          const std::optional<SentinelWord>& before) {
    if (said.empty()) return before;
    const auto latest = *std::max_element(
        said.begin(), said.end(), [](const auto& one, const auto& other) { return one.epoch < other.epoch; });
    const auto agree =
        std::count_if(said.begin(), said.end(), [&](const auto& one) { return one.epoch == latest.epoch; });
    const bool most_say_so = static_cast<std::size_t>(agree) * 2 > sentinels;
    return before && latest.epoch < before->epoch && !most_say_so ? before : std::optional(latest);
}

}  // namespace alert::redis
