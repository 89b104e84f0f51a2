#include "simulation/faulty_ports.hpp"

namespace yuqing::simulation {

using namespace alert;
using namespace std::chrono_literals;

namespace {

/// Calls the store in memory and takes its answer at once; it is carried back over the line.
template <class T, class Call>
Result<T> now_of(MemoryCaseStore& memory, Call call) {
    std::optional<Result<T>> result;
    call([&](Result<T> answer) { result = std::move(answer); });
    memory.run_pending();
    return std::move(*result);
}

}  // namespace

void DaemonClock::observe(TimePoint redis, Duration asked) {
    heard_ = true;
    const auto before = trusted_.steps();
    trusted_.observe(redis, asked, boot_time());
    if (trusted_.steps() > before) world_.inspector.reached("clock step seen by a daemon");
}

template <class T, class Call>
void FaultyStore::question(Callback<T> done, Call call) {
    auto& memory = line_.world().memory;
    line_.ask<T>(line_.world().weather.fate_of_question(), std::move(done),
                 [&memory, call = std::move(call)] { return now_of<T>(memory, call); });
}

void FaultyStore::load(CaseQuery query, Callback<CaseAnswer> done) {
    auto& memory = line_.world().memory;
    question<CaseAnswer>(std::move(done), [&memory, query](auto then) { memory.load(query, then); });
}
void FaultyStore::find_matter(std::string key, Callback<std::optional<CaseId>> done) {
    auto& memory = line_.world().memory;
    question<std::optional<CaseId>>(std::move(done),
                                    [&memory, key](auto then) { memory.find_matter(key, then); });
}
void FaultyStore::load_log(CaseId id, Callback<std::vector<Fact>> done) {
    auto& memory = line_.world().memory;
    line_.world().inspector.reached("refold from log");
    question<std::vector<Fact>>(std::move(done), [&memory, id](auto then) { memory.load_log(id, then); });
}
void FaultyStore::commit(std::shared_ptr<const Transition> transition, Callback<CommitOutcome> done) {
    auto& world = line_.world();
    const auto decided_at = clock_.now();
    world.inspector.attempted(*transition);
    line_.ask<CommitOutcome>(world.weather.fate_of_commit(), std::move(done),
                             [&world, transition, decided_at, daemon = daemon_] {
                                 auto result = now_of<CommitOutcome>(
                                     world.memory, [&](auto then) { world.memory.commit(transition, then); });
                                 if (result->kind == CommitOutcome::Kind::committed)
                                     world.inspector.committed(*transition, decided_at, daemon);
                                 else
                                     world.inspector.reached("conflict between daemons");
                                 return result;
                             });
}
void FaultyStore::claim_due(TimePoint until, std::size_t limit, Duration lease, Callback<Claim> done) {
    auto& world = line_.world();
    question<Claim>(std::move(done), [&world, until, limit, lease, daemon = daemon_](auto then) {
        world.memory.claim_due(until, limit, lease, [&world, then, daemon](Result<Claim> claim) {
            for (const auto& stored : claim->cases) world.inspector.claimed(stored.snapshot.id, daemon);
            then(std::move(claim));
        });
    });
}
void FaultyStore::keep_reject(Reject reject, Callback<std::monostate> done) {
    auto& memory = line_.world().memory;
    question<std::monostate>(std::move(done),
                             [&memory, reject](auto then) { memory.keep_reject(reject, then); });
}
void FaultyStore::keep_policy(PolicyHash hash, std::string text, Callback<std::monostate> done) {
    line_.world().memory.keep_policy(std::move(hash), std::move(text), std::move(done));
}
void FaultyStore::load_policy(PolicyHash hash, Callback<std::optional<std::string>> done) {
    auto& memory = line_.world().memory;
    line_.world().inspector.reached("policy of an older day read back");
    question<std::optional<std::string>>(std::move(done),
                                         [&memory, hash](auto then) { memory.load_policy(hash, then); });
}

void FaultyOutbox::claim(ChannelId channel, TimePoint until, std::size_t limit, Duration lease,
                         Callback<OutboxClaim> done) {
    auto& world = line_.world();
    line_.ask<OutboxClaim>(
        world.weather.fate_of_question(), std::move(done), [&world, channel, until, limit, lease] {
            MemoryOutbox inner(world.memory);
            auto result = now_of<OutboxClaim>(
                world.memory, [&](auto then) { inner.claim(channel, until, limit, lease, then); });
            for (const auto& item : result->items) world.inspector.taken(item.notification.id);
            return result;
        });
}
void FaultyOutbox::claim_parcel(ChannelId channel, UrlLimit url, std::size_t limit, Duration lease,
                                Callback<OutboxClaim> done) {
    auto& world = line_.world();
    line_.ask<OutboxClaim>(
        world.weather.fate_of_question(), std::move(done), [&world, channel, url, limit, lease] {
            MemoryOutbox inner(world.memory);
            return now_of<OutboxClaim>(
                world.memory, [&](auto then) { inner.claim_parcel(channel, url, limit, lease, then); });
        });
}
void FaultyOutbox::answered(UrlLimit url, UrlAnswer answer, Callback<std::monostate> done) {
    auto& world = line_.world();
    line_.ask<std::monostate>(world.weather.fate_of_question(), std::move(done), [&world, url, answer] {
        MemoryOutbox inner(world.memory);
        return now_of<std::monostate>(world.memory, [&](auto then) { inner.answered(url, answer, then); });
    });
}
void FaultyOutbox::renew(ChannelId channel, Urgency urgency, NotificationId id, Duration lease,
                         Callback<std::monostate> done) {
    auto& world = line_.world();
    line_.ask<std::monostate>(
        world.weather.fate_of_question(), std::move(done), [&world, channel, urgency, id, lease] {
            MemoryOutbox inner(world.memory);
            return now_of<std::monostate>(world.memory,
                                          [&](auto then) { inner.renew(channel, urgency, id, lease, then); });
        });
}
void FaultyOutbox::settle(Settlement settlement, Callback<std::monostate> done) {
    auto& world = line_.world();
    line_.ask<std::monostate>(world.weather.fate_of_question(), std::move(done), [&world, settlement] {
        MemoryOutbox inner(world.memory);
        return now_of<std::monostate>(world.memory, [&](auto then) { inner.settle(settlement, then); });
    });
}

void FaultySender::send(std::vector<Notification> messages, std::function<void(DeliveryResult)> done) {
    const Notification& notification = messages.front();  // these channels have no limit
    if (heard_.contains(notification.id))
        throw Broken("sent again by a daemon that had heard it arrived: " + notification.id.value);
    auto& weather = world_.weather;
    Post post = weather.post();
    if (weather.receiver_down(notification.channel.value, world_.scheduler.now())) post = Post::hangs;
    const bool arrives = post == Post::well || post == Post::slow || post == Post::delivered_but_unknown;
    const auto travel = post == Post::slow ? weather.dice().span(1s, 5s) : weather.dice().span(1ms, 50ms);
    if (arrives) {
        world_.scheduler.after(travel, nullptr,
                               [&world = world_, notification] { world.inspector.delivered(notification); });
    }
    DeliveryResult result;
    auto answered = travel * 2;
    if (post == Post::buried) {
        result = {.kind = DeliveryResult::Kind::permanent, .error = "refused"};
    } else if (!arrives || post == Post::delivered_but_unknown) {
        result = {.kind = DeliveryResult::Kind::retry, .error = "no answer"};
        if (post != Post::failed) answered = 5s;
        if (weather.dice().chance(0.2)) result.retry_after = weather.dice().span(1s, 60s);
    }
    world_.scheduler.after(answered, life_, [this, done = std::move(done), result, id = notification.id] {
        if (result.kind == DeliveryResult::Kind::delivered) heard_.insert(id);
        done(result);
    });
}

}  // namespace yuqing::simulation
