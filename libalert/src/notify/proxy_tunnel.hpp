// Asks an HTTP proxy for a way to another host: CONNECT, and what the proxy says to it. Knows no deadline.
//
// A proxy that refuses has not judged the message: every refusal is a failure of the way, worth another try.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace alert {

/// What a proxy has said so far: nothing while its answer is not whole, an empty text when the way is open,
/// else why it is not. At most 16 KiB are listened to.
std::optional<std::string> read_tunnel_answer(std::string_view said);

inline constexpr int proxy_wants_login = 407;  // RFC 9110, 15.5.8

/// Why a proxy does not let a request through.
std::string proxy_refusal(int status);

class ProxyTunnel {
public:
    using Done = std::function<void(std::string error)>;

    explicit ProxyTunnel(boost::asio::ip::tcp::socket& socket) : socket_(socket) {}

    /// `done` is called once, from the loop, and not after stop(). `owner` holds the socket meanwhile.
    void open(std::string request, std::shared_ptr<void> owner, Done done);
    void stop() { done_ = nullptr; }

private:
    void read(const std::shared_ptr<void>& owner);
    void heard(std::string_view bytes, boost::system::error_code error, const std::shared_ptr<void>& owner);

    boost::asio::ip::tcp::socket& socket_;
    std::string request_, said_;
    std::array<char, 2048> input_;
    Done done_;
};

}  // namespace alert
