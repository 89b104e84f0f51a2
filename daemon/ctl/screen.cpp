#include "screen.hpp"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

namespace yuqing {

namespace {

// The other screen, empty, without a cursor; and back.
constexpr std::string_view enter = "\x1b[?1049h\x1b[2J\x1b[?25l";
constexpr std::string_view leave = "\x1b[?25h\x1b[?1049l";

std::atomic<bool> in_use = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal's handler reads it");

bool write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
        if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// The handlers call nothing but write, kill and _exit, which signals allow.

void end(int) {
    if (in_use) write_all(leave);
    ::_exit(0);
}

void stop(int) {
    const int before = errno;
    if (in_use) write_all(leave);
    ::kill(::getpid(), SIGSTOP);
    if (in_use) write_all(enter);
    errno = before;
}

void wake(int) {}

void on(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

Screen::Screen() {
    in_use = true;
    on(SIGTSTP, stop);
    on(SIGWINCH, wake);
    write_all(enter);
}

Screen::~Screen() {
    write_all(leave);
    in_use = false;
}

bool Screen::show(const std::vector<std::string>& lines) {
    std::string all = "\x1b[H";
    for (std::size_t at = 0; at < lines.size(); ++at) {
        all += (at == 0 ? "" : "\r\n") + lines[at] + "\x1b[K";
    }
    return write_all(all + "\x1b[J");
}

void end_at_signals() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) on(signal, end);
}

void pause_for(alert::Duration time) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    ::poll(nullptr, 0, static_cast<int>(ms));
}

}  // namespace yuqing
