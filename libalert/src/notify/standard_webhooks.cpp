#include "alert/notify/standard_webhooks.hpp"

#include "alert/codec/base64.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>

namespace alert {
namespace {

constexpr std::string_view signature_version = "v1,";

std::string signed_content(std::string_view id, std::string_view timestamp, std::string_view body) {
    std::string content;
    content.reserve(id.size() + timestamp.size() + body.size() + 2);
    return content.append(id).append(1, '.').append(timestamp).append(1, '.').append(body);
}

Error refuse(std::string code, std::string message, std::string path) {
    return {std::move(code), std::move(message), std::move(path)};
}

Result<std::monostate> verify_time(std::string_view text, TimePoint now) {
    std::int64_t seconds = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failure != std::errc{} || end != text.data() + text.size()) {
        return refuse("unsigned", "webhook-timestamp must be whole seconds since 1970", "webhook-timestamp");
    }
    const auto now_seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    const auto tolerance = webhook_tolerance.count();
    if (seconds < now_seconds - tolerance || seconds > now_seconds + tolerance) {
        return refuse("stale", "webhook-timestamp is more than five minutes off", "webhook-timestamp");
    }
    return std::monostate{};
}

}  // namespace

Result<WebhookKey> WebhookKey::parse(std::string_view secret) {
    if (!secret.starts_with(webhook_secret_prefix)) {
        return Error{"invalid", "a secret is whsec_ and base64", "secret"};
    }
    const auto bytes = decode_base64(secret.substr(webhook_secret_prefix.size()));
    if (!bytes) return Error{"invalid", "what follows whsec_ is not base64 with its padding", "secret"};
    if (bytes->size() > webhook_key_bytes_max) return Error{"invalid", "the secret is too long", "secret"};
    return WebhookKey(*bytes);
}

Result<std::vector<WebhookKey>> parse_webhook_keys(const std::vector<std::string>& secrets) {
    std::vector<WebhookKey> keys;
    for (const auto& secret : secrets) {
        auto key = WebhookKey::parse(secret);
        if (!key) return key.error();
        keys.push_back(std::move(*key));
    }
    return keys;
}

std::string sign_webhook(std::span<const WebhookKey> keys, std::string_view id, std::string_view timestamp,
                         std::string_view body) {
    const auto content = signed_content(id, timestamp, body);
    std::string value;
    for (const auto& key : keys) {
        if (!value.empty()) value += ' ';
        value.append(signature_version).append(base64_of(hmac_sha256(key.bytes(), content)));
    }
    return value;
}

Result<std::monostate> verify_webhook(std::span<const WebhookKey> keys, const WebhookHeaders& headers,
                                      std::string_view body, TimePoint now) {
    if (headers.id.empty()) return refuse("unsigned", "webhook-id is missing", "webhook-id");
    if (headers.signature.empty())
        return refuse("unsigned", "webhook-signature is missing", "webhook-signature");
    if (auto timely = verify_time(headers.timestamp, now); !timely) return timely;

    const auto content = signed_content(headers.id, headers.timestamp, body);
    std::vector<Mac> expected;
    for (const auto& key : keys) expected.push_back(hmac_sha256(key.bytes(), content));
    for (std::string_view rest = headers.signature; !rest.empty();) {
        const auto entry = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
        if (!entry.starts_with(signature_version)) continue;  // another scheme, v1a for one
        const auto told = decode_base64(entry.substr(signature_version.size()));
        if (!told || told->size() != Mac{}.size()) continue;
        for (const auto& mac : expected) {
            if (CRYPTO_memcmp(told->data(), mac.data(), mac.size()) == 0) return std::monostate{};
        }
    }
    return refuse("forged", "no signature of webhook-signature is ours", "webhook-signature");
}

}  // namespace alert
