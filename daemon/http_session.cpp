// One request at a time: read, hand over, write, again; what is pipelined waits in the buffer.
//
// Whoever is refused is still read for a moment: closing on unread bytes resets the connection, and the
// client would never see why.
//
// An answer in parts (server-sent events) has a phase of its own, from its head to the end of the connection;
// what the client sends meanwhile is read and dropped, so that its going is noticed.
#include "http_session.hpp"

#include "http_request_reader.hpp"

#include <boost/asio/write.hpp>

#include <array>
#include <deque>
#include <limits>

namespace yuqing {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds linger_time{1000};
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

class Session : public HttpSession, public HttpStream, public std::enable_shared_from_this<Session> {
public:
    Session(std::shared_ptr<HttpSessionHost> server, tcp::socket socket)
        : server_(std::move(server)),
          socket_(std::move(socket)),
          reader_(server_->options().header_bytes_max, server_->options().body_bytes_max) {
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
        const bool goes_on = listed_ && phase == Phase::header;
        auto& unasked = server_->unasked();
        if (listed_ && !goes_on) unasked.erase(place_);
        if (!goes_on) {
            listed_ = phase == Phase::idle || phase == Phase::header;
            if (listed_) place_ = unasked.insert(unasked.end(), this);
        }
        phase_ = phase;
        due_ = server_->tick_after(time);
    }

    void next_request() {
        enter(Phase::idle, server_->options().idle_timeout);
        reader_.next_request();
    }

    void parse() {
        if (phase_ == Phase::idle && reader_.has_input())
            enter(Phase::header, server_->options().header_timeout);
        switch (reader_.read()) {
            case HttpRequestReader::Progress::refused: return unreadable(reader_.refusal());
            case HttpRequestReader::Progress::whole: return handle();
            case HttpRequestReader::Progress::header: break;
            case HttpRequestReader::Progress::body:
                if (phase_ != Phase::header) break;
                enter(Phase::body, server_->options().body_timeout);
                if (reader_.awaits_go_on()) return write_go_on();
        }
        read();
    }

    void read() {
        reading_ = true;
        const auto room = reader_.room();
        socket_.async_read_some(asio::buffer(room.data(), room.size()),
                                [self = shared_from_this()](error_code error, std::size_t count) {
                                    self->reading_ = false;
                                    if (self->phase_ == Phase::closed || self->phase_ == Phase::writing)
                                        return;
                                    if (error) return self->close();
                                    if (self->phase_ == Phase::lingering) return self->linger();
                                    if (self->phase_ == Phase::streaming) return self->read();
                                    self->reader_.took(count);
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

    void unreadable(HttpRequestReader::Refusal refusal) {
        if (!refusal.limit.empty()) server_->limit_hit(refusal.limit);
        refuse(std::move(refusal.response));
    }

    void handle() {
        keep_alive_ = reader_.keep_alive();
        HttpRequest request = reader_.request();
        request.peer = peer_;
        request.loopback_peer = loopback_;
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
        reader_.forget();
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
        reader_.forget();
        read();
    }

    std::shared_ptr<HttpSessionHost> server_;
    tcp::socket socket_;
    HttpRequestReader reader_;
    std::string peer_, path_, out_head_, out_body_;
    HttpSessionHost::Unasked::iterator place_;                        // while listed_
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
