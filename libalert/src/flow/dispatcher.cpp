#include "alert/flow/dispatcher.hpp"

#include "alert/core/fallbacks.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace alert {

Duration back_off(const DeliveryPlan& plan, std::uint32_t attempt, std::optional<Duration> asked,
                  double random) {
    const double doubled =
        static_cast<double>(plan.retry_min.count()) * std::exp2(std::min(attempt - 1, 30U));
    const double capped = std::min(doubled, static_cast<double>(plan.retry_max.count()));
    const Duration wait{static_cast<Duration::rep>(capped * (1.0 - random / 2))};
    return asked ? std::max(*asked, wait) : wait;
}

std::optional<TimePoint> later_than_round(const Notification& notification) {
    const bool reminds =
        notification.reason == Reason::reminder || notification.reason == Reason::unacknowledged;
    if (!reminds || !notification.step) return std::nullopt;
    const auto planned = notification.step->planned;
    if (planned.time_since_epoch() % std::chrono::minutes(30) != Duration{0}) return std::nullopt;
    constexpr std::size_t spread = 20'000;  // ms
    const auto chance = std::hash<std::string>{}(notification.id.value) % (spread + 1);
    return planned + std::chrono::seconds(5) + Duration(chance);
}

Dispatcher::Dispatcher(DeliveryPlan plan, CaseStore& store, Outbox& outbox, Sender& sender, Clock& clock,
                       Timers& timers, Observer& observer)
    : plan_(std::move(plan)),
      store_(store),
      outbox_(outbox),
      sender_(sender),
      clock_(clock),
      timers_(timers),
      observer_(observer),
      random_(plan_.seed),
      claim_pause_(plan_.claim_retry_min, plan_.look_every) {}

void Dispatcher::start() {
    look();
    keep_leases();
}

/// Not longer than `yield_max` at a stretch: a timekeeper that never catches up must not silence a channel.
bool Dispatcher::yield() {
    if (!yields || !yields()) {
        yields_since_.reset();
        return false;
    }
    const auto now = clock_.now();
    if (!yields_since_) yields_since_ = now;
    return now - *yields_since_ < plan_.yield_max;
}

void Dispatcher::look() {
    if (stopped_) return;
    if (yield()) return expect(clock_.now() + plan_.pause);
    if (plan_.url_limit) return look_within_limit();
    const auto under_way = held_.size() + sending_.size() + settling_.size();
    // What cannot be sent or settled now is better claimed later, or by another daemon.
    const bool full = held_.size() >= plan_.claim_max || under_way >= plan_.claim_max * 4;
    if (claiming_ || full) return expect(clock_.now() + plan_.look_every);
    claiming_ = true;
    expected_ = TimePoint::max();
    const auto limit = plan_.claim_max - held_.size();
    outbox_.claim(plan_.channel, clock_.now(), limit, plan_.lease,
                  [this, limit, asked = clock_.boot_time()](Result<OutboxClaim> claim) {
                      if (claim) {
                          clock_.observe(claim->now, asked);
                          more_ = claim->items.size() >= limit;
                      }
                      claimed(std::move(claim));
                  });
}

/// One request at a time is asked for: what it takes along is decided where it is counted.
void Dispatcher::look_within_limit() {
    if (claiming_ || requests_ >= plan_.concurrency || settling_.size() >= plan_.parcel_max * 4)
        return expect(clock_.now() + plan_.look_every);
    claiming_ = true;
    expected_ = TimePoint::max();
    outbox_.claim_parcel(plan_.channel, *plan_.url_limit, plan_.parcel_max, plan_.lease,
                         [this, asked = clock_.boot_time()](Result<OutboxClaim> claim) {
                             if (claim) {
                                 clock_.observe(claim->now, asked);
                                 more_ = !claim->items.empty();
                                 if (claim->limited && !limited_) observer_.limit_hit("url_rate");
                                 limited_ = claim->limited;
                             }
                             claimed(std::move(claim));
                         });
}

void Dispatcher::claimed(Result<OutboxClaim> claim) {
    claiming_ = false;
    if (!claim) {
        observer_.troubled("dispatcher", claim.error());
        return expect(clock_.now() + claim_pause_.next());
    }
    claim_pause_.succeeded();
    const auto latest = clock_.now() + plan_.look_every;
    // The outbox's own clock may be a little behind: what is due here is given there in a moment.
    const auto earliest = clock_.now() + (claim->items.empty() ? plan_.pause : Duration{0});
    std::vector<OutboxItem> parcel;
    for (auto& item : claim->items) {
        const auto& id = item.notification.id;
        const bool held =
            std::any_of(held_.begin(), held_.end(), [&](const auto& h) { return h.notification.id == id; });
        // A lease that ran out here, not a message of its own: what is under way goes on.
        if (held || sending_.contains(id) || settling_.contains(id) || left_to_others(item)) continue;
        if (claim->held_until) {
            wait_out(item, *claim->held_until);
            continue;
        }
        const auto later = plan_.shuns_round_times ? later_than_round(item.notification) : std::nullopt;
        if (later && *later > clock_.now())
            put_off(item, *later);
        else if (plan_.url_limit)
            parcel.push_back(std::move(item));
        else
            hold(std::move(item));
    }
    const bool more_held = claim->held_until && !claim->items.empty();
    const auto next = more_held ? earliest : std::max(claim->next.value_or(latest), earliest);
    expect(std::min({next, expected_, latest}));
    if (!parcel.empty()) send(std::move(parcel), claim->request);
    send_next();
}

