// One connection to Redis, from connect to its end: hiredis on Asio. It does not come back; Connection
// opens the next one.
//
// hiredis' asynchronous context frees itself whenever a connection ends, so exactly one place may touch it
// then: the clean-up hook. It runs in every case (refused, broken, closed by us), after all pending
// commands got their answer, and it reports the end later, from the loop.
#pragma once

#include "alert/redis/reply.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct redisAsyncContext;

namespace alert::redis {

class Link : public std::enable_shared_from_this<Link> {
public:
    using Handler = std::function<void(Reply)>;
    using Nanoseconds = std::chrono::nanoseconds;
    struct Events {
        std::function<void()> connected;
        /// Before the handler of each command that was answered; `took` only with a stopwatch.
        std::function<void(const Reply&, Nanoseconds took)> answered;
        std::function<Nanoseconds()> stopwatch;                // may be absent
        std::function<void(const std::string& reason)> ended;  // exactly once
    };

    /// `host` is an IP address: a name would be resolved by blocking.
    static std::shared_ptr<Link> open_tcp(boost::asio::io_context& io, const std::string& host, int port,
                                          Events events);
    static std::shared_ptr<Link> open_unix(boost::asio::io_context& io, const std::string& path,
                                           Events events);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    /// The handler is called exactly once, with code redis_lost when the connection ends first, with
    /// redis_down when it had ended before. What is sent in one turn of the loop goes out in one write.
    void send(std::string_view bytes, Handler handler);
    [[nodiscard]] std::size_t pending() const { return pending_; }
    /// Of all commands so far; stands still while a server hangs.
    [[nodiscard]] std::uint64_t answers() const { return answers_; }
    /// Ends the connection for the reason given.
    void close(std::string reason);
    /// Ends it without calling anybody any more.
    void abandon();

private:
    Link(boost::asio::io_context& io, Events events);
    static std::shared_ptr<Link> open(boost::asio::io_context& io, redisAsyncContext* context, Events events);

    struct Hooks;  // the C functions hiredis calls
    struct Waiting {
        bool wanted = false;
        bool armed = false;
    };

    void attach(redisAsyncContext* context);
    void want_write();
    void arm(Waiting& waiting, boost::asio::posix::stream_descriptor::wait_type type);
    void cleaned_up();
    void end_later(std::string reason);
    [[nodiscard]] Nanoseconds stopwatch() const {
        return events_.stopwatch ? events_.stopwatch() : Nanoseconds{};
    }

    boost::asio::io_context& io_;
    Events events_;
    redisAsyncContext* context_ = nullptr;
    std::optional<boost::asio::posix::stream_descriptor> descriptor_;  // hiredis owns the fd
    Waiting read_, write_;
    std::size_t pending_ = 0;
    std::uint64_t answers_ = 0;
    bool connected_ = false;
    bool flushing_ = false;  // hiredis is writing: what it asks for then is to wait for the socket
    bool ending_ = false;
    bool silent_ = false;
    std::string reason_;
};

}  // namespace alert::redis
