#include "alert/core/self_watch.hpp"

#include "alert/core/messages.hpp"
#include "self_words.hpp"

#include <algorithm>

namespace alert {

namespace {

constexpr int weekly = 7;  // reminders of what has time

/// How long it must have been seen before anybody is told.
Duration told_after(const SelfLimits& limits, TroubleKind kind) {
    switch (kind) {
        case TroubleKind::redis: return limits.redis_after;
        case TroubleKind::daemon: return limits.daemon_after;
        case TroubleKind::roster_ahead:
        case TroubleKind::calendar:
        case TroubleKind::reload:
        case TroubleKind::warnings:
        case TroubleKind::settings_differ: return limits.settings_after;
        default: return Duration{0};
    }
}

Duration reminded_every(const SelfLimits& limits, TroubleKind kind) {
    if (kind == TroubleKind::daemon) return limits.daemon_remind_every;
    const bool has_time = kind == TroubleKind::calendar || kind == TroubleKind::warnings;
    return limits.remind_every * (has_time ? weekly : 1);
}

const Trouble* find(const std::vector<Trouble>& seen, const TroubleId& id) {
    const auto at = std::find_if(seen.begin(), seen.end(), [&](const Trouble& t) { return t.id == id; });
    return at == seen.end() ? nullptr : &*at;
}

std::string once_of(const TroubleId& id, TimePoint since, std::string_view which) {
    return "self:" + to_string(id) + ":" + std::to_string(since.time_since_epoch().count()) + ":" +
           std::string(which);
}

TroubleMove enter(const Trouble& trouble, TimePoint now) {
    KnownTrouble known{.since = trouble.since.value_or(now), .seen = now};
    if (trouble.told) known.told = now, known.notices = 1;
    return {TroubleMove::Kind::enter, trouble.id, known, {}};
}

TroubleMove keep(const SelfLimits& limits, const Trouble& trouble, KnownTrouble known, TimePoint now,
                 const SelfScene& scene) {
    TroubleMove move{TroubleMove::Kind::keep, trouble.id, known, {}};
    move.known.seen = now;
    if (trouble.told && known.notices == 0) move.known.told = now, move.known.notices = 1;
    const bool begins = move.known.notices == 0 && now - known.since >= told_after(limits, trouble.id.kind);
    const bool grew = trouble.grew && *trouble.grew > known.told;
    const auto every = grew ? grown_told_every : reminded_every(limits, trouble.id.kind);
    const bool reminds = known.notices > 0 && now - known.told >= every;
    if (!begins && !reminds) return move;
    const auto moment = begins ? SelfMoment::begins : SelfMoment::lasts;
    ++move.known.notices;
    move.known.told = now;
    move.notice =
        SelfNotice{trouble.id, moment, once_of(trouble.id, known.since, std::to_string(move.known.notices)),
                   self_text(trouble.id, moment, &trouble, known.since, now, scene)};
    return move;
}

TroubleMove forget(const TroubleId& id, const KnownTrouble& known, bool tell, const SelfScene& scene) {
    TroubleMove move{TroubleMove::Kind::forget, id, known, {}};
    if (tell && known.notices > 0)
        move.notice = SelfNotice{id, SelfMoment::over, once_of(id, known.since, "over"),
                                 self_text(id, SelfMoment::over, nullptr, known.since, known.seen, scene)};
    return move;
}

}  // namespace

std::string_view to_string(SelfMoment moment) {
    constexpr std::string_view names[] = {"begins", "lasts", "over"};
    return names[static_cast<std::size_t>(moment)];
}

std::string to_string(const TroubleId& id) {
    std::string text(words_of(id.kind).name);
    if (!id.about.empty()) text.append(".").append(id.about);
    return text;
}

std::optional<TroubleId> parse_trouble_id(std::string_view text) {
    const auto dot = text.find('.');
    const TroubleWords* words = find_words(text.substr(0, dot));
    if (!words) return std::nullopt;
    TroubleId id{words->kind, {}};
    if (dot != std::string_view::npos) id.about = text.substr(dot + 1);
    return id;
}

std::vector<TroubleMove> judge_troubles(const SelfLimits& limits, const std::vector<Trouble>& seen,
                                        const TroubleBook& book, TimePoint now, const SelfScene& scene) {
    std::vector<TroubleMove> moves;
    for (const Trouble& trouble : seen) {
        const auto known = book.find(trouble.id);
        moves.push_back(known == book.end() ? enter(trouble, now)
                                            : keep(limits, trouble, known->second, now, scene));
    }
    for (const auto& [id, known] : book) {
        if (find(seen, id)) continue;
        // The gap that was ahead is here: nothing is over.
        const bool is_here =
            id.kind == TroubleKind::roster_ahead && find(seen, {TroubleKind::roster_gap, id.about});
        if (is_here || now - known.seen >= limits.over_after)
            moves.push_back(forget(id, known, !is_here, scene));
    }
    return moves;
}

SelfNotice beginning(const Trouble& trouble, TimePoint since, TimePoint now, const SelfScene& scene) {
    return {trouble.id, SelfMoment::begins, once_of(trouble.id, since, "1"),
            self_text(trouble.id, SelfMoment::begins, &trouble, since, now, scene)};
}

std::vector<Trouble> roster_troubles(const Directory& directory, const Roster& roster, const Zone& zone,
                                     TimePoint now, Duration ahead) {
    std::vector<Trouble> troubles;
    for (const Role& role : directory.roles) {
        if (role.roster.empty()) {
            if (role.officers.empty())
                troubles.push_back({{TroubleKind::roster_gap, role.id},
                                    "名录中没有给这个岗位安排人员",
                                    "the directory names no officer for it",
                                    {}});
            continue;
        }
        const auto until = roster.covered_until(role.roster, now);
        if (!until)
            troubles.push_back({{TroubleKind::roster_gap, role.id}, "", "", {}});
        else if (*until < now + ahead)
            troubles.push_back({{TroubleKind::roster_ahead, role.id},
                                clock_text(*until, zone) + " 起无人值班",
                                "nobody from " + format_rfc3339(*until, zone) + " on",
                                {}});
    }
    return troubles;
}

std::optional<Trouble> calendar_trouble(const Calendar& calendar, const Zone& zone, TimePoint now) {
    Trouble trouble{{TroubleKind::calendar, ""}, "", "", {}};
    if (!calendar.known_until) {
        trouble.zh = "没有写明有效期（known_until）";
        trouble.en = "it does not say until when it holds (known_until)";
        return trouble;
    }
    const auto end = zone.to_sys(LocalTime{*calendar.known_until + std::chrono::days(1)});
    if (end >= now + calendar_notice) return std::nullopt;
    const auto days = std::chrono::floor<std::chrono::days>(end - now).count();
    const auto last_day = format_rfc3339(end - Duration(1), zone).substr(0, 10);
    trouble.zh = "有效至 " + last_day +
                 (days < 0 ? "，已过期，工作日按周一至周五计" : "，还剩" + std::to_string(days) + "天");
    trouble.en = "it holds until " + last_day + ", after that Monday to Friday count";
    return trouble;
}

namespace {

void add(Channels& channels, const ChannelId& channel, const std::vector<Target>& targets) {
    auto& there = channels[channel];
    for (const Target& target : targets)
        if (std::find(there.begin(), there.end(), target) == there.end()) there.push_back(target);
}

/// The end of the chain of fallbacks, as far as it fails; nothing when all of it does.
std::optional<ChannelId> fallback_of(ChannelId channel, const std::set<ChannelId>& failing,
                                     const Fallbacks& configured) {
    for (std::size_t steps = 0; steps < configured.size(); ++steps) {
        const auto at = configured.find(channel);
        if (at == configured.end() || !at->second) return std::nullopt;
        channel = *at->second;
        if (!failing.contains(channel) && configured.contains(channel)) return channel;
    }
    return std::nullopt;
}

std::optional<ChannelId> any_other(const std::set<ChannelId>& failing, const Fallbacks& configured,
                                   const Directory& directory) {
    for (const Role& role : directory.roles) {
        for (const ChannelId& channel : role.channels)
            if (!failing.contains(channel) && configured.contains(channel)) return channel;
    }
    for (const auto& [channel, fallback] : configured)
        if (!failing.contains(channel)) return channel;
    return std::nullopt;
}

}  // namespace

Channels around_failing(const Channels& audience, const std::set<ChannelId>& failing,
                        const Fallbacks& configured, const Directory& directory) {
    Channels channels;
    std::vector<Target> everybody;
    for (const auto& [channel, targets] : audience) {
        everybody.insert(everybody.end(), targets.begin(), targets.end());
        const bool fails = failing.contains(channel);
        const auto through = fails ? fallback_of(channel, failing, configured) : std::optional(channel);
        if (through) add(channels, *through, targets);
    }
    if (!channels.empty()) return channels;
    if (const auto other = any_other(failing, configured, directory)) add(channels, *other, everybody);
    return channels;
}

std::set<ChannelId> failing_channels(const std::vector<Trouble>& seen, const TroubleBook& book) {
    std::set<ChannelId> failing;
    const auto take = [&failing](const TroubleId& id) {
        if (id.kind == TroubleKind::channel || id.kind == TroubleKind::dead_letters)
            failing.insert(ChannelId(id.about));
    };
    for (const Trouble& trouble : seen) take(trouble.id);
    for (const auto& [id, known] : book) take(id);
    return failing;
}

std::vector<Notification> self_notifications(const SelfNotice& notice, const Channels& channels,
                                             TimePoint now) {
    auto messages = office_notice(channels, Reason::self, "", notice.text, notice.once, now);
    for (Notification& message : messages) {
        message.about = to_string(notice.id);
        message.over = notice.moment == SelfMoment::over;
    }
    return messages;
}

}  // namespace alert
