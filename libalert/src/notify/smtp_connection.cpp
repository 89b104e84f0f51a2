// Every operation under way holds the connection.
#include "smtp_connection.hpp"

#include "dialer.hpp"
#include "smtp_dialogue.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <optional>

namespace alert {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// `[192.0.2.1]`: what a client says that has no name of its own (RFC 5321, 4.1.3).
std::string address_literal(const tcp::socket& socket) {
    error_code error;
    auto address = socket.local_endpoint(error).address();
    if (!address.is_v6()) return "[" + address.to_string() + "]";
    auto v6 = address.to_v6();
    v6.scope_id(0);
    return "[IPv6:" + v6.to_string() + "]";
}

class SmtpConnection : public Connection, public std::enable_shared_from_this<SmtpConnection> {
public:
    SmtpConnection(const asio::any_io_executor& executor, std::uint16_t port, MailRules envelope,
                   std::shared_ptr<const Redaction> redaction)
        : socket_(executor),
          dialer_(socket_, port),
          envelope_(std::move(envelope)),
          redaction_(std::move(redaction)) {}

    void connect(Addresses addresses, std::function<void(std::string error)> done) override {
        dialer_.dial(std::move(addresses), shared_from_this(), [done = std::move(done)](error_code error) {
            done(error ? error.message() : std::string());
        });
    }

    void exchange(std::string request, Until, std::function<void(Exchange)> done) override {
        answered_ = std::move(done);
        dialogue_.emplace(envelope_, address_literal(socket_), request, redaction_);
        read();
    }

    void close() override {
        answered_ = nullptr;
        dialer_.stop();
        error_code ignored;
        socket_.close(ignored);
    }

    bool usable() override { return false; }
    const Reply& answer() const override { return dialogue_ ? dialogue_->answer() : none_; }
    std::string_view stage() const override { return dialogue_ ? dialogue_->stage() : "connecting"; }

private:
    void read() {
        socket_.async_read_some(asio::buffer(input_),
                                [self = shared_from_this()](error_code error, std::size_t count) {
                                    if (self->answered_) self->heard(error, count);
                                });
    }

    void heard(error_code error, std::size_t count) {
        output_ = dialogue_->hear(std::string_view(input_.data(), count));
        if (error)
            dialogue_->lose(error == asio::error::eof ? "the relay closed the connection" : error.message());
        if (dialogue_->is_over()) return end();
        if (output_.empty()) return read();
        asio::async_write(socket_, asio::buffer(output_),
                          [self = shared_from_this()](error_code, std::size_t) {
                              // Where writing failed reading tells what the relay said before it went.
                              if (self->answered_) self->read();
                          });
    }

    void end() {
        const auto done = std::move(answered_);
        answered_ = nullptr;
        done({.answer = dialogue_->answer(), .error = dialogue_->error(), .silent = false});
    }

    tcp::socket socket_;
    Dialer dialer_;
    MailRules envelope_;
    std::shared_ptr<const Redaction> redaction_;
    std::optional<SmtpDialogue> dialogue_;
    std::array<char, 4096> input_;
    std::string output_;
    std::function<void(Exchange)> answered_;
    Reply none_;
};

}  // namespace

std::shared_ptr<Connection> make_smtp_connection(const asio::any_io_executor& executor, std::uint16_t port,
                                                 MailRules envelope,
                                                 std::shared_ptr<const Redaction> redaction) {
    return std::make_shared<SmtpConnection>(executor, port, std::move(envelope), std::move(redaction));
}

}  // namespace alert
