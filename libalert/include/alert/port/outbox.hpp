// Where messages wait until they are delivered: one queue per channel and urgency.
#pragma once

#include "alert/core/notification.hpp"
#include "alert/port/case_store.hpp"

namespace alert {

struct OutboxItem {
    Notification notification;
    std::uint32_t attempts = 0;  // attempts made before this one
};

struct OutboxClaim {
    TimePoint now;
    std::vector<OutboxItem> items;  // most urgent first
    std::optional<TimePoint> next;  // the next attempt that waits, after the claim
    std::string request;            // of a parcel: under which name the URL's limit counts it
    bool limited = false;           // of a parcel: something is due, and the URL's windows are full
    /// The URL takes nothing until then: the items are the most urgent, to be put off, and told in another
    /// way if that is too long for them.
    std::optional<TimePoint> held_until;
};

/// What became of a parcel's request, for the limit of its URL.
struct UrlAnswer {
    std::string request;
    std::uint32_t requests = 1;  // so many went out, one after the other
    Duration hold{};             // nothing goes to the URL for so long
};

enum class DeliveryState { pending, sending, delivered, superseded, dead };
inline std::string_view to_string(DeliveryState state) {
    constexpr std::string_view names[] = {"pending", "sending", "delivered", "superseded", "dead"};
    return names[static_cast<std::size_t>(state)];
}

struct Settlement {
    NotificationId id;
    ChannelId channel;
    Urgency urgency = 3;
    /// Delivered, dead, or pending: try again at `next`; superseded: of a dead letter that need not go again.
    DeliveryState state = DeliveryState::delivered;
    TimePoint next;
    std::uint32_t attempts = 0;
    std::string error;  // of the last attempt
};

class Outbox {
public:
    virtual ~Outbox() = default;
    virtual void claim(ChannelId channel, TimePoint until, std::size_t limit, Duration lease,
                       Callback<OutboxClaim> done) = 0;
    /// What goes out in the next request within the limit, which is spent by it: one message while there is
    /// room for all that wait or one that travels alone, else at most `limit` that travel together. Nothing
    /// while the limit is reached; then `next` is when it is free. While the URL is held it gives what is
    /// due of the most urgent queue, and `held_until`.
    virtual void claim_parcel(ChannelId channel, UrlLimit url, std::size_t limit, Duration lease,
                              Callback<OutboxClaim> done) = 0;
    /// From now on the request counts: however long it travelled, the platform counted it when it arrived.
    virtual void answered(UrlLimit url, UrlAnswer answer, Callback<std::monostate> done) = 0;
    /// Moves the lease of a message whose sending goes on. `not_waiting` when it is settled, or overtaken.
    virtual void renew(ChannelId channel, Urgency urgency, NotificationId id, Duration lease,
                       Callback<std::monostate> done) = 0;
    virtual void settle(Settlement settlement, Callback<std::monostate> done) = 0;
};

}  // namespace alert
