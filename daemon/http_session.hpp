// One connection of the HTTP server, in one phase at a time; each phase has one deadline, held by the
// server's tick.
//
// The host, the server, outlives its sessions' operations, since they share it.
#pragma once

#include "http_server.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <list>

namespace yuqing {

class HttpSession {
public:
    virtual ~HttpSession() = default;
    virtual void serve() = 0;
    /// Over the number of connections: an answer without a question.
    virtual void turn_away() = 0;
    /// At every tick: ends what has taken too long.
    virtual void look(std::uint64_t tick) = 0;
    virtual void end_if_idle() = 0;
    virtual void close() = 0;
};

/// What a session asks of the server and tells it.
class HttpSessionHost {
public:
    /// Those that have not asked yet, the longest first: waiting for a request, or for the rest of a header.
    using Unasked = std::list<HttpSession*>;

    virtual ~HttpSessionHost() = default;
    [[nodiscard]] virtual const HttpServerOptions& options() const = 0;
    [[nodiscard]] virtual bool stopping() const = 0;
    [[nodiscard]] virtual std::uint64_t tick_after(std::chrono::milliseconds time) const = 0;
    virtual Unasked& unasked() = 0;
    virtual void limit_hit(std::string_view limit) = 0;
    virtual void handle(const HttpRequest& request, HttpServer::Reply reply) = 0;
    virtual void ended(const std::shared_ptr<HttpSession>& session, bool turned_away) = 0;
};

std::shared_ptr<HttpSession> make_http_session(std::shared_ptr<HttpSessionHost> host,
                                               boost::asio::ip::tcp::socket socket);

}  // namespace yuqing
