// Signatures of Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`, shown as `v1,BASE64`.
//
// A message is signed at each attempt with a fresh timestamp, with every secret while one is being changed.
// Verification compares in constant time and refuses what is more than five minutes off.
#pragma once

#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alert {

inline constexpr std::chrono::seconds webhook_tolerance{300};
inline constexpr std::size_t webhook_key_bytes_max = 512;
inline constexpr std::string_view webhook_secret_prefix = "whsec_";

/// The bytes of one secret. Never printed, never part of an Error.
class WebhookKey {
public:
    /// `whsec_` and base64; code `invalid` otherwise.
    static Result<WebhookKey> parse(std::string_view secret);
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
    explicit WebhookKey(std::string bytes) : bytes_(std::move(bytes)) {}
    std::string bytes_;
};

/// All of them, or the first finding.
Result<std::vector<WebhookKey>> parse_webhook_keys(const std::vector<std::string>& secrets);

/// The value of `webhook-signature`: one entry per key, separated by blanks.
std::string sign_webhook(std::span<const WebhookKey> keys, std::string_view id, std::string_view timestamp,
                         std::string_view body);

/// The three headers as they came; empty where there was none.
struct WebhookHeaders {
    std::string_view id, timestamp, signature;
};

/// Whether one of the keys signed the body at a time near `now`; codes `unsigned`, `stale`, `forged`.
Result<std::monostate> verify_webhook(std::span<const WebhookKey> keys, const WebhookHeaders& headers,
                                      std::string_view body, TimePoint now);

}  // namespace alert
