#include "sender_socket.hpp"

#include "zmq_socket.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace yuqing {

SenderSocket::SenderSocket(std::string endpoint, std::optional<CurveKeys> keys, std::size_t messages_max)
    : endpoint_(std::move(endpoint)), keys_(std::move(keys)), messages_max_(messages_max) {
    reconnect();
}

void SenderSocket::reconnect() {
    zmq::socket_t fresh(context_, zmq::socket_type::dealer);
    fresh.set(zmq::sockopt::linger, 0);
    // Room for everything under way, so that a send never waits; the daemon's own limit is its matter.
    fresh.set(zmq::sockopt::sndhwm, static_cast<int>(messages_max_) + 1);
    fresh.set(zmq::sockopt::rcvhwm, static_cast<int>(messages_max_) + 1);
    fresh.set(zmq::sockopt::ipv6, endpoint_.find('[') != std::string::npos);
    if (keys_) {
        fresh.set(zmq::sockopt::curve_serverkey, keys_->server_public);
        fresh.set(zmq::sockopt::curve_publickey, keys_->own_public);
        fresh.set(zmq::sockopt::curve_secretkey, keys_->secret);
    }
    socket_ = std::move(fresh);
    watch_handshakes();
    try {
        socket_.connect(endpoint_);
    } catch (const zmq::error_t& error) {
        throw std::runtime_error(endpoint_ + ": " + error.what());
    }
}

void SenderSocket::watch_handshakes() {
    const auto at = "inproc://handshakes-" + std::to_string(++connections_);
    constexpr int failures = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                             ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
    zmq_socket_monitor(socket_.handle(), at.c_str(), failures);
    handshakes_ = zmq::socket_t(context_, zmq::socket_type::pair);
    handshakes_.connect(at);
    handshake_ = Handshake::untried;
}

SenderSocket::Handshake SenderSocket::handshake() {
    zmq::message_t event, address;
    while (receive_waiting(handshakes_, event) && receive_waiting(handshakes_, address)) {
        std::uint16_t number = 0;
        std::memcpy(&number, event.data(), sizeof number);
        handshake_ = number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH ? Handshake::key_refused : Handshake::failed;
    }
    return handshake_;
}

// What cannot be sent counts as sent and is found to be unanswered later.
void SenderSocket::send(std::string_view bytes) {
    uninterrupted([&] { return zmq_send(socket_.handle(), bytes.data(), bytes.size(), ZMQ_DONTWAIT); });
}

std::optional<std::string> SenderSocket::receive() {
    zmq::message_t frame;
    if (!receive_waiting(socket_, frame)) return std::nullopt;
    return frame.to_string();
}

SenderSocket::Ready SenderSocket::wait(int descriptor, alert::Duration at_most) {
    zmq_pollitem_t items[] = {{socket_.handle(), 0, ZMQ_POLLIN, 0}, {nullptr, descriptor, ZMQ_POLLIN, 0}};
    const int rc = zmq_poll(items, descriptor < 0 ? 1 : 2, static_cast<long>(at_most.count()));
    if (rc < 0 && zmq_errno() != EINTR) throw std::runtime_error(zmq_strerror(zmq_errno()));
    if (rc <= 0) return {};
    return {(items[0].revents & ZMQ_POLLIN) != 0,
            descriptor >= 0 && (items[1].revents & (ZMQ_POLLIN | ZMQ_POLLERR)) != 0};
}

}  // namespace yuqing
