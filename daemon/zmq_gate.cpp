#include "zmq_gate.hpp"

#include "system_clock.hpp"
#include "tcp_bytes.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace yuqing {

namespace {

constexpr std::size_t events_a_turn = 256;
constexpr const char* monitored_at = "inproc://gate";
constexpr int wanted = ZMQ_EVENT_LISTENING | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
                       ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

// Bytes of ZMTP 3.0 (ZeroMQ RFC 23, 26). With CURVE the server's READY follows its greeting and its WELCOME,
// for those alone who were let in; the others get ERROR. Without keys whoever has greeted is as good as in.
constexpr std::uint64_t greeting_bytes = 64, welcome_bytes = 170, error_bytes = 12;

}  // namespace

ZmqGate::ZmqGate(boost::asio::io_context& context, zmq::context_t& zmq, zmq::socket_t& watched,
                 const ConnectionLimits& limits, Told told)
    : watched_(watched),
      told_(std::move(told)),
      keyed_(watched.get(zmq::sockopt::mechanism) == ZMQ_CURVE),
      count_(limits),
      monitor_(context, zmq, zmq::socket_type::pair, [this] { turn(); }) {
    zmq_socket_monitor(watched_.handle(), monitored_at, wanted);
    monitor_->set(zmq::sockopt::rcvhwm, 0);  // else a full pipe would stop libzmq's own thread
    monitor_->connect(monitored_at);
    monitor_.start();
}

ZmqGate::~ZmqGate() { zmq_socket_monitor(watched_.handle(), nullptr, 0); }

void ZmqGate::turn() {
    for (std::size_t i = 0; i < events_a_turn && take_event(); ++i) {}
    judge();
    told_.connections(count_.open());
    monitor_.settle();
}

/// An event is two frames: its number and value, packed, and where it listens.
bool ZmqGate::take_event() {
    zmq::message_t event, endpoint;
    if (!receive_waiting(*monitor_, event) || !receive_waiting(*monitor_, endpoint)) return false;
    std::uint16_t number = 0;
    std::int32_t value = 0;
    if (event.size() != sizeof number + sizeof value) return true;
    std::memcpy(&number, event.data(), sizeof number);
    std::memcpy(&value, static_cast<const char*>(event.data()) + sizeof number, sizeof value);
    take(number, value, endpoint.to_string_view());
    return true;
}

void ZmqGate::take(int event, int value, std::string_view endpoint) {
    switch (event) {
        case ZMQ_EVENT_LISTENING:
            if (endpoint.starts_with("tcp://")) listeners_.push_back(value);
            break;
        case ZMQ_EVENT_CLOSED: std::erase(listeners_, value); break;
        case ZMQ_EVENT_ACCEPTED: accept(value, endpoint); break;
        case ZMQ_EVENT_DISCONNECTED:
            peers_.erase(value);
            if (count_.closed(value, boot_time())) told_.limit("ingest_handshake_time");
            break;
        default: count_.failed();
    }
}

/// By now it may have ended, and its number be another's: such a one does not come from this endpoint.
void ZmqGate::accept(int descriptor, std::string_view endpoint) {
    peers_.erase(descriptor);
    const auto peer = tcp_peer(descriptor);
    const bool known = peer && endpoint.ends_with(":" + std::to_string(peer->local_port));
    if (known) peers_.emplace(descriptor, *peer);
    count_.accepted(descriptor, known ? neighbourhood(peer->address) : "", boot_time());
}

void ZmqGate::judge() {
    end_half_open();
    const bool full = count_.full();
    if (full && !shut_) told_.limit("ingest_connections");
    if (full != shut_) {
        shut_ = full;
        for (const int listener : listeners_) hold_off(listener);
    }
}

void ZmqGate::end_half_open() {
    for (const int descriptor : count_.to_end([this](int one) { return has_shaken(one); })) {
        const auto& peer = peers_.at(descriptor);
        end_connection(descriptor, peer);
        told_.limit("ingest_handshakes");
        told_.flood(peer.address);
    }
}

bool ZmqGate::has_shaken(int descriptor) const {
    const auto bytes = tcp_bytes(descriptor);
    if (!bytes) return false;
    return keyed_ ? bytes->sent > greeting_bytes + welcome_bytes + error_bytes
                  : bytes->received > greeting_bytes;
}

void ZmqGate::hold_off(int listener) const {
    std::array<sock_filter, 1> drop_all{{BPF_STMT(BPF_RET | BPF_K, 0)}};
    const sock_fprog program{drop_all.size(), drop_all.data()};
    const int none = 0;
    if (shut_) {
        ::setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
    } else {
        ::setsockopt(listener, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none);
    }
}

}  // namespace yuqing
