// HMAC-SHA256 and base64, as the robots' and Standard Webhooks' signatures are made of them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace alert {

using Mac = std::array<unsigned char, 32>;

Mac mac_of(std::string_view key, std::string_view content);
std::string base64_of(const Mac& mac);
/// Strict: with its padding, without blanks; nothing when it is no base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace alert
