// TCP connections that belong to somebody else, libzmq: who is at the other end, and how to end
// one.
//
// Their owner may close a descriptor at any moment, in a thread of his own, and the kernel gives its number
// out again. So one is ended only if it still is the connection that was meant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace yuqing {

struct TcpPeer {
    std::string address;
    std::uint16_t port = 0;
    std::uint16_t local_port = 0;

    friend bool operator==(const TcpPeer&, const TcpPeer&) = default;
};

/// Nothing when it is no TCP connection, or one that has ended.
std::optional<TcpPeer> tcp_peer(int descriptor);

/// Both sides see its end; the owner closes it then. Of another connection by now: nothing happens.
void end_connection(int descriptor, const TcpPeer& meant);

/// Whose an address is, where one machine has many of them: the /64 of IPv6.
std::string neighbourhood(const std::string& address);

}  // namespace yuqing