bool Dispatcher::left_to_others(const OutboxItem& item) {
    const auto elsewhere = sent_elsewhere ? sent_elsewhere(item.notification) : SentElsewhere::no;
    if (elsewhere != SentElsewhere::delivered) return elsewhere == SentElsewhere::under_way;
    const Settlement settlement{.id = item.notification.id,
                                .channel = plan_.channel,
                                .urgency = item.notification.urgency,
                                .attempts = item.attempts + 1};
    settle_as(settlement);
    return true;
}

/// Behind those as urgent as it, before those that are less.
void Dispatcher::hold(OutboxItem item) {
    const auto at =
        std::upper_bound(held_.begin(), held_.end(), item, [](const OutboxItem& a, const OutboxItem& b) {
            return a.notification.urgency < b.notification.urgency;
        });
    held_.insert(at, std::move(item));
}

void Dispatcher::send_next() {
    while (!stopped_ && !held_.empty() && requests_ < plan_.concurrency) {
        auto item = std::move(held_.front());
        held_.pop_front();
        send({std::move(item)});
    }
}

void Dispatcher::send(std::vector<OutboxItem> parcel, const std::string& request) {
    std::vector<NotificationId> ids;
    std::vector<Notification> messages;
    for (auto& item : parcel) {
        ids.push_back(item.notification.id);
        messages.push_back(item.notification);
        sending_.emplace(ids.back(), std::move(item));
    }
    ++requests_;
    sender_.send(std::move(messages), [this, ids = std::move(ids), request](DeliveryResult result) {
        --requests_;
        const auto hold = result.holds_url ? result.retry_after.value_or(plan_.retry_min) : Duration{};
        if (result.holds_url) {
            observer_.limit_hit("url");
            hold_cause_ = result.error;
        }
        const UrlAnswer answer{request, result.requests, hold};
        if (plan_.url_limit && on_request) on_request(*plan_.url_limit, answer);
        if (plan_.url_limit) tell_limit(answer);
        sent(ids, result);
    });
}

void Dispatcher::sent(const std::vector<NotificationId>& ids, const DeliveryResult& result) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto done = sending_.extract(ids[i]);
        if (done.empty()) continue;
        if (i < result.included)
            settle(done.mapped(), result);
        else
            put_off(done.mapped(), clock_.now());  // did not fit
    }
    send_next();
    if (more_ && held_.size() <= plan_.claim_max / 2) expect(clock_.now());
}

void Dispatcher::settle_as(const Settlement& settlement) {
    settling_.insert_or_assign(settlement.id, settlement);
    write_settlement(settlement.id);
}

/// Back to where it waits, as if it had not been taken.
void Dispatcher::put_off(const OutboxItem& item, TimePoint until) {
    const Settlement settlement{.id = item.notification.id,
                                .channel = plan_.channel,
                                .urgency = item.notification.urgency,
                                .state = DeliveryState::pending,
                                .next = until,
                                .attempts = item.attempts};
    settle_as(settlement);
}

/// Back while the URL is held; who is to hear of it at once hears it through the fallback.
void Dispatcher::wait_out(const OutboxItem& item, TimePoint held_until) {
    const auto& notification = item.notification;
    const Settlement settlement{.id = notification.id,
                                .channel = plan_.channel,
                                .urgency = notification.urgency,
                                .state = DeliveryState::pending,
                                .next = std::min(held_until, clock_.now() + plan_.held_look_every),
                                .attempts = item.attempts,
                                .error = hold_cause_};
    settling_.insert_or_assign(settlement.id, settlement);
    if (tells_meanwhile(notification, held_until))
        tell_fallback(notification, settlement);
    else
        write_settlement(settlement.id);
}

/// Its id makes it one message however often it is told; what is remembered here only saves asking.
bool Dispatcher::tells_meanwhile(const Notification& notification, TimePoint next) {
    constexpr std::size_t remembered_max = 10'000;
    const bool too_long = next - notification.created_at > plan_.urgent_patience;
    if (!plan_.fallback || notification.reason == Reason::test || notification.urgency != 0 || !too_long)
        return false;
    if (told_meanwhile_.size() >= remembered_max) told_meanwhile_.clear();
    if (!told_meanwhile_.insert(notification.id).second) return false;
    observer_.limit_hit("urgent_patience");
    return true;
}

void Dispatcher::tell_limit(UrlAnswer answer) {
    outbox_.answered(*plan_.url_limit, answer, [this, answer](Result<std::monostate> counted) {
        if (counted) return;
        observer_.troubled("limit", counted.error());
        later([this, answer]() mutable {
            answer.hold = std::max(answer.hold - plan_.look_every, Duration{0});
            tell_limit(std::move(answer));
        });
    });
}

