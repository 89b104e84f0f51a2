#include "alert/memory/memory_outbox.hpp"

namespace alert {

void MemoryOutbox::claim(ChannelId channel, TimePoint until, std::size_t limit, Duration lease,
                         Callback<OutboxClaim> done) {
    auto claim = store_.messages().claim(channel, until, limit, lease, store_.clock().now());
    store_.post([claim = std::move(claim), done = std::move(done)]() mutable { done(std::move(claim)); });
}

void MemoryOutbox::claim_parcel(ChannelId channel, UrlLimit url, std::size_t limit, Duration lease,
                                Callback<OutboxClaim> done) {
    auto claim = store_.messages().claim_parcel(channel, url, limit, lease, store_.clock().now());
    store_.post([claim = std::move(claim), done = std::move(done)] { done(claim); });
}

void MemoryOutbox::answered(UrlLimit url, UrlAnswer answer, Callback<std::monostate> done) {
    store_.messages().answered(url, answer, store_.clock().now());
    store_.post([done = std::move(done)] { done(std::monostate{}); });
}

void MemoryOutbox::renew(ChannelId, Urgency, NotificationId id, Duration lease,
                         Callback<std::monostate> done) {
    Result<std::monostate> renewed;
    if (!store_.messages().renew(id, lease, store_.clock().now()))
        renewed = Error{"not_waiting", "the message is settled or superseded", ""};
    store_.post([renewed = std::move(renewed), done = std::move(done)] { done(renewed); });
}

void MemoryOutbox::settle(Settlement settlement, Callback<std::monostate> done) {
    store_.messages().settle(settlement);
    store_.post([done = std::move(done)] { done(std::monostate{}); });
}

void MemoryOutbox::use_of(UrlLimit url, Callback<UrlUse> done) {
    store_.post([use = store_.messages().use_of(url), done = std::move(done)] { done(use); });
}

}  // namespace alert
