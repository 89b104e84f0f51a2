#include "alert/core/fallbacks.hpp"

#include "alert/core/notification.hpp"

namespace alert {

NotificationId fallback_id(const NotificationId& id, const ChannelId& fallback) {
    return notification_id({id.value, "fallback", fallback.value});
}

void overtake_copies(std::vector<Overtaken>& overtaken, const Fallbacks& fallbacks) {
    const auto given = overtaken.size();
    for (std::size_t i = 0; i < given; ++i) {
        Overtaken copy = overtaken[i];
        // No chain is longer than there are channels that have a fallback.
        for (std::size_t length = 0; length < fallbacks.size(); ++length) {
            const auto next = fallbacks.find(copy.channel);
            if (next == fallbacks.end() || !next->second) break;
            copy = {fallback_id(copy.id, *next->second), *next->second};
            overtaken.push_back(copy);
        }
    }
}

}  // namespace alert
