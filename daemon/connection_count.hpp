// The connections of a listening socket, as events tell of them; and whether new ones may come.
//
// Knows neither sockets nor the clock. libzmq names a connection by its descriptor when it is accepted
// and when it ends, but not at the end of its handshake: handshakes are counted, connections are known. A
// descriptor whose end was never told counts until the kernel gives its number out again.
#pragma once

#include "alert/core/time.hpp"

#include <optional>
#include <string_view>
#include <unordered_map>

namespace yuqing {

struct ConnectionLimits {
    std::size_t connections_max = 1024;
    std::size_t handshakes_max = 64;                             // at once
    alert::Duration handshake_within = std::chrono::seconds(5);  // longer: the connection ends

    friend bool operator==(const ConnectionLimits&, const ConnectionLimits&) = default;
};

class ConnectionCount {
public:
    explicit ConnectionCount(const ConnectionLimits& limits) : limits_(limits) {}

    void accepted(int descriptor, alert::Duration now);
    void shaken() { handshake_ended(); }
    /// The handshake failed; if it was because of time its end follows at once.
    void failed();
    /// True when it had not shaken hands in the time it had.
    bool closed(int descriptor, alert::Duration now);

    [[nodiscard]] std::size_t open() const { return since_.size(); }
    /// The limit that keeps new ones out. Once reached, until there is room again: an eighth of it, so that
    /// the door does not flutter.
    [[nodiscard]] std::optional<std::string_view> full(alert::Duration now);

private:
    void handshake_ended();
    void correct_handshakes(alert::Duration now);

    const ConnectionLimits limits_;
    std::unordered_map<int, alert::Duration> since_;  // accepted at, by descriptor
    std::size_t handshakes_ = 0;
    bool failed_last_ = false;
    bool full_ = false;
};

}  // namespace yuqing
