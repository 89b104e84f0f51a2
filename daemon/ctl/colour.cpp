#include "colour.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace yuqing {

namespace {

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : value;
}

std::string_view begin_of(Tone tone) {
    switch (tone) {
        case Tone::good: return "\x1b[32m";
        case Tone::near: return "\x1b[33m";
        case Tone::late: return "\x1b[1;31m";
        case Tone::head: return "\x1b[1m";
        case Tone::plain: break;
    }
    return {};
}

}  // namespace

bool colours_wanted() {
    return ::isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

std::string painted(const std::string& text, Tone tone) {
    if (tone == Tone::plain) return text;
    return std::string(begin_of(tone)) + text + "\x1b[0m";
}

}  // namespace yuqing
