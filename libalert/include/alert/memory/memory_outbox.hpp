// The outbox of a MemoryCaseStore; behaves as RedisOutbox does.
#pragma once

#include "alert/memory/memory_case_store.hpp"
#include "alert/port/outbox.hpp"
#include "alert/port/url_use.hpp"

namespace alert {

class MemoryOutbox : public Outbox, public UrlUses {
public:
    /// Answers come from the store's run_pending(); the store outlives the outbox.
    explicit MemoryOutbox(MemoryCaseStore& store) : store_(store) {}

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

private:
    MemoryCaseStore& store_;
};

}  // namespace alert
