// Redis is away: what the watch tells without it, past the outbox and the limits of the robots, which are in
// Redis both. One message, tried a few times; that Redis is back is told by the outbox again.
#include "alert/core/causes.hpp"
#include "log.hpp"
#include "self_watch.hpp"

#include <spdlog/spdlog.h>

namespace yuqing {

namespace {
constexpr std::uint32_t direct_tries_max = 6;  // at one look each
constexpr std::size_t reason_bytes_max = 300;
}  // namespace

/// One that comes back for a moment is the same outage.
void SelfWatch::redis_state(bool up, const std::string& reason) {
    if (!up) away_because_ = reason.substr(0, reason_bytes_max);
    if (up == up_) return;
    up_ = up;
    const auto now = parts_.clock.now();
    if (up) {
        direct_.clear();
        if (outage_) outage_->until = now;
        return;
    }
    const bool same = outage_ && outage_->until && now - *outage_->until < config_->self.over_after;
    if (same)
        outage_->until.reset();
    else
        outage_ = Outage{.since = now};
}

void SelfWatch::tell_outage() {
    const auto now = parts_.clock.now();
    if (!outage_ || now - outage_->since < config_->self.redis_after) return;
    if (!outage_->told || now - *outage_->told >= config_->self.remind_every) {
        outage_->told = now;
        const alert::Trouble trouble{
            {alert::TroubleKind::redis, ""}, alert::cause_zh(away_because_), away_because_, {}};
        const auto notice = alert::beginning(trouble, outage_->since, now, scene());
        spdlog::error("self=begins about=redis message={}", log_value(notice.text));
        for (auto& message : alert::self_notifications(notice, channels_for(trouble.id, false), now)) {
            const auto id = message.id;
            direct_.insert_or_assign(id, Direct{std::move(message)});
        }
    }
    std::vector<alert::NotificationId> ids;
    for (const auto& [id, direct] : direct_) ids.push_back(id);
    for (const auto& id : ids) send_direct(id);
}

void SelfWatch::send_direct(const alert::NotificationId& id) {
    const auto at = direct_.find(id);
    if (at == direct_.end() || at->second.under_way) return;
    at->second.under_way = true;
    ++at->second.tries;
    parts_.sender.send({at->second.message},
                       [this, id](const alert::DeliveryResult& result) { sent_direct(id, result); });
}

/// What is refused for good, or too often, goes to the fallback of its channel.
void SelfWatch::sent_direct(const alert::NotificationId& id, const alert::DeliveryResult& result) {
    const auto at = direct_.find(id);
    if (at == direct_.end()) return;  // Redis is back meanwhile
    auto& [message, tries, under_way] = at->second;
    under_way = false;
    using Kind = alert::DeliveryResult::Kind;
    using State = alert::DeliveryState;
    const bool gone = result.kind == Kind::permanent || tries >= direct_tries_max;
    const auto state = result.kind == Kind::delivered ? State::delivered
                       : gone                         ? State::dead
                                                      : State::pending;
    parts_.watcher.attempted(message, tries, state, result);
    if (state == State::pending) return;
    const auto channel = config_->channels.find(message.channel);
    if (state == State::dead && channel != config_->channels.end() && channel->second.fallback) {
        Direct other{message};
        other.message.channel = *channel->second.fallback;
        other.message.id = alert::fallback_id(message.id, other.message.channel);
        const auto other_id = other.message.id;
        direct_.emplace(other_id, std::move(other));
    }
    direct_.erase(at);
}

}  // namespace yuqing
