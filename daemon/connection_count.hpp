// The connections of a listening socket, as events tell of them; whether new ones may come, and which must go
// so that they can.
//
// Knows neither sockets nor the clock. libzmq names a connection by its descriptor when it is accepted and
// when it ends, but not when it has shaken hands: that is asked about when it matters. A descriptor whose end
// was never told counts until the kernel gives its number out again.
#pragma once

#include "alert/core/time.hpp"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

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

    /// `from`: whose it is; empty: of nobody whose handshakes count.
    void accepted(int descriptor, const std::string& from, alert::Duration now);
    /// The handshake failed; if it was because of time its end follows at once.
    void failed() { failed_last_ = true; }
    /// True when it had not shaken hands in the time it had.
    bool closed(int descriptor, alert::Duration now);

    [[nodiscard]] std::size_t open() const { return connections_.size(); }
    /// Whether new ones are kept out. Once there are as many as may be, until there is room again: an
    /// eighth of it, so that the door does not flutter.
    [[nodiscard]] bool full();
    /// Those to end because more than `handshakes_max` are shaking hands: of whoever has most of these the
    /// oldest, again and again. A flood ends itself so, and who comes in between has his time.
    [[nodiscard]] std::vector<int> to_end(const std::function<bool(int)>& has_shaken);

private:
    enum class State { shaking, shaken, ending };
    struct Connection {
        alert::Duration since;
        std::string from;
        State state;
    };
    using Half = std::pair<const int, Connection>;  // open

    [[nodiscard]] std::vector<Half*> shaking();

    const ConnectionLimits limits_;
    std::unordered_map<int, Connection> connections_;  // by descriptor
    bool failed_last_ = false;
    bool full_ = false;
};

}  // namespace yuqing
