// guard: looks after the daemon of this machine, from outside. When it is dead or its timekeeper does not
// turn, those whom `notices.self` names are told straight, without the daemon and without Redis; and again
// when it is back. That Redis is away the daemon tells itself.
#include "client.hpp"
#include "commands.hpp"
#include "direct_letters.hpp"
#include "http_client.hpp"
#include "last_files.hpp"
#include "sender_options.hpp"
#include "system_clock.hpp"
#include "text.hpp"
#include "watchdog.hpp"

#include "alert/core/causes.hpp"
#include "alert/core/messages.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace yuqing {

namespace {

constexpr alert::Duration probe_patience = std::chrono::seconds(5);
constexpr alert::Duration look_at_least_every = std::chrono::seconds(10);
const alert::TroubleId silent_daemon{alert::TroubleKind::daemon, ""};

/// Where the daemon is asked from this machine.
std::string url_of(const alert::HttpConfig& http) {
    const bool any = http.host == "0.0.0.0" || http.host == "::";
    const std::string host = any ? (http.host == "::" ? "::1" : "127.0.0.1") : http.host;
    const bool six = host.find(':') != std::string::npos;
    return "http://" + (six ? "[" + host + "]" : host) + ":" + std::to_string(http.port);
}

/// Why the daemon cannot do its work; nothing when it can.
std::optional<std::string> trouble_of(const std::string& url) {
    const auto answer = http_request({.url = url,
                                      .method = "GET",
                                      .target = "/-/healthy",
                                      .body = {},
                                      .token = {},
                                      .timeout = probe_patience});
    if (!answer) return answer.error().message;
    if (answer->status == 200) return std::nullopt;
    return "HTTP " + std::to_string(answer->status) + ": " + answer->body.substr(0, answer->body.find('\n'));
}

void log_line(const std::string& text) { std::cerr << safe_text(text) << std::endl; }

alert::Rules rules_of(const alert::Config& config) {
    return {*config.policy, *config.directory, *config.roster, *config.calendar, config.zone};
}

class Guard {
public:
    explicit Guard(std::string file)
        : file_(std::move(file)),
          config_(load()),
          sender_(io_, io_, sender_options(*config_, wall_time)),
          letters_(sender_, [](const auto& message, auto tries, auto, const alert::DeliveryResult& result) {
              const bool delivered = result.kind == alert::DeliveryResult::Kind::delivered;
              log_line("channel=" + message.channel.value + " tries=" + std::to_string(tries) +
                       (delivered ? " delivered" : " error=" + result.error));
          }) {}

    [[noreturn]] void run() {
        log_line("guards " + url_of(config_->http));
        watchdog_.ready("guards the daemon");
        const auto working = boost::asio::make_work_guard(io_);
        for (;;) {
            look();
            watchdog_.turned();
            io_.run_for(std::min(config_->self.look_every, look_at_least_every));
        }
    }

private:
    /// By the files that loaded last where the daemon runs by them, too. Without any there is nobody to tell:
    /// the unit tries again.
    std::shared_ptr<const alert::Config> load() const {
        auto loaded = alert::load_config(file_, wall_time());
        for (const auto& error : loaded.errors) log_line(error.path + ": " + error.message);
        fall_back(file_, loaded);
        if (loaded.config) return loaded.config;
        finish(Exit::refused);
    }

    void look() {
        std::vector<alert::Trouble> seen;
        if (const auto why = trouble_of(url_of(config_->http)))
            seen.push_back({silent_daemon, alert::cause_zh(*why), *why, {}});
        const auto now = wall_time();
        const alert::SelfScene scene{*config_->directory, config_->zone};
        for (const auto& move : alert::judge_troubles(config_->self, seen, book_, now, scene)) {
            using Kind = alert::TroubleMove::Kind;
            if (move.kind == Kind::enter) book_.emplace(move.id, move.known);
            if (move.kind == Kind::keep) book_.at(move.id) = move.known;
            if (move.kind == Kind::forget) book_.erase(move.id);
            if (move.notice) tell(*move.notice, now);
        }
        letters_.send(alert::fallbacks_of(*config_));
    }

    /// By the files as they are now, if they load: who is on duty may have changed since the start.
    void tell(const alert::SelfNotice& notice, alert::TimePoint now) {
        if (auto loaded = alert::load_config(file_, now); loaded.config) {
            config_ = std::move(loaded.config);
            sender_.use(config_->directory, http_channels(*config_));
        }
        log_line(notice.text);
        letters_.forget();
        const auto channels = alert::office_channels(rules_of(*config_), alert::Reason::self, now);
        letters_.add(alert::self_notifications(notice, channels, now));
    }

    std::string file_;
    std::shared_ptr<const alert::Config> config_;
    boost::asio::io_context io_;  // one thread is the core's and the edge's
    alert::HttpSender sender_;
    DirectLetters letters_;
    alert::TroubleBook book_;
    Watchdog watchdog_;
};

}  // namespace

void add_guard(CommandLine& line) {
    auto file = std::make_shared<std::string>("/etc/yuqingd/yuqingd.yaml");
    auto command =
        line.command("guard", "守望守护进程，不应答时直接告知 (tell when the daemon does not answer)");
    command.option("--config", *file, "yuqingd.yaml").show_default().offer({Offered::Kind::files});
    command.run([file] { Guard(*file).run(); });
}

}  // namespace yuqing
