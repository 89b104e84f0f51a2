// The messages that wait, in Redis; see port/outbox.hpp for what it promises.
//
// A claim whose answer was lost is made again under its name: the next one of that channel gives what it
// leased.
// What was superseded while it was being sent is never handed out again, and nobody undoes a delivery.
#pragma once

#include "alert/port/observer.hpp"
#include "alert/port/outbox.hpp"
#include "alert/port/url_use.hpp"
#include "alert/redis/claim_names.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

namespace alert {

class RedisOutbox : public Outbox, public UrlUses {
public:
    /// Connection and observer outlive the outbox. The observer is told of a waiting message that cannot be
    /// read; it comes again when its lease ends.
    RedisOutbox(redis::Connection& connection, redis::Keys keys, Observer& observer);

    void claim(ChannelId channel, TimePoint until, std::size_t limit, Duration lease,
               Callback<OutboxClaim> done) override;
    void claim_parcel(ChannelId channel, UrlLimit url, std::size_t limit, Duration lease,
                      Callback<OutboxClaim> done) override;
    void answered(UrlLimit url, UrlAnswer answer, Callback<std::monostate> done) override;
    /// Error code `not_waiting` when the message is settled or superseded.
    void renew(ChannelId channel, Urgency urgency, NotificationId id, Duration lease,
               Callback<std::monostate> done) override;
    void settle(Settlement settlement, Callback<std::monostate> done) override;

    void use_of(UrlLimit url, Callback<UrlUse> done) override;

    /// Remembers these channels and gives all that were ever remembered, theirs included.
    void remember_channels(const std::vector<ChannelId>& channels, Callback<std::vector<ChannelId>> done);

private:
    redis::Command claim_call(const ChannelId& channel, const UrlLimit* url, std::optional<TimePoint> until,
                              std::size_t limit, Duration lease, const std::string& name) const;
    void run_claim(const ChannelId& channel, redis::Command call, std::string name,
                   Callback<OutboxClaim> done);
    Result<OutboxClaim> read_claim(const ChannelId& channel, const redis::Reply& reply);

    redis::Connection& connection_;
    const redis::Keys keys_;
    Observer& observer_;
    redis::ClaimNames claims_;
};

}  // namespace alert
