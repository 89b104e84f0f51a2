// replay: has a daemon tell Redis again what its journal holds, tells it the journal of another one, or
// only looks whether a journal can be read.
#include "client.hpp"
#include "commands.hpp"
#include "journal_survey.hpp"
#include "progress.hpp"
#include "system_clock.hpp"
#include "text.hpp"

#include "alert/codec/escape.hpp"
#include "alert/config/config.hpp"
#include "journal/files.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <thread>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::size_t lines_per_post = 256;
constexpr std::size_t bytes_per_post = 1024 * 1024;
constexpr int tries_max = 60;  // of a post, while Redis does not take it
constexpr auto tried_again_after = std::chrono::seconds(1);
constexpr auto asked_for = std::chrono::seconds(30);

struct ReplayOptions {
    ClientOptions client;
    std::string dir, config = "/etc/yuqingd/yuqingd.yaml";
    bool check = false, policy_in_force = false;
};

std::vector<JournalSurvey> survey_all(const ReplayOptions& options) {
    std::vector<JournalSurvey> found;
    for (const auto& folder : journal_folders_in(options.dir))
        found.push_back(survey_journal(folder, [](const auto&, const auto&) {}));
    if (!found.empty()) return found;
    std::cerr << "yuqingctl: " << safe_text(options.dir) << ": "
              << options.client.say("没有本地日志文件", "there are no files of a journal") << '\n';
    finish(Exit::usage);
}

void print_damage(const ReplayOptions& options, const JournalSurvey& survey) {
    for (const auto& message : survey.unreadable) std::cerr << "yuqingctl: " << safe_text(message) << '\n';
    for (const auto& place : survey.damaged)
        std::cerr << safe_text(place) << ": " << options.client.say("这一行已损坏", "this line is damaged")
                  << '\n';
}

/// Null when it does not lie there, or another text under its name.
const std::string* text_of_policy(const JournalPolicies& there, const alert::PolicyHash& hash) {
    const auto at = std::find_if(there.sound.begin(), there.sound.end(),
                                 [&](const JournalPolicy& policy) { return policy.hash == hash; });
    return at == there.sound.end() ? nullptr : &at->text;
}

/// Policies that lines name and whose text does not lie beside them.
std::vector<std::string> policies_missing_in(const JournalSurvey& survey) {
    std::vector<std::string> missing;
    const auto there = journal_policies_in(survey.folder);
    for (const auto& [hash, place] : survey.policies) {
        if (text_of_policy(there, hash) == nullptr)
            missing.push_back(survey.folder + "/policy-" + hash.value + ".yaml");
    }
    return missing;
}

/// What all folders come to together.
struct Checked {
    JournalSurvey all;
    std::vector<std::string> policies_missing;
};

Checked check_all(const ReplayOptions& options) {
    Checked checked;
    for (const auto& one : survey_all(options)) {
        auto& all = checked.all;
        all.files += one.files;
        all.entries += one.entries;
        all.torn += one.torn;
        all.damaged.insert(all.damaged.end(), one.damaged.begin(), one.damaged.end());
        all.unreadable.insert(all.unreadable.end(), one.unreadable.begin(), one.unreadable.end());
        if (!all.first) all.first = one.first;
        if (one.last) all.last = one.last;
        for (auto& path : policies_missing_in(one)) checked.policies_missing.push_back(std::move(path));
    }
    return checked;
}

json::array texts(const std::vector<std::string>& from) {
    json::array list;
    for (const auto& text : from) list.emplace_back(text);
    return list;
}

