#include "template_channel.hpp"

#include "alert/codec/message_template.hpp"
#include "text_file.hpp"

#include <algorithm>
#include <charconv>

namespace alert::config {

const Words template_keys = {"body", "body_file", "content_type", "body_max", "headers", "success"};

namespace {

constexpr std::size_t headers_max = 32, header_bytes_max = 1024, values_max = 64;
constexpr std::size_t body_min = 200, body_max = 64 * 1024;
// They belong to the connection, or have a key of their own.
const Words taken_headers = {"host",       "content-length", "content-type", "transfer-encoding",
                             "connection", "user-agent",     "expect",       "upgrade"};

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

bool is_visible_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_header_name(std::string_view text) {
    return !text.empty() && text.find_first_not_of(
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789!#$%&'*+-.^_`|~") == text.npos;
}

void read_content_type(const Section& section, TemplateRules& rules) {
    if (section.find("content_type")) rules.content_type = section.text("content_type");
    const auto type = lower(rules.content_type);
    const auto says = [&type](std::string_view part) { return type.find(part) != type.npos; };
    if (says("json"))
        rules.kind = BodyKind::json;
    else if (says("x-www-form-urlencoded"))
        rules.kind = BodyKind::form;
    else if (says("xml"))
        rules.kind = BodyKind::xml;
    else if (type.starts_with("text/plain"))
        rules.kind = BodyKind::text;
    else
        section.error("content_type", "invalid",
                      "should be JSON, XML, text/plain or application/x-www-form-urlencoded: values are "
                      "escaped for it");
    if (!is_visible_ascii(rules.content_type))
        section.error("content_type", "invalid", "visible ASCII characters only");
}

void read_body(const Section& section, const Surroundings& around, TemplateRules& rules,
               std::size_t secrets) {
    const bool in_file = section.find("body_file") != nullptr;
    const std::string_view key = in_file ? "body_file" : "body";
    if (in_file && section.find("body"))
        return section.error("body_file", "invalid", "either `body` or `body_file`, not both");
    if (in_file) {
        const auto path = read_path(section, key, around);
        if (!path) return;
        const auto text = read_file(*path, template_bytes_max);
        if (!text) return section.error(key, text.error().code, text.error().message);
        if (first_bad_byte(*text)) return section.error(key, "invalid", path->string() + " is not text");
        rules.body = *text;
    } else {
        rules.body = section.required_text("body");
    }
    if (rules.body.empty()) return;  // told above, or refused by the receiver
    if (const auto wrong = check_template(rules.body, escape_of(rules.kind), secrets))
        section.error(key, wrong->code, wrong->message);
}

void read_headers(const Section& section, TemplateRules& rules, std::size_t secrets) {
    const Yaml* node = section.find("headers");
    if (!node) return;
    Words any;
    for (const auto& [key, value] : node->members) any.push_back(key->text);
    const Section headers(*node, section.name("headers"), any, section.findings());
    if (any.size() > headers_max)
        return section.error("headers", "invalid", "at most " + std::to_string(headers_max));
    for (const auto& name : any) {
        const auto text = headers.text(name);
        const bool taken = std::find(taken_headers.begin(), taken_headers.end(), lower(std::string(name))) !=
                           taken_headers.end();
        if (!is_header_name(name) || taken) {
            headers.error(name, "invalid", taken ? "is set by the daemon" : "is no name of a header");
        } else if (!is_visible_ascii(text) || text.size() > header_bytes_max) {
            headers.error(name, "invalid", "one line of visible ASCII characters; values are encoded");
        } else if (const auto wrong = check_template(text, Escape::header, secrets)) {
            headers.error(name, wrong->code, wrong->message);
        } else {
            rules.headers.emplace_back(name, text);
        }
    }
}

std::vector<std::string> texts_of(const Section& section, std::string_view key) {
    std::vector<std::string> texts;
    for (const Name& one : section.names(key)) texts.push_back(one.text);
    if (texts.size() > values_max)
        section.error(key, "invalid", "at most " + std::to_string(values_max) + " values");
    return texts;
}

void read_success(const Section& section, SuccessRule& rule) {
    const Yaml* node = section.find("success");
    if (!node) return;
    const Section success(*node, section.name("success"),
                          {"status", "pointer", "equals", "retry", "contains"}, section.findings());
    for (const auto& text : texts_of(success, "status")) {
        std::uint16_t status = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), status);
        const bool whole = failure == std::errc{} && end == text.data() + text.size();
        if (!whole || status < 200 || status > 599)
            success.error("status", "invalid", in_quotes(text) + " should be a status from 200 to 599");
        rule.status.push_back(status);
    }
    rule.pointer = success.text("pointer");
    rule.equals = texts_of(success, "equals");
    rule.retry = texts_of(success, "retry");
    rule.contains = success.text("contains");
    if (!rule.pointer.empty() && rule.pointer.front() != '/')
        success.error("pointer", "invalid", "a JSON pointer begins with a slash, as /code does");
    if (!rule.pointer.empty() && rule.equals.empty())
        success.error("pointer", "invalid", "`equals` should say which value means success");
    if (rule.pointer.empty() && !(rule.equals.empty() && rule.retry.empty()))
        success.error("equals", "invalid", "`pointer` should say where in the answer the value stands");
}

}  // namespace

void read_template(const Section& section, const Surroundings& around, ChannelConfig& channel) {
    TemplateRules& rules = channel.template_rules;
    const bool has_secret = section.find("secret") || section.find("secret_file");
    const bool unread = has_secret && channel.secrets.empty();
    const auto secrets = unread ? template_secrets_max : channel.secrets.size();
    if (secrets > template_secrets_max)
        section.error(section.find("secret") ? "secret" : "secret_file", "invalid",
                      "at most " + std::to_string(template_secrets_max) + " secrets");
    read_content_type(section, rules);
    read_body(section, around, rules, secrets);
    read_headers(section, rules, secrets);
    rules.body_max = section.number("body_max", rules.body_max, body_min, body_max);
    read_success(section, rules.success);
}

}  // namespace alert::config
