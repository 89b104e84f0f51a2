#include "link.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace alert::redis {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::string_view unasked = "Redis gave an answer that nobody had asked for";

std::string words(const error_code& error) {
    return error == asio::error::eof ? "Redis closed the connection" : error.message();
}

}  // namespace

Link::Link(asio::io_context& io, Events events)
    : io_(io), events_(std::move(events)), socket_(io), input_(read_bytes) {}

Link::~Link() { abandon(); }

std::shared_ptr<Link> Link::open(asio::io_context& io, const Endpoint& endpoint, Events events) {
    std::shared_ptr<Link> link(new Link(io, std::move(events)));
    link->connect(endpoint);
    return link;
}

void Link::connect(const Endpoint& endpoint) {
    socket_.async_connect(endpoint, [self = shared_from_this()](error_code error) {
        if (self->ending_) return;
        if (error) return self->close(words(error));
        error_code not_tcp;
        self->socket_.set_option(asio::ip::tcp::no_delay(true), not_tcp);
        self->connected_ = true;
        self->read();
        if (self->events_.connected) self->events_.connected();
        self->flush();
    });
}

void Link::send(std::string_view bytes, Handler handler) {
    if (ending_) {
        return asio::post(io_, [self = shared_from_this(), handler = std::move(handler)] {
            if (!self->silent_) handler(Reply::failure(redis_down, "the connection to Redis has ended"));
        });
    }
    waiting_.push_back({std::move(handler), stopwatch()});
    output_.append(bytes);
    if (flush_posted_ || !connected_ || !under_way_.empty()) return;
    flush_posted_ = true;
    asio::post(io_, [self = shared_from_this()] {
        self->flush_posted_ = false;
        self->flush();
    });
}

void Link::flush() {
    if (ending_ || !under_way_.empty() || output_.empty()) return;
    error_code ignored;
    if (sent_ == 0 && socket_.available(ignored) > 0) return;  // nobody asked for that: hear() ends it
    under_way_.swap(output_);
    sent_ = waiting_.size();
    asio::async_write(socket_, asio::buffer(under_way_),
                      [self = shared_from_this()](error_code error, std::size_t) {
                          self->under_way_.clear();
                          if (self->ending_) return;
                          if (error) return self->close(words(error));
                          self->flush();
                      });
}

void Link::read() {
    socket_.async_read_some(asio::buffer(input_),
                            [self = shared_from_this()](error_code error, std::size_t count) {
                                if (self->ending_) return;
                                if (error) return self->close(words(error));
                                self->hear({self->input_.data(), count});
                                if (!self->ending_) self->read();
                            });
}

void Link::hear(std::string_view bytes) {
    hearing_ = true;
    const bool asked = sent_ > 0;
    reader_.feed(bytes);
    while (!ending_) {
        auto reply = reader_.next();
        if (!reply) break;
        take(std::move(*reply));
    }
    if (!reader_.broken().empty()) close("Redis broke the protocol: " + reader_.broken());
    if (!asked) close(std::string(unasked));
    hearing_ = false;
    if (ending_) end();
}

void Link::take(Reply reply) {
    // A server that turns a connection away says so unasked.
    if (sent_ == 0) return close(reply.is_error() ? reply.text : std::string(unasked));
    const Pending pending = std::move(waiting_.front());
    waiting_.pop_front();
    --sent_;
    ++answers_;
    if (events_.answered) events_.answered(reply, stopwatch() - pending.asked);
    pending.handler(std::move(reply));
}

void Link::close(std::string reason) {
    if (ending_) return;
    ending_ = true;
    reason_ = std::move(reason);
    if (!hearing_) end();  // else when the handler that is running has come back
}

/// Whoever waits learns that it is not known what became of the command.
void Link::end() {
    if (silent_) return;
    const auto self = shared_from_this();
    error_code ignored;
    socket_.close(ignored);
    auto lost = std::exchange(waiting_, {});
    for (auto& pending : lost) {
        if (silent_) return;
        pending.handler(Reply::failure(redis_lost, "the connection to Redis ended before the answer"));
    }
    asio::post(io_, [weak = weak_from_this()] {
        const auto link = weak.lock();
        if (link && link->events_.ended) std::exchange(link->events_.ended, {})(link->reason_);
    });
}

void Link::abandon() {
    ending_ = silent_ = true;
    events_ = {};
    waiting_.clear();
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace alert::redis