void check(const ReplayOptions& options) {
    const auto checked = check_all(options);
    const auto& survey = checked.all;
    const auto text_of = [](const std::optional<alert::TimePoint>& at) {
        return at ? alert::format_rfc3339(*at, alert::Zone::utc()) : std::string();
    };
    if (options.client.json) {
        const json::object out{{"files", survey.files},
                               {"entries", survey.entries},
                               {"torn", survey.torn},
                               {"damaged", texts(survey.damaged)},
                               {"policies_missing", texts(checked.policies_missing)},
                               {"first", text_of(survey.first)},
                               {"last", text_of(survey.last)}};
        std::cout << safe_json(json::serialize(out)) << '\n';
    } else {
        print_damage(options, survey);
        for (const auto& path : checked.policies_missing)
            std::cerr << safe_text(path) << ": "
                      << options.client.say("记录所依的办法不在或被改过，请从备份取回",
                                            "entries name this policy, and it is not there or was changed; "
                                            "bring it back from a copy")
                      << '\n';
        std::cout << options.client.say("文件 ", "files ") << survey.files
                  << options.client.say("，记录 ", ", entries ") << survey.entries
                  << options.client.say("，损坏 ", ", damaged ") << survey.damaged.size()
                  << options.client.say("，未写完 ", ", torn ") << survey.torn;
        if (survey.first)
            std::cout << options.client.say("，自 ", ", from ") << text_of(survey.first)
                      << options.client.say(" 至 ", " to ") << text_of(survey.last);
        std::cout << '\n';
    }
    if (!survey.damaged.empty() || !checked.policies_missing.empty()) finish(Exit::refused);
}

volatile std::sig_atomic_t interrupted = 0;

