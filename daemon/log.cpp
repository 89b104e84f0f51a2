#include "log.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

namespace yuqing {

namespace {
constexpr std::size_t log_lines_max = 8192;
constexpr std::size_t value_bytes_max = 200;

/// U+202A..E, U+2066..9, U+200E/F: three bytes that turn what follows around.
bool is_bidi(std::string_view text) {
    if (text.size() < 3 || text[0] != '\xE2') return false;
    const auto second = static_cast<unsigned char>(text[1]), third = static_cast<unsigned char>(text[2]);
    return (second == 0x80 && ((third >= 0xAA && third <= 0xAE) || third == 0x8E || third == 0x8F)) ||
           (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}
}  // namespace

void start_log(const std::string& level) {
    spdlog::init_thread_pool(log_lines_max, 1);
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto logger = std::make_shared<spdlog::async_logger>("yuqingd", std::move(sink), spdlog::thread_pool(),
                                                         spdlog::async_overflow_policy::overrun_oldest);
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z level=%l %v");
    logger->set_level(spdlog::level::from_str(level));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

void stop_log() { spdlog::shutdown(); }

std::string log_value(std::string_view text) {
    const bool cut = text.size() > value_bytes_max;
    if (cut) {
        text = text.substr(0, value_bytes_max);
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80)
            text.remove_suffix(1);
        if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.remove_suffix(1);
    }
    std::string out;
    bool quote = text.empty() || cut;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (is_bidi(text.substr(i))) {
            char escape[16];
            std::snprintf(escape, sizeof escape, "\\x%02x\\x%02x\\x%02x", c,
                          static_cast<unsigned char>(text[i + 1]), static_cast<unsigned char>(text[i + 2]));
            out += escape;
            i += 2;
            quote = true;
        } else if (c < 0x20 || c == 0x7F ||
                   (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0)) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\x%02x", c);
            out += escape;
            quote = true;
        } else {
            if (c == '"' || c == '\\') out += '\\';
            quote |= c == ' ' || c == '"' || c == '=';
            out += static_cast<char>(c);
        }
    }
    if (cut) out += "…";
    return quote ? "\"" + out + "\"" : out;
}

}  // namespace yuqing
