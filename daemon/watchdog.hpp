// What systemd is told: READY, WATCHDOG while the timekeeper turns, STOPPING. Silent without systemd.
#pragma once

#include <atomic>
#include <string>

namespace yuqing {

class Watchdog {
public:
    Watchdog();  // as if the timekeeper had just turned: one that starts does not hang
    void ready(const std::string& status);
    void status(const std::string& text);
    void stopping();
    /// The timekeeper turned: feeds the watchdog, at most as often as systemd wants it.
    void turned();
    /// Seconds since the last turn; `/-/healthy` looks at it from the edge thread.
    [[nodiscard]] long seconds_since_turn() const;

private:
    std::atomic<long> turned_at_;  // boot time in seconds; written by the core, read by the edge
};

}  // namespace yuqing
