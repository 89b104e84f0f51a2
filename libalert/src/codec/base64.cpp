#include "alert/codec/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace alert {

namespace {

bool is_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return false;
    const auto padding = std::min(text.find('='), text.size());
    if (text.size() - padding > 2 || text.find_first_not_of('=', padding) != std::string_view::npos)
        return false;
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(padding), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
               c == '/';
    });
}

}  // namespace

std::string base64_of(std::string_view bytes) {
    std::string text(bytes.size() / 3 * 4 + 4 + 1, '\0');  // and the zero that OpenSSL writes
    text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                                         reinterpret_cast<const unsigned char*>(bytes.data()),
                                                         static_cast<int>(bytes.size()))));
    return text;
}

std::string base64_of(const Mac& mac) {
    return base64_of(std::string_view(reinterpret_cast<const char*>(mac.data()), mac.size()));
}

/// OpenSSL's decoder skips blanks and keeps the bytes of the padding, so both are looked at before.
std::optional<std::string> decode_base64(std::string_view text) {
    if (!is_base64(text)) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    const int count =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (count < 0) return std::nullopt;
    const auto padding = static_cast<std::size_t>(std::count(text.end() - 2, text.end(), '='));
    bytes.resize(static_cast<std::size_t>(count) - padding);
    return bytes;
}

}  // namespace alert
