#include "sender_socket.hpp"

#include <cerrno>
#include <stdexcept>

namespace yuqing {

SenderSocket::SenderSocket(std::string endpoint, std::size_t messages_max)
    : endpoint_(std::move(endpoint)), messages_max_(messages_max) {
    reconnect();
}

void SenderSocket::reconnect() {
    zmq::socket_t fresh(context_, zmq::socket_type::dealer);
    fresh.set(zmq::sockopt::linger, 0);
    // Room for everything under way, so that a send never waits; the daemon's own limit is its matter.
    fresh.set(zmq::sockopt::sndhwm, static_cast<int>(messages_max_) + 1);
    fresh.set(zmq::sockopt::rcvhwm, static_cast<int>(messages_max_) + 1);
    fresh.set(zmq::sockopt::ipv6, endpoint_.find('[') != std::string::npos);
    try {
        fresh.connect(endpoint_);
    } catch (const zmq::error_t& error) {
        throw std::runtime_error(endpoint_ + ": " + error.what());
    }
    socket_ = std::move(fresh);
}

// What cannot be sent counts as sent and is found to be unanswered later.
void SenderSocket::send(std::string_view bytes) {
    zmq_send(socket_.handle(), bytes.data(), bytes.size(), ZMQ_DONTWAIT);
}

std::optional<std::string> SenderSocket::receive() {
    zmq::message_t frame;
    if (zmq_msg_recv(frame.handle(), socket_.handle(), ZMQ_DONTWAIT) < 0) return std::nullopt;
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
