// Base64 (RFC 4648), as signatures, keys, mails and digests are written: with padding, on one line.
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
