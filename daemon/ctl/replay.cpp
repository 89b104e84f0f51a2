// replay: has a daemon tell Redis again what its journal holds, tells it the journal of another one, or
// only looks whether a journal can be read.
#include "client.hpp"
#include "commands.hpp"
#include "file_lines.hpp"
#include "http_client.hpp"
#include "progress.hpp"
#include "system_clock.hpp"
#include "text.hpp"

#include "alert/codec/journal_line.hpp"
#include "alert/config/config.hpp"
#include "journal/files.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <iostream>
#include <memory>
#include <thread>

namespace yuqing {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t lines_per_post = 256;
constexpr std::size_t bytes_per_post = 1024 * 1024;
constexpr int tries_max = 60;  // of a post, while Redis does not take it
constexpr auto tried_again_after = std::chrono::seconds(1);

struct ReplayOptions {
    ClientOptions client;
    std::string dir, config = "/etc/yuqingd/yuqingd.yaml";
    bool check = false;
};

/// What a folder's files come to.
struct Survey {
    std::size_t files = 0, entries = 0, torn = 0;
    std::vector<std::string> damaged;     // file:line
    std::vector<std::string> unreadable;  // files, and why
    std::optional<alert::TimePoint> first, last;
};

/// The folder itself, or those of the jurisdictions in it.
std::vector<std::string> folders_of(const std::string& dir) {
    std::vector<std::string> folders{dir};
    std::error_code error;
    for (fs::directory_iterator at(dir, error), end; !error && at != end; at.increment(error)) {
        if (at->is_directory()) folders.push_back(at->path().string());
    }
    std::erase_if(folders, [](const std::string& folder) { return journal_files_in(folder).empty(); });
    return folders;
}

/// Every sound line, in order.
void read_file(const std::string& path, Survey& survey,
               const std::function<void(const std::string&, const alert::JournalEntry&)>& each) {
    FileLines lines(path, journal_line_bytes_max);
    const auto take = [&] {
        const auto entry = alert::decode_journal_line(lines.line());
        if (!entry) return false;
        ++survey.entries;
        if (!survey.first) survey.first = entry->recorded_at;
        survey.last = entry->recorded_at;
        each(lines.line(), *entry);
        return true;
    };
    std::size_t number = 1;
    for (; lines.next(); ++number) {
        if (!take()) survey.damaged.push_back(path + ":" + std::to_string(number));
    }
    if (lines.failure()) {
        survey.unreadable.push_back(lines.failure()->message);
        survey.damaged.push_back(path + ":" + std::to_string(number));
    } else if (!lines.line().empty() && !take()) {
        ++survey.torn;  // was never answered
    }
    ++survey.files;
}

Survey read_all(const ReplayOptions& options,
                const std::function<void(const std::string&, const alert::JournalEntry&)>& each) {
    Survey survey;
    const auto folders = folders_of(options.dir);
    for (const auto& folder : folders) {
        for (const auto& name : journal_files_in(folder)) read_file(folder + "/" + name, survey, each);
    }
    if (folders.empty()) {
        std::cerr << "yuqingctl: " << safe_text(options.dir) << ": "
                  << options.client.say("没有本地日志文件", "there are no files of a journal") << '\n';
        finish(Exit::usage);
    }
    return survey;
}

void print_damage(const ReplayOptions& options, const Survey& survey) {
    for (const auto& message : survey.unreadable) std::cerr << "yuqingctl: " << safe_text(message) << '\n';
    for (const auto& place : survey.damaged)
        std::cerr << safe_text(place) << ": " << options.client.say("这一行已损坏", "this line is damaged")
                  << '\n';
}

void check(const ReplayOptions& options) {
    const auto survey = read_all(options, [](const auto&, const auto&) {});
    const auto text_of = [](const std::optional<alert::TimePoint>& at) {
        return at ? alert::format_rfc3339(*at, alert::Zone::utc()) : std::string();
    };
    if (options.client.json) {
        json::array damaged;
        for (const auto& place : survey.damaged) damaged.emplace_back(place);
        const json::object out{
            {"files", survey.files}, {"entries", survey.entries},      {"torn", survey.torn},
            {"damaged", damaged},    {"first", text_of(survey.first)}, {"last", text_of(survey.last)}};
        std::cout << safe_json(json::serialize(out)) << '\n';
    } else {
        print_damage(options, survey);
        std::cout << options.client.say("文件 ", "files ") << survey.files
                  << options.client.say("，记录 ", ", entries ") << survey.entries
                  << options.client.say("，损坏 ", ", damaged ") << survey.damaged.size()
                  << options.client.say("，未写完 ", ", torn ") << survey.torn;
        if (survey.first)
            std::cout << options.client.say("，自 ", ", from ") << text_of(survey.first)
                      << options.client.say(" 至 ", " to ") << text_of(survey.last);
        std::cout << '\n';
    }
    if (!survey.damaged.empty()) finish(Exit::refused);
}

struct Counts {
    std::size_t told = 0, missing = 0, refused = 0;
};

void post_lines(const ReplayOptions& options, const std::string& lines, bool last, Counts& counts) {
    const auto told = [&] {
        return post(options.client, std::string("/api/v1/replay") + (last ? "?last=true" : ""), lines);
    };
    auto answered = told();
    for (int tries = 1; answered.status == 503 && tries < tries_max; ++tries) {
        std::this_thread::sleep_for(tried_again_after);
        answered = told();
    }
    if (answered.status != 200) {
        std::cerr << "yuqingctl: " << error_line(answered.body, options.client.language) << '\n';
        finish(answered.status >= 500 ? Exit::unreachable : Exit::refused);
    }
    const auto count = [&](const char* name) {
        const auto* value = answered.body.if_contains(name);
        return value != nullptr && value->is_int64() ? static_cast<std::size_t>(value->get_int64()) : 0;
    };
    counts.told += count("told");
    counts.missing += count("missing");
    counts.refused += count("refused");
}

/// In their order, one post after the other; the last one says that the cases are whole now.
void tell_all(const ReplayOptions& options) {
    Counts counts;
    Progress progress;
    std::string lines;
    std::size_t waiting = 0;
    const auto send = [&](bool last) {
        post_lines(options, lines, last, counts);
        lines.clear();
        waiting = 0;
        progress.show(std::string(options.client.say("已补报 ", "told ")) + std::to_string(counts.told));
    };
    const auto survey = read_all(options, [&](const std::string& line, const alert::JournalEntry&) {
        if (waiting == lines_per_post || lines.size() + line.size() > bytes_per_post) send(false);
        lines += line + "\n";
        ++waiting;
    });
    if (waiting > 0) send(true);
    print_damage(options, survey);
    if (options.client.json) {
        std::cout << json::serialize(json::object{{"told", counts.told},
                                                  {"missing", counts.missing},
                                                  {"refused", counts.refused},
                                                  {"damaged", survey.damaged.size()}})
                  << '\n';
    } else {
        std::cout << options.client.say("已补报 ", "told ") << counts.told
                  << options.client.say("，其中缺失 ", ", of them missing ") << counts.missing
                  << options.client.say("，未能记入 ", ", refused ") << counts.refused << '\n';
    }
    if (counts.refused > 0 || !survey.damaged.empty()) finish(Exit::refused);
}

void tell_own(const ReplayOptions& options) {
    const auto answered = post(options.client, "/api/v1/replay");
    if (answered.status != 202) {
        std::cerr << "yuqingctl: " << error_line(answered.body, options.client.language) << '\n';
        finish(answered.status >= 500 ? Exit::unreachable : Exit::refused);
    }
    if (options.client.json)
        std::cout << safe_json(json::serialize(answered.body)) << '\n';
    else if (text_of(answered.body, "status") == "waiting")
        std::cout << options.client.say(
            "Redis 现在连不上：等它恢复后，自动把本地日志全部补报给它，结果见自查消息和日志；"
            "如果在那之前重启了守护进程，请再执行一次\n",
            "Redis is away: when it is back it is told everything in the journal, the log says what came of "
            "it; should the daemon be restarted before, order it once more\n");
    else
        std::cout << options.client.say(
            "已开始把本地日志全部补报给 Redis，结果见自查消息和日志\n",
            "Redis is being told everything in the journal; the log says what came of it\n");
}

/// Where the daemon of this machine has it.
std::string configured_dir(const ReplayOptions& options) {
    const auto loaded = alert::load_config(options.config, wall_time(), alert::Secrets::unread);
    for (const auto& error : loaded.errors)
        std::cerr << safe_text(error.path) << ": " << safe_text(error.message) << '\n';
    if (!loaded.config) finish(Exit::usage);
    if (!loaded.config->journal)
        throw UsageError(
            {"配置中没有 journal，请给出目录", "the configuration has no journal; name a folder"});
    return loaded.config->journal->dir + "/" + loaded.config->jurisdiction;
}

}  // namespace

void add_replay(CommandLine& line) {
    auto options = std::make_shared<ReplayOptions>();
    auto command = line.command("replay", "用本地日志补报给 Redis (tell Redis again what a journal holds)");
    const auto dir = command
                         .option("DIR", options->dir,
                                 "日志目录，不写为守护进程自己的 (a folder; the daemon's own without)")
                         .offer({Offered::Kind::files});
    command.flag("--check", options->check, "只检查能否读出 (only see whether it can be read)");
    command
        .option("--config", options->config, "不写 DIR 时 --check 查哪里 (where --check looks without DIR)")
        .show_default()
        .offer({Offered::Kind::files});
    options->client.add_to(command);
    command.run([options, dir] {
        if (!options->check) return dir.given() ? tell_all(*options) : tell_own(*options);
        if (!dir.given()) options->dir = configured_dir(*options);
        check(*options);
    });
}

}  // namespace yuqing
