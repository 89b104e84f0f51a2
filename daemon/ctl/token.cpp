// token: makes a bearer token for somebody, shown once; the daemon's file gets its hash. Without a name: for
// whose token the daemon takes this one.
#include "alert/config/config.hpp"
#include "client.hpp"
#include "commands.hpp"
#include "random_hex.hpp"
#include "secret_file.hpp"
#include "system_clock.hpp"
#include "text.hpp"
#include "token_list.hpp"

#include <boost/json.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <system_error>

namespace yuqing {

namespace json = boost::json;

namespace {

struct TokenOptions {
    ClientOptions client;
    std::string name, role = "operator", expires, output, tokens;
};

std::string new_token() {
    const auto chance = random_hex(32);
    if (!chance) throw std::system_error(errno, std::generic_category(), "getrandom");
    return "yq_" + *chance;
}

/// A YAML text in double quotes: JSON's are.
std::string yaml_quoted(const std::string& text) { return json::serialize(json::value(text)); }

std::string entry_of(const TokenOptions& options, const std::string& token) {
    std::string entry = "{name: " + yaml_quoted(options.name) + ", role: " + options.role +
                        ", hash: " + alert::token_hash(token);
    if (!options.expires.empty()) entry += ", expires: " + options.expires;
    return entry + "}";
}

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
    std::cerr << "yuqingctl: " << safe_text(file) << ": " << safe_text(why) << '\n';
    finish(Exit::refused);
}

/// Empty for a file that is not there yet.
std::string text_of_file(const std::string& file, Language language) {
    std::error_code gone;
    if (!std::filesystem::exists(file, gone) && !gone) return {};
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (!in) refuse(file, Said{"读不出", "cannot be read"}.in(language));
    return text;
}

/// The file with the entry; ends the command where the daemon could not read the outcome.
std::string with_entry(const TokenOptions& options, const std::string& entry) {
    const auto& file = options.tokens;
    const auto language = options.client.language;
    auto text = with_token(text_of_file(file, language), file, entry, wall_time());
    if (text) return std::move(*text);
    const auto& error = text.error();
    if (error.code == "duplicate")
        refuse(file, Said{"已有名为 “" + options.name + "” 的令牌，未改动；要更换请先删去那一行，或另取名称",
                          "there is a token named '" + options.name +
                              "' already, nothing is changed; take its line out to replace it, or use "
                              "another name"}
                         .in(language));
    if (error.code == "unfit")
        refuse(file, Said{"写法特别，未改动；请照样手工加进 tokens 列表： " + entry,
                          "is written in a way of its own and stays; put this into its list: " + entry}
                         .in(language));
    std::cerr << finding_line({"错误，未改动", "error, nothing is changed"}, error, language) << '\n';
    finish(Exit::refused);
}

void make(const TokenOptions& options) {
    const auto token = new_token();
    const auto entry = entry_of(options, token);
    const auto tokens = options.tokens.empty() ? std::string() : with_entry(options, entry);
    if (!options.output.empty())
        write_secret_file(options.output, token + "\n", Readers::owner, options.client.language);
    if (!options.tokens.empty()) replace_file(options.tokens, tokens, options.client.language);
    if (options.client.json) {
        json::object made{{"name", options.name}, {"role", options.role}, {"hash", alert::token_hash(token)}};
        made["token"] = options.output.empty() ? json::value(token) : json::value(nullptr);
        made["expires"] = options.expires.empty() ? json::value(nullptr) : json::value(options.expires);
        std::cout << safe_json(json::serialize(made)) << '\n';
        return;
    }
    const auto& client = options.client;
    if (options.output.empty())
        std::cout << client.say("令牌（只显示这一次）：", "the token, shown only now: ") << token << '\n';
    else
        std::cout << client.say("令牌已写入 ", "the token is in ") << safe_text(options.output) << '\n';
    if (options.tokens.empty())
        std::cout << client.say("加进 http.tokens 所指文件的 tokens: 之下：\n",
                                "put under tokens: in the file that http.tokens names:\n")
                  << "  - " << entry << '\n';
    std::cout << client.say(
        "然后运行 yuqingctl reload；http.tokens 或 listen 是刚写进 yuqingd.yaml 的，则运行 systemctl restart "
        "yuqingd\n",
        "then run yuqingctl reload; if http.tokens or listen is new in yuqingd.yaml: systemctl restart "
        "yuqingd\n");
}

void who_am_i(const ClientOptions& client) {
    const auto answer = ask(client, "/api/v1/token");
    if (client.json) {
        std::cout << safe_json(json::serialize(answer)) << '\n';
        return;
    }
    const auto name = text_of(answer, "name");
    std::cout << (name.empty() ? std::string(client.say("本机", "this machine")) : safe_text(name)) << ' '
              << safe_text(text_of(answer, "role")) << '\n';
}

}  // namespace

void add_token(CommandLine& line) {
    auto options = std::make_shared<TokenOptions>();
    auto command = line.command(
        "token", "新建令牌；不带 --name 则查看当前令牌是谁的 (make a token, or see whose it is)");
    command.option("--name", options->name, "给谁 (for whom)");
    command.option("--role", options->role, "角色 (role)")
        .check(one_of({"monitor", "viewer", "operator", "supervisor", "admin"}))
        .show_default();
    command.option("--expires", options->expires, "最后有效日，如 2027-06-30 (last day)");
    command.option("--output", options->output, "把令牌写入此新文件，不显示 (write it to this new file)")
        .offer({Offered::Kind::files});
    command.option("--tokens", options->tokens, "把散列加进此 tokens.yaml (add its hash to this file)")
        .offer({Offered::Kind::files});
    options->client.add_to(command);
    command.run([options] {
        if (options->name.empty()) return who_am_i(options->client);
        if (!options->expires.empty() && !alert::parse_local(options->expires + "T00:00"))
            throw UsageError(
                {"--expires 应为日期，如 2027-06-30", "--expires should be a date, as 2027-06-30"});
        make(*options);
    });
}

}  // namespace yuqing
