// What was sent while the store was away, so that it is not sent once more when the store gives it out.
#pragma once

#include "alert/core/notification.hpp"
#include "alert/flow/dispatcher.hpp"
#include "alert/port/outbox.hpp"

#include <deque>
#include <set>

namespace alert {

class SentMeanwhile {
public:
    explicit SentMeanwhile(std::size_t messages_max) : messages_max_(messages_max) {}

    void begin(const std::vector<Notification>& messages);
    void end(const std::vector<Notification>& messages, const DeliveryResult& result);
    [[nodiscard]] SentElsewhere find(const NotificationId& id) const;
    [[nodiscard]] std::size_t delivered() const { return delivered_.size(); }

private:
    const std::size_t messages_max_;
    std::multiset<NotificationId> under_way_;
    std::set<NotificationId> delivered_;
    std::deque<NotificationId> order_;  // of delivered_, the latest last
};

}  // namespace alert
