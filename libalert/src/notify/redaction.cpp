#include "redaction.hpp"

#include "alert/codec/base64.hpp"
#include "alert/codec/escape.hpp"
#include "alert/codec/web_url.hpp"
#include "alert/core/privacy.hpp"
#include "inert.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>

namespace alert {

namespace {

constexpr std::string_view mark = "***", cut_mark = "…";

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const char* digits = text.data() + i + 1;
        const bool escape = text[i] == '%' && i + 2 < text.size() &&
                            std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
        out += escape ? static_cast<char>(value) : text[i];
        if (escape) i += 2;
    }
    return out;
}

/// As it stands inside a JSON text.
std::string json_escaped(std::string_view text) {
    const auto quoted = boost::json::serialize(boost::json::string(text));
    return quoted.substr(1, quoted.size() - 2);
}

/// The pieces between characters of `ends`.
std::vector<std::string_view> pieces_of(std::string_view text, std::string_view ends) {
    std::vector<std::string_view> pieces;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(ends), text.size());
        if (end > 0) pieces.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return pieces;
}

void replace_all(std::string& text, const std::string& secret) {
    for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at + mark.size()))
        text.replace(at, secret.size(), mark);
}

/// The beginning of a secret whose end was cut off with the rest of a long text.
void replace_cut(std::string& text, const std::string& secret) {
    for (auto at = text.find(cut_mark); at != text.npos; at = text.find(cut_mark, at + 1)) {
        for (auto size = std::min(secret.size() - 1, at); size >= Redaction::secret_bytes_min; --size) {
            if (text.compare(at - size, size, secret, 0, size) != 0) continue;
            text.replace(at - size, size, mark);
            at += mark.size() - size;
            break;
        }
    }
}

}  // namespace

Redaction::Redaction(const HttpChannel& channel) {
    constexpr std::string_view webhook_prefix = "whsec_";
    for (std::string_view secret : channel.secrets) {
        if (secret.starts_with(webhook_prefix)) secret.remove_prefix(webhook_prefix.size());
        add(secret, secret_bytes_min);
    }
    add_url(channel.url);
    add_proxy(channel.proxy.url);
    for (const auto& [name, text] : channel.template_rules.headers) add_tokens(text, true);
    add_tokens(channel.template_rules.body, false);
    std::sort(secrets_.begin(), secrets_.end(), [](const auto& a, const auto& b) {
        return a.size() != b.size() ? a.size() > b.size() : a < b;
    });
    secrets_.erase(std::unique(secrets_.begin(), secrets_.end()), secrets_.end());
}

void Redaction::add(std::string_view secret, std::size_t bytes_min) {
    if (secret.size() < bytes_min) return;
    for (auto form :
         {std::string(secret), percent_decoded(secret), percent_encoded(secret), json_escaped(secret)})
        if (form.size() >= bytes_min) secrets_.push_back(std::move(form));
}

void Redaction::add_url(const std::string& url) {
    const auto parts = parse_web_url(url);
    if (!parts) return;
    const std::string_view target = parts->target;
    const auto path = target.substr(0, target.find('?'));
    for (const auto segment : pieces_of(path, "/")) add(segment, token_bytes_min);
    for (const auto pair : pieces_of(target.substr(path.size()), "?&")) {
        const auto name_end = pair.find('=');
        add(name_end == pair.npos ? pair : pair.substr(name_end + 1), token_bytes_min);
    }
}

void Redaction::add_proxy(const std::string& url) {
    const auto parts = parse_proxy_url(url);
    if (!parts || parts->password.empty()) return;
    add(parts->password, secret_bytes_min);
    add(base64_of(std::string_view(parts->user + ":" + parts->password)), secret_bytes_min);
}

/// A token has letters and digits; what stands in a header is one without digits too.
void Redaction::add_tokens(std::string_view text, bool words_too) {
    for (const auto piece : pieces_of(text, " \t\r\n\"'<>{}[](),:;=&")) {
        const bool mixed = std::any_of(piece.begin(), piece.end(), is_ascii_digit) &&
                           std::any_of(piece.begin(), piece.end(), is_ascii_letter);
        if (mixed || words_too) add(piece, token_bytes_min);
    }
}

std::string Redaction::redacted(std::string text) const {
    for (const auto& secret : secrets_) replace_all(text, secret);
    if (text.find(cut_mark) == text.npos) return text;
    for (const auto& secret : secrets_) replace_cut(text, secret);
    return text;
}

std::string said_text(const Redaction* redaction, std::string_view said, std::size_t bytes_max) {
    const auto without_secrets = [&](std::string text) {
        return redaction ? redaction->redacted(std::move(text)) : text;
    };
    const auto seen = without_secrets(visible_text(without_secrets(std::string(said))));
    return cut_to_bytes(mask_personal_numbers(seen), bytes_max);
}

}  // namespace alert
