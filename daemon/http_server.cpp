// Time-outs: a tick looks at all sessions, at most connections_max of them, instead of a timer in each that
// every request would arm three times.
#include "http_server.hpp"

#include "http_session.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_set>

namespace yuqing {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t turned_away_max = 64;  // that are told so; the rest is closed
constexpr milliseconds tick_length{100};
constexpr milliseconds accept_pause{100};  // when there are no descriptors left

/// What the process may open is not for browsers alone: libzmq aborts when it finds no descriptor left.
std::size_t connections_possible() {
    constexpr std::size_t spared = 128;
    struct rlimit limit {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return spared;
    const auto all = static_cast<std::size_t>(limit.rlim_cur);
    return all >= 2 * spared ? all - spared : std::max<std::size_t>(1, all / 8);
}

tcp::acceptor listen_on(asio::io_context& io, const std::string& host, std::uint16_t port) {
    const auto where = host + ":" + std::to_string(port);
    error_code error;
    const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
    if (error) throw std::runtime_error("cannot listen on " + where + ": the host must be an address");
    const tcp::endpoint endpoint(address, port);
    tcp::acceptor acceptor(io);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw std::runtime_error("cannot listen on " + where + ": " + error.message());
    return acceptor;
}

}  // namespace

class HttpServer::Impl : public HttpSessionHost, public std::enable_shared_from_this<HttpServer::Impl> {
public:
    Impl(asio::io_context& io, HttpServerOptions options, Handler handler)
        : options_(std::move(options)),
          handler_(std::move(handler)),
          acceptor_(listen_on(io, options_.host, options_.port)),
          port_(acceptor_.local_endpoint().port()),
          pause_(io),
          tick_timer_(io) {
        options_.connections_max = std::min(options_.connections_max, connections_possible());
        turned_away_max_ = std::min(turned_away_max, (options_.connections_max + 1) / 2);
    }

    void accept();
    void stop(std::function<void()> stopped);
    void close_all();
    [[nodiscard]] std::uint16_t port() const { return port_; }

    [[nodiscard]] const HttpServerOptions& options() const override { return options_; }
    [[nodiscard]] bool stopping() const override { return stopping_; }
    [[nodiscard]] std::uint64_t tick_after(milliseconds time) const override {
        return tick_ + static_cast<std::uint64_t>(time / tick_length) + 1;
    }
    Unasked& unasked() override { return unasked_; }
    void limit_hit(std::string_view limit) override {
        if (options_.on_limit) options_.on_limit(limit);
    }
    void handle(const HttpRequest& request, Reply reply) override { handler_(request, std::move(reply)); }
    void ended(const std::shared_ptr<HttpSession>& session, bool turned_away) override;

private:
    void accepted(tcp::socket socket);
    void tick();

    HttpServerOptions options_;
    Handler handler_;
    tcp::acceptor acceptor_;
    std::uint16_t port_;
    asio::steady_timer pause_, tick_timer_;
    std::unordered_set<std::shared_ptr<HttpSession>> sessions_;
    Unasked unasked_;
    std::size_t turned_away_max_ = 0;
    std::size_t turned_away_ = 0;  // of the sessions, those that are only told so
    std::uint64_t tick_ = 0, stop_due_ = 0;
    std::function<void()> stopped_;
    bool stopping_ = false, ticking_ = false;
};

void HttpServer::Impl::accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
        if (self->stopping_ || error == asio::error::operation_aborted) return;
        if (!error) {
            self->accepted(std::move(socket));
            return self->accept();
        }
        // Out of descriptors, most likely: the connection stays in the backlog until there are some again.
        self->limit_hit("http_accept");
        self->pause_.expires_after(accept_pause);
        self->pause_.async_wait([self](error_code cancelled) {
            if (!cancelled && !self->stopping_) self->accept();
        });
    });
}

void HttpServer::Impl::accepted(tcp::socket socket) {
    bool full = sessions_.size() - turned_away_ >= options_.connections_max;
    if (full) limit_hit("http_connections");
    // So whoever holds connections with half a request keeps nobody out.
    if (full && !unasked_.empty()) {
        unasked_.front()->close();
        full = false;
    }
    if (full && turned_away_ >= turned_away_max_) return;
    const auto session = make_http_session(shared_from_this(), std::move(socket));
    sessions_.insert(session);
    if (!ticking_) tick();
    if (full) {
        ++turned_away_;
        session->turn_away();
    } else {
        session->serve();
    }
}

void HttpServer::Impl::tick() {
    ticking_ = true;
    tick_timer_.expires_after(tick_length);
    tick_timer_.async_wait([self = shared_from_this()](error_code error) {
        self->ticking_ = false;
        if (error) return;
        ++self->tick_;
        const std::vector<std::shared_ptr<HttpSession>> all(self->sessions_.begin(), self->sessions_.end());
        for (const auto& session : all) session->look(self->tick_);
        if (self->stopping_ && self->tick_ >= self->stop_due_) self->close_all();
        if (!self->sessions_.empty() && !self->ticking_) self->tick();
    });
}

void HttpServer::Impl::ended(const std::shared_ptr<HttpSession>& session, bool turned_away) {
    if (sessions_.erase(session) != 0 && turned_away) --turned_away_;
    if (!sessions_.empty() || !stopped_) return;
    const auto stopped = std::move(stopped_);
    stopped_ = nullptr;
    stopped();
}

void HttpServer::Impl::stop(std::function<void()> stopped) {
    stopping_ = true;
    stopped_ = std::move(stopped);
    stop_due_ = tick_after(options_.stop_grace);
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    const std::vector<std::shared_ptr<HttpSession>> all(sessions_.begin(), sessions_.end());
    for (const auto& session : all) session->end_if_idle();
    if (!stopped_ || !sessions_.empty()) return;
    const auto told = std::move(stopped_);
    stopped_ = nullptr;
    told();
}

void HttpServer::Impl::close_all() {
    const std::vector<std::shared_ptr<HttpSession>> all(sessions_.begin(), sessions_.end());
    for (const auto& session : all) session->close();
}

HttpServer::HttpServer(asio::io_context& io, HttpServerOptions options, Handler handler)
    : impl_(std::make_shared<Impl>(io, std::move(options), std::move(handler))) {}

HttpServer::~HttpServer() {
    impl_->stop({});
    impl_->close_all();
}

void HttpServer::start() { impl_->accept(); }
void HttpServer::stop(std::function<void()> stopped) { impl_->stop(std::move(stopped)); }
std::uint16_t HttpServer::local_port() const { return impl_->port(); }

}  // namespace yuqing
