#include "client.hpp"

#include "http_client.hpp"
#include "system_clock.hpp"
#include "text.hpp"

#include "alert/codec/escape.hpp"
#include "alert/config/finding_words.hpp"
#include "alert/core/causes.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <thread>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds ask_again_least{50}, ask_again_most{5000};

[[noreturn]] void end_with(Exit code, const std::string& message) {
    std::cerr << "yuqingctl: " << message << '\n';
    finish(code);
}

std::string read_token(const ClientOptions& options) {
    if (options.token_file.empty()) return {};
    std::ifstream file(options.token_file);
    std::string token;
    if (!file || !std::getline(file, token) || token.empty()) {
        end_with(Exit::usage, safe_text(options.token_file) + ": " +
                                  std::string(options.say("读不出令牌", "no token can be read")));
    }
    return token;
}

ClientResponse request(const ClientOptions& options, ClientRequest wanted) {
    wanted.url = options.url;
    wanted.token = read_token(options);
    auto response = http_request(wanted);
    if (response) return std::move(*response);
    const auto& error = response.error();
    if (error.code == "usage") end_with(Exit::usage, safe_text(error.path) + ": " + error.message);
    end_with(Exit::unreachable,
             safe_text(error.path) + ": " +
                 std::string(options.say("连不上 yuqingd：", "yuqingd is not reachable: ")) +
                 safe_text(cause_text(error.message, options.language)) +
                 std::string(options.say("\n在运行吗？systemctl status yuqingd；地址不对请用 --url",
                                         "\nis it running? systemctl status yuqingd; for another address "
                                         "use --url")));
}

/// An object, or the end of the command: something else answers at that address.
json::object object_of(const ClientOptions& options, const ClientResponse& response) {
    json::error_code error;
    auto value = json::parse(response.body, error);
    if (!error && value.is_object()) return std::move(value.get_object());
    end_with(Exit::unreachable,
             safe_text(options.url) + ": " +
                 std::string(options.say("答复的不是 yuqingd，HTTP ", "what answers is not yuqingd, HTTP ")) +
                 std::to_string(response.status) +
                 std::string(options.say("；地址不对请用 --url", "; for another address use --url")));
}

std::chrono::milliseconds wait_told(const json::object& answer) {
    const auto* told = answer.if_contains("retry_after_ms");
    const auto ms = told != nullptr && told->is_int64() ? std::chrono::milliseconds(told->get_int64())
                                                        : std::chrono::milliseconds(0);
    return std::clamp(ms, ask_again_least, ask_again_most);
}

}  // namespace

void add_language(Command& command, Language& language) {
    const auto take = [&language](const std::string& name) {
        language = name == "en" ? Language::en : Language::zh;
    };
    auto check = one_of({"zh", "en"});
    check.kind.clear();
    command.option("--lang", take, "zh 或 en (zh or en)").check(check).type("zh|en").last_counts();
}

void ClientOptions::add_to(Command& command) {
    command.option("--url", url, "守护进程的地址 (where the daemon is)")
        .env("YUQING_URL")
        .show_default()
        .last_counts();
    command.option("--token-file", token_file, "存放令牌的文件 (file that holds the token)")
        .env("YUQING_TOKEN_FILE")
        .last_counts()
        .offer({Offered::Kind::files});
    command.flag("--json", json, "供程序读取的 JSON (JSON, for programs)");
    add_language(command, language);
}

json::object ask(const ClientOptions& options, const std::string& target) {
    const auto response =
        request(options, {.url = {}, .method = "GET", .target = target, .body = {}, .token = {}});
    auto body = object_of(options, response);
    if (response.status == 200) return body;
    end_with(response.status >= 500 ? Exit::unreachable : Exit::refused, error_line(body, options.language));
}

std::string fetch(const ClientOptions& options, const std::string& target, alert::Duration patience) {
    auto response =
        request(options,
                {.url = {}, .method = "GET", .target = target, .body = {}, .token = {}, .timeout = patience});
    if (response.status == 200) return std::move(response.body);
    end_with(response.status >= 500 ? Exit::unreachable : Exit::refused,
             error_line(object_of(options, response), options.language));
}

alert::Result<json::object> try_ask(const ClientOptions& options, const std::string& target,
                                    alert::Duration timeout) {
    const auto response = http_request({.url = options.url,
                                        .method = "GET",
                                        .target = target,
                                        .body = {},
                                        .token = read_token(options),
                                        .timeout = timeout});
    if (!response) return response.error();
    json::error_code unread;
    auto value = json::parse(response->body, unread);
    if (unread || !value.is_object()) {
        return alert::Error{"unreachable",
                            "what answers is not yuqingd, HTTP " + std::to_string(response->status),
                            options.url};
    }
    if (response->status == 200) return std::move(value.get_object());
    const auto& body = value.get_object();
    const auto* told = body.if_contains("error");
    const auto error = told != nullptr && told->is_object() ? told->get_object() : json::object{};
    const bool away = response->status >= 500;
    return alert::Error{away ? "unreachable" : text_of(error, "code"), text_of(error, "message"),
                        text_of(error, "path")};
}

