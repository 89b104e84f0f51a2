#include "connection_count.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace yuqing {

void ConnectionCount::accepted(int descriptor, const std::string& from, alert::Duration now) {
    connections_[descriptor] = {now, from, from.empty() ? State::shaken : State::shaking};
}

bool ConnectionCount::closed(int descriptor, alert::Duration now) {
    const bool failed = std::exchange(failed_last_, false);
    const auto at = connections_.find(descriptor);
    if (at == connections_.end()) return false;
    const bool late = failed && now - at->second.since >= limits_.handshake_within * 9 / 10;
    connections_.erase(at);
    return late;
}

bool ConnectionCount::full() {
    const auto limit = limits_.connections_max;
    full_ = open() >= (full_ ? limit - limit / 8 : limit);
    return full_;
}

/// The oldest first.
std::vector<ConnectionCount::Half*> ConnectionCount::shaking() {
    std::vector<Half*> found;
    for (auto& connection : connections_)
        if (connection.second.state == State::shaking) found.push_back(&connection);
    std::stable_sort(found.begin(), found.end(),
                     [](const Half* a, const Half* b) { return a->second.since < b->second.since; });
    return found;
}

std::vector<int> ConnectionCount::to_end(const std::function<bool(int)>& has_shaken) {
    auto half = shaking();
    if (half.size() <= limits_.handshakes_max) return {};
    std::map<std::string, std::size_t> of;
    for (auto* connection : half) {
        if (has_shaken(connection->first)) {
            connection->second.state = State::shaken;
        } else {
            ++of[connection->second.from];
        }
    }
    std::erase_if(half, [](const Half* one) { return one->second.state == State::shaken; });

    std::vector<int> ended;
    while (half.size() > limits_.handshakes_max) {
        const auto oldest_of_most =
            std::max_element(half.begin(), half.end(), [&](const Half* a, const Half* b) {
                return of[a->second.from] < of[b->second.from];  // of equals the first: the oldest
            });
        auto& [descriptor, connection] = **oldest_of_most;
        --of[connection.from];
        connection.state = State::ending;
        ended.push_back(descriptor);
        half.erase(oldest_of_most);
    }
    return ended;
}

}  // namespace yuqing
