#include "link.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <sys/un.h>

#include <algorithm>

namespace alert::redis {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t local_path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::size_t failures_bytes_max = 400;  // of them; people read this
constexpr std::string_view unasked = "Redis gave an answer that nobody had asked for";

std::string host_port(const std::string& host, std::uint16_t port) {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string words(const error_code& error) {
    return error == asio::error::eof ? "Redis closed the connection" : error.message();
}

}  // namespace

Link::Link(asio::io_context& io, Events events)
    : io_(io), events_(std::move(events)), resolver_(io), socket_(io), input_(read_bytes) {}

Link::~Link() { abandon(); }

std::shared_ptr<Link> Link::open(asio::io_context& io, const Address& address, Events events,
                                 std::size_t attempt) {
    std::shared_ptr<Link> link(new Link(io, std::move(events)));
    link->find(address, attempt);
    return link;
}

void Link::find(const Address& address, std::size_t attempt) {
    if (!address.path.empty()) {
        trying_ = address.path;
        if (address.path.size() > local_path_bytes_max) return close("the path of a socket is too long");
        places_ = {{asio::local::stream_protocol::endpoint(address.path), address.path}};
        return try_next();
    }
    trying_ = host_port(address.host, address.port);
    resolver_.async_resolve(
        address.host, std::to_string(address.port),
        [self = shared_from_this(), host = address.host, attempt](error_code error,
                                                                  const tcp::resolver::results_type& found) {
            if (self->ending_) return;
            if (error || found.empty()) return self->close("the name is not known: " + error.message());
            for (const auto& one : found) self->places_.push_back(place_of(host, one.endpoint()));
            const auto first = static_cast<std::ptrdiff_t>(attempt % self->places_.size());
            std::rotate(self->places_.begin(), self->places_.begin() + first, self->places_.end());
            self->try_next();
        });
}

Link::Place Link::place_of(const std::string& host, const tcp::endpoint& found) {
    const auto number = found.address().to_string();
    const auto address = host_port(number, found.port());
    return {found, number == host ? address : host + " (" + address + ")"};
}

void Link::try_next() {
    const Place place = std::move(places_.front());
    places_.pop_front();
    trying_ = place.name;
    error_code ignored;
    socket_.close(ignored);
    socket_.async_connect(place.endpoint, [self = shared_from_this()](error_code error) {
        if (self->ending_) return;
        if (!error) return self->begin();
        if (self->places_.empty()) return self->close(words(error));
        if (self->failures_.size() < failures_bytes_max)
            self->failures_ += self->trying_ + ": " + words(error) + "; ";
        self->try_next();
    });
}

void Link::begin() {
    error_code not_tcp;
    socket_.set_option(tcp::no_delay(true), not_tcp);
    connected_ = true;
    read();
    if (events_.connected) events_.connected();
    flush();
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
    reason_ = connected_ ? std::move(reason) : failures_ + trying_ + ": " + reason;
    if (!hearing_) end();  // else when the handler that is running has come back
}

/// Whoever waits learns that it is not known what became of the command.
void Link::end() {
    if (silent_) return;
    const auto self = shared_from_this();
    error_code ignored;
    resolver_.cancel();
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
    resolver_.cancel();
    socket_.close(ignored);
}

}  // namespace alert::redis
