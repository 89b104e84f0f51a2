// The messages of a MemoryCaseStore and the queues they wait in: the life of a notification as commit.lua,
// claim_outbox.lua, renew.lua and settle.lua give it, without Redis.
#pragma once

#include "alert/core/decide.hpp"
#include "alert/memory/due_queue.hpp"
#include "alert/port/outbox.hpp"

#include <map>

namespace alert {

struct MemoryMessage {
    Notification notification;
    DeliveryState state = DeliveryState::pending;
    bool overtaken = false;  // while it was being sent
    bool leased = false;     // its place in the queue is the end of a lease
    std::uint32_t attempts = 0;
    std::string error;
};

class MemoryMessages {
public:
    /// The same id again is the same message.
    void add(const Notification& notification);
    void overtake(const NotificationId& id, TimePoint now);

    OutboxClaim claim(const ChannelId& channel, TimePoint until, std::size_t limit, Duration lease,
                      TimePoint now);
    bool renew(const NotificationId& id, Duration lease, TimePoint now);
    void settle(const Settlement& settlement);

    [[nodiscard]] const std::map<NotificationId, MemoryMessage>& all() const { return messages_; }

private:
    using Queue = DueQueue<NotificationId>;
    Queue& queue_of(const Notification& notification);

    std::map<NotificationId, MemoryMessage> messages_;
    std::map<std::pair<ChannelId, Urgency>, Queue> queues_;
};

}  // namespace alert
