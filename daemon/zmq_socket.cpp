// ZMQ_FD is the descriptor of the socket's mailbox, not of its messages. It becomes readable when a
// command arrives while the owner sleeps, and any call on the socket (a send, too) may consume that
// command. So a message can wait while the descriptor is silent, and forgetting this shows as a stall
// under load only. The rule that is right: after every group of calls read ZMQ_EVENTS, which handles
// all commands; if it says that a message waits, post a turn instead of trusting the descriptor.
// settle() is that rule, and `turn` ends with it. A turn that stops early, because its budget is spent,
// goes the same way.
//
// The descriptor belongs to libzmq: it is released, never closed, before the socket goes.

#include "zmq_socket.hpp"

#include <boost/asio/post.hpp>

namespace yuqing {

ZmqSocket::ZmqSocket(boost::asio::io_context& context, zmq::context_t& zmq, zmq::socket_type type,
                     std::function<void()> turn)
    : context_(context),
      turn_(std::move(turn)),
      socket_(zmq, type),
      descriptor_(context),
      alive_(std::make_shared<bool>(true)) {
    socket_.set(zmq::sockopt::linger, 0);
}

void ZmqSocket::start() {
    descriptor_.assign(socket_.get(zmq::sockopt::fd));
    wait();
    post_turn();
}

bool ZmqSocket::readable() {
    int events = 0;
    std::size_t size = sizeof events;
    const int failed =
        uninterrupted([&] { return zmq_getsockopt(socket_.handle(), ZMQ_EVENTS, &events, &size); });
    return failed == 0 && (events & ZMQ_POLLIN) != 0;
}

void ZmqSocket::settle() {
    if (*alive_ && readable() && !paused_) post_turn();
}

void ZmqSocket::post_turn() {
    if (turn_posted_) return;
    turn_posted_ = true;
    boost::asio::post(context_, [this, alive = alive_] {
        if (!*alive) return;
        turn_posted_ = false;
        turn_();
    });
}

// Asio arms the descriptor anew for every wait, so commands that came before are seen.
void ZmqSocket::wait() {
    descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [this, alive = alive_](const boost::system::error_code& error) {
                               if (!*alive || error) return;
                               turn_();
                               if (*alive) wait();  // the turn may have closed the socket
                           });
}

void ZmqSocket::close(std::chrono::milliseconds linger) {
    if (!*alive_) return;
    *alive_ = false;
    if (descriptor_.is_open()) descriptor_.release();
    socket_.set(zmq::sockopt::linger, static_cast<int>(linger.count()));
    socket_.close();
}

}  // namespace yuqing
