// One request at a time: read, hand over, write, again; what is pipelined waits in the buffer.
//
// Whoever is refused is still read for a moment: closing on unread bytes resets the connection, and the
// client would never see why.
//
// An answer in parts (server-sent events) has a phase of its own, from its head to the end of the connection;
// what the client sends meanwhile is read and dropped, so that its going is noticed.
#include "http_session.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <deque>
#include <limits>

namespace yuqing {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t read_bytes = 16 * 1024;
constexpr milliseconds linger_time{1000};
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

void lower(std::string& text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

class Session : public HttpSession, public HttpStream, public std::enable_shared_from_this<Session> {
public:
    Session(std::shared_ptr<HttpSessionHost> server, tcp::socket socket)
        : server_(std::move(server)),
          socket_(std::move(socket)),
          input_(server_->options().header_bytes_max + read_bytes) {
        error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
        const auto peer = socket_.remote_endpoint(ignored).address();
        const bool mapped = peer.is_v6() && peer.to_v6().is_v4_mapped();
        loopback_ = mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6()).is_loopback()
                           : peer.is_loopback();
        peer_ = peer.to_string();
    }

    void serve() override {
        next_request();
        parse();
    }

    void turn_away() override {
        refused_ = true;
        refuse(http_error(503, "busy", "too many connections; try again"));
    }

    void look(std::uint64_t tick) override {
        if (tick < due_) return;
        switch (phase_) {
            case Phase::header:
            case Phase::body:
                server_->limit_hit("http_time");
                return refuse(http_error(408, "timeout", "the request took too long to arrive"));
            case Phase::handling:
                ++serial_;
                server_->limit_hit("http_time");
                return refuse(http_error(503, "timeout", "no answer in time; try again", path_));
            case Phase::streaming: server_->limit_hit("stream_backlog"); return close();
            default: return close();
        }
    }

    void end_if_idle() override {
        if (phase_ == Phase::idle || phase_ == Phase::streaming) close();
    }

    void end() override { close(); }

    [[nodiscard]] bool open() const override { return phase_ == Phase::streaming; }

    bool send(std::shared_ptr<const std::string> part) override {
        if (!open()) return false;
        if (waiting_bytes_ + part->size() > server_->options().stream_bytes_max) {
            server_->limit_hit("stream_backlog");
            close();
            return false;
        }
        waiting_bytes_ += part->size();
        waiting_.push_back(std::move(part));
        if (parts_.empty()) write_parts();
        return true;
    }

    void close() override {
        if (phase_ == Phase::closed) return;
        enter(Phase::closed, milliseconds(0));
        error_code ignored;
        socket_.close(ignored);
        server_->ended(shared_from_this(), refused_);
    }

private:
    enum class Phase { idle, header, body, handling, writing, streaming, lingering, closed };
    static constexpr auto never = std::numeric_limits<std::uint64_t>::max();

    void enter(Phase phase, milliseconds time) {
        if (phase_ == Phase::idle && listed_) server_->idle().erase(place_);
        listed_ = phase == Phase::idle;
        if (listed_) place_ = server_->idle().insert(server_->idle().end(), this);
        phase_ = phase;
        due_ = server_->tick_after(time);
    }

    void next_request() {
        const auto& options = server_->options();
        enter(Phase::idle, options.idle_timeout);
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(options.header_bytes_max));
        parser_->body_limit(options.body_bytes_max);
        parser_->eager(true);
    }

    void parse() {
        const bool begun = phase_ == Phase::idle && input_.size() != 0;
        if (begun) enter(Phase::header, server_->options().header_timeout);
        error_code error;
        while (input_.size() != 0 && !parser_->is_done()) {
            input_.consume(parser_->put(input_.data(), error));
            if (error) break;
        }
        if (error && error != http::error::need_more) return unreadable(error);
        if (parser_->is_done()) return handle();
        if (phase_ == Phase::header && parser_->is_header_done()) {
            enter(Phase::body, server_->options().body_timeout);
            if (parser_->get()[http::field::expect] == "100-continue") return write_go_on();
        }
        read();
    }

    void read() {
        const auto room = std::min(read_bytes, input_.max_size() - input_.size());
        if (room == 0) return unreadable(http::error::header_limit);
        reading_ = true;
        socket_.async_read_some(input_.prepare(room),
                                [self = shared_from_this()](error_code error, std::size_t count) {
                                    self->reading_ = false;
                                    if (self->phase_ == Phase::closed || self->phase_ == Phase::writing)
                                        return;
                                    if (error) return self->close();
                                    if (self->phase_ == Phase::lingering) return self->linger();
                                    if (self->phase_ == Phase::streaming) return self->read();
                                    self->input_.commit(count);
                                    self->parse();
                                });
    }

