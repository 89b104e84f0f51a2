#include "log.hpp"

#include "alert/codec/utf8.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

namespace yuqing {

namespace {
constexpr std::size_t log_lines_max = 8192;
constexpr std::size_t value_bytes_max = 200;

void append_bytes(std::string& out, std::string_view bytes) {
    char escape[8];
    for (const char byte : bytes) {
        std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(byte));
        out += escape;
    }
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

std::size_t dropped_log_lines() {
    const auto pool = spdlog::thread_pool();
    return pool ? pool->overrun_counter() : 0;
}

void stop_log() { spdlog::shutdown(); }

std::string log_value(std::string_view text) {
    std::string out;
    bool quote = text.empty();
    for (std::size_t at = 0; at < text.size();) {
        const auto point = alert::code_point_at(text, at);
        if (at + point.length > value_bytes_max) {
            out += "…";
            quote = true;
            break;
        }
        const auto bytes = text.substr(at, point.length);
        at += point.length;
        if (!alert::is_printable(point)) {
            append_bytes(out, bytes);
            quote = true;
        } else {
            if (bytes == "\"" || bytes == "\\") out += '\\';
            quote |= bytes == " " || bytes == "\"" || bytes == "=" || bytes == "\\" ||
                     alert::is_space(point.value);
            out += bytes;
        }
    }
    return quote ? "\"" + out + "\"" : out;
}

}  // namespace yuqing
