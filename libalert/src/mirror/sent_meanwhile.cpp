#include "alert/mirror/sent_meanwhile.hpp"

#include <utility>

namespace alert {

void SentMeanwhile::begin(const std::vector<Notification>& messages) {
    for (const auto& message : messages) under_way_.insert(message.id);
}

void SentMeanwhile::end(const std::vector<Notification>& messages, const DeliveryResult& result) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto& id = messages[i].id;
        if (const auto at = under_way_.find(id); at != under_way_.end()) under_way_.erase(at);
        if (result.kind != DeliveryResult::Kind::delivered || i >= result.included) continue;
        if (!delivered_.insert(id).second) continue;
        order_.push_back(id);
        if (order_.size() <= messages_max_) continue;
        delivered_.erase(order_.front());
        order_.pop_front();
    }
}

SentElsewhere SentMeanwhile::find(const NotificationId& id) const {
    if (delivered_.contains(id)) return SentElsewhere::delivered;
    return under_way_.contains(id) ? SentElsewhere::under_way : SentElsewhere::no;
}

}  // namespace alert
