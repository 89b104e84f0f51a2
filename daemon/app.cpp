#include "app.hpp"

#include "last_files.hpp"
#include "log.hpp"

#include <spdlog/spdlog.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <pthread.h>

namespace yuqing {

namespace {
constexpr long turn_seconds_max = 5;  // a timekeeper that has not turned for so long is not healthy
constexpr std::chrono::seconds edge_pulse_every{1};
}  // namespace

App::App(std::filesystem::path file, const alert::LoadedConfig& loaded, std::vector<alert::Error> refused)
    : file_(std::move(file)),
      config_(loaded.config),
      warnings_(loaded.warnings),
      metrics_(YUQING_VERSION),
      edge_(edge_io_, core_io_, config_, metrics_),
      core_(core_io_, config_, edge_.sender(), metrics_, watchdog_) {
    metrics_.config_warnings.Set(static_cast<double>(loaded.warnings.size()));
    metrics_.config_reload_successful.Set(refused.empty() ? 1 : 0);
    if (refused.empty()) core_.keep_files_by = keeping_command(config_->jurisdiction, file_, loaded.files);
    core_.introduce(this_daemon(file_));
    core_.files_read({std::move(refused), loaded.warnings});
    edge_.on_archive_read = [this](const auto& id, const auto& error) {
        boost::asio::post(core_io_, [this, id, error] { core_.archive_read(id, error); });
    };
    core_.archive = [this](alert::Archiver::Done done) { archive(std::move(done)); };
    core_.anchor = [this](std::function<void(bool)> done) {
        boost::asio::post(edge_io_, [this, done = std::move(done)]() mutable {
            edge_.anchor([this, done = std::move(done)](bool all) {
                boost::asio::post(core_io_, [done, all] { done(all); });
            });
        });
    };
}

void App::archive(alert::Archiver::Done done) {
    boost::asio::post(edge_io_, [this, done = std::move(done)]() mutable {
        edge_.archive([this, done = std::move(done)](const alert::Archiver::Run& run) {
            boost::asio::post(core_io_, [done, run] { done(run); });
        });
    });
}

template <class Answer>
std::function<void(Answer)> App::on_edge(std::function<void(Answer)> done) {
    return [this, done = std::move(done)](Answer answer) {
        boost::asio::post(edge_io_,
                          [done, answer = std::move(answer)]() mutable { done(std::move(answer)); });
    };
}

CoreState App::core_state() {
    CoreState state;
    state.healthy = [this] { return watchdog_.seconds_since_turn() <= turn_seconds_max; };
    state.idle_seconds = [this] { return watchdog_.seconds_since_turn(); };
    state.not_ready = [this]() -> std::string {
        if (!core_.redis_up()) return "waiting for Redis";
        return core_.redis_behind() ? "telling Redis what it does not have, from the journal" : "";
    };
    state.replay = [this](auto done) {
        boost::asio::post(core_io_, [this, done = std::move(done)]() mutable {
            core_.replay([this, done = std::move(done)](alert::Result<alert::ReplayBegins> begins) {
                boost::asio::post(edge_io_, [done, begins = std::move(begins)] { done(begins); });
            });
        });
    };
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
    state.rebase = [this](const alert::CaseId& id, const alert::RebaseOrder& order, auto done) {
        boost::asio::post(core_io_, [this, id, order, done = std::move(done)]() mutable {
            core_.rebase(id, order, [this, done = std::move(done)](alert::Result<alert::Rebased> result) {
                boost::asio::post(edge_io_, [done, result = std::move(result)] { done(result); });
            });
        });
    };
    state.redeliver = [this](const alert::NotificationId& id, const LetterOrder& order, auto done) {
        boost::asio::post(core_io_, [this, id, order, done = std::move(done)]() mutable {
            core_.redeliver(id, order, [this, done = std::move(done)](alert::Result<std::monostate> result) {
                boost::asio::post(edge_io_, [done, result = std::move(result)] { done(result); });
            });
        });
    };
    state.send = [this](std::vector<alert::Notification> messages, auto done) {
        boost::asio::post(core_io_, [this, messages = std::move(messages), done = std::move(done)]() mutable {
            core_.send(std::move(messages),
                       [this, done = std::move(done)](alert::Result<std::monostate> result) {
                           boost::asio::post(edge_io_, [done, result = std::move(result)] { done(result); });
                       });
        });
    };
    state.retell = [this](Retelling order, auto done) {
        boost::asio::post(core_io_,
                          [this, order = std::move(order), done = on_edge(std::move(done))]() mutable {
                              core_.retell(std::move(order), std::move(done));
                          });
    };
    state.bring_policy = [this](std::shared_ptr<const alert::Policy> policy, auto done) {
        boost::asio::post(core_io_,
                          [this, policy = std::move(policy), done = on_edge(std::move(done))]() mutable {
                              core_.bring_policy(std::move(policy), std::move(done));
                          });
    };
    state.find_policy = [this](const alert::PolicyHash& hash, auto done) {
        boost::asio::post(core_io_, [this, hash, done = on_edge(std::move(done))]() mutable {
            core_.find_policy(hash, std::move(done));
        });
    };
    state.reload = [this](auto done) { reload(std::move(done)); };
    return state;
}

void App::reload(std::function<void(const ReloadOutcome&)> done) {
    auto loaded = alert::load_config(file_, wall_time());
    if (loaded.config) {
        for (const auto& section : needs_restart(*config_, *loaded.config)) {
            loaded.errors.push_back(
                {"needs_restart",
                 section + " changed, which only a restart takes over: systemctl restart yuqingd",
                 file_.string()});
        }
    }
    for (const auto& error : loaded.errors)
        spdlog::error("reload=refused path={} reason={}", log_value(error.path), log_value(error.message));
    metrics_.config_reload_successful.Set(loaded.errors.empty() ? 1 : 0);
    if (loaded.errors.empty()) warnings_ = loaded.warnings;
    boost::asio::post(core_io_, [this, files = FilesRead{loaded.errors, warnings_}]() mutable {
        core_.files_read(std::move(files));
    });
    if (!loaded.errors.empty())
        return done({config_->policy->version, std::move(loaded.errors), std::move(loaded.warnings)});
    config_ = loaded.config;
    metrics_.config_warnings.Set(static_cast<double>(loaded.warnings.size()));
    auto keep = keeping_command(config_->jurisdiction, file_, loaded.files);
    take(std::move(keep), [this, policy = config_->policy->version, warnings = std::move(loaded.warnings),
                           done = std::move(done)] {
        spdlog::info("reload=done policy={} warnings={}", log_value(policy), warnings.size());
        done({policy, {}, warnings});
    });
}

/// The core first: what it has sent until then is in the edge's queue before this, what it sends from then on
/// behind it. So no message meets a sender that knows other channels than those it was meant for.
void App::take(std::vector<std::string> keep_files_by, std::function<void()> taken) {
    boost::asio::post(core_io_, [this, config = config_, keep = std::move(keep_files_by),
                                 taken = std::move(taken)]() mutable {
        core_.keep_files_by = std::move(keep);
        core_.take(config);
        boost::asio::post(edge_io_, [this, config = std::move(config), taken = std::move(taken)] {
            edge_.take(config);
            taken();
        });
    });
}

void App::wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
        if (error) return;
        if (signal == SIGHUP) {
            boost::asio::post(edge_io_, [this] { reload([](const ReloadOutcome&) {}); });
            return wait_for_signal();
        }
        spdlog::info("stop=signal signal={}", signal);
        stop();
    });
}

void App::pulse() {
    watchdog_.edge_turned();
    edge_pulse_.expires_after(edge_pulse_every);
    edge_pulse_.async_wait([this](boost::system::error_code error) {
        if (!error) pulse();
    });
}

void App::run() {
    wait_for_signal();
    pulse();
    auto edge_work = boost::asio::make_work_guard(edge_io_);
    auto core_work = boost::asio::make_work_guard(core_io_);
    edge_.start(core_state());
    core_.start();
    std::thread edge_thread([this] {
        ::pthread_setname_np(::pthread_self(), "yuqingd-edge");  // for top -H
        edge_io_.run();
    });
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
