// token: makes a bearer token for somebody, shown once; the daemon's file gets its hash. Without a name: for
// whose token the daemon takes this one.
#include "alert/config/config.hpp"
#include "client.hpp"
#include "commands.hpp"
#include "secret_file.hpp"
#include "text.hpp"

#include <sys/random.h>
#include <boost/json.hpp>

#include <array>
#include <cerrno>
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
    std::array<unsigned char, 32> chance{};
    if (getrandom(chance.data(), chance.size(), 0) != static_cast<ssize_t>(chance.size()))
        throw std::system_error(errno, std::generic_category(), "getrandom");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string token = "yq_";
    for (const unsigned char byte : chance) {
        token += digits[byte >> 4];
        token += digits[byte & 15];
    }
    return token;
}

/// A YAML text in double quotes: JSON's are.
std::string quoted(const std::string& text) { return json::serialize(json::value(text)); }

std::string entry_of(const TokenOptions& options, const std::string& token) {
    std::string entry = "  - {name: " + quoted(options.name) + ", role: " + options.role +
                        ", hash: " + alert::token_hash(token);
    if (!options.expires.empty()) entry += ", expires: " + options.expires;
    return entry + "}\n";
}

[[noreturn]] void cannot_write(const std::string& file) {
    const auto why = std::generic_category().message(errno);
    std::cerr << "yuqingctl: " << safe_text(file) << ": " << safe_text(why) << '\n';
    finish(Exit::usage);
}

/// The entry behind those that are there; a list that is written as empty is begun.
void append(const std::string& file, const std::string& entry) {
    std::ifstream before(file);
    std::string text((std::istreambuf_iterator<char>(before)), {});
    constexpr std::string_view key = "tokens:", empty_list = "tokens: []";
    if (const auto at = text.find(empty_list); at != std::string::npos) text.resize(at);
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    if (text.find(key) == std::string::npos) text.append(key).append("\n");
    std::ofstream out(file, std::ios::trunc);
    if (!out || !(out << text << entry).flush()) cannot_write(file);
}

void make(const TokenOptions& options) {
    const auto token = new_token();
    const auto entry = entry_of(options, token);
    if (!options.output.empty())
        write_secret_file(options.output, token + "\n", Readers::owner, options.client.language);
    if (!options.tokens.empty()) append(options.tokens, entry);
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
                  << entry;
    std::cout << client.say("然后运行 yuqingctl reload\n", "then run yuqingctl reload\n");
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
