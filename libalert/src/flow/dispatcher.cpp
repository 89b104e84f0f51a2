#include "alert/flow/dispatcher.hpp"

#include "alert/core/hash.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace alert {

Duration back_off(const DeliveryPlan& plan, std::uint32_t attempt, std::optional<Duration> asked, double random) {
    const double doubled = static_cast<double>(plan.retry_min.count()) * std::exp2(std::min(attempt - 1, 30U));
    const double capped = std::min(doubled, static_cast<double>(plan.retry_max.count()));
    const Duration wait{static_cast<Duration::rep>(capped * (1.0 - random / 2))};
    return asked ? std::max(*asked, wait) : wait;
}

Dispatcher::Dispatcher(DeliveryPlan plan, CaseStore& store, Outbox& outbox, Sender& sender, Clock& clock,
                       Timers& timers, Observer& observer)
    : plan_(std::move(plan)), store_(store), outbox_(outbox), sender_(sender), clock_(clock), timers_(timers),
      observer_(observer) {}

void Dispatcher::start() {
    look();
    keep_leases();
}

void Dispatcher::look() {
    if (stopped_) return;
    if (claiming_) {
        again_ = true;
        return;
    }
    const auto under_way = held_.size() + sending_.size() + settling_.size();
    if (held_.size() >= plan_.claim_max / 2 || under_way >= plan_.claim_max * 2) return expect(clock_.now() + plan_.look_every);
    claiming_ = true;
    again_ = false;
    wakes_at_ = TimePoint::max();
    ++sleep_;
    outbox_.claim(plan_.channel, clock_.now(), plan_.claim_max, plan_.lease,
                  [this, asked = clock_.boot_time()](Result<OutboxClaim> claim) {
                      if (claim) clock_.observe(claim->now, asked);
                      claimed(std::move(claim));
                  });
}

void Dispatcher::claimed(Result<OutboxClaim> claim) {
    claiming_ = false;
    const auto latest = clock_.now() + plan_.look_every;
    if (!claim) {
        observer_.troubled("dispatcher", claim.error());
        return expect(latest);
    }
    for (auto& item : claim->items) {
        const auto& id = item.notification.id;
        const bool held = std::any_of(held_.begin(), held_.end(), [&](const auto& h) { return h.notification.id == id; });
        // A lease that ran out here, not a message of its own: what is under way goes on.
        if (held || sending_.contains(id) || settling_.contains(id)) continue;
        held_.push_back(std::move(item));
    }
    expect(again_ ? clock_.now() : std::min(claim->next.value_or(latest), latest));
    send_next();
}

void Dispatcher::send_next() {
    while (!stopped_ && !held_.empty() && sending_.size() < plan_.concurrency) {
        auto item = std::move(held_.front());
        held_.pop_front();
        const auto id = item.notification.id;
        auto notification = item.notification;
        sending_.emplace(id, std::move(item));
        sender_.send(std::move(notification), [this, id](DeliveryResult result) {
            auto done = sending_.extract(id);
            if (!done.empty()) sent(done.mapped(), std::move(result));
        });
    }
}

void Dispatcher::sent(const OutboxItem& item, DeliveryResult result) {
    settle(item, result);
    send_next();
    if (held_.size() < plan_.claim_max / 2) expect(clock_.now());
}

void Dispatcher::settle(const OutboxItem& item, const DeliveryResult& result) {
    const auto attempt = item.attempts + 1;
    Settlement settlement{.id = item.notification.id, .channel = plan_.channel, .urgency = item.notification.urgency,
                          .attempts = attempt, .error = result.error};
    using Kind = DeliveryResult::Kind;
    if (result.kind == Kind::delivered) {
        settlement.state = DeliveryState::delivered;
    } else if (result.kind == Kind::permanent || attempt >= plan_.attempts_max) {
        settlement.state = DeliveryState::dead;
        fall_back(item.notification);
    } else {
        settlement.state = DeliveryState::pending;
        const double random = std::uniform_real_distribution<double>{0, 1}(random_);
        settlement.next = clock_.now() + back_off(plan_, attempt, result.retry_after, random);
    }
    observer_.attempted(item.notification, attempt, settlement.state, result);
    write_settlement(std::move(settlement));
}

/// Goes on until the outbox has it: a message that arrived must not go again because Redis was away.
void Dispatcher::write_settlement(Settlement settlement) {
    const auto id = settlement.id;
    const auto next = settlement.state == DeliveryState::pending ? std::optional(settlement.next) : std::nullopt;
    settling_.insert_or_assign(id, settlement);
    outbox_.settle(std::move(settlement), [this, id, next](Result<std::monostate> settled) {
        if (settled) {
            settling_.erase(id);
            if (next) expect(*next);
            return;
        }
        observer_.troubled("settle", settled.error());
        timers_.after(plan_.look_every, [this, id] {
            const auto at = settling_.find(id);
            if (at != settling_.end() && !stopped_) write_settlement(at->second);
        });
    });
}

void Dispatcher::fall_back(const Notification& notification) {
    if (!plan_.fallback) return;
    auto transition = std::make_shared<Transition>();
    Notification other = notification;
    other.id = NotificationId{hash_hex({notification.id.value, "fallback", plan_.fallback->value}, 32)};
    other.channel = *plan_.fallback;
    other.created_at = clock_.now();
    transition->notifications.push_back(std::move(other));
    store_.commit(transition, [this, transition](Result<CommitOutcome> result) {
        if (!result) return observer_.troubled("fallback", result.error());
        observer_.committed(*transition);
    });
}

/// While messages are under way their leases are renewed, so that no other daemon takes them too.
void Dispatcher::keep_leases() {
    timers_.after(plan_.lease / 3, [this] {
        if (stopped_ && idle()) return;
        const auto renew = [this](const OutboxItem& item) {
            outbox_.renew(plan_.channel, item.notification.urgency, item.notification.id, plan_.lease,
                          [](Result<std::monostate>) {});  // a lease lost means a doubled message, nothing worse
        };
        for (const auto& [id, item] : sending_) renew(item);
        for (const auto& item : held_) renew(item);
        keep_leases();
    });
}

void Dispatcher::expect(TimePoint at) {
    if (claiming_) {
        again_ = again_ || at <= clock_.now();
        return;
    }
    if (at >= wakes_at_) return;
    wakes_at_ = at;
    const auto sleep = ++sleep_;
    timers_.after(std::max(at - clock_.now(), Duration{0}), [this, sleep] {
        if (sleep != sleep_) return;
        wakes_at_ = TimePoint::max();
        look();
    });
}

}  // namespace alert
