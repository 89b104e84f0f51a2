// Messages that go straight to the sender, past the outbox and the limits of the robots, which are in Redis
// both: what must be told when Redis or the daemon itself is away. Each is tried a few times, then the
// fallback of its channel is told instead.
#pragma once

#include "alert/core/fallbacks.hpp"
#include "alert/port/outbox.hpp"
#include "alert/port/sender.hpp"

#include <functional>
#include <map>
#include <vector>

namespace yuqing {

class DirectLetters {
public:
    using Attempted = std::function<void(const alert::Notification&, std::uint32_t tries,
                                         alert::DeliveryState, const alert::DeliveryResult&)>;
    /// Both outlive it, and it outlives what is under way.
    DirectLetters(alert::Sender& sender, Attempted attempted)
        : sender_(sender), attempted_(std::move(attempted)) {}

    void add(std::vector<alert::Notification> messages);
    /// Tries once each message that is not under way; what is refused for good goes to its fallback by these.
    void send(alert::Fallbacks fallbacks);
    /// None of them is news any more.
    void forget() { waiting_.clear(); }

private:
    struct Letter {
        alert::Notification message;
        std::uint32_t tries = 0;
        bool under_way = false;
    };
    void sent(const alert::NotificationId& id, const alert::DeliveryResult& result);

    alert::Sender& sender_;
    Attempted attempted_;
    alert::Fallbacks fallbacks_;
    std::map<alert::NotificationId, Letter> waiting_;
};

}  // namespace yuqing
