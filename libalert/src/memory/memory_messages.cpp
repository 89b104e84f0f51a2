#include "alert/memory/memory_messages.hpp"

namespace alert {

MemoryMessages::Queue& MemoryMessages::queue_of(const Notification& notification) {
    return queues_[{notification.channel, notification.urgency}];
}

void MemoryMessages::add(const Notification& notification) {
    const auto [at, is_new] = messages_.try_emplace(notification.id, MemoryMessage{notification});
    if (is_new) queue_of(notification).put(notification.id, notification.created_at);
}

void MemoryMessages::overtake(const NotificationId& id, TimePoint now) {
    const auto at = messages_.find(id);
    if (at == messages_.end() || at->second.state != DeliveryState::pending) return;
    MemoryMessage& message = at->second;
    Queue& queue = queue_of(message.notification);
    if (message.leased && queue.find(id).value_or(now) > now) {
        message.overtaken = true;
    } else {
        message.state = DeliveryState::superseded;
        queue.remove(id);
    }
}

OutboxClaim MemoryMessages::claim(const ChannelId& channel, TimePoint until, std::size_t limit,
                                  Duration lease, TimePoint now) {
    OutboxClaim claim{.now = now};
    for (Urgency urgency = 0; urgency < urgency_count; ++urgency) {
        Queue& queue = queues_[{channel, urgency}];
        for (const auto& id : queue.due(std::min(until, now), limit - claim.items.size())) {
            MemoryMessage& message = messages_.at(id);
            if (message.overtaken) {
                message.state = DeliveryState::superseded;
                queue.remove(id);
                continue;
            }
            message.leased = true;
            queue.put(id, now + lease);
            claim.items.push_back({message.notification, message.attempts});
        }
        const auto head = queue.head();
        if (head && (!claim.next || *head < *claim.next)) claim.next = head;
    }
    return claim;
}

bool MemoryMessages::renew(const NotificationId& id, Duration lease, TimePoint now) {
    const auto at = messages_.find(id);
    if (at == messages_.end()) return false;
    Queue& queue = queue_of(at->second.notification);
    if (!queue.find(id)) return false;
    at->second.leased = true;
    queue.put(id, now + lease);
    return true;
}

void MemoryMessages::settle(const Settlement& settlement) {
    const auto at = messages_.find(settlement.id);
    if (at == messages_.end()) return;
    MemoryMessage& message = at->second;
    if (settlement.state != DeliveryState::delivered && message.state != DeliveryState::pending) return;
    message.attempts = settlement.attempts;
    if (!settlement.error.empty()) message.error = settlement.error;
    message.leased = false;
    Queue& queue = queue_of(message.notification);
    if (settlement.state == DeliveryState::delivered) {
        message.state = DeliveryState::delivered;
    } else if (message.overtaken) {
        message.state = DeliveryState::superseded;
    } else if (settlement.state == DeliveryState::pending) {
        return queue.put(settlement.id, settlement.next);
    } else {
        message.state = settlement.state;
    }
    queue.remove(settlement.id);
}

}  // namespace alert
