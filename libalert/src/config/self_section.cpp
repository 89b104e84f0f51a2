#include "daemon_file.hpp"

namespace alert::config {

SelfLimits read_self(const Section& root) {
    using std::chrono::days;
    using std::chrono::hours;
    using std::chrono::seconds;
    SelfLimits self;
    const Yaml* node = root.find("self");
    if (!node) return self;
    const Section section(*node, "self",
                          {"redis_after", "channel_after", "settings_after", "daemon_after", "roster_ahead",
                           "rejects", "remind_every", "daemon_remind_every", "over_after", "look_every"},
                          root.findings());
    const auto read = [&section](const char* key, Duration& value, Duration least, Duration most) {
        value = section.duration(key, value, least, most);
    };
    read("redis_after", self.redis_after, seconds(1), days(1));
    read("channel_after", self.channel_after, seconds(1), days(7));
    read("settings_after", self.settings_after, seconds(1), days(7));
    read("daemon_after", self.daemon_after, seconds(1), hours(1));
    read("daemon_remind_every", self.daemon_remind_every, seconds(10), days(1));
    read("roster_ahead", self.roster_ahead, hours(1), days(60));
    read("remind_every", self.remind_every, days(1), days(30));
    read("over_after", self.over_after, seconds(1), days(1));
    read("look_every", self.look_every, seconds(1), hours(1));
    constexpr std::size_t rejects_kept = 1000;
    self.rejects = section.number("rejects", self.rejects, 1, rejects_kept);
    return self;
}

}  // namespace alert::config
