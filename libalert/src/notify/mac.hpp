// Base64, as signatures of robots and of Standard Webhooks, and mails, are written.
#pragma once

#include "alert/core/hash.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alert {

std::string base64_of(std::string_view bytes);
std::string base64_of(const Mac& mac);
/// Strict: with its padding, without blanks; nothing when it is no base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace alert
