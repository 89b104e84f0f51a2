// Listens on 127.0.0.1 and takes every connection on a thread of its own, blocking sockets and nothing more.
// What is taken belongs to whoever takes it.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <functional>
#include <thread>

namespace yuqing::test {

sockaddr_in loopback(std::uint16_t port);

class LoopbackListener {
public:
    /// Port 0: any that is free. `take` is called with the descriptor of each connection.
    LoopbackListener(std::uint16_t port, std::function<void(int)> take);
    ~LoopbackListener();
    LoopbackListener(const LoopbackListener&) = delete;
    LoopbackListener& operator=(const LoopbackListener&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// From here on nothing is taken any more. Once.
    void stop();

private:
    void accept() const;

    std::function<void(int)> take_;
    int socket_ = -1;
    std::uint16_t port_ = 0;
    std::thread acceptor_;
};

}  // namespace yuqing::test
