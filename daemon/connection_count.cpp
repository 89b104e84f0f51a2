#include "connection_count.hpp"

#include <algorithm>

namespace yuqing {

void ConnectionCount::accepted(int descriptor, alert::Duration now) {
    since_[descriptor] = now;
    ++handshakes_;
}

void ConnectionCount::handshake_ended() {
    if (handshakes_ > 0) --handshakes_;
}

void ConnectionCount::failed() {
    handshake_ended();
    failed_last_ = true;
}

bool ConnectionCount::closed(int descriptor, alert::Duration now) {
    const bool failed = std::exchange(failed_last_, false);
    const auto at = since_.find(descriptor);
    if (at == since_.end()) return false;
    const bool late = failed && now - at->second >= limits_.handshake_within * 9 / 10;
    since_.erase(at);
    return late;
}

/// Whatever end of a handshake was never told: who is older than a handshake may be shakes hands no more.
void ConnectionCount::correct_handshakes(alert::Duration now) {
    const auto young = std::count_if(since_.begin(), since_.end(), [&](const auto& connection) {
        return now - connection.second <= limits_.handshake_within;
    });
    handshakes_ = std::min(handshakes_, static_cast<std::size_t>(young));
}

std::optional<std::string_view> ConnectionCount::full(alert::Duration now) {
    const auto room = [this](std::size_t limit) { return full_ ? limit - limit / 8 : limit; };
    const bool connections = open() >= room(limits_.connections_max);
    if (handshakes_ >= room(limits_.handshakes_max)) correct_handshakes(now);
    const bool shaking = handshakes_ >= room(limits_.handshakes_max);
    full_ = connections || shaking;
    if (connections) return "ingest_connections";
    if (shaking) return "ingest_handshakes";
    return std::nullopt;
}

}  // namespace yuqing
