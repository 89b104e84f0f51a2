#include "tcp_peer.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace yuqing {

namespace {

using boost::asio::ip::address;

using Asked = int (*)(int, sockaddr*, socklen_t*);

std::optional<boost::asio::ip::tcp::endpoint> end_of(int descriptor, Asked ask) {
    boost::asio::ip::tcp::endpoint end;
    auto size = static_cast<socklen_t>(end.capacity());
    if (ask(descriptor, end.data(), &size) != 0) return std::nullopt;
    const auto family = end.data()->sa_family;
    if (family != AF_INET && family != AF_INET6) return std::nullopt;
    end.resize(size);
    return end;
}

address plain(const address& of) {
    if (!of.is_v6() || !of.to_v6().is_v4_mapped()) return of;
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, of.to_v6());
}

}  // namespace

std::optional<TcpPeer> tcp_peer(int descriptor) {
    const auto far = end_of(descriptor, ::getpeername);
    const auto near = end_of(descriptor, ::getsockname);
    if (!far || !near) return std::nullopt;
    return TcpPeer{plain(far->address()).to_string(), far->port(), near->port()};
}

/// A descriptor of its own names the same connection for as long as this looks at it.
void end_connection(int descriptor, const TcpPeer& meant) {
    const int held = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (held < 0) return;
    if (tcp_peer(held) == meant) ::shutdown(held, SHUT_RDWR);
    ::close(held);
}

std::string neighbourhood(const std::string& text) {
    boost::system::error_code error;
    const auto whose = boost::asio::ip::make_address(text, error);
    if (error || !whose.is_v6()) return text;
    auto bytes = whose.to_v6().to_bytes();
    std::fill(bytes.begin() + bytes.size() / 2, bytes.end(), std::uint8_t{0});
    return boost::asio::ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace yuqing
