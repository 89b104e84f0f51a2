#include "watchdog.hpp"

#include "system_clock.hpp"

#include <systemd/sd-daemon.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace yuqing {

namespace {

long boot_seconds() { return std::chrono::duration_cast<std::chrono::seconds>(boot_time()).count(); }

/// sd_notify() waits while the socket's queue is full, and a manager that does not read for a while must
/// not hold up deadlines: what does not fit is dropped, the next second tells again.
void tell_manager(std::string_view text) {
    const char* path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path == nullptr || std::strlen(path) >= sizeof address.sun_path) return;
    const std::size_t length = std::strlen(path);
    std::memcpy(address.sun_path, path, length);
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // an abstract name
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    ::sendto(socket, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
             size);
    ::close(socket);
}

}  // namespace

Watchdog::Watchdog() : turned_at_(boot_seconds()), edge_turned_at_(boot_seconds()) {}

// Before the loops run, and once: this may wait.
void Watchdog::ready(const std::string& status) { sd_notify(0, ("READY=1\nSTATUS=" + status).c_str()); }
void Watchdog::status(const std::string& text) { tell_manager("STATUS=" + text); }
void Watchdog::stopping() { tell_manager("STOPPING=1"); }

void Watchdog::turned() {
    const long now = boot_seconds();
    if (turned_at_.exchange(now) == now) return;  // once a second is often enough
    if (now - edge_turned_at_.load() <= edge_seconds_max) tell_manager("WATCHDOG=1");
}

void Watchdog::edge_turned() { edge_turned_at_.store(boot_seconds()); }

long Watchdog::seconds_since_turn() const { return boot_seconds() - turned_at_.load(); }

}  // namespace yuqing
