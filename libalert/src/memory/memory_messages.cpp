#include "alert/memory/memory_messages.hpp"

#include <algorithm>
#include <limits>

namespace alert {
namespace {

std::pair<Reason, std::string> told_by(const Notification& notification) {
    return {notification.reason, notification.matter ? notification.matter->id.value : notification.id.value};
}

}  // namespace

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

bool MemoryMessages::is_dead(const NotificationId& id) const {
    const auto at = messages_.find(id);
    return at != messages_.end() && at->second.state == DeliveryState::dead;
}

void MemoryMessages::redeliver(const NotificationId& id, TimePoint now) {
    MemoryMessage& message = messages_.at(id);
    message.state = DeliveryState::pending;
    message.attempts = 0;
    queue_of(message.notification).put(id, now);
}

OutboxClaim MemoryMessages::claim(const ChannelId& channel, TimePoint until, std::size_t limit,
                                  Duration lease, TimePoint now) {
    return take(channel, until, limit, lease, now, std::nullopt);
}

OutboxClaim MemoryMessages::take(const ChannelId& channel, TimePoint until, std::size_t limit, Duration lease,
                                 TimePoint now, std::optional<NotificationId> alone) {
    OutboxClaim claim{.now = now};
    for (Urgency urgency = 0; urgency < urgency_count; ++urgency) {
        Queue& queue = queues_[{channel, urgency}];
        auto ids = queue.due(std::min(until, now), limit - claim.items.size());
        if (alone) ids = urgency == 0 ? std::vector{*alone} : std::vector<NotificationId>{};
        for (const auto& id : ids) {
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

OutboxClaim MemoryMessages::take_held(const ChannelId& channel, TimePoint held_until, std::size_t limit,
                                      Duration lease, TimePoint now) {
    const auto most_urgent = queues_[{channel, 0}].due(now, limit).size();
    auto claim = take(channel, now, most_urgent, lease, now, std::nullopt);
    claim.held_until = held_until;
    if (claim.next) claim.next = std::max(*claim.next, held_until);
    return claim;
}

std::optional<NotificationId> MemoryMessages::first_alone(const ChannelId& channel, Requests& requests,
                                                          TimePoint now) {
    std::erase_if(requests.told_alone,
                  [&](const auto& told) { return told.second <= now - UrlLimit::told_alone_for; });
    std::optional<NotificationId> again;
    for (const auto& id : queues_[{channel, 0}].due(now, UrlLimit::alone_within)) {
        const Notification& notification = messages_.at(id).notification;
        if (!notification.alone) continue;
        if (!requests.told_alone.contains(told_by(notification))) return id;
        if (!again) again = id;
    }
    return again;
}

OutboxClaim MemoryMessages::claim_parcel(const ChannelId& channel, const UrlLimit& url, std::size_t limit,
                                         Duration lease, TimePoint now) {
    Requests& requests = requests_[url.url_hash];
    if (requests.held_until > now) return take_held(channel, requests.held_until, limit, lease, now);
    TimePoint free = now;
    bool full = false;
    auto room = std::numeric_limits<std::size_t>::max();
    std::vector<TimePoint> times;
    for (const auto& [name, at] : requests.sent) times.push_back(at);
    std::sort(times.begin(), times.end());
    auto alone = first_alone(channel, requests, now);
    for (const auto& window : url.windows) {
        const auto takes = window.requests - (alone ? 0 : window.requests / UrlLimit::kept_one_in);
        const auto first = std::upper_bound(times.begin(), times.end(), now - window.length);
        const auto sent = static_cast<std::size_t>(times.end() - first);
        if (sent < takes) {
            room = std::min(room, takes - sent);
        } else {
            free = std::max(free, *(times.end() - takes) + window.length);
            full = true;
        }
    }
    if (free > now) {
        limit = 0;
        alone.reset();
    } else {
        std::size_t waiting = 0;
        for (Urgency urgency = 0; urgency < urgency_count; ++urgency)
            waiting += queues_[{channel, urgency}].due(now, limit + std::min(room, limit)).size();
        if (waiting <= room) limit = 1;
    }
    auto claim = take(channel, now, limit, lease, now, alone);
    if (!claim.items.empty()) {
        claim.request = std::to_string(++named_);
        requests.sent[claim.request] = now;
        if (alone) requests.told_alone[told_by(messages_.at(*alone).notification)] = now;
    }
    claim.limited = full && claim.next && *claim.next <= now;
    if (claim.next && free > now) claim.next = std::max(*claim.next, free);
    return claim;
}

void MemoryMessages::answered(const UrlLimit& url, const UrlAnswer& answer, TimePoint now) {
    Requests& requests = requests_[url.url_hash];
    for (std::uint32_t i = 1; i <= answer.requests; ++i)
        requests.sent[i == 1 ? answer.request : answer.request + "/" + std::to_string(i)] = now;
    requests.held_until = std::max(requests.held_until, now + answer.hold);
}

UrlUse MemoryMessages::use_of(const UrlLimit& url) const {
    const auto at = requests_.find(url.url_hash);
    if (at == requests_.end()) return {};
    return {at->second.sent, at->second.held_until};
}

bool MemoryMessages::renew(const NotificationId& id, Duration lease, TimePoint now) {
    const auto at = messages_.find(id);
    if (at == messages_.end() || at->second.overtaken) return false;
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
    const bool let_go = message.state == DeliveryState::dead && settlement.state == DeliveryState::superseded;
    if (settlement.state != DeliveryState::delivered && message.state != DeliveryState::pending && !let_go)
        return;
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
