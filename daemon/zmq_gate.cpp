#include "zmq_gate.hpp"

#include "system_clock.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace yuqing {

namespace {

constexpr std::size_t events_a_turn = 256;
constexpr auto looked_again_every = std::chrono::milliseconds(200);
constexpr const char* monitored_at = "inproc://gate";
constexpr int wanted = ZMQ_EVENT_LISTENING | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
                       ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

}  // namespace

ZmqGate::ZmqGate(boost::asio::io_context& context, zmq::context_t& zmq, zmq::socket_t& watched,
                 const ConnectionLimits& limits, Told told)
    : watched_(watched),
      told_(std::move(told)),
      count_(limits),
      timer_(context),
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
    if (!monitor_->recv(event, zmq::recv_flags::dontwait)) return false;
    if (!monitor_->recv(endpoint, zmq::recv_flags::dontwait)) return false;
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
        case ZMQ_EVENT_ACCEPTED: count_.accepted(value, boot_time()); break;
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: count_.shaken(); break;
        case ZMQ_EVENT_DISCONNECTED:
            if (count_.closed(value, boot_time())) told_.limit("ingest_handshake_time");
            break;
        default: count_.failed();
    }
}

void ZmqGate::judge() {
    const auto limit = count_.full(boot_time());
    if (limit && !shut_) told_.limit(*limit);
    if (limit.has_value() != shut_) {
        shut_ = limit.has_value();
        for (const int listener : listeners_) hold_off(listener);
    }
    if (shut_) look_again();
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

/// Room may come without an event: by time.
void ZmqGate::look_again() {
    if (looking_again_) return;
    looking_again_ = true;
    timer_.expires_after(looked_again_every);
    timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
        if (error || alive.expired()) return;
        looking_again_ = false;
        judge();
    });
}

}  // namespace yuqing
