// What sentinels say, and which of them counts. Pure.
#pragma once

#include "alert/redis/address.hpp"
#include "alert/redis/reply.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace alert::redis {

/// Where the master is, since which configuration.
struct SentinelWord {
    Address master;  // host and port
    std::uint64_t epoch = 0;

    friend bool operator==(const SentinelWord&, const SentinelWord&) = default;
};

/// Of the answers to `SENTINEL GET-MASTER-ADDR-BY-NAME` and `SENTINEL MASTER`; nothing when either says
/// nothing.
std::optional<SentinelWord> read_word(const Reply& address, const Reply& master);

/// Which word counts, of those that are said now by so many sentinels there are, and the one that counted
/// before.
std::optional<SentinelWord> counting_word(const std::vector<SentinelWord>& said, std::size_t sentinels,
                                          const std::optional<SentinelWord>& before);

}  // namespace alert::redis
