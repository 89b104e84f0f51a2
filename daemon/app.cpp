#include "app.hpp"

#include "log.hpp"

#include <spdlog/spdlog.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>

namespace yuqing {

namespace {
constexpr long turn_seconds_max = 5;  // a timekeeper that has not turned for so long is not healthy
}

App::App(std::shared_ptr<const alert::Config> config, std::size_t warnings)
    : config_(std::move(config)),
      metrics_(YUQING_VERSION),
      edge_(edge_io_, core_io_, config_, metrics_),
      core_(core_io_, config_, edge_.sender(), metrics_, watchdog_) {
    metrics_.config_warnings.Set(static_cast<double>(warnings));
    metrics_.config_reload_successful.Set(1);
}

CoreState App::core_state() {
    CoreState state;
    state.healthy = [this] { return watchdog_.seconds_since_turn() <= turn_seconds_max; };
    state.not_ready = [this]() -> std::string { return core_.redis_up() ? "" : "waiting for Redis"; };
    state.submit = [this](std::vector<std::string> events, const alert::Via& via, auto done) {
        boost::asio::post(
            core_io_, [this, events = std::move(events), via, done = std::move(done)]() mutable {
                core_.submit(std::move(events), via,
                             [this, done = std::move(done)](CoreLoop::Answers answers) mutable {
                                 boost::asio::post(edge_io_, [done = std::move(done),
                                                              answers = std::move(answers)]() mutable {
                                     done(std::move(answers));
                                 });
                             });
            });
    };
    return state;
}

void App::run() {
    boost::asio::signal_set signals(core_io_, SIGTERM, SIGINT);
    signals.async_wait([this](boost::system::error_code error, int signal) {
        if (error) return;
        spdlog::info("stop=signal signal={}", signal);
        stop();
    });
    auto edge_work = boost::asio::make_work_guard(edge_io_);
    auto core_work = boost::asio::make_work_guard(core_io_);
    edge_.start(core_state());
    core_.start();
    std::thread edge_thread([this] { edge_io_.run(); });
    watchdog_.ready("waiting for Redis");
    spdlog::info("ready=bound jurisdiction={} http={}:{} policy={}", config_->jurisdiction,
                 config_->http.host, edge_.port(), log_value(config_->policy->version));
    core_io_.run();
    edge_work.reset();
    edge_io_.stop();
    edge_thread.join();
}

void App::stop() {
    watchdog_.stopping();
    core_.stop([this] {
        boost::asio::post(edge_io_, [this] {
            edge_.stop([this] { boost::asio::post(core_io_, [this] { core_io_.stop(); }); });
        });
    });
}

}  // namespace yuqing
