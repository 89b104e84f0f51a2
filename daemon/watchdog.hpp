// What systemd is told: READY, WATCHDOG while timekeeper and edge turn, STOPPING. Silent without systemd.
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
    /// The timekeeper turned: feeds the watchdog, at most as often as systemd wants it, while the edge, which
    /// sends, turns too.
    void turned();
    /// From the edge's thread, at least once a second.
    void edge_turned();
    /// An edge that has not turned for so long hangs.
    static constexpr long edge_seconds_max = 5;
    /// Seconds since the last turn; `/-/healthy` looks at it from the edge thread.
    [[nodiscard]] long seconds_since_turn() const;

private:
    std::atomic<long> turned_at_;       // boot time in seconds; written by the core, read by the edge
    std::atomic<long> edge_turned_at_;  // the other way round
};

}  // namespace yuqing
