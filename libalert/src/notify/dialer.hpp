// Connects a socket to the first of several addresses that takes it: the next one is tried when one refuses,
// or says nothing for a second. Knows no deadline.
#pragma once

#include "resolver.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace alert {

class Dialer {
public:
    using Done = std::function<void(boost::system::error_code)>;

    Dialer(boost::asio::ip::tcp::socket& socket, std::uint16_t port);

    /// `done` is called once, from the loop, and not after stop(). `owner` holds socket and dialer meanwhile.
    void dial(Addresses addresses, std::shared_ptr<void> owner, Done done);
    void stop();

private:
    void try_address(std::size_t index, const std::shared_ptr<void>& owner);

    boost::asio::ip::tcp::socket& socket_;
    std::uint16_t port_;
    boost::asio::steady_timer patience_;  // with one address while there are others
    Addresses addresses_;
    Done done_;
    std::uint64_t attempt_ = 0;  // whatever comes back from an earlier one is too late
};

}  // namespace alert
