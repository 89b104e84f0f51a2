// A call is under way from call() to finish(), which happens once; whatever comes back later finds no `done`.
#include "alert/notify/web_caller.hpp"

#include "alert/notify/classify.hpp"
#include "route.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <optional>
#include <unordered_set>

namespace alert {

namespace asio = boost::asio;

class WebCaller::Desk : public std::enable_shared_from_this<Desk> {
public:
    Desk(asio::io_context& loop, std::function<Duration()> stopwatch)
        : executor_(loop.get_executor()), resolver_(std::in_place, executor_, std::move(stopwatch)) {}

    void call(WebCall what, Done done) {
        const auto ours = std::make_shared<Call>(executor_, std::move(what), std::move(done));
        calls_.insert(ours);
        // Never inside the call: whoever asks is not told while it asks.
        asio::post(executor_, [self = shared_from_this(), ours] {
            if (ours->done) self->start(ours);
        });
    }

    void close() {
        for (const auto& call : calls_) call->end();
        calls_.clear();
        resolver_.reset();
    }

private:
    struct Call {
        Call(const asio::any_io_executor& executor, WebCall told, Done answer)
            : what(std::move(told)),
              done(std::move(answer)),
              route(Route::to_web(what.url, what.proxy, what.ca_file)),
              deadline(executor) {}

        void end() {
            done = nullptr;
            deadline.cancel();
            if (connection) connection->close();
        }

        WebCall what;
        Done done;
        Result<Route> route;
        asio::steady_timer deadline;
        std::shared_ptr<Connection> connection;
    };
    using CallPtr = std::shared_ptr<Call>;

    void start(const CallPtr& call) {
        if (!call->route) return finish(call, call->route.error());
        if (const auto target = call->route->target(trusts_); !target) return finish(call, target.error());
        call->deadline.expires_after(call->what.timeout);
        call->deadline.async_wait([self = shared_from_this(), call](boost::system::error_code error) {
            if (error || !call->done) return;
            const auto stage = call->connection ? call->connection->stage() : "looking up the name";
            self->fail(call, "time-out, " + std::string(stage));
        });
        resolver_->resolve(call->route->host(),
                           [self = shared_from_this(), call](Result<Addresses> addresses) {
                               if (!call->done) return;
                               if (!addresses) return self->fail(call, addresses.error().message);
                               self->connect(call, std::move(*addresses));
                           });
    }

    void connect(const CallPtr& call, Addresses addresses) {
        call->connection = make_http_connection(executor_, *call->route->target(trusts_));
        call->connection->connect(
            std::move(addresses), [self = shared_from_this(), call](const std::string& error) {
                if (!call->done) return;
                if (!error.empty()) return self->fail(call, error);
                call->connection->exchange(request_of(*call), Until::status, [self, call](Exchange exchange) {
                    if (!call->done) return;
                    if (exchange.answer.status == 0) return self->fail(call, exchange.error);
                    self->judge(call, exchange.answer.status);
                });
            });
    }

    void judge(const CallPtr& call, int status) {
        const auto verdict = classify_status(status, "", {});
        if (verdict.kind == DeliveryResult::Kind::delivered) return finish(call, status);
        finish(call, Error{"refused", call->route->tell(verdict.error), ""});
    }

    static std::string request_of(const Call& call) {
        auto request = call.route->head(call.what.method) + "\r\nConnection: close";
        if (!call.what.body.empty()) request += "\r\nContent-Type: " + call.what.content_type;
        if (call.what.method != "GET")
            request += "\r\nContent-Length: " + std::to_string(call.what.body.size());
        return request + "\r\n\r\n" + call.what.body;
    }

    void fail(const CallPtr& call, std::string_view error) {
        finish(call, Error{"unreachable", call->route->tell(error), ""});
    }

    void finish(const CallPtr& call, Result<int> result) {
        const auto done = std::move(call->done);
        call->end();
        calls_.erase(call);
        done(std::move(result));
    }

    asio::any_io_executor executor_;
    std::optional<Resolver> resolver_;
    TrustStore trusts_;
    std::unordered_set<CallPtr> calls_;
};

WebCaller::WebCaller(asio::io_context& loop, std::function<Duration()> stopwatch)
    : desk_(std::make_shared<Desk>(loop, std::move(stopwatch))) {}

WebCaller::~WebCaller() { desk_->close(); }

void WebCaller::call(WebCall call, Done done) { desk_->call(std::move(call), std::move(done)); }

}  // namespace alert
