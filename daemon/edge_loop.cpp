#include "edge_loop.hpp"

#include "core_loop.hpp"

namespace yuqing {

namespace {

alert::HttpSenderOptions sender_options(const alert::Config& config) {
    alert::HttpSenderOptions options{.jurisdiction = config.jurisdiction,
                                     .public_url = config.http.public_url,
                                     .link_key = config.http.link_key,
                                     .zone = config.zone,
                                     .directory = config.directory};
    for (const auto& [id, channel] : config.channels) {
        options.channels.push_back({.id = id,
                                    .url = channel.url,
                                    .format = channel.format,
                                    .secrets = channel.secrets,
                                    .keyword = channel.keyword,
                                    .template_rules = channel.template_rules,
                                    .mail = channel.mail,
                                    .proxy = channel.proxy,
                                    .ca_file = channel.ca_file,
                                    .timeout = channel.timeout,
                                    .concurrency = channel.concurrency});
    }
    options.now = [] { return wall_time(); };
    options.stopwatch = [] { return boot_time(); };
    return options;
}

}  // namespace

EdgeLoop::EdgeLoop(boost::asio::io_context& io, boost::asio::io_context& core,
                   std::shared_ptr<const alert::Config> config, Metrics& metrics)
    : io_(io),
      config_(std::move(config)),
      metrics_(metrics),
      connection_(io, redis_options(*config_), &clock_),
      sender_(io, core, sender_options(*config_)),
      watcher_(metrics),
      audit_(*config_, connection_, clock_, watcher_),
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
              }) {}

void EdgeLoop::start(CoreState state) {
    state.now = [this] { return clock_.now(); };
    state.not_ready = [this, core = std::move(state.not_ready)] {
        return connection_.up() ? core() : "waiting for Redis: " + connection_.reason();
    };
    api_ = std::make_unique<Api>(config_, connection_, metrics_, audit_, std::move(state));
    connection_.start();
    server_.start();
}

void EdgeLoop::take(std::shared_ptr<const alert::Config> config) {
    config_ = std::move(config);
    sender_.use(config_->directory);
    api_->take(config_);
}

void EdgeLoop::stop(std::function<void()> stopped) {
    sender_.stop();
    server_.stop([this, stopped = std::move(stopped)] {
        connection_.stop();
        stopped();
    });
}

}  // namespace yuqing
