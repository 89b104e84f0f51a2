// Keeps a listening socket of libzmq from having too many connections.
//
// libzmq itself knows no such limit: it accepts until the process has no descriptor left, for anything.
// Taking the listener away would end the connections that stand. So the kernel is told to drop what wants
// to connect, unanswered: it asks again within a second or two. Those that have not shaken hands yet, which
// anybody can make, do not keep others out: the oldest of whoever has most of them are ended. Counted is what
// libzmq's monitor tells. TCP alone; ipc is for members of the daemon's group. Runs in the io_context's
// thread.
#pragma once

#include "connection_count.hpp"
#include "tcp_peer.hpp"
#include "zmq_socket.hpp"

#include <functional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace yuqing {

class ZmqGate {
public:
    struct Told {
        /// `ingest_connections`: new ones are held off; `ingest_handshakes`: one was ended, there being too
        /// many; `ingest_handshake_time`: one took too long and was ended.
        std::function<void(std::string_view)> limit = [](std::string_view) {};
        /// The address of one that was ended, there being too many handshakes.
        std::function<void(const std::string&)> flood = [](const std::string&) {};
        std::function<void(std::size_t)> connections = [](std::size_t) {};  // how many there are now
    };

    /// Of a socket that is not bound yet. It and `zmq` outlive the gate.
    ZmqGate(boost::asio::io_context& context, zmq::context_t& zmq, zmq::socket_t& watched,
            const ConnectionLimits& limits, Told told);
    ~ZmqGate();
    ZmqGate(const ZmqGate&) = delete;
    ZmqGate& operator=(const ZmqGate&) = delete;

private:
    void turn();
    bool take_event();
    void take(int event, int value, std::string_view endpoint);
    void accept(int descriptor, std::string_view endpoint);
    void judge();
    void end_half_open();
    [[nodiscard]] bool has_shaken(int descriptor) const;
    void hold_off(int listener) const;

    zmq::socket_t& watched_;
    Told told_;
    const bool keyed_;
    ConnectionCount count_;
    std::unordered_map<int, TcpPeer> peers_;  // of TCP connections that stand
    std::vector<int> listeners_;              // TCP
    bool shut_ = false;
    ZmqSocket monitor_;
};

}  // namespace yuqing
