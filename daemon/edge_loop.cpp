#include "edge_loop.hpp"

#include "core_loop.hpp"
#include "redis_options.hpp"
#include "sender_options.hpp"

namespace yuqing {

namespace {

const std::string probe_kept_ms = "60000";

/// Messages are signed by the trusted time, which decides everything, not by a machine's clock that jumps.
alert::HttpSenderOptions counted_options(const alert::Config& config, const SystemClock& clock,
                                         Metrics& metrics) {
    auto options = sender_options(config, [&clock] { return clock.now(); });
    options.on_limit = [&metrics](std::string_view limit) {
        metrics.limit_hits.Add({{"limit", std::string(limit)}}).Increment();
    };
    return options;
}

}  // namespace

EdgeLoop::EdgeLoop(boost::asio::io_context& io, boost::asio::io_context& core,
                   std::shared_ptr<const alert::Config> config, Metrics& metrics)
    : io_(io),
      config_(std::move(config)),
      metrics_(metrics),
      connection_(io, redis_options(redis_place(*config_), make_master_watch(io, config_->redis)), &clock_),
      sender_(io, core, counted_options(*config_, clock_, metrics)),
      watcher_(metrics),
      shelf_(make_shelf(io, *config_, metrics,
                        [this](const auto& id, const auto& error) { on_archive_read(id, error); })),
      archived_(connection_, alert::redis::Keys(config_->jurisdiction)),
      audit_(*config_, connection_, clock_, watcher_, shelf_.get()),
      reports_(io, connection_, alert::redis::Keys(config_->jurisdiction), watcher_, shelf_.get()),
      heartbeat_(io, metrics, watcher_),
      server_(io,
              {.host = config_->http.host,
               .port = config_->http.port,
               .connections_max = config_->http.connections_max,
               .on_limit =
                   [this](std::string_view limit) {
                       metrics_.limit_hits.Add({{"limit", std::string(limit)}}).Increment();
                   }},
              [this](const HttpRequest& request, std::function<void(HttpResponse)> reply) {
                  if (!api_) return reply(json_error(503, {"starting", "the daemon is starting", ""}));
                  api_->handle(request, std::move(reply));
              }) {
    if (shelf_) archiver_.emplace(archived_, *shelf_, clock_, watcher_, config_->zone);
}

void EdgeLoop::start(CoreState state) {
    state.now = [this] { return clock_.now(); };
    state.not_ready = [this, core = std::move(state.not_ready)] {
        return connection_.up() ? core() : "waiting for Redis: " + connection_.reason();
    };
    auto heartbeat_ports = this->heartbeat_ports(state);
    api_ = std::make_unique<Api>(io_, config_, connection_, metrics_, audit_, reports_, shelf_.get(),
                                 std::move(state));
    connection_.start();
    heartbeat_.start(std::move(heartbeat_ports), config_->heartbeat);
    server_.start();
}

void EdgeLoop::take(std::shared_ptr<const alert::Config> config) {
    config_ = std::move(config);
    sender_.use(config_->directory, http_channels(*config_));
    api_->take(config_);
    heartbeat_.use(config_->heartbeat);
}

/// The last word is a write of its own: a Redis whose disk is full answers all the same.
Heartbeat::Ports EdgeLoop::heartbeat_ports(const CoreState& state) {
    Heartbeat::Ports ports;
    ports.ask = [this, healthy = state.healthy, not_ready = state.not_ready](auto told) {
        if (!healthy()) return told("the timekeeper does not turn");
        if (auto reason = not_ready(); !reason.empty()) return told(std::move(reason));
        connection_.command(
            {"SET", alert::redis::Keys(config_->jurisdiction).probe(), "1", "PX", probe_kept_ms},
            [told](const alert::redis::Reply& reply) {
                told(reply.is_error() ? "Redis takes no writes: " + reply.text : "");
            });
    };
    ports.body = [this] {
        return heartbeat_body(config_->jurisdiction, alert::format_rfc3339(clock_.now(), config_->zone),
                              audit_.last_anchor());
    };
    return ports;
}

void EdgeLoop::archive(alert::Archiver::Done done) {
    if (archiver_ && config_->archive) return archiver_->run(config_->archive->rules, std::move(done));
    done({.error = alert::Error{"unwritable", "archive.dir is not configured", ""}});
}

void EdgeLoop::stop(std::function<void()> stopped) {
    heartbeat_.stop();
    reports_.stop();
    sender_.stop();
    server_.stop([this, stopped = std::move(stopped)] {
        connection_.stop();
        stopped();
    });
}

}  // namespace yuqing
