#include "alert/redis/redis_outbox.hpp"

#include "alert/codec/snapshot_json.hpp"
#include "alert/redis/redis_case_store.hpp"
#include "notification_value.hpp"
#include "stored_case.hpp"

#include <algorithm>

namespace alert {

using redis::Command;
using redis::Reply;
using redis::Script;

namespace {

constexpr std::int64_t requests_read_max =
    1000;  // of a URL; where it takes more in a window, those are enough

Result<UrlUse> read_use(const Reply& reply) {
    if (reply.is_error()) return reply.error();
    UrlUse use;
    for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
        const auto at = redis::read_millis(reply.items[i + 1].text);
        if (!at) return at.error();
        if (reply.items[i].text == "hold")
            use.held_until = *at;
        else
            use.requests.emplace(reply.items[i].text, *at);
    }
    return use;
}

}  // namespace

RedisOutbox::RedisOutbox(redis::Connection& connection, redis::Keys keys, Observer& observer)
    : connection_(connection), keys_(std::move(keys)), observer_(observer) {}

/// Without `until`: whatever is due by Redis's own clock, or the time instead of it.
Command RedisOutbox::claim_call(const ChannelId& channel, const UrlLimit* url, std::optional<TimePoint> until,
                                std::size_t limit, Duration lease, const std::string& name) const {
    Command call = redis::script_call(Script::claim_outbox, urgency_count + (url ? 3 : 1));
    for (Urgency urgency = 0; urgency < urgency_count; ++urgency) call.add(keys_.outbox(channel, urgency));
    call.add(keys_.claimed(claims_.queue(channel.value)));
    if (url) call.add(keys_.limit(url->url_hash)).add(keys_.told_alone(url->url_hash));
    call.add(connection_.time_instead());
    if (until)
        call.add(redis::millis(*until));
    else
        call.add("inf");
    call.add(static_cast<std::int64_t>(std::min(limit, claim_max)))
        .add(std::min(lease, lease_max).count())
        .add(keys_.notification_prefix())
        .add(notification_retention.count())
        .add(name);
    return call;
}

void RedisOutbox::run_claim(const ChannelId& channel, Command call, std::string name,
                            Callback<OutboxClaim> done) {
    connection_.run(Script::claim_outbox, std::move(call),
                    [this, channel, name = std::move(name), done = std::move(done)](const Reply& reply) {
                        auto claim = read_claim(channel, reply);
                        if (!claim) claims_.lost(channel.value, name);
                        done(std::move(claim));
                    });
}

void RedisOutbox::claim(ChannelId channel, TimePoint until, std::size_t limit, Duration lease,
                        Callback<OutboxClaim> done) {
    auto name = claims_.next(channel.value);
    auto call = claim_call(channel, nullptr, until, limit, lease, name);
    run_claim(channel, std::move(call), std::move(name), std::move(done));
}

void RedisOutbox::claim_parcel(ChannelId channel, UrlLimit url, std::size_t limit, Duration lease,
                               Callback<OutboxClaim> done) {
    auto name = claims_.next(channel.value);
    Command call = claim_call(channel, &url, std::nullopt, limit, lease, name);
    call.add(static_cast<std::int64_t>(UrlLimit::kept_one_in))
        .add(static_cast<std::int64_t>(UrlLimit::alone_within))
        .add(Duration(UrlLimit::told_alone_for).count());
    std::sort(url.windows.begin(), url.windows.end(),
              [](const auto& a, const auto& b) { return a.length < b.length; });
    for (const auto& window : url.windows) {
        call.add(static_cast<std::int64_t>(window.requests)).add(window.length.count());
    }
    run_claim(channel, std::move(call), name, [name, done = std::move(done)](Result<OutboxClaim> claim) {
        if (claim && !claim->items.empty() && !claim->held_until) claim->request = name;
        done(std::move(claim));
    });
}

