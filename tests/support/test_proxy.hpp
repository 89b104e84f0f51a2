// An HTTP proxy for tests: real sockets, a thread for each connection. Takes CONNECT and whole URLs, asks for
// a login when told one, and leads every name to 127.0.0.1, so that a name is reached that only it can find.
#pragma once

#include "loopback_listener.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace yuqing::test {

struct ProxyRequest {
    std::string line;   // `CONNECT hook.example:443 HTTP/1.1`
    std::string login;  // the value of Proxy-Authorization
    std::string bytes;  // the header as it came
};

class TestProxy {
public:
    TestProxy();
    ~TestProxy();
    TestProxy(const TestProxy&) = delete;
    TestProxy& operator=(const TestProxy&) = delete;

    [[nodiscard]] std::string url(const std::string& login = "") const;
    [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(listener_.port()); }

    /// From now on: `Basic …` that every request must bring; empty: none.
    void ask_for(const std::string& login);
    /// Says this to every request and ends the connection; empty: does its work again.
    void say(const std::string& answer);
    /// Takes requests and is silent.
    void hang();

    [[nodiscard]] std::vector<ProxyRequest> requests() const;
    /// What went through tunnels from the client.
    [[nodiscard]] std::string tunnelled() const;

private:
    struct Socket;

    void take(int fd);
    void serve(const std::shared_ptr<Socket>& client);
    bool serve_one(const std::shared_ptr<Socket>& client, std::shared_ptr<Socket>& upstream);
    void tunnel(const std::shared_ptr<Socket>& client, const std::shared_ptr<Socket>& upstream);
    std::shared_ptr<Socket> reach(const std::string& authority);
    void keep(const std::shared_ptr<Socket>& socket);

    mutable std::mutex mutex_;
    std::vector<ProxyRequest> requests_;
    std::string tunnelled_, login_, saying_;
    std::vector<std::shared_ptr<Socket>> sockets_;
    std::vector<std::thread> threads_;
    bool hanging_ = false, stopped_ = false;

    LoopbackListener listener_;
};

}  // namespace yuqing::test
