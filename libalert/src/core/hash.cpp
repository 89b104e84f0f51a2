#include "alert/core/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>
#include <new>

namespace alert {

namespace {

std::string joined(std::span<const std::string_view> parts) {
    std::string all;
    for (const auto part : parts) {
        all += std::to_string(part.size());
        all += ':';
        all += part;
    }
    return all;
}

/// OpenSSL fails at these for want of memory alone. Without a look its zeros would be taken for a name.
void demand(bool done) {
    if (!done) throw std::bad_alloc();
}

std::string hex_of(const Mac& digest, std::size_t digits) {
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

Mac sha256(std::string_view content) {
    // Looked up once: SHA256() looks for the algorithm at every call, which takes longer than a short digest.
    static const EVP_MD* const algorithm = [] {
        const auto* found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
        demand(found != nullptr);
        return found;
    }();
    Mac digest{};
    demand(EVP_Digest(content.data(), content.size(), digest.data(), nullptr, algorithm, nullptr) == 1);
    return digest;
}

std::string hash_hex(std::span<const std::string_view> parts, std::size_t digits) {
    return hex_of(sha256(joined(parts)), digits);
}

Mac hmac_sha256(std::string_view key, std::string_view content) {
    Mac mac{};
    demand(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                reinterpret_cast<const unsigned char*>(content.data()), content.size(), mac.data(),
                nullptr) != nullptr);
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
    for (const auto byte : sha256(joined(std::span(parts.begin(), parts.size())))) {
        bits = (bits << 8 | byte) & 0xFFFF;
        for (held += 8; held >= 5; held -= 5) text += alphabet[bits >> (held - 5) & 31];
    }
    text.resize(std::min(digits, text.size()));
    return text;
}

}  // namespace alert