void RedisOutbox::answered(UrlLimit url, UrlAnswer answer, Callback<std::monostate> done) {
    Duration longest{};
    for (const auto& window : url.windows) longest = std::max(longest, window.length);
    Command call = redis::script_call(Script::answered_url, 1);
    call.add(keys_.limit(url.url_hash))
        .add(connection_.time_instead())
        .add(answer.request)
        .add(static_cast<std::int64_t>(answer.requests))
        .add(answer.hold.count())
        .add(longest.count());
    connection_.run(Script::answered_url, std::move(call), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        done(std::monostate{});
    });
}

void RedisOutbox::use_of(UrlLimit url, Callback<UrlUse> done) {
    Command latest("ZREVRANGE");
    latest.add(keys_.limit(url.url_hash)).add(0).add(requests_read_max - 1).add("WITHSCORES");
    connection_.send(std::move(latest),
                     [done = std::move(done)](const Reply& reply) { done(read_use(reply)); });
}

Result<OutboxClaim> RedisOutbox::read_claim(const ChannelId& channel, const Reply& reply) {
    if (reply.is_error()) return reply.error();
    constexpr std::size_t head = 3;  // before the values
    if (reply.items.size() < head) return redis::unexpected_reply("claim_outbox");
    OutboxClaim claim;
    const auto now = redis::read_millis(reply.items[0].text);
    if (!now) return now.error();
    claim.now = *now;
    if (!reply.items[1].text.empty()) {
        std::string_view text = reply.items[1].text;
        claim.limited = text.starts_with('!');
        if (claim.limited) text.remove_prefix(1);
        const auto next = redis::read_millis(text);
        if (!next) return next.error();
        claim.next = *next;
    }
    if (!reply.items[2].text.empty()) {
        const auto until = redis::read_millis(reply.items[2].text);
        if (!until) return until.error();
        claim.held_until = *until;
    }
    for (std::size_t i = head; i < reply.items.size(); ++i) {
        const auto value = redis::read_notification_value(reply.items[i].text);
        auto notification = value ? decode_notification(value->body) : Result<Notification>(value.error());
        if (notification)
            claim.items.push_back({std::move(*notification), value->attempts});
        else
            observer_.troubled("outbox " + channel.value, notification.error());
    }
    return claim;
}

void RedisOutbox::renew(ChannelId channel, Urgency urgency, NotificationId id, Duration lease,
                        Callback<std::monostate> done) {
    Command call = redis::script_call(Script::renew, 2);
    call.add(keys_.outbox(channel, urgency))
        .add(keys_.notification(id))
        .add(connection_.time_instead())
        .add(id.value)
        .add(std::min(lease, lease_max).count());
    connection_.run(Script::renew, std::move(call), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        if (reply.integer == 0) return done(Error{"not_waiting", "the message is settled or superseded", ""});
        done(std::monostate{});
    });
}

void RedisOutbox::settle(Settlement settlement, Callback<std::monostate> done) {
    Command call = redis::script_call(Script::settle, 4);
    call.add(keys_.notification(settlement.id))
        .add(keys_.outbox(settlement.channel, settlement.urgency))
        .add(keys_.dead())
        .add(keys_.stats())
        .add(settlement.id.value)
        .add(settlement.channel.value)
        .add(redis::outcome_letter(settlement.state))
        .add(redis::attempts_column(settlement.attempts))
        .add(redis::millis(settlement.next))
        .add(redis::error_column(settlement.error))
        .add(notification_retention.count());
    connection_.run(Script::settle, std::move(call),
                    [done = std::move(done)](const Reply& reply) { done(redis::read_done(reply)); });
}

void RedisOutbox::remember_channels(const std::vector<ChannelId>& channels,
                                    Callback<std::vector<ChannelId>> done) {
    Command add("SADD"), all("SMEMBERS");
    add.add(keys_.channels());
    for (const auto& channel : channels) add.add(channel.value);
    all.add(keys_.channels());
    if (!channels.empty()) connection_.send(std::move(add), [](const Reply&) {});  // the next start adds them
    connection_.send(std::move(all), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        std::vector<ChannelId> found;
        for (const auto& item : reply.items) found.emplace_back(item.text);
        done(std::move(found));
    });
}

}  // namespace alert
