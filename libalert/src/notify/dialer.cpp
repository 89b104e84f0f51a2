#include "dialer.hpp"

namespace alert {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds next_address_after{1};  // while there is another to try

}  // namespace

Dialer::Dialer(tcp::socket& socket, std::uint16_t port)
    : socket_(socket), port_(port), patience_(socket.get_executor()) {}

void Dialer::dial(Addresses addresses, std::shared_ptr<void> owner, Done done) {
    addresses_ = std::move(addresses);
    done_ = std::move(done);
    try_address(0, owner);
}

void Dialer::stop() {
    ++attempt_;
    done_ = nullptr;
    patience_.cancel();
}

void Dialer::try_address(std::size_t index, const std::shared_ptr<void>& owner) {
    error_code ignored;
    socket_.close(ignored);
    const bool last = index + 1 >= addresses_.size();
    const auto attempt = ++attempt_;
    if (!last) {
        patience_.expires_after(next_address_after);
        patience_.async_wait([this, owner, index, attempt](error_code error) {
            if (!error && attempt_ == attempt) try_address(index + 1, owner);
        });
    }
    socket_.async_connect(tcp::endpoint(addresses_[index], port_),
                          [this, owner, index, attempt, last](error_code error) {
                              if (attempt_ != attempt) return;
                              if (error && !last) return try_address(index + 1, owner);
                              const auto done = std::move(done_);
                              stop();
                              done(error);
                          });
}

}  // namespace alert
