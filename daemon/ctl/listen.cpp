// Lines are collected and written when the loop has nothing else at hand: a flush for each would cost more
// than all the rest.
#include "listen.hpp"

#include "http_server.hpp"
#include "system_clock.hpp"
#include "text.hpp"

#include "alert/notify/standard_webhooks.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <charconv>
#include <csignal>
#include <deque>
#include <stdexcept>
#include <unordered_set>

namespace yuqing {

namespace {

namespace asio = boost::asio;

constexpr std::size_t ids_remembered_max = 65'536;
constexpr std::size_t body_bytes_max = 1024 * 1024;

struct ListenAddress {
    std::string host;
    std::uint16_t port = 0;
};

ListenAddress parse_address(std::string_view text) {
    const auto colon = text.rfind(':');
    ListenAddress address;
    if (colon != std::string_view::npos) {
        const auto port = text.substr(colon + 1);
        const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), address.port);
        auto host = text.substr(0, colon);
        if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
        address.host = std::string(host);
        if (failure == std::errc{} && end == port.data() + port.size() && !host.empty()) return address;
    }
    throw std::runtime_error("--listen is like 127.0.0.1:9580, not " + safe_text(text));
}

/// The ids that came lately; old ones are forgotten.
class SeenIds {
public:
    /// Whether it came before.
    bool see(const std::string& id) {
        if (!ids_.insert(id).second) return true;
        order_.push_back(id);
        if (order_.size() > ids_remembered_max) {
            ids_.erase(order_.front());
            order_.pop_front();
        }
        return false;
    }

private:
    std::unordered_set<std::string> ids_;
    std::deque<std::string> order_;
};

class Listener {
public:
    Listener(const ListenOptions& options, std::ostream& out, std::ostream& notes)
        : options_(options),
          out_(out),
          notes_(notes),
          keys_(alert::parse_webhook_keys(options.secrets).value()),
          signals_(io_, SIGINT, SIGTERM),
          address_(parse_address(options.listen)),
          server_(
              io_, {.host = address_.host, .port = address_.port, .body_bytes_max = body_bytes_max},
              [this](const HttpRequest& request, const HttpServer::Reply& reply) { reply(take(request)); }) {}

    void run() {
        signals_.async_wait([this](boost::system::error_code error, int) {
            if (!error) end();
        });
        const bool v6 = address_.host.find(':') != std::string::npos;
        const auto host = v6 ? "[" + address_.host + "]" : address_.host;
        notes_ << "listening on http://" << host << ":" << server_.local_port() << "/\n";
        if (keys_.empty()) notes_ << "no secret given: signatures are not verified\n";
        notes_.flush();
        server_.start();
        io_.run();
        write();
    }

private:
    HttpResponse take(const HttpRequest& request) {
        if (request.method != "POST") {
            auto answer = http_error(405, "method_not_allowed", "messages come by POST", request.path);
            answer.headers.emplace_back("Allow", "POST");
            return answer;
        }
        const auto id = request.header("webhook-id");
        if (!keys_.empty()) {
            const auto timestamp = request.header("webhook-timestamp"),
                       signature = request.header("webhook-signature");
            const auto verified = alert::verify_webhook(
                keys_, {.id = id, .timestamp = timestamp, .signature = signature}, request.body, wall_time());
            if (!verified) return refuse(id, verified.error());
        }
        const bool repeated = !id.empty() && seen_.see(id);
        print(request.body, repeated);
        if (!repeated && options_.count && ++taken_ >= *options_.count) asio::post(io_, [this] { end(); });
        return {.status = 204};
    }

    HttpResponse refuse(const std::string& id, const alert::Error& why) {
        notes_ << "refused: " << why.message << (id.empty() ? "" : " (webhook-id " + safe_text(id) + ")")
               << std::endl;
        return http_error(401, why.code, why.message, why.path);
    }

    void print(std::string_view body, bool repeated) {
        if (lines_.empty()) asio::post(io_, [this] { write(); });
        if (options_.json) {
            lines_ += message_json(body, repeated);
        } else {
            lines_ += message_line(body);
            if (repeated) lines_ += " （重复）";
        }
        lines_ += '\n';
    }

    void write() {
        out_ << lines_ << std::flush;
        lines_.clear();
        if (!out_) end();  // whoever read us has gone
    }

    void end() {
        signals_.cancel();
        server_.stop([this] { io_.stop(); });
    }

    const ListenOptions& options_;
    std::ostream& out_;
    std::ostream& notes_;
    std::vector<alert::WebhookKey> keys_;
    asio::io_context io_;
    asio::signal_set signals_;
    ListenAddress address_;
    HttpServer server_;
    SeenIds seen_;
    std::string lines_;
    std::uint64_t taken_ = 0;
};

}  // namespace

void run_listen(const ListenOptions& options, std::ostream& out, std::ostream& notes) {
    Listener(options, out, notes).run();
}

}  // namespace yuqing