std::optional<json::object> look(const ClientOptions& options, const std::string& target,
                                 alert::Duration timeout) {
    auto answer = try_ask(options, target, timeout);
    if (!answer) return {};
    return std::move(*answer);
}

std::string name_of_token(const ClientOptions& options) {
    return options.token_file.empty() ? "" : text_of(ask(options, "/api/v1/token"), "name");
}

Answered post(const ClientOptions& options, const std::string& target, const std::string& body) {
    const auto response =
        request(options, {.url = {}, .method = "POST", .target = target, .body = body, .token = {}});
    return {response.status, object_of(options, response)};
}

void post_unheard(const ClientOptions& options, const std::string& target) {
    constexpr auto patience = std::chrono::seconds(5);
    std::string token;
    if (std::ifstream file(options.token_file); !options.token_file.empty()) std::getline(file, token);
    static_cast<void>(http_request({.url = options.url,
                                    .method = "POST",
                                    .target = target,
                                    .body = {},
                                    .token = token,
                                    .timeout = patience}));
}

bool is_of_archive(std::string_view code) {
    return code == "archive_unreadable" || code == "archive_damaged";
}

namespace {

/// `retry` tells no reason; of an archived case its own page does.
void end_if_archive_is_damaged(const ClientOptions& options, const std::string& case_id) {
    const auto target = "/api/v1/cases/" + alert::percent_encoded(case_id);
    const auto response =
        request(options, {.url = {}, .method = "GET", .target = target, .body = {}, .token = {}});
    if (response.status == 200) return;
    const auto body = object_of(options, response);
    const auto* error = body.if_contains("error");
    if (error == nullptr || !error->is_object() || !is_of_archive(text_of(error->get_object(), "code")))
        return;
    end_with(Exit::unreachable, error_line(body, options.language));
}

}  // namespace

json::object tell(const ClientOptions& options, const std::string& event, const std::string& case_id,
                  unsigned patience_seconds) {
    const auto end = boot_time() + std::chrono::seconds(patience_seconds);
    for (bool first = true;; first = false) {
        const auto response = request(
            options, {.url = {}, .method = "POST", .target = "/api/v1/events", .body = event, .token = {}});
        auto answer = object_of(options, response);
        if (text_of(answer, "status") != "retry") {
            if (answer.contains("status")) return answer;
            end_with(response.status >= 500 ? Exit::unreachable : Exit::refused,
                     error_line(answer, options.language));
        }
        if (first) end_if_archive_is_damaged(options, case_id);
        const auto wait = wait_told(answer);
        if (boot_time() + wait >= end) {
            end_with(Exit::unreachable,
                     std::string(options.say("守护进程暂时无法存下，请稍后重试",
                                             "the daemon cannot store it now, try again later")));
        }
        std::this_thread::sleep_for(wait);
    }
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const json::array& list_of(const json::object& object, std::string_view name) {
    static const json::array none;
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

std::string error_line(const json::object& answer, Language language) {
    const auto* error = answer.if_contains("error");
    if (error == nullptr || !error->is_object()) return safe_text(json::serialize(answer));
    const auto& members = error->get_object();
    const auto code = text_of(members, "code"), path = text_of(members, "path");
    if (is_of_archive(code)) {
        const auto message = text_of(members, "message");
        return safe_text(language == Language::zh ? alert::finding_zh(message) : message) + '\n' +
               archive_remedy.in(language);
    }
    const auto line = code + ": " + text_of(members, "message") + (path.empty() ? "" : " (" + path + ")");
    const auto meaning = alert::code_zh(code);
    const bool says_more = language == Language::zh && meaning != code;
    return safe_text(says_more ? std::string(meaning) + "（" + line + "）" : line);
}

std::string finding_line(const Said& kind, const alert::Error& finding, Language language) {
    const bool zh = language == Language::zh;
    const auto message = zh ? alert::finding_zh(finding.message) : finding.message;
    const auto place = finding.path.empty() ? "" : safe_text(finding.path) + ": ";
    return place + kind.in(language) + (zh ? "：" : ": ") + safe_text(message);
}

std::string cause_text(std::string_view error, Language language) {
    return language == Language::zh ? alert::cause_zh(error) : std::string(error);
}

}  // namespace yuqing
