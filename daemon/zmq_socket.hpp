// A socket of libzmq on an Asio io_context.
//
// libzmq tells of news through a descriptor that is neither level- nor edge-triggered; this class hides that.
// Its user gets `turn` called whenever there may be a message to receive or room to send again, and must call
// settle() at the end of every turn and after sends made outside of one. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <zmq.hpp>

#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>

namespace yuqing {

/// What a call of libzmq gives; made again when a signal came in between, for then it has done nothing, even
/// where it does not wait.
template <class Call>
int uninterrupted(Call call) {
    int given = 0;
    do given = call();
    while (given < 0 && zmq_errno() == EINTR);
    return given;
}

/// False: none waits.
inline bool receive_waiting(zmq::socket_t& socket, zmq::message_t& message) {
    return uninterrupted([&] { return zmq_msg_recv(message.handle(), socket.handle(), ZMQ_DONTWAIT); }) >= 0;
}

class ZmqSocket {
public:
    /// `zmq` outlives it.
    ZmqSocket(boost::asio::io_context& context, zmq::context_t& zmq, zmq::socket_type type,
              std::function<void()> turn);
    ~ZmqSocket() { close(std::chrono::milliseconds(0)); }
    ZmqSocket(const ZmqSocket&) = delete;
    ZmqSocket& operator=(const ZmqSocket&) = delete;

    /// Turns come from now on: when it is bound or connected.
    void start();
    /// While paused, `turn` is called for room to send only.
    void pause_reading(bool paused) { paused_ = paused; }
    /// Makes sure that another turn comes if a message waits. Cheap.
    void settle();
    /// What libzmq still holds for peers that read gets up to `linger`.
    void close(std::chrono::milliseconds linger);
    [[nodiscard]] bool open() const { return *alive_; }

    zmq::socket_t& operator*() { return socket_; }
    zmq::socket_t* operator->() { return &socket_; }

private:
    void wait();
    void post_turn();
    [[nodiscard]] bool readable();

    boost::asio::io_context& context_;
    std::function<void()> turn_;
    zmq::socket_t socket_;
    boost::asio::posix::stream_descriptor descriptor_;
    std::shared_ptr<bool> alive_;  // shared with handlers that Asio still holds: false after close()
    bool paused_ = false;
    bool turn_posted_ = false;
};

}  // namespace yuqing
