// The channels of the core: who serves each of them, and who sends while Redis is away.
#include "core_loop.hpp"
#include "log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace yuqing {

namespace {

/// Should one of the writers not come up again for another reason.
constexpr alert::Duration doubted_for = std::chrono::seconds(5);
constexpr std::size_t parcel_messages_max = 500;  // of one request; the platforms' bytes allow fewer

alert::DeliveryPlan plan_of(const alert::ChannelConfig& channel) {
    alert::DeliveryPlan plan{.channel = channel.id,
                             .concurrency = channel.concurrency,
                             .fallback = channel.fallback,
                             .urgent_patience = channel.urgent_patience,
                             .retry_min = channel.retry_min,
                             .retry_max = channel.retry_max,
                             .attempts_max = channel.attempts_max,
                             .unknown_attempts_max = channel.unknown_attempts_max};
    if (!channel.rate.empty()) {
        plan.url_limit = alert::UrlLimit{alert::UrlLimit::hash_of(channel.url), channel.rate};
        const bool takes_many = channel.format != alert::ChannelFormat::cloudevents;
        plan.parcel_max = takes_many ? parcel_messages_max : 1;
    }
    plan.shuns_round_times = channel.format == alert::ChannelFormat::feishu;
    plan.claim_max = std::max<std::size_t>(plan.claim_max, channel.concurrency * 8);
    return plan;
}

}  // namespace

/// What waits for a channel that is no longer configured would wait where nobody looks. The sender refuses
/// it for good, so it is buried, and goes to the duty officers' channel instead.
std::vector<alert::DeliveryPlan> CoreLoop::plans() const {
    std::vector<alert::DeliveryPlan> plans;
    for (const auto& [id, channel] : config_->channels) plans.push_back(plan_of(channel));
    const auto* duty = config_->directory->find_role("duty_officer");
    for (const auto& id : gone_channels_) {
        plans.push_back({.channel = id});
        if (duty != nullptr && !duty->channels.empty()) plans.back().fallback = duty->channels.front();
    }
    return plans;
}

void CoreLoop::add_dispatcher(alert::DeliveryPlan plan) {
    desk_.follow(plan.channel, plan.fallback);
    dispatchers_.push_back(std::make_unique<alert::Dispatcher>(std::move(plan), store_, outbox_, sender_,
                                                               clock_, timers_, watcher_));
    auto& dispatcher = *dispatchers_.back();
    dispatcher.yields = [this] { return timekeeper_.behind(); };
    dispatcher.on_committed = [this](const alert::Transition& transition) { committed(transition); };
    if (!mirror_) return;
    dispatcher.sent_elsewhere = [this](const alert::Notification& n) { return mirror_->taken(n); };
    dispatcher.on_request = [this](const alert::UrlLimit& url, const alert::UrlAnswer& answer) {
        mirror_->requested(url, answer);
    };
}

/// Those that were configured before this daemon started, or in another.
void CoreLoop::look_for_gone_channels() {
    if (gone_channels_known_) return;
    std::vector<alert::ChannelId> configured;
    for (const auto& [id, channel] : config_->channels) configured.push_back(id);
    outbox_.remember_channels(configured, [this](alert::Result<std::vector<alert::ChannelId>> known) {
        if (!known) return watcher_.troubled("remember_channels", known.error());
        if (std::exchange(gone_channels_known_, true)) return;
        for (const auto& id : *known) look_after_if_gone(id);
        serve_all();
    });
}

void CoreLoop::look_after_if_gone(const alert::ChannelId& id) {
    if (config_->channels.contains(id) || !gone_channels_.insert(id).second) return;
    spdlog::warn("channel=gone channel={} message=\"what waits for it goes to the duty officers\"",
                 log_value(id.value));
}

void CoreLoop::serve_all() {
    for (auto& plan : plans()) {
        if (serves(plan.channel)) continue;
        add_dispatcher(std::move(plan));
        dispatchers_.back()->start();
    }
    if (mirror_) mirror_->serve(plans());
}