/// The first is noticed between two posts, so that the daemon still hears that there are no more; the next
/// ends the command at once.
void notice_interruptions() {
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

void end_if_interrupted(const ReplayOptions& options) {
    if (interrupted == 0) return;
    std::cerr << "yuqingctl: "
              << options.client.say("中断了；再补报一遍即可，已有的不会重复",
                                    "interrupted; tell it once more, nothing counts twice")
              << '\n';
    finish(Exit::refused);
}

/// Again while Redis does not take it.
Answered post_patiently(const ReplayOptions& options, const std::string& target, const std::string& body) {
    auto answered = post(options.client, target, body);
    for (int tries = 1; answered.status == 503 && tries < tries_max; ++tries) {
        std::this_thread::sleep_for(tried_again_after);
        end_if_interrupted(options);
        answered = post(options.client, target, body);
    }
    return answered;
}

[[noreturn]] void end_refused(const ReplayOptions& options, const Answered& answered) {
    std::cerr << "yuqingctl: " << error_line(answered.body, options.client.language) << '\n';
    finish(answered.status >= 500 ? Exit::unreachable : Exit::refused);
}

/// The journals of the daemon's own jurisdiction; says which are not.
JournalChoice own_journals(const ReplayOptions& options, const std::vector<JournalSurvey>& found,
                           const std::string& ours) {
    auto choice = choose_journals(found, ours);
    for (const auto& why : choice.left_out)
        std::cerr << "yuqingctl: " << options.client.say("未补报 ", "left out: ")
                  << safe_text(why.in(options.client.language)) << '\n';
    if (choice.refused) {
        std::cerr << "yuqingctl: " << safe_text(choice.refused->in(options.client.language)) << '\n';
        finish(Exit::refused);
    }
    return choice;
}

/// Whether the daemon has it now: it is brought, or was known there.
bool bring_policy(const ReplayOptions& options, const alert::PolicyHash& hash, const std::string* text) {
    const auto target = "/api/v1/replay/policy?hash=" + alert::percent_encoded(hash.value);
    if (text != nullptr) {
        const auto answered = post_patiently(options, target, *text);
        if (answered.status == 200) return true;
        if (answered.status != 422) end_refused(options, answered);
        std::cerr << "yuqingctl: policy-" << safe_text(hash.value)
                  << ".yaml: " << error_line(answered.body, options.client.language) << '\n';
        return false;
    }
    const auto known = try_ask(options.client, target, asked_for);
    if (known) return true;
    if (known.error().code == "unknown_policy") return false;
    std::cerr << "yuqingctl: " << safe_text(known.error().message) << '\n';
    finish(known.error().code == "unreachable" ? Exit::unreachable : Exit::refused);
}

/// Before any line that names it: a case that is opened by another one has other due times.
void bring_policies(const ReplayOptions& options, const JournalSurvey& survey) {
    const auto there = journal_policies_in(survey.folder);
    bool all = true;
    for (const auto& [hash, place] : survey.policies) {
        end_if_interrupted(options);
        if (bring_policy(options, hash, text_of_policy(there, hash))) continue;
        all = false;
        std::cerr << safe_text(place) << ": "
                  << options.client.say("所依的办法守护进程没有，请从备份把它放到 ",
                                        "names a policy that the daemon does not have; bring it back to ")
                  << safe_text(survey.folder + "/policy-" + hash.value + ".yaml")
                  << options.client.say("；实在找不到的，用 --policy-in-force 改按现行办法计时",
                                        "; if it is nowhere, let the one in force count: --policy-in-force")
                  << '\n';
    }
    if (!all && !options.policy_in_force) finish(Exit::refused);
}

/// Lines go in their order, one post after the other. The last one says that the cases are whole now, and
/// so does whatever ends it before.
class Telling {
public:
    explicit Telling(const ReplayOptions& options) : options_(options) {}

    void tell(const JournalSurvey& survey) {
        jurisdiction_ = jurisdiction_of(survey);
        const auto told = survey_journal(survey.folder, [this](const auto& line, const auto&) { add(line); });
        send();
        print_damage(options_, told);
        damaged_ += told.damaged.size();
    }
    void end() {
        post_lines(true);
        progress_.clear();
        print();
        if (refused_ > 0 || damaged_ > 0) finish(Exit::refused);
    }
    /// Should this fail too, the daemon waits for half a minute.
    void give_up() {
        progress_.clear();
        if (posted_) post_unheard(options_.client, "/api/v1/replay?last=true");
    }

private:
    void add(const std::string& line) {
        if (waiting_ == lines_per_post || lines_.size() + line.size() > bytes_per_post) send();
        lines_ += line + "\n";
        ++waiting_;
    }
    void send() {
        end_if_interrupted(options_);
        if (waiting_ > 0) post_lines(false);
    }
    void post_lines(bool last) {
        auto target = "/api/v1/replay?jurisdiction=" + alert::percent_encoded(jurisdiction_);
        if (last) target += "&last=true";
        if (options_.policy_in_force) target += "&policy=in-force";
        posted_ = true;
        const auto answered = post_patiently(options_, target, lines_);
        if (answered.status != 200) end_refused(options_, answered);
        const auto count = [&](const char* name) {
            const auto* value = answered.body.if_contains(name);
            return value != nullptr && value->is_int64() ? static_cast<std::size_t>(value->get_int64()) : 0;
        };
        told_ += count("told");
        missing_ += count("missing");
        refused_ += count("refused");
        posted_ = !last;
        lines_.clear();
        waiting_ = 0;
        progress_.show(std::string(options_.client.say("已补报 ", "told ")) + std::to_string(told_));
    }
    void print() const {
        if (options_.client.json) {
            std::cout << json::serialize(json::object{{"told", told_},
                                                      {"missing", missing_},
                                                      {"refused", refused_},
                                                      {"damaged", damaged_}})
                      << '\n';
            return;
        }
        std::cout << options_.client.say("已补报 ", "told ") << told_
                  << options_.client.say("，其中缺失 ", ", of them missing ") << missing_
                  << options_.client.say("，未能记入 ", ", refused ") << refused_ << '\n';
    }

    const ReplayOptions& options_;
    Progress progress_;
    std::string jurisdiction_, lines_;
    std::size_t waiting_ = 0, told_ = 0, missing_ = 0, refused_ = 0, damaged_ = 0;
    bool posted_ = false;  // and the daemon was not told that there are no more
};

void tell_all(const ReplayOptions& options) {
    notice_interruptions();
    const auto found = survey_all(options);
    const auto ours = text_of(ask(options.client, "/api/v1/office"), "jurisdiction");
    const auto choice = own_journals(options, found, ours);
    for (const auto* journal : choice.own) bring_policies(options, *journal);
    Telling telling(options);
    try {
        for (const auto* journal : choice.own) telling.tell(*journal);
        telling.end();
    } catch (...) {
        telling.give_up();
        throw;
    }
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
    command.flag(
        "--policy-in-force", options->policy_in_force,
        "找不到原办法的，改按现行办法计时 (what names a policy that is nowhere goes by the one in force)");
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
