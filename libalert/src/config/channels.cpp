// `channels` of yuqingd.yaml. Nothing said here repeats a URL or a secret.
#include "alert/codec/base64.hpp"

#include "address.hpp"
#include "daemon_file.hpp"
#include "template_channel.hpp"
#include "way_out.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace alert::config {

namespace {

constexpr std::size_t channels_max = 500;  // each has a queue and a worker of its own
constexpr std::size_t secrets_max = 2;     // the old and the new one while a secret is being changed
constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t secret_bytes_min = 24;  // of the key itself; Standard Webhooks asks for 24 to 64

constexpr std::size_t keyword_bytes_max = 200;
constexpr std::size_t recipients_max = 50;  // every relay takes 100 (RFC 5321)

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        if (end > 0) lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

void check_webhook_secret(const Section& section, std::string_view key, const std::string& secret) {
    const bool prefixed = secret.starts_with(secret_prefix);
    const auto bytes =
        decode_base64(prefixed ? std::string_view(secret).substr(secret_prefix.size()) : std::string_view{});
    if (!bytes || bytes->empty()) {
        section.error(key, "invalid", "a secret should read whsec_ and base64");
    } else if (bytes->size() < secret_bytes_min) {
        section.findings().warn(section.place(key), "weak_secret",
                                section.name(key) + ": the secret is shorter than 24 bytes");
    }
}

/// Of a header: nothing in it may end the line.
void check_token(const Section& section, std::string_view key, const std::string& token) {
    const bool visible =
        std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7F'; });
    if (!visible) section.error(key, "invalid", "a token is one word of visible ASCII characters");
}

void read_secrets(const Section& section, const Surroundings& around, ChannelConfig& channel) {
    const bool in_file = section.find("secret_file") != nullptr;
    const std::string_view key = in_file ? "secret_file" : "secret";
    if (in_file && section.find("secret")) {
        section.error("secret_file", "invalid", "either `secret` or `secret_file`, not both");
    }
    if (in_file) {
        channel.secrets = lines_of(read_secret_file(section, key, around).value_or(""));
    } else {
        for (Name& secret : section.names("secret")) channel.secrets.push_back(std::move(secret.text));
    }
    if (channel.format == ChannelFormat::templated) return;  // as many as its text names
    if (channel.format != ChannelFormat::cloudevents) {
        if (channel.secrets.size() > 1) section.error(key, "invalid", "this format has one secret");
        if (channel.format == ChannelFormat::alertmanager && !channel.secrets.empty())
            check_token(section, key, channel.secrets.front());
        return;
    }
    if (channel.secrets.size() > secrets_max) {
        section.error(key, "invalid", "at most two secrets, the new one and the one before it");
    }
    for (const std::string& secret : channel.secrets) check_webhook_secret(section, key, secret);
}

std::optional<ChannelFormat> read_format(const Section& section) {
    section.require("format");
    return section.choice<ChannelFormat>("format", {{"cloudevents", ChannelFormat::cloudevents},
                                                    {"dingtalk", ChannelFormat::dingtalk},
                                                    {"wecom", ChannelFormat::wecom},
                                                    {"feishu", ChannelFormat::feishu},
                                                    {"alertmanager", ChannelFormat::alertmanager},
                                                    {"template", ChannelFormat::templated},
                                                    {"smtp", ChannelFormat::smtp}});
}

/// What this format has no use for.
void refuse_others(const Section& section, ChannelFormat format) {
    Words others;
    if (format == ChannelFormat::smtp)  // a relay is not logged in to, and the way to it is plain
        others.insert(others.end(), {"secret", "secret_file", "ca_file", "proxy", "proxy_file", "no_proxy"});
    else
        others.insert(others.end(), {"from", "to"});
    if (format != ChannelFormat::templated)
        others.insert(others.end(), template_keys.begin(), template_keys.end());
    const bool has_keyword = format == ChannelFormat::dingtalk || format == ChannelFormat::feishu;
    if (!has_keyword) others.push_back("keyword");
    if (format == ChannelFormat::wecom) others.insert(others.end(), {"secret", "secret_file"});
    for (const auto& other : others) {
        if (section.find(other)) section.error(other, "invalid", "does not go with this format");
    }
}

/// Below what the platforms take, so that a second sender to the same robot has room.
std::vector<UrlLimit::Window> usual_rate(ChannelFormat format) {
    using std::chrono::minutes, std::chrono::seconds;
    switch (format) {
        case ChannelFormat::dingtalk:
        case ChannelFormat::wecom: return {{18, minutes(1)}};
        case ChannelFormat::feishu: return {{90, minutes(1)}, {4, seconds(1)}};
        case ChannelFormat::alertmanager:
        case ChannelFormat::templated:
        case ChannelFormat::smtp:
        case ChannelFormat::cloudevents: break;
    }
    return {};
}

void read_rate(const Section& section, ChannelConfig& channel) {
    channel.rate = usual_rate(channel.format);
    if (!section.find("rate")) return;
    channel.rate.clear();
    for (const Name& one : section.names("rate")) {
        if (const auto limit = parse_rate(one.text))
            channel.rate.push_back({limit->events, limit->length});
        else
            section.error("rate", "invalid", in_quotes(one.text) + " should read like 18/1m");
    }
}

void read_keyword(const Section& section, ChannelConfig& channel) {
    channel.keyword = section.text("keyword");
    if (channel.keyword.size() > keyword_bytes_max)
        section.error("keyword", "invalid", "at most " + std::to_string(keyword_bytes_max) + " bytes");
}

bool check_address(const Section& section, const Name& address) {
    const bool fits = is_mail_address(address.text);
    if (!fits)
        section.findings().error(address.place, "invalid",
                                 in_quotes(address.text) + " should be like office@example.gov.cn");
    return fits;
}

void read_mail(const Section& section, ChannelConfig& channel) {
    MailRules& mail = channel.mail;
    mail.from = section.text("from");
    if (section.require("from")) check_address(section, {mail.from, section.place("from")});
    if (!section.require("to")) return;
    auto told = section.names("to");
    if (told.empty() || told.size() > recipients_max)
        section.error("to", "invalid", "from 1 to " + std::to_string(recipients_max) + " addresses");
    for (Name& one : told) {
        if (!check_address(section, one)) continue;
        if (std::find(mail.to.begin(), mail.to.end(), one.text) != mail.to.end())
            section.findings().error(one.place, "invalid", in_quotes(one.text) + " is named twice");
        mail.to.push_back(std::move(one.text));
    }
}

void read_limits(const Section& section, ChannelConfig& channel) {
    using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;
    channel.timeout = section.duration("timeout", channel.timeout, seconds(1), minutes(2));
    channel.concurrency = section.number("concurrency", channel.concurrency, 1, 256);
    channel.retry_min = section.duration("retry_min", channel.retry_min, seconds(1), hours(1));
    channel.retry_max = section.duration("retry_max", channel.retry_max, seconds(1), hours(24));
    channel.attempts_max = section.number("attempts_max", channel.attempts_max, 1, 100'000);
    channel.unknown_attempts_max =
        section.number("unknown_attempts_max", channel.unknown_attempts_max, 1, 100'000);
    channel.urgent_patience =
        section.duration("urgent_patience", channel.urgent_patience, seconds(1), hours(1));
    if (channel.retry_max < channel.retry_min) {
        section.error("retry_max", "invalid", "should not be shorter than retry_min");
    }
}

ChannelConfig read_channel(const Yaml& key, const Yaml& node, const FileFindings& findings,
                           const Surroundings& around) {
    const Section section(
        node, "channels." + key.text,
        {"format",          "url",         "url_file",     "secret",   "secret_file",
         "ca_file",         "timeout",     "concurrency",  "keyword",  "fallback",
         "retry_min",       "retry_max",   "attempts_max", "rate",     "unknown_attempts_max",
         "urgent_patience", "proxy",       "proxy_file",   "no_proxy", "body",
         "headers",         "success",     "from",         "to",       "body_file",
         "body_max",        "content_type"},
        findings);
    ChannelConfig channel;
    channel.id = ChannelId{key.text};
    if (!is_identifier(key.text)) {
        findings.error(key.place, "invalid",
                       in_quotes(key.text) + " is not an id of at most 64 of A-Z a-z 0-9 . _ -");
    }
    read_limits(section, channel);
    const std::string fallback = section.text("fallback");
    if (!fallback.empty()) channel.fallback = ChannelId{fallback};
    const auto format = read_format(section);
    if (!format) {  // what would be wrong with any is told all the same
        read_rate(section, channel);
        read_ca_file(section, around);
        for (const char* file : {"url_file", "secret_file"}) read_secret_file(section, file, around);
        return channel;
    }
    channel.format = *format;
    refuse_others(section, *format);
    read_keyword(section, channel);
    read_rate(section, channel);
    channel.url = channel.format == ChannelFormat::smtp ? read_relay_url(section, around)
                                                        : read_web_url(section, around);
    channel.ca_file = read_ca_file(section, around);
    if (channel.format != ChannelFormat::smtp) channel.proxy = read_proxy(section, around);
    read_secrets(section, around, channel);
    if (channel.format == ChannelFormat::templated) read_template(section, around, channel);
    if (channel.format == ChannelFormat::smtp) read_mail(section, channel);
    const bool is_signed = section.find("secret") || section.find("secret_file");
    if (channel.format == ChannelFormat::cloudevents && !is_signed) {
        findings.warn(key.place, "unsigned",
                      "channels." + key.text + " has no secret: its messages go out unsigned");
    }
    return channel;
}

/// A fallback must exist, and following fallbacks must come to an end.
void check_fallbacks(const Section& section, const std::map<ChannelId, ChannelConfig>& channels) {
    Words known;
    for (const auto& [id, channel] : channels) known.push_back(id.value);
    for (const auto& entry : channels) {
        const ChannelId& id = entry.first;
        const ChannelConfig& channel = entry.second;
        if (!channel.fallback) continue;
        const Place place = section.find(id.value)->find("fallback")->place;
        const auto report = [&](std::string code, std::string message) {
            section.findings().error(place, std::move(code),
                                     section.name(id.value) + ".fallback: " + std::move(message));
        };
        if (!channels.contains(*channel.fallback)) {
            report("unknown_reference", "no channel " + in_quotes(channel.fallback->value) +
                                            suggestion(channel.fallback->value, known));
            continue;
        }
        std::set<ChannelId> passed{id};
        auto at = channels.find(*channel.fallback);
        while (at != channels.end() && passed.insert(at->first).second && at->second.fallback) {
            at = channels.find(*at->second.fallback);
        }
        const bool returns = at != channels.end() && at->first == id;
        if (returns) report("invalid", "leads back to the channel itself");
    }
}

}  // namespace

std::map<ChannelId, ChannelConfig> read_channels(const Section& root, const Surroundings& around) {
    std::map<ChannelId, ChannelConfig> channels;
    const Yaml* node = root.find("channels");
    if (!node) return channels;
    Words any;
    for (const auto& [key, value] : node->members) any.push_back(key->text);
    const Section section(*node, "channels", any, root.findings());
    if (node->members.size() > channels_max) {
        root.error("channels", "invalid", "more than " + std::to_string(channels_max) + " channels");
        return channels;
    }
    for (const auto& [key, value] : node->members) {
        channels.emplace(ChannelId{key->text}, read_channel(*key, *value, root.findings(), around));
    }
    check_fallbacks(section, channels);
    return channels;
}

}  // namespace alert::config
