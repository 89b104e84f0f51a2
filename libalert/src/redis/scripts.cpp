#include "alert/redis/scripts.hpp"

#include <openssl/sha.h>

#include <string>

namespace alert::redis {
namespace {

std::string sha1_hex(std::string_view text) {
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    constexpr std::string_view alphabet = "0123456789abcdef";
    std::string hex;
    for (const auto byte : digest) {
        hex += alphabet[byte >> 4];
        hex += alphabet[byte & 15];
    }
    return hex;
}

}  // namespace

std::string_view script_sha(Script script) {
    static const auto shas = [] {
        std::array<std::string, script_count> all;
        for (std::size_t i = 0; i < script_count; ++i) all[i] = sha1_hex(script_texts()[i].text);
        return all;
    }();
    return shas[static_cast<std::size_t>(script)];
}

}  // namespace alert::redis
