// What an administrator says about a channel beyond its URL, as a value that configuration and formats share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace alert {

/// What the program behind a channel understands.
enum class ChannelFormat { cloudevents, dingtalk, wecom, feishu, alertmanager, templated, smtp };

/// When an answer counts as success. Everything that is asked for must hold.
struct SuccessRule {
    std::vector<std::uint16_t> status;  // empty: any 2xx
    std::string pointer;                // RFC 6901 into a JSON answer; empty: not asked for
    std::vector<std::string> equals;    // one of these; numbers and truth values as JSON writes them
    std::vector<std::string> retry;     // the program is busy: again later; any other value is a refusal
    std::string contains;               // empty: not asked for

    [[nodiscard]] bool reads_body() const { return !pointer.empty() || !contains.empty(); }
    friend bool operator==(const SuccessRule&, const SuccessRule&) = default;
};

enum class BodyKind { json, form, xml, text };

/// `format: template`.
struct TemplateRules {
    std::string content_type = "application/json; charset=utf-8";
    BodyKind kind = BodyKind::json;  // what values are escaped for
    std::string body;                // Mustache, as the headers' values are
    std::vector<std::pair<std::string, std::string>> headers;
    std::size_t body_max = 16 * 1024;  // bytes of a filled body; a longer message is cut
    SuccessRule success;

    friend bool operator==(const TemplateRules&, const TemplateRules&) = default;
};

/// The way through an HTTP proxy. Its URL may hold a password.
struct ProxyRules {
    std::string url;                  // http://[user:password@]host:port; empty: straight
    std::vector<std::string> except;  // hosts that are reached straight all the same

    friend bool operator==(const ProxyRules&, const ProxyRules&) = default;
};

/// `format: smtp`. Addresses as they stand in a command: nothing but name@domain.
struct MailRules {
    std::string from;
    std::vector<std::string> to;

    friend bool operator==(const MailRules&, const MailRules&) = default;
};

}  // namespace alert