    void write_go_on() {
        asio::async_write(socket_, asio::buffer(go_on),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (self->phase_ != Phase::body) return;
                              if (error) return self->close();
                              self->read();
                          });
    }

    void unreadable(error_code error) {
        if (error == http::error::header_limit) {
            server_->limit_hit("http_header");
            return refuse(http_error(431, "too_large", "the header is larger than this server reads"));
        }
        if (error == http::error::body_limit) {
            server_->limit_hit("http_body");
            return refuse(http_error(413, "too_large", "the body is larger than this server reads"));
        }
        refuse(http_error(400, "malformed", "this is not an HTTP/1.1 request"));
    }

    /// The request as a value; what is wrong with it, or nothing.
    std::optional<HttpResponse> read_request(HttpRequest& request) {
        auto message = parser_->release();
        request.method = std::string(message.method_string());
        for (const auto& field : message) {
            std::string name(field.name_string());
            lower(name);
            auto [at, is_new] = request.headers.emplace(std::move(name), std::string(field.value()));
            if (!is_new) at->second.append(", ").append(field.value());
        }
        const auto hosts = message.count(http::field::host);
        if (hosts > 1 || (hosts == 0 && message.version() >= 11)) {
            return http_error(400, "malformed", "a request needs one Host", "host");
        }
        if (message.has_content_length() && message.count(http::field::transfer_encoding) != 0) {
            return http_error(400, "malformed", "Content-Length and Transfer-Encoding exclude each other");
        }
        if (message.count(http::field::transfer_encoding) != 0 &&
            request.header("transfer-encoding") != "chunked") {
            return http_error(501, "malformed", "the only Transfer-Encoding is chunked", "transfer-encoding");
        }
        if (!read_target(std::string_view(message.target()), request)) {
            return http_error(400, "malformed", "the target is not a path");
        }
        request.body = std::move(message.body());
        return std::nullopt;
    }

    void handle() {
        keep_alive_ = parser_->keep_alive();
        HttpRequest request{.peer = peer_, .loopback_peer = loopback_};
        if (auto wrong = read_request(request)) return refuse(std::move(*wrong));
        head_only_ = request.method == "HEAD";
        path_ = request.path;
        if (!head_only_ && request.method != "GET" && request.method != "POST") {
            auto answer =
                http_error(405, "method_not_allowed", request.method + " is not for this server", path_);
            answer.headers.emplace_back("Allow", "GET, HEAD, POST");
            enter(Phase::handling, server_->options().reply_timeout);
            return respond(std::move(answer));
        }
        enter(Phase::handling, server_->options().reply_timeout);
        auto reply = [weak = weak_from_this(), serial = ++serial_](HttpResponse response) {
            const auto self = weak.lock();
            const bool awaited = self && self->phase_ == Phase::handling && self->serial_ == serial;
            if (awaited) self->respond(std::move(response));
        };
        server_->handle(request, std::move(reply));
    }

    void respond(HttpResponse response) {
        if (response.opened && !head_only_) return stream(response);
        keep_alive_ = keep_alive_ && !server_->stopping();
        write(std::move(response), [this] {
            if (!keep_alive_) return linger();
            next_request();
            if (server_->stopping()) return close();
            parse();
        });
    }

    void refuse(HttpResponse response) {
        keep_alive_ = false;
        write(std::move(response), [this] { linger(); });
    }

    template <class Then>
    void write(HttpResponse response, Then then) {
        enter(Phase::writing, server_->options().write_timeout);
        out_head_ = response_head(response, keep_alive_);
        out_body_ =
            head_only_ || response.status == 204 || response.status == 304 ? "" : std::move(response.body);
        head_only_ = false;
        const std::array<asio::const_buffer, 2> buffers{asio::buffer(out_head_), asio::buffer(out_body_)};
        asio::async_write(socket_, buffers, [self = shared_from_this(), then](error_code error, std::size_t) {
            if (self->phase_ != Phase::writing) return;
            if (error) return self->close();
            then();
        });
    }

    void stream(const HttpResponse& response) {
        keep_alive_ = false;
        if (server_->stopping()) return close();
        input_.clear();
        enter(Phase::streaming, milliseconds(0));
        send(std::make_shared<const std::string>(response_head(response, keep_alive_)));
        read();
        response.opened(weak_from_this());
    }

    /// All that waits, in one write.
    void write_parts() {
        parts_.assign(waiting_.begin(), waiting_.end());
        waiting_.clear();
        due_ = parts_.empty() ? never : server_->tick_after(server_->options().write_timeout);
        if (parts_.empty()) return;
        std::vector<asio::const_buffer> buffers;
        for (const auto& part : parts_) buffers.push_back(asio::buffer(*part));
        asio::async_write(socket_, buffers, [self = shared_from_this()](error_code error, std::size_t count) {
            if (self->phase_ != Phase::streaming) return;
            if (error) return self->close();
            self->waiting_bytes_ -= count;
            self->write_parts();
        });
    }

    /// Reads on without listening.
    void linger() {
        if (phase_ != Phase::lingering) {
            enter(Phase::lingering, linger_time);
            error_code ignored;
            socket_.shutdown(tcp::socket::shutdown_send, ignored);
        }
        if (reading_) return;  // from before a time-out; it comes back here
        input_.clear();
        read();
    }

    std::shared_ptr<HttpSessionHost> server_;
    tcp::socket socket_;
    boost::beast::flat_buffer input_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::string peer_, path_, out_head_, out_body_;
    HttpSessionHost::Idle::iterator place_;                           // among the idle, while listed_
    std::deque<std::shared_ptr<const std::string>> waiting_, parts_;  // of a stream; parts_ are being written
    std::size_t waiting_bytes_ = 0;                                   // of both
    std::uint64_t due_ = 0, serial_ = 0;  // a reply belongs to the request of its serial number
    Phase phase_ = Phase::header;
    bool listed_ = false, reading_ = false, loopback_ = false, keep_alive_ = true, head_only_ = false,
         refused_ = false;
};

}  // namespace

std::shared_ptr<HttpSession> make_http_session(std::shared_ptr<HttpSessionHost> host, tcp::socket socket) {
    return std::make_shared<Session>(std::move(host), std::move(socket));
}

}  // namespace yuqing
