#include "watchdog.hpp"

#include "system_clock.hpp"

#include <systemd/sd-daemon.h>

namespace yuqing {

namespace {
long boot_seconds() { return std::chrono::duration_cast<std::chrono::seconds>(boot_time()).count(); }
}  // namespace

void Watchdog::ready(const std::string& status) { sd_notify(0, ("READY=1\nSTATUS=" + status).c_str()); }
void Watchdog::status(const std::string& text) { sd_notify(0, ("STATUS=" + text).c_str()); }
void Watchdog::stopping() { sd_notify(0, "STOPPING=1"); }

void Watchdog::turned() {
    const long now = boot_seconds();
    if (turned_at_.exchange(now) != now) sd_notify(0, "WATCHDOG=1");  // once a second is often enough
}

long Watchdog::seconds_since_turn() const { return boot_seconds() - turned_at_.load(); }

}  // namespace yuqing
