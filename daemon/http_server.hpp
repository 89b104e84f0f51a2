// An HTTP/1.1 server on Asio: bounded in everything, one handler for all requests.
//
// A reply may come later, once, in the executor's
// thread. Requests of one connection are handled one after the other, so answers keep their order. When all
// connections are taken the one that has idled longest makes room; when all are at work a newcomer gets 503.
#pragma once

#include "http_message.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>

namespace yuqing {

struct HttpServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any that is free
    std::size_t connections_max = 256;
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t body_bytes_max = 4 * 1024 * 1024;
    std::chrono::milliseconds header_timeout = std::chrono::seconds(10);  // from its first byte
    std::chrono::milliseconds body_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);
    std::chrono::milliseconds reply_timeout = std::chrono::seconds(60);  // of the handler
    std::chrono::milliseconds write_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds stop_grace = std::chrono::seconds(5);
    std::size_t stream_bytes_max = 1024 * 1024;  // that wait for one reader of a stream
    /// Told at every limit that was hit: http_connections, http_header, http_body, http_time,
    /// http_accept, stream_backlog.
    std::function<void(std::string_view limit)> on_limit;
};

class HttpServer {
public:
    using Reply = std::function<void(HttpResponse)>;
    using Handler = std::function<void(const HttpRequest&, Reply)>;

    /// Binds and listens; throws when it cannot.
    HttpServer(boost::asio::io_context& io, HttpServerOptions options, Handler handler);
    /// The handler is not called any more; replies still to come are dropped.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    void start();
    /// Takes no more connections and requests, lets the answers under way go out, then calls `stopped`.
    void stop(std::function<void()> stopped = {});
    [[nodiscard]] std::uint16_t local_port() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;  // also of the operations under way
};

}  // namespace yuqing
