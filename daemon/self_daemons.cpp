// What the watch tells of the other daemons on this Redis: that they do not go by the same files.
#include "self_watch.hpp"

namespace yuqing {

void SelfWatch::introduce(alert::RunningDaemon self) {
    entry_ = std::move(self);
    entry_.started = parts_.clock.now();
}

/// A daemon that is restarted with other files is not taken for two.
void SelfWatch::stop() {
    stopped_ = true;
    if (up_) parts_.roll.leave(entry_.id);
}

void SelfWatch::look_at_daemons(alert::TimePoint now, alert::Callback<std::optional<alert::Trouble>> done) {
    entry_.seen = now;
    entry_.settings = config_->shared;
    parts_.roll.enter(entry_, [this, now, done = std::move(done)](auto roll) {
        if (!roll) return done(roll.error());
        const auto alive = alert::alive_daemons(std::move(*roll), now);
        parts_.metrics.daemons.Set(static_cast<double>(alive.size()));
        if (on_daemons) on_daemons(alive.size());
        done(alert::settings_trouble(alive));
    });
}

}  // namespace yuqing
