// What a decision does about ladders: rungs whose time has come fire, are superseded or skipped, and the
// messages they overtake are taken out of the outbox.
#include "alert/core/climb.hpp"
#include "alert/core/messages.hpp"

#include "decision.hpp"

#include <algorithm>
#include <set>

namespace alert {

const Obligation* find_same(const CaseView& view, const Obligation& o) {
    const auto at = std::find_if(view.obligations.begin(), view.obligations.end(),
                                 [&](const Obligation& other) { return other.climb_key == o.climb_key; });
    return at == view.obligations.end() ? nullptr : &*at;
}

const Obligation* find_same(const std::optional<CaseView>& view, const Obligation& o) {
    return view ? find_same(*view, o) : nullptr;
}

void add_new(std::vector<std::string>& roles, const std::vector<std::string>& more) {
    for (const auto& role : more) {
        if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
    }
}

namespace {

void record_passed(Decision& d, const Obligation& o, const Passed& passed, LogEntry told = {}) {
    const Step& step = o.ladder->steps[passed.rung];
    LogEntry entry = std::move(told);
    entry.at = d.now;
    entry.obligation = o.id;
    entry.planned = passed.planned;
    entry.reason = passed.why;
    entry.kind = passed.outcome == Passed::Outcome::fired     ? LogKind::fired
                 : passed.outcome == Passed::Outcome::skipped ? LogKind::skipped
                                                              : LogKind::superseded;
    entry.step = step_name(step, passed.first_repeat);
    if (passed.last_repeat != passed.first_repeat) entry.step += ".." + step_name(step, passed.last_repeat);
    d.change.log.push_back(std::move(entry));
}

void tell_roster_gap(Decision& d, const std::string& role) {
    if (!d.change.next.progress.told.insert("roster_gap:" + role).second) return;
    notice(d.rules, d.view, d.now,
           {.reason = Reason::attention,
            .flag = "roster_gap",
            .detail = "岗位：" + role,
            .once = "roster_gap:" + role},
           d.out, d.change);
}

/// The roles of a rung; in a gap of the roster those of the next rung too.
Audience step_audience(Decision& d, const Obligation& o, std::uint32_t rung) {
    const auto& steps = o.ladder->steps;
    auto audience = audience_of(d.rules, d.view, steps[rung].notify, d.now);
    if (audience.gaps.empty()) return audience;
    const auto gaps = audience.gaps;
    if (rung + 1 < steps.size()) {
        auto roles = steps[rung].notify;
        add_new(roles, steps[rung + 1].notify);
        audience = audience_of(d.rules, d.view, roles, d.now);
    }
    for (const auto& role : gaps) tell_roster_gap(d, role);
    return audience;
}

/// How long after it could be known: the planned time, the end of the mute that held it, or this decision
/// when only its facts made the step due.
Duration lateness_of(const Decision& d, const Obligation& o, const Passed& passed) {
    const Obligation* was = find_same(d.before, o);
    if (!was || !was->owed() || !was->ladder) return Duration{0};
    const Step& step = was->ladder->steps[passed.rung];
    auto from = std::max(passed.planned, planned_at(d.rules, *was, step, passed.last_repeat));
    for (const auto& mute : d.change.next.facts.mutes) {
        if (passed.planned < o.due && mute.value.until <= d.now) from = std::max(from, mute.value.until);
    }
    return std::max(d.now - from, Duration{0});
}

using Firings = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // rung, repeat

/// Gives the channels that are told.
std::set<ChannelId> fire(Decision& d, const Obligation& o, const Passed& passed, Climb& climb) {
    const auto audience = step_audience(d, o, passed.rung);
    LogEntry told;
    std::set<ChannelId> channels;
    for (const auto& [channel, targets] : audience.channels) {
        auto message =
            step_notification(d.rules, d.view, o, passed.rung, passed.last_repeat, channel, targets, d.now);
        channels.insert(channel);
        told.notifications.push_back(message.id);
        told.channels.push_back({channel, targets.size()});
        told.targets.insert(told.targets.end(), targets.begin(), targets.end());
        d.out.notifications.push_back(std::move(message));
    }
    record_passed(d, o, passed, std::move(told));
    d.out.lateness.push_back(lateness_of(d, o, passed));
    if (passed.planned >= o.due) climb.told_late.insert(passed.rung);
    return channels;
}

/// What of these firings still waits is taken back on the channels that are told something later, and on
/// those that are no longer told of it: another unit leads now. Without `told`: on all, the obligation has
/// ended. Gives the firings that may still wait on some channel: what the leaders are told does not
/// silence what the duty group was to hear.
Firings overtake(Decision& d, const Obligation& o, const Firings& firings, const std::set<ChannelId>* told) {
    if (!o.ladder) return {};
    const auto& steps = o.ladder->steps;
    // In a gap of the roster the next rung's roles were told too.
    const bool had_gap = d.view.flags.contains("roster_gap");
    Firings waiting;
    for (const auto& [rung, repeat] : firings) {
        if (rung >= steps.size()) continue;
        auto roles = steps[rung].notify;
        if (had_gap && rung + 1 < steps.size()) add_new(roles, steps[rung + 1].notify);
        const auto now = audience_of(d.rules, d.view, roles, d.now).channels;
        auto channels = now;
        if (d.before) channels.merge(audience_of(d.rules, *d.before, roles, d.now).channels);
        bool waits = false;
        for (const auto& [channel, targets] : channels) {
            if (told && now.contains(channel) && !told->contains(channel))
                waits = true;
            else
                d.out.overtaken.push_back(
                    {step_notification_id(d.view.id, o, rung, repeat, channel), channel});
        }
        if (waits) waiting.emplace_back(rung, repeat);
    }
    return waiting;
}

/// What still waits to be sent of an obligation that needs no more telling.
void overtake_all(Decision& d, const Obligation& o) {
    auto& climbs = d.change.next.progress.climbs;
    const auto climbed = climbs.find(o.climb_key);
    if (climbed == climbs.end() || climbed->second.last_fired.empty()) return;
    overtake(d, o, climbed->second.last_fired, nullptr);
    climbed->second.last_fired.clear();
}

/// The latest firings behind those that may still wait; of very many the oldest are let go, and sent.
Firings joined(Firings waiting, const Firings& latest) {
    constexpr std::size_t waiting_max = 16;
    waiting.insert(waiting.end(), latest.begin(), latest.end());
    if (waiting.size() > waiting_max)
        waiting.erase(waiting.begin(), waiting.end() - static_cast<std::ptrdiff_t>(waiting_max));
    return waiting;
}

/// No mute keeps for later what is passed.
std::vector<Passed> climb_unmuted(const Decision& d, const Obligation& o, Climb& climb) {
    if (!d.view.muted_until) return climb_to(d.rules, d.view, o, climb, d.now);
    CaseView unmuted = d.view;
    unmuted.muted_until.reset();
    return climb_to(d.rules, unmuted, o, climb, d.now);
}

/// What history brings is passed on the spot.
std::vector<Passed> climb_now(const Decision& d, const Obligation& o, Climb& climb) {
    const bool history = d.silent && !find_same(d.before, o);
    return history ? climb_unmuted(d, o, climb) : climb_to(d.rules, d.view, o, climb, d.now);
}

void climb_one(Decision& d, const Obligation& o) {
    auto& climbs = d.change.next.progress.climbs;
    const auto known = climbs.find(o.climb_key);
    const Climb earlier = known == climbs.end() ? Climb{} : known->second;
    Climb climb = earlier;
    auto passed = climb_now(d, o, climb);
    if (passed.empty()) return;
    std::set<ChannelId> told;
    for (Passed& p : passed) {
        if (p.outcome == Passed::Outcome::fired && !d.silent) {
            told.merge(fire(d, o, p, climb));
            continue;
        }
        if (p.outcome == Passed::Outcome::fired) p.outcome = Passed::Outcome::skipped, p.why = "history";
        record_passed(d, o, p);
    }
    if (climb.last_fired != earlier.last_fired)
        climb.last_fired = joined(overtake(d, o, earlier.last_fired, &told), climb.last_fired);
    climbs[o.climb_key] = std::move(climb);
}

/// How often occurrences come and go is not bounded, what is remembered of them is.
void forget_old_climbs(Decision& d) {
    constexpr std::size_t climbs_max = 300;
    auto& climbs = d.change.next.progress.climbs;
    if (climbs.size() <= climbs_max) return;
    std::erase_if(climbs, [&](const auto& climb) {
        return std::none_of(d.view.obligations.begin(), d.view.obligations.end(),
                            [&](const Obligation& o) { return o.climb_key == climb.first; });
    });
}

/// Only what history brings stays silent: steps that were due without it are told, unless it ends them.
void fire_owed_before(Decision& d) {
    if (!d.silent || !d.before || d.again) return;
    Decision owed{.rules = d.rules, .now = d.now, .out = d.out, .change = d.change, .view = *d.before};
    owed.before = d.before;
    for (const Obligation& o : owed.view.obligations) {
        const Obligation* still = find_same(d.view, o);
        if (o.owed() && still && still->owed()) climb_one(owed, o);
    }
}

/// It was climbed two policies ago, on a ladder that is not known any more: nothing of it rings twice.
std::vector<Passed> pass_all(const Decision& d, const Obligation& o, Climb& climb) {
    climb = {};
    auto passed = climb_unmuted(d, o, climb);
    climb.last_fired.clear();
    return passed;
}

/// Whose `opened` speaks for a case: what a published rule asks for, which those who answer for it hear; then
/// the office's own targets on the way there, that may ring a liaison alone. Of equal ones what is due first.
bool speaks_before(const ObligationBrief& one, const ObligationBrief& other) {
    if (one.kind != other.kind) return one.kind == ObligationKind::statutory;
    return one.due < other.due;
}

/// Emergencies' `opened` and `due` never wait among others; of what opens one case on one channel one
/// obligation speaks for all.
void mark_alone(Decision& d, std::size_t from) {
    if (!d.view.emergency()) return;
    std::map<ChannelId, Notification*> opened;
    for (auto n = d.out.notifications.begin() + static_cast<std::ptrdiff_t>(from);
         n != d.out.notifications.end(); ++n) {
        if (n->reason == Reason::due) n->alone = true;
        if (n->reason != Reason::opened || !n->obligation) continue;
        auto& first = opened[n->channel];
        if (!first || speaks_before(*n->obligation, *first->obligation)) first = &*n;
    }
    for (const auto& [channel, first] : opened) first->alone = true;
}

}  // namespace

void move_climbs(Decision& d) {
    for (auto& [key, climb] : d.change.next.progress.climbs) {
        const auto same = [&key = key](const Obligation& o) { return o.climb_key == key; };
        const auto is = std::find_if(d.view.obligations.begin(), d.view.obligations.end(), same);
        if (is == d.view.obligations.end()) continue;
        const Obligation* was = find_same(d.before, *is);
        if (!is->ladder) {
            if (was) overtake_all(d, *was);  // the ladder that knows whom it told is not kept
            continue;
        }
        auto passed = was && was->ladder ? move_climb(d.rules, d.view, *is, *was->ladder, climb, d.now)
                                         : pass_all(d, *is, climb);
        for (Passed& p : passed) {
            p.outcome = Passed::Outcome::superseded;
            record_passed(d, *is, p);
        }
    }
}

void fire_all(Decision& d) {
    const auto told_before = d.out.notifications.size();
    fire_owed_before(d);
    for (const Obligation& o : d.view.obligations) {
        if (o.owed())
            climb_one(d, o);
        else
            overtake_all(d, o);
    }
    // An occurrence that a withdrawal undid has no place in the view any more.
    if (d.before) {
        for (const Obligation& o : d.before->obligations) {
            if (!find_same(d.view, o)) overtake_all(d, o);
        }
    }
    mark_alone(d, told_before);
    forget_old_climbs(d);
}

}  // namespace alert
