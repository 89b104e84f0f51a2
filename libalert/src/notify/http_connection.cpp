// Beast reads the answer and does no I/O: its own composed operations would cost twice the build time
// and an allocation each. Ownership: every operation under way holds the connection.
#include "http_connection.hpp"

#include "dialer.hpp"
#include "proxy_tunnel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <sys/socket.h>

#include <optional>

namespace alert {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

class TlsTrust {
public:
    asio::ssl::context context{asio::ssl::context::tls_client};
};

Result<std::shared_ptr<TlsTrust>> make_tls_trust(const std::string& ca_file) {
    auto trust = std::make_shared<TlsTrust>();
    SSL_CTX* native = trust->context.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    trust->context.set_verify_mode(asio::ssl::verify_peer);
    error_code failure;
    if (ca_file.empty()) {
        trust->context.set_default_verify_paths(failure);
    } else {
        trust->context.load_verify_file(ca_file, failure);
    }
    if (failure)
        return Error{"invalid", "the authorities in ca_file cannot be read: " + failure.message(), ca_file};
    return trust;
}

namespace {

constexpr std::size_t read_bytes = 8 * 1024;
constexpr int interim_answers_max = 8;

class HttpConnection : public Connection, public std::enable_shared_from_this<HttpConnection> {
public:
    HttpConnection(const asio::any_io_executor& executor, ConnectionTarget target)
        : socket_(executor),
          dialer_(socket_, target.port),
          tunnel_(socket_),
          target_(std::move(target)),
          input_(answer_header_bytes_max + read_bytes) {}

    void connect(Addresses addresses, std::function<void(std::string error)> done) override {
        stage_ = "connecting";
        connected_ = std::move(done);
        dialer_.dial(std::move(addresses), shared_from_this(), [this](error_code error) { reached(error); });
    }

    void exchange(std::string request, Until until, std::function<void(Exchange)> done) override {
        until_ = until;
        stage_ = "waiting for the answer";
        request_ = std::move(request);
        answered_ = std::move(done);
        answer_ = {};
        interim_ = 0;
        silent_ = true;
        parse_next();
        auto written = [self = shared_from_this()](error_code error, std::size_t) {
            if (self->closed_) return;
            // The receiver may have answered before it had read everything, and closed: look.
            self->write_error_ = error;
            self->read();
        };
        if (tls_) {
            asio::async_write(*tls_, asio::buffer(request_), std::move(written));
        } else {
            asio::async_write(socket_, asio::buffer(request_), std::move(written));
        }
    }

    void close() override {
        closed_ = true;
        connected_ = nullptr;
        answered_ = nullptr;
        dialer_.stop();
        tunnel_.stop();
        error_code ignored;
        socket_.close(ignored);
    }

    bool usable() override {
        if (closed_ || input_.size() != 0) return false;
        char byte = 0;
        const auto peeked = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return peeked < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }

    const Reply& answer() const override { return answer_; }
    std::string_view stage() const override { return stage_; }

private:
    void reached(error_code error) {
        if (error) return connect_ended(error.message());
        socket_.set_option(tcp::no_delay(true), error);
        if (target_.tunnel_request.empty()) return secure();
        stage_ = "waiting for the proxy";
        tunnel_.open(target_.tunnel_request, shared_from_this(), [this](std::string refused) {
            if (!refused.empty()) return connect_ended(std::move(refused));
            secure();
        });
    }

    void secure() {
        if (!target_.trust) return connect_ended("");
        stage_ = "in the TLS handshake";
        tls_.emplace(socket_, target_.trust->context);
        if (!name_peer()) return connect_ended("TLS: the name of the host cannot be verified");
        tls_->async_handshake(
            asio::ssl::stream_base::client, [self = shared_from_this()](error_code failure) {
                if (self->closed_) return;
                self->connect_ended(failure ? "TLS: " + self->handshake_error(failure) : "");
            });
    }

    /// Both what is asked for (SNI) and what the certificate must say.
    bool name_peer() {
        SSL* native = tls_->native_handle();
        error_code not_literal;
        asio::ip::make_address(target_.host, not_literal);
        if (!not_literal) {
            return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(native), target_.host.c_str()) == 1;
        }
        return SSL_set_tlsext_host_name(native, target_.host.c_str()) == 1 &&
               SSL_set1_host(native, target_.host.c_str()) == 1;
    }

