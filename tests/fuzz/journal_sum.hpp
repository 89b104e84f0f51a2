// The checksum of a line of the journal, which no fuzzer guesses.
#pragma once

#include <boost/crc.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

namespace fuzz {

/// The line with the sum it would have, whatever sum it has or has not.
inline std::string with_sum(std::string_view line) {
    constexpr std::string_view mark = ",\"crc32c\":\"";
    const auto covered = line.substr(0, std::min(line.rfind(mark), line.size()));
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
    crc.process_bytes(covered.data(), covered.size());
    char sum[9];
    std::snprintf(sum, sizeof sum, "%08x", static_cast<unsigned>(crc.checksum()));
    return std::string(covered) + std::string(mark) + sum + "\"}";
}

}  // namespace fuzz
