// Apart from what includes <netinet/tcp.h>, as Asio does: glibc's tcp_info ends before these counts, and the
// kernel's header cannot be read beside it.

#include "tcp_bytes.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace yuqing {

std::optional<TcpBytes> tcp_bytes(int descriptor) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
    if (size < offsetof(tcp_info, tcpi_bytes_retrans) + sizeof info.tcpi_bytes_retrans) return std::nullopt;
    return TcpBytes{info.tcpi_bytes_received, info.tcpi_bytes_sent - info.tcpi_bytes_retrans};
}

}  // namespace yuqing
