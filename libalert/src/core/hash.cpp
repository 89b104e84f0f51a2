#include "alert/core/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>

namespace alert {

namespace {

using Digest = Mac;

std::string joined(std::span<const std::string_view> parts) {
    std::string all;
    for (const auto part : parts) {
        all += std::to_string(part.size());
        all += ':';
        all += part;
    }
    return all;
}

Digest digest_of(std::span<const std::string_view> parts) {
    const std::string all = joined(parts);
    Digest digest;
    // Looked up once: SHA256() looks for the algorithm at every call, which takes longer than a short digest.
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    EVP_Digest(all.data(), all.size(), digest.data(), nullptr, sha256, nullptr);
    return digest;
}

std::string hex_of(const Digest& digest, std::size_t digits) {
    constexpr std::string_view alphabet = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * digest.size());
    for (const auto byte : digest) {
        hex += alphabet[byte >> 4];
        hex += alphabet[byte & 15];
    }
    hex.resize(std::min(digits, hex.size()));
    return hex;
}

}  // namespace

std::string hash_hex(std::span<const std::string_view> parts, std::size_t digits) {
    return hex_of(digest_of(parts), digits);
}

Mac hmac_sha256(std::string_view key, std::string_view content) {
    Mac mac{};
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(content.data()), content.size(), mac.data(), nullptr);
    return mac;
}

std::string mac_hex(std::string_view key, std::initializer_list<std::string_view> parts, std::size_t digits) {
    return hex_of(hmac_sha256(key, joined(std::span(parts.begin(), parts.size()))), digits);
}

std::string hash_base32(std::initializer_list<std::string_view> parts, std::size_t digits) {
    constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::string text;
    std::uint32_t bits = 0;
    int held = 0;
    for (const auto byte : digest_of(std::span(parts.begin(), parts.size()))) {
        bits = (bits << 8 | byte) & 0xFFFF;
        for (held += 8; held >= 5; held -= 5) text += alphabet[bits >> (held - 5) & 31];
    }
    text.resize(std::min(digits, text.size()));
    return text;
}

}  // namespace alert
