#include "alert/core/daemons.hpp"

#include <algorithm>

namespace alert {

namespace {

constexpr std::size_t named_max = 4;

std::string names_of(const std::vector<RunningDaemon>& daemons, std::string_view between) {
    std::string names;
    for (std::size_t i = 0; i < std::min(daemons.size(), named_max); ++i) {
        if (i > 0) names += between;
        names += daemons[i].host + ":" + std::to_string(daemons[i].pid);
    }
    return daemons.size() > named_max ? names + between.data() + "…" : names;
}

std::set<std::string> differing(const std::vector<RunningDaemon>& daemons) {
    SharedSettings first;
    std::set<std::string> different;
    for (const auto& daemon : daemons) {
        for (const auto& [name, hash] : daemon.settings) {
            if (first.emplace(name, hash).first->second != hash) different.insert(name);
        }
    }
    return different;
}

}  // namespace

std::vector<RunningDaemon> alive_daemons(std::vector<RunningDaemon> roll, TimePoint now) {
    std::erase_if(roll, [now](const RunningDaemon& daemon) { return now - daemon.seen > daemon_alive_for; });
    std::sort(roll.begin(), roll.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return roll;
}

std::optional<Trouble> settings_trouble(const std::vector<RunningDaemon>& alive) {
    const auto different = differing(alive);
    if (different.empty()) return std::nullopt;
    std::string zh, en;
    for (const auto& name : different) {
        zh += (zh.empty() ? "" : "、") + name;
        en += (en.empty() ? "" : ", ") + name;
    }
    return Trouble{{TroubleKind::settings_differ, ""},
                   "不一致的：" + zh + "；守护进程：" + names_of(alive, "、"),
                   en + " differ between " + names_of(alive, ", "),
                   {}};
}

}  // namespace alert
