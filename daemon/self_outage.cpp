// Redis is away: what the watch tells without it. One message, tried a few times, once at each look; that
// Redis is back is told by the outbox again.
#include "alert/core/causes.hpp"
#include "log.hpp"
#include "self_watch.hpp"

#include <spdlog/spdlog.h>

namespace yuqing {

namespace {
constexpr std::size_t reason_bytes_max = 300;
}

/// One that comes back for a moment is the same outage.
void SelfWatch::redis_state(bool up, const std::string& reason) {
    if (!up) away_because_ = reason.substr(0, reason_bytes_max);
    if (up == up_) return;
    up_ = up;
    const auto now = parts_.clock.now();
    if (up) {
        claiming_since_ = now;
        direct_.forget();
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
        direct_.add(alert::self_notifications(notice, channels_for(trouble.id, false), now));
    }
    direct_.send(alert::fallbacks_of(*config_));
}

}  // namespace yuqing
