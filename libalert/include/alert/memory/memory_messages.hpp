// The messages of a MemoryCaseStore and the queues they wait in: the life of a notification as commit.lua,
// claim_outbox.lua, renew.lua and settle.lua give it, without Redis.
#pragma once

#include "alert/core/decide.hpp"
#include "alert/memory/due_queue.hpp"
#include "alert/port/outbox.hpp"
#include "alert/port/url_use.hpp"

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

    [[nodiscard]] bool is_dead(const NotificationId& id) const;
    void redeliver(const NotificationId& id, TimePoint now);

    OutboxClaim claim(const ChannelId& channel, TimePoint until, std::size_t limit, Duration lease,
                      TimePoint now);
    OutboxClaim claim_parcel(const ChannelId& channel, const UrlLimit& url, std::size_t limit, Duration lease,
                             TimePoint now);
    void answered(const UrlLimit& url, const UrlAnswer& answer, TimePoint now);
    [[nodiscard]] UrlUse use_of(const UrlLimit& url) const;
    bool renew(const NotificationId& id, Duration lease, TimePoint now);
    void settle(const Settlement& settlement);

    [[nodiscard]] const std::map<NotificationId, MemoryMessage>& all() const { return messages_; }

private:
    using Queue = DueQueue<NotificationId>;
    struct Requests {
        std::map<std::string, TimePoint> sent;  // by name
        TimePoint held_until;
        std::map<std::pair<Reason, std::string>, TimePoint> told_alone;
    };
    [[nodiscard]] std::optional<NotificationId> first_alone(const ChannelId& channel, Requests& requests,
                                                            TimePoint now);
    OutboxClaim take_held(const ChannelId& channel, TimePoint held_until, std::size_t limit, Duration lease,
                          TimePoint now);
    OutboxClaim take(const ChannelId& channel, TimePoint until, std::size_t limit, Duration lease,
                     TimePoint now, std::optional<NotificationId> alone);
    Queue& queue_of(const Notification& notification);

    std::map<NotificationId, MemoryMessage> messages_;
    std::map<std::pair<ChannelId, Urgency>, Queue> queues_;
    std::map<std::string, Requests> requests_;  // by hash of the URL
    std::uint64_t named_ = 0;
};

}  // namespace alert