    std::string handshake_error(error_code failure) {
        const long verified = SSL_get_verify_result(tls_->native_handle());
        return verified == X509_V_OK ? failure.message() : X509_verify_cert_error_string(verified);
    }

    void connect_ended(std::string error) {
        const auto done = std::move(connected_);
        connected_ = nullptr;
        done(std::move(error));
    }

    void parse_next() {
        parser_.emplace();
        parser_->eager(true);
        parser_->header_limit(answer_header_bytes_max);
        parser_->body_limit(answer_body_bytes_max);
    }

    void read() {
        const auto room = std::min(read_bytes, input_.max_size() - input_.size());
        if (room == 0) return end("the answer's header is too long");
        auto arrived = [self = shared_from_this()](error_code error, std::size_t count) {
            if (self->closed_) return;
            self->input_.commit(count);
            self->silent_ &= count == 0;
            self->parse(error);
        };
        if (tls_) {
            tls_->async_read_some(input_.prepare(room), std::move(arrived));
        } else {
            socket_.async_read_some(input_.prepare(room), std::move(arrived));
        }
    }

    void parse(error_code read_error) {
        error_code error;
        while (input_.size() != 0 && !parser_->is_done()) {
            const auto used = parser_->put(input_.data(), error);
            input_.consume(used);
            if (parser_->is_header_done() && answer_.status == 0) note_answer();
            if (!refused_.empty()) return end(std::move(refused_));
            if (error == http::error::need_more) break;
            if (error)
                return end(error == http::error::header_limit ? "the answer's header is too long"
                                                              : "the answer is not HTTP");
            if (parser_->is_done() && answer_.status == 0) {
                if (++interim_ > interim_answers_max) return end("too many interim answers");
                parse_next();
            }
        }
        if (answer_.status != 0 && (parser_->is_done() || enough())) return end("");
        if (!read_error) return read();
        if (write_error_) read_error = write_error_;
        end(read_error == asio::error::eof ? "the receiver closed the connection" : read_error.message());
    }

    /// When a status is all that counts, what follows matters only if the connection is to be used again.
    bool enough() { return until_ == Until::status && !parser_->keep_alive(); }

    /// 1xx are followed by the answer itself, except that 101 leaves HTTP.
    void note_answer() {
        const int status = static_cast<int>(parser_->get().result_int());
        if (status < 200 && status != 101) return;
        if (target_.shares_answers && is_proxys_own(status)) {
            refused_ = proxy_refusal(status);
            return;
        }
        answer_.status = status;
        answer_.retry_after = std::string(parser_->get()[http::field::retry_after]);
        answer_.rate_reset = std::string(parser_->get()["x-ogw-ratelimit-reset"]);
    }

    /// Where its answers come the same way as the receiver's: what only a proxy asks for, and how RFC 9209
    /// and Squid mark what they say themselves.
    bool is_proxys_own(int status) {
        const auto& header = parser_->get();
        const auto proxy_status = header["proxy-status"];
        const bool marked =
            proxy_status.find("error=") != proxy_status.npos || header.find("x-squid-error") != header.end();
        return status == proxy_wants_login || (status >= 400 && marked);
    }

    void end(std::string error) {
        Exchange exchange{.answer = answer_, .silent = silent_};
        if (answer_.status != 0) exchange.answer.body = parser_->get().body();
        if (answer_.status == 0) exchange.error = std::move(error);
        exchange.reusable = answer_.status >= 200 && parser_->is_done() && parser_->keep_alive() &&
                            input_.size() == 0 && !write_error_;
        const auto done = std::move(answered_);
        answered_ = nullptr;
        done(std::move(exchange));
    }

    tcp::socket socket_;
    std::optional<asio::ssl::stream<tcp::socket&>> tls_;
    Dialer dialer_;
    ProxyTunnel tunnel_;
    ConnectionTarget target_;
    std::string request_;
    boost::beast::flat_buffer input_;
    std::optional<http::response_parser<http::string_body>> parser_;
    std::function<void(std::string)> connected_;
    std::function<void(Exchange)> answered_;
    Reply answer_;
    std::string refused_;  // by the proxy
    Until until_ = Until::status;
    error_code write_error_;
    std::string_view stage_ = "connecting";
    int interim_ = 0;
    bool silent_ = true;
    bool closed_ = false;
};

}  // namespace

std::shared_ptr<Connection> make_http_connection(const asio::any_io_executor& executor,
                                                 ConnectionTarget target) {
    return std::make_shared<HttpConnection>(executor, std::move(target));
}

}  // namespace alert
