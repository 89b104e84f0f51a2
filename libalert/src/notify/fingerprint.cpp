#include "fingerprint.hpp"

#include <cstdint>
#include <string_view>

namespace alert {

std::string alert_fingerprint(const std::map<std::string, std::string>& labels) {
    std::uint64_t hash = 0xcbf29ce484222325;
    const auto take = [&hash](std::string_view text) {
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        hash = (hash ^ 0xFFU) * 0x100000001b3;
    };
    for (const auto& [name, value] : labels) {
        take(name);
        take(value);
    }
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(hash >> shift) & 0xFU];
    return text;
}

}  // namespace alert
