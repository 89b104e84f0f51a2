// How much came and went over a TCP connection, as the kernel counts.
#pragma once

#include <cstdint>
#include <optional>

namespace yuqing {

struct TcpBytes {
    std::uint64_t received = 0;  // whether somebody has read them or not
    std::uint64_t sent = 0;      // each once, however often it was repeated
};

/// Nothing when it is no TCP connection.
std::optional<TcpBytes> tcp_bytes(int descriptor);

}  // namespace yuqing
