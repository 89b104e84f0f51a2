#include "edge_loop.hpp"

#include "core_loop.hpp"

namespace yuqing {

EdgeLoop::EdgeLoop(boost::asio::io_context& io, boost::asio::io_context& core,
                   std::shared_ptr<const alert::Config> config, Metrics& metrics)
    : io_(io),
      config_(std::move(config)),
      metrics_(metrics),
      connection_(io, redis_options(*config_)),
      sender_(io, core, *config_, [] { return wall_time(); }),
      server_(io, {.host = config_->http.host, .port = config_->http.port, .connections_max = config_->http.connections_max},
              [this](const HttpRequest& request, std::function<void(HttpResponse)> reply) {
                  if (!api_) return reply(json_error(503, {"starting", "the daemon is starting", ""}));
                  api_->handle(request, std::move(reply));
              }) {
    connection_.on_time([this](alert::TimePoint now) { clock_.observe(now, boot_time() - std::chrono::seconds(1)); });
}

void EdgeLoop::start(CoreState state) {
    state.now = [this] { return clock_.now(); };
    state.not_ready = [this, core = std::move(state.not_ready)] {
        return connection_.up() ? core() : "waiting for Redis: " + connection_.reason();
    };
    api_ = std::make_unique<Api>(config_, connection_, metrics_, std::move(state));
    connection_.start();
    server_.start();
}

void EdgeLoop::stop() {
    server_.stop();
    sender_.stop();
    connection_.stop();
}

}  // namespace yuqing
