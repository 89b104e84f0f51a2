// Holds new connections off a listening socket of libzmq while it has too many.
//
// libzmq itself knows no such limit: it accepts until the process has no descriptor left, for anything.
// Taking the listener away would end the connections that stand. So the kernel is told to drop what wants
// to connect, unanswered: it asks again within a second or two. Counted is what libzmq's monitor tells.
// TCP alone; ipc is for members of the daemon's group. Runs in the io_context's thread.
#pragma once

#include "connection_count.hpp"
#include "zmq_socket.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace yuqing {

class ZmqGate {
public:
    struct Told {
        /// `ingest_connections`, `ingest_handshakes`: new ones are held off; `ingest_handshake_time`: one
        /// took too long and was ended.
        std::function<void(std::string_view)> limit = [](std::string_view) {};
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
    void judge();
    void hold_off(int listener) const;
    void look_again();

    zmq::socket_t& watched_;
    Told told_;
    ConnectionCount count_;
    std::vector<int> listeners_;  // TCP
    bool shut_ = false;
    bool looking_again_ = false;
    boost::asio::steady_timer timer_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // held weakly by the timer's handler
    ZmqSocket monitor_;
};

}  // namespace yuqing
