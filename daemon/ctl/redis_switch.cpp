// redis-switch: another Redis becomes the master, for maintenance, and nothing is lost.
#include "client.hpp"
#include "commands.hpp"
#include "failover_words.hpp"
#include "system_clock.hpp"
#include "text.hpp"

#include "alert/config/config.hpp"

#include <boost/json.hpp>

#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

struct SwitchOptions {
    std::string config = "/etc/yuqingd/yuqingd.yaml";
    std::string user = "default", password_file;
    unsigned within = 30;  // seconds
    bool as_json = false;
    Language language = Language::zh;
};

std::string read_password(const SwitchOptions& options) {
    if (options.password_file.empty()) return {};
    std::ifstream file(options.password_file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (!file.good() || text.empty())
        throw UsageError(
            {options.password_file + "：读不出口令", options.password_file + ": holds no password"});
    return text;
}

/// The rest may be wrong, or lie where only the daemon can read it: that keeps nobody from switching.
alert::RedisConfig read_redis(const SwitchOptions& options) {
    const auto loaded = alert::load_config(options.config, wall_time());
    if (loaded.place) return loaded.place->redis;
    for (const auto& error : loaded.errors)
        std::cerr << finding_line({"错误", "error"}, error, options.language) << '\n';
    finish(Exit::usage);
}

PlannedFailover::Options failover_options(const SwitchOptions& options) {
    const auto redis = read_redis(options);
    if (redis.sentinels.empty())
        throw UsageError({"配置中没有 redis.sentinels，无从切换",
                          "the configuration has no redis.sentinels, there is nothing to switch"});
    PlannedFailover::Options failover{.sentinel_account = {redis.sentinel_user, redis.sentinel_password},
                                      .account = {options.user, read_password(options)},
                                      .service = redis.service,
                                      .within = std::chrono::seconds(options.within)};
    for (const auto& sentinel : redis.sentinels) failover.sentinels.push_back({sentinel.host, sentinel.port});
    return failover;
}

void print_outcome(const SwitchOptions& options, const FailoverOutcome& outcome) {
    if (options.as_json) {
        std::cout << safe_json(json::serialize(json::object{{"from", outcome.from.text()},
                                                            {"to", outcome.to.text()},
                                                            {"paused_ms", outcome.paused.count()}}))
                  << '\n';
        return;
    }
    const auto seconds = std::to_string(static_cast<double>(outcome.paused.count()) / 1000).substr(0, 4);
    const bool zh = options.language == Language::zh;
    std::cout << (zh ? "已切换：" : "switched: ") << safe_text(outcome.from.text()) << " -> "
              << safe_text(outcome.to.text())
              << (zh ? "，停写 " + seconds + " 秒，没有丢失数据"
                     : ", writes stood still for " + seconds + " s, nothing is lost")
              << '\n';
}

void switch_master(const SwitchOptions& options) {
    PlannedFailover failover(failover_options(options), [&](FailoverStep step, const std::string& about) {
        if (!options.as_json)
            std::cout << safe_text(step_words(step, about).in(options.language)) << std::endl;
    });
    // Broken off in between, writes would stand still until the sentinels elect somebody unasked. It is over
    // within `--within`.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
    const auto outcome = failover.run();
    if (outcome) return print_outcome(options, *outcome);
    std::cerr << "yuqingctl: " << safe_text(failure_words(outcome.error()).in(options.language)) << '\n';
    const auto& code = outcome.error().code;
    finish(code == "unreachable" || code == "no_sentinel" ? Exit::unreachable : Exit::refused);
}

}  // namespace

void add_redis_switch(CommandLine& line) {
    auto options = std::make_shared<SwitchOptions>();
    auto command =
        line.command("redis-switch", "换一台 Redis 作主库，不丢数据 (another Redis becomes the master)");
    command.option("--config", options->config, "yuqingd.yaml").show_default().offer({Offered::Kind::files});
    command
        .option("--user", options->user,
                "Redis 管理账户，须有 client、replicaof、info、acl 权限 (an account of all Redis servers "
                "that may do that)")
        .show_default();
    command.option("--password-file", options->password_file, "其口令 (its password)")
        .offer({Offered::Kind::files});
    command
        .option("--within", options->within,
                "最多停写多少秒 (writes stand still for at most so many seconds)")
        .show_default()
        .check(in_range(5, 120));
    command.flag("--json", options->as_json, "供程序读取的 JSON (JSON, for programs)");
    add_language(command, options->language);
    command.run([options] { switch_master(*options); });
}

}  // namespace yuqing
