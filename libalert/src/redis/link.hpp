// One connection to Redis, from its address to its end, on Asio. It does not come back; Connection opens the
// next one.
//
// Answers belong to commands by their order and nothing else, so a server whose answers do not match what it
// was asked is left at once: an answer to a command that has not been sent, a broken protocol. Whatever waits
// is then told redis_lost, and nothing is ever told somebody else's answer that could be known to be that.
#pragma once

#include "alert/redis/address.hpp"
#include "alert/redis/reply.hpp"
#include "reply_reader.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alert::redis {

class Link : public std::enable_shared_from_this<Link> {
public:
    using Handler = std::function<void(Reply)>;
    using Nanoseconds = std::chrono::nanoseconds;
    using Endpoint = boost::asio::generic::stream_protocol::endpoint;
    struct Events {
        std::function<void()> connected;
        /// Before the handler of each command that was answered; `took` only with a stopwatch.
        std::function<void(const Reply&, Nanoseconds took)> answered;
        std::function<Nanoseconds()> stopwatch;                // may be absent
        std::function<void(const std::string& reason)> ended;  // exactly once
    };

    /// Tries all that the name of the host stands for, one after the other. The one to begin with changes
    /// with the number of the attempt: one that takes up all the time there is comes later the next time.
    /// Until it is connected the reason of its end says which addresses were tried.
    static std::shared_ptr<Link> open(boost::asio::io_context& io, const Address& address, Events events,
                                      std::size_t attempt);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    /// The handler is called exactly once, with code redis_lost when the connection ends first, with
    /// redis_down when it had ended before. What is sent in one turn of the loop goes out in one write.
    void send(std::string_view bytes, Handler handler);
    [[nodiscard]] std::size_t pending() const { return waiting_.size(); }
    /// Of all commands so far; stands still while a server hangs.
    [[nodiscard]] std::uint64_t answers() const { return answers_; }
    /// Ends the connection for the reason given.
    void close(std::string reason);
    /// Ends it without calling anybody any more.
    void abandon();

private:
    struct Pending {
        Handler handler;
        Nanoseconds asked;
    };

    Link(boost::asio::io_context& io, Events events);
    struct Place {
        Endpoint endpoint;
        std::string name;  // for people
    };
    static Place place_of(const std::string& host, const boost::asio::ip::tcp::endpoint& found);
    void find(const Address& address, std::size_t attempt);
    void try_next();
    void begin();
    void flush();
    void read();
    void hear(std::string_view bytes);
    void take(Reply reply);
    void end();
    [[nodiscard]] Nanoseconds stopwatch() const {
        return events_.stopwatch ? events_.stopwatch() : Nanoseconds{};
    }

    boost::asio::io_context& io_;
    Events events_;
    boost::asio::ip::tcp::resolver resolver_;
    std::deque<Place> places_;       // still to be tried
    std::string trying_, failures_;  // the name of this place; what came of those before
    boost::asio::generic::stream_protocol::socket socket_;
    ReplyReader reader_;
    std::vector<char> input_;
    std::string output_, under_way_;  // commands for the next write; those of the write under way
    std::deque<Pending> waiting_;     // for an answer, in the order of the commands
    std::size_t sent_ = 0;            // of them: no longer in output_
    std::uint64_t answers_ = 0;
    bool connected_ = false, flush_posted_ = false, hearing_ = false, ending_ = false, silent_ = false;
    std::string reason_;
};

}  // namespace alert::redis
