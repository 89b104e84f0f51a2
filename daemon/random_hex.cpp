#include "random_hex.hpp"

#include <sys/random.h>

#include <string_view>

namespace yuqing {

std::optional<std::string> random_hex(std::size_t bytes) {
    std::string chance(bytes, '\0');
    if (::getrandom(chance.data(), chance.size(), 0) != static_cast<ssize_t>(chance.size()))
        return std::nullopt;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const char one : chance) {
        const auto byte = static_cast<unsigned char>(one);
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

}  // namespace yuqing