bool CoreLoop::serves(const alert::ChannelId& id) const {
    return std::any_of(dispatchers_.begin(), dispatchers_.end(),
                       [&](const auto& dispatcher) { return dispatcher->channel() == id; });
}

/// A dispatcher whose channel is another now brings to its end what it has under way, and takes nothing more.
void CoreLoop::follow_channels(const alert::Config& before) {
    const auto same = [&](const alert::ChannelId& id) {
        const auto old = before.channels.find(id), now = config_->channels.find(id);
        const bool was = old != before.channels.end(), is = now != config_->channels.end();
        return was == is && (!was || old->second == now->second);
    };
    for (auto& dispatcher : dispatchers_) {
        if (same(dispatcher->channel())) continue;
        dispatcher->stop();
        replaced_.push_back(std::move(dispatcher));
    }
    std::erase(dispatchers_, nullptr);
    std::erase_if(gone_channels_, [&](const auto& id) { return config_->channels.contains(id); });
    for (const auto& [id, channel] : before.channels) look_after_if_gone(id);
    serve_all();
    gone_channels_known_ = false;  // what another daemon brought in since
}

/// What falls due while Redis is away is decided and sent from copies; see alert/mirror/.
void CoreLoop::follow_mirror() {
    const auto& redis = config_->redis;
    if (redis.mirror_cases == 0) return;
    mirror_.emplace(alert::Mirror::Parts{store_, store_, outbox_, clock_, timers_, rules_, sender_, watcher_},
                    alert::MirrorLimits{.cases_max = redis.mirror_cases, .away_after = redis.mirror_after});
    mirror_->serve(plans());
    mirror_->on_change = [this] { mirror_changed(); };
    mirror_->on_request_meanwhile = [this](alert::UrlLimit url, alert::UrlAnswer answer) {
        outbox_.answered(std::move(url), std::move(answer),
                         [this](const alert::Result<std::monostate>& counted) {
                             if (!counted) watcher_.troubled("limit", counted.error());
                         });
    };
    mirror_->know_policy = [this](const alert::PolicyHash& hash) {
        desk_.know_policy(hash, [this](alert::Result<void> known) {
            if (!known) watcher_.troubled("mirror", known.error());
        });
    };
    self_.on_daemons = [this](std::size_t count) { mirror_->daemons_are(count); };
    mirror_->busy = [this](const alert::CaseId& id) { return desk_.working_on(id); };
    desk_.decided_meanwhile = [this](const alert::CaseId& id) { return mirror_->decided_meanwhile(id); };
    desk_.on_recorded = [this](const alert::CaseId& id, alert::TimePoint at) { mirror_->recorded(id, at); };
}

/// What was accepted while Redis was away may be the answer to what fell due: it is told first.
bool CoreLoop::told_first() const {
    return keeper_ && keeper_->behind() && !telling_.exhausted(clock_.boot_time());
}

/// A connection whose write too few replicas have is not up again before they have it.
bool CoreLoop::replicated() {
    const auto is_up = [](const auto& writer) { return writer->up(); };
    const bool up = connection_.up() && std::all_of(writers_.begin(), writers_.end(), is_up);
    if (up || clock_.boot_time() - unreplicated_at_ > doubted_for) unreplicated_ = false;
    return !unreplicated_;
}

void CoreLoop::unreplicated() {
    watcher_.limit_hit("redis_replica_timeout");
    unreplicated_ = true;
    unreplicated_at_ = clock_.boot_time();
    judge_redis();
}

void CoreLoop::judge_redis() {
    const bool behind = keeper_ && keeper_->behind();
    const bool complete = redis_up_ && !behind && replicated();
    if (mirror_ && complete != complete_) mirror_->store_is(complete);
    complete_ = complete;
}

void CoreLoop::mirror_changed() {
    const bool standing_in = mirror_->standing_in();
    metrics_.mirror_standing_in.Set(standing_in ? 1 : 0);
    if (standing_in)
        spdlog::warn(
            "mirror=standing_in cases={} message=\"Redis is away: what falls due is told from copies\"",
            mirror_->cases());
    else
        spdlog::info("mirror=relieved sent={}", mirror_->sent());
}

}  // namespace yuqing
