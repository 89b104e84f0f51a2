// yuqingd --config F: reads the files, runs in the foreground, logs to stderr.
#include "app.hpp"
#include "last_files.hpp"
#include "log.hpp"

#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include <csignal>
#include <iostream>

namespace {

constexpr int exit_usage = 2;  // as yuqingctl's

void print(const char* kind, const std::vector<alert::Error>& problems) {
    for (const auto& problem : problems)
        std::cerr << problem.path << ": " << kind << ": " << problem.message << "\n";
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App cli{"yuqingd: times the answers the office owes the public"};
    std::string config_file = "/etc/yuqingd/yuqingd.yaml", log_level = "info";
    cli.add_option("--config", config_file, "The daemon's configuration")->capture_default_str();
    cli.add_option("--log-level", log_level, "debug, info, warning, error")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
        ->capture_default_str();
    cli.set_version_flag("--version", YUQING_VERSION);
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? 0 : exit_usage;
    }

    std::signal(SIGPIPE, SIG_IGN);
    const auto file = std::filesystem::absolute(config_file);
    auto loaded = alert::load_config(file, yuqing::wall_time());
    print("warning", loaded.warnings);
    print("error", loaded.errors);
    try {
        yuqing::start_log(log_level);
        auto refused = yuqing::fall_back(file, loaded);
        if (!loaded.config) {
            yuqing::stop_log();
            return 1;
        }
        yuqing::App app(file, loaded, std::move(refused));
        app.run();
        spdlog::info("stop=done");
        yuqing::stop_log();
    } catch (const std::exception& error) {  // start-up: a socket that cannot be bound, a bad address
        yuqing::stop_log();
        std::cerr << "yuqingd: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