void Dispatcher::settle(const OutboxItem& item, const DeliveryResult& result) {
    const auto attempt = item.attempts + 1;
    Settlement settlement{.id = item.notification.id,
                          .channel = plan_.channel,
                          .urgency = item.notification.urgency,
                          .attempts = attempt,
                          .error = result.error};
    using Kind = DeliveryResult::Kind;
    TimePoint next;  // as far as is known
    auto tries_max = plan_.attempts_max;
    if (result.kind == Kind::unknown) tries_max = std::min(tries_max, plan_.unknown_attempts_max);
    if (result.kind == Kind::delivered) {
        settlement.state = DeliveryState::delivered;
    } else if (result.kind == Kind::permanent || attempt >= tries_max) {
        settlement.state = DeliveryState::dead;
        if (result.kind != Kind::permanent) observer_.limit_hit("delivery_attempts");
    } else {
        settlement.state = DeliveryState::pending;
        const double random = std::uniform_real_distribution<double>{0, 1}(random_);
        settlement.next = clock_.now() + back_off(plan_, attempt, result.retry_after, random);
        next = settlement.next;
        // The hold is the URL's, and not written into each message.
        if (result.holds_url && plan_.url_limit)
            settlement.next = std::min(next, clock_.now() + plan_.held_look_every);
    }
    observer_.attempted(item.notification, attempt, settlement.state, result);
    settling_.insert_or_assign(settlement.id, settlement);
    // A test asks about this channel alone.
    const bool told_elsewhere = plan_.fallback && item.notification.reason != Reason::test;
    const bool dies = settlement.state == DeliveryState::dead && told_elsewhere;
    const bool waits = settlement.state == DeliveryState::pending;
    if (!waits) told_meanwhile_.erase(settlement.id);
    if (dies || (waits && tells_meanwhile(item.notification, next)))
        tell_fallback(item.notification, settlement);
    else
        write_settlement(settlement.id);
}

/// Nothing is told of what was overtaken while it was under way: it has no lease any more.
void Dispatcher::tell_fallback(const Notification& notification, const Settlement& settlement) {
    outbox_.renew(plan_.channel, notification.urgency, notification.id, plan_.lease,
                  [this, notification, settlement](const Result<std::monostate>& renewed) {
                      if (renewed) return commit_copy(notification, settlement);
                      if (renewed.error().code == "not_waiting") return write_settlement(settlement.id);
                      observer_.troubled("fallback", renewed.error());
                      later([this, notification, settlement] { tell_fallback(notification, settlement); });
                  });
}

/// First to the fallback channel, then dead or put off: a crash between the two tells it once more, under the
/// same id.
void Dispatcher::commit_copy(const Notification& notification, const Settlement& settlement) {
    auto transition = std::make_shared<Transition>();
    Notification other = notification;
    other.id = fallback_id(notification.id, *plan_.fallback);
    other.channel = *plan_.fallback;
    other.created_at = clock_.now();
    transition->notifications.push_back(std::move(other));
    store_.commit(transition, [this, transition, notification, settlement](Result<CommitOutcome> result) {
        if (!result) {
            observer_.troubled("fallback", result.error());
            return later([this, notification, settlement] { tell_fallback(notification, settlement); });
        }
        observer_.committed(*transition);
        if (on_committed) on_committed(*transition);
        write_settlement(settlement.id);
    });
}

/// Goes on until the outbox has it: a message that arrived must not go again because Redis was away.
void Dispatcher::write_settlement(const NotificationId& id) {
    const auto at = settling_.find(id);
    if (at == settling_.end()) return;
    outbox_.settle(at->second, [this, id](Result<std::monostate> settled) {
        if (!settled) {
            observer_.troubled("settle", settled.error());
            return later([this, id] { write_settlement(id); });
        }
        const auto done = settling_.extract(id);
        if (!done.empty() && done.mapped().state == DeliveryState::pending) expect(done.mapped().next);
    });
}

void Dispatcher::later(std::function<void()> then) { timers_.after(plan_.look_every, std::move(then)); }

/// While messages are under way their leases are renewed, so that no other daemon takes them too.
void Dispatcher::keep_leases() {
    timers_.after(plan_.lease / 3, [this] {
        if (stopped_ && idle()) return;
        const auto renew = [this](const OutboxItem& item) {
            outbox_.renew(
                plan_.channel, item.notification.urgency, item.notification.id, plan_.lease,
                [](Result<std::monostate>) {});  // a lease lost means a doubled message, nothing worse
        };
        for (const auto& [id, item] : sending_) renew(item);
        for (const auto& item : held_) {
            if (!stopped_) renew(item);  // what will not be sent here is left to others
        }
        keep_leases();
    });
}

/// Looks at `at`, or earlier if it already means to. What is expected while a claim is under way waits for
/// its answer: it may have been taken before that message was written.
void Dispatcher::expect(TimePoint at) {
    if (stopped_) return;
    if (claiming_) {
        expected_ = std::min(expected_, at);
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
