#include "progress.hpp"

#include "system_clock.hpp"

#include <unistd.h>

#include <iostream>

namespace yuqing {

namespace {

constexpr alert::Duration shown_every = std::chrono::milliseconds(200);

}  // namespace

// What is done within the first moment needs no progress.
Progress::Progress() : on_terminal_(::isatty(STDERR_FILENO) == 1), next_(boot_time() + shown_every) {}

void Progress::show(const std::string& text) {
    if (!on_terminal_ || boot_time() < next_) return;
    next_ = boot_time() + shown_every;
    shown_ = true;
    std::cerr << '\r' << text << "\x1b[K" << std::flush;
}

void Progress::clear() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
    shown_ = false;
}

}  // namespace yuqing
