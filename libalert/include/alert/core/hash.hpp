// Short names for things: the first hex digits of SHA-256 over length-prefixed parts; and HMAC-SHA256. They
// throw std::bad_alloc when OpenSSL gets no memory.
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace alert {

using Mac = std::array<unsigned char, 32>;
Mac sha256(std::string_view content);

/// Parts cannot run into one another: ("a", "bc") and ("ab", "c") differ. At most 64 digits.
std::string hash_hex(std::span<const std::string_view> parts, std::size_t digits);
inline std::string hash_hex(std::initializer_list<std::string_view> parts, std::size_t digits) {
    return hash_hex(std::span(parts.begin(), parts.size()), digits);
}

/// Lower-case base32 (RFC 4648 alphabet) of the same hash.
std::string hash_base32(std::initializer_list<std::string_view> parts, std::size_t digits);

Mac hmac_sha256(std::string_view key, std::string_view content);
/// The first hex digits of it over the same parts.
std::string mac_hex(std::string_view key, std::initializer_list<std::string_view> parts, std::size_t digits);

}  // namespace alert
