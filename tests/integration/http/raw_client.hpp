// A server in a thread of its own, and a client that sends whatever bytes a test thinks of.
#pragma once

#include "http_server.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace yuqing::test {

class ServerThread {
public:
    explicit ServerThread(HttpServer::Handler handler, HttpServerOptions options = {});
    ~ServerThread();
    ServerThread(const ServerThread&) = delete;
    ServerThread& operator=(const ServerThread&) = delete;

    [[nodiscard]] std::uint16_t port() const { return server_->local_port(); }
    [[nodiscard]] boost::asio::io_context& io() { return io_; }
    /// Stops it in its thread; `stopped()` tells when nothing is left.
    void stop();
    [[nodiscard]] bool stopped() const { return stopped_; }
    /// Waits until it is so; whether it became so.
    template <class Condition>
    static bool wait(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::yield();
        }
        return true;
    }
    [[nodiscard]] std::map<std::string, int> limits() const;

private:
    boost::asio::io_context io_;
    mutable std::mutex mutex_;
    std::map<std::string, int> limits_;
    std::unique_ptr<HttpServer> server_;
    std::atomic<bool> stopped_ = false;
    std::thread thread_;
};

/// Answers with method, path, query and body, one a line.
void echo(const HttpRequest& request, const HttpServer::Reply& reply);

struct RawAnswer {
    int status = 0;                              // 0: the connection ended instead
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
};

class RawClient {
public:
    explicit RawClient(std::uint16_t port);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    /// Whether all of it went out.
    bool send(std::string_view bytes) const;
    void finish_sending() const;
    /// The next answer; `head_only` for HEAD.
    RawAnswer read(bool head_only = false);
    /// All that came up to the end of that text; empty when the connection ended before.
    std::string read_until(std::string_view text);
    /// Whether something came within the time, or the end.
    [[nodiscard]] bool readable(std::chrono::milliseconds time) const;
    /// Whether the server has closed, within the bound.
    bool at_end();
    RawAnswer ask(std::string_view bytes) {
        send(bytes);
        return read();
    }

private:
    bool fill();

    int fd_;
    std::string buffer_;
};

/// `GET path HTTP/1.1` with a Host.
std::string get(const std::string& path);

}  // namespace yuqing::test
