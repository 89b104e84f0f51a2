// A decision in five moves: fold the facts, derive what they mean, fire what is due, tell what changed,
// and count. Each move adds to the Transition; none looks at a clock or at anything but its arguments.
#include "alert/core/decide.hpp"

#include "alert/core/climb.hpp"
#include "alert/core/messages.hpp"

#include <algorithm>

namespace alert {

std::string_view to_string(LogKind kind) {
    switch (kind) {
        case LogKind::fact: return "fact";
        case LogKind::fired: return "fired";
        case LogKind::superseded: return "superseded";
        case LogKind::skipped: return "skipped";
        case LogKind::notice: return "notice";
    }
    return "";
}

namespace {

/// One decision under way.
struct Decision {
    const Rules& rules;
    TimePoint now;
    bool silent = false;  // history: recorded, rings nobody
    Transition& out;
    CaseChange& change;
    CaseView view;                   // of the facts with the new ones
    std::optional<CaseView> before;  // of the facts without them
};

std::vector<LogEntry> log_of(const std::vector<Fact>& facts) {
    std::vector<LogEntry> log;
    for (const Fact& fact : facts) {
        log.push_back({.kind = LogKind::fact, .at = fact.recorded_at, .via = fact.via, .record = fact.event.record,
                       .silent = fact.silent});
    }
    return log;
}

bool has_withdrawal(const std::vector<Fact>& facts) {
    return std::any_of(facts.begin(), facts.end(),
                       [](const Fact& fact) { return std::holds_alternative<Withdrawn>(fact.event.data); });
}

CaseFacts facts_after(const DecideInput& input) {
    if (input.log) {
        std::vector<Fact> all = *input.log;
        all.insert(all.end(), input.facts.begin(), input.facts.end());
        return refold(all);
    }
    CaseFacts facts = input.before ? input.before->facts : CaseFacts{};
    for (const Fact& fact : input.facts) fold(facts, fact);
    return facts;
}

void record_passed(Decision& d, const Obligation& o, const Passed& passed, std::vector<NotificationId> ids,
                   std::vector<Target> targets) {
    const Step& step = o.ladder->steps[passed.rung];
    LogEntry entry{.at = d.now, .obligation = o.id, .planned = passed.planned, .reason = passed.why,
                   .notifications = std::move(ids), .targets = std::move(targets)};
    entry.kind = passed.outcome == Passed::Outcome::fired     ? LogKind::fired
                 : passed.outcome == Passed::Outcome::skipped ? LogKind::skipped
                                                              : LogKind::superseded;
    entry.step = step_name(step, passed.first_repeat);
    if (passed.last_repeat != passed.first_repeat) entry.step += ".." + step_name(step, passed.last_repeat);
    d.change.log.push_back(std::move(entry));
}

void tell_roster_gap(Decision& d, const std::string& role) {
    if (!d.change.next.progress.told.insert("roster_gap:" + role).second) return;
    notice(d.rules, d.view, d.now, {.reason = Reason::attention, .flag = "roster_gap", .detail = "岗位：" + role,
                                    .once = "roster_gap:" + role}, d.out, d.change);
}

/// The roles of a rung; in a gap of the roster those of the next rung too.
Audience step_audience(Decision& d, const Obligation& o, std::uint32_t rung) {
    const auto& steps = o.ladder->steps;
    auto audience = audience_of(d.rules, d.view, steps[rung].notify, d.now);
    if (audience.gaps.empty()) return audience;
    const auto gaps = audience.gaps;
    if (rung + 1 < steps.size()) {
        auto roles = steps[rung].notify;
        for (const auto& role : steps[rung + 1].notify) {
            if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
        }
        audience = audience_of(d.rules, d.view, roles, d.now);
    }
    for (const auto& role : gaps) tell_roster_gap(d, role);
    return audience;
}

void fire(Decision& d, const Obligation& o, const Passed& passed) {
    const auto audience = step_audience(d, o, passed.rung);
    std::vector<NotificationId> ids;
    std::vector<Target> told;
    for (const auto& [channel, targets] : audience.channels) {
        auto message = step_notification(d.rules, d.view, o, passed.rung, passed.last_repeat, channel, targets, d.now);
        ids.push_back(message.id);
        told.insert(told.end(), targets.begin(), targets.end());
        d.out.notifications.push_back(std::move(message));
    }
    record_passed(d, o, passed, std::move(ids), std::move(told));
    // A mute's end and the fact that made the step due count as its planned time, not as lateness.
    auto from = passed.planned;
    for (const auto& mute : d.change.next.facts.mutes) {
        if (mute.value.until <= d.now) from = std::max(from, mute.value.until);
    }
    d.out.lateness.push_back(d.change.log.front().kind == LogKind::fact ? Duration{0} : d.now - from);
}

void overtake(Decision& d, const Obligation& o, const Climb& climb) {
    for (const auto& [rung, repeat] : climb.last_fired) {
        if (!o.ladder || rung >= o.ladder->steps.size()) continue;
        for (const auto& [channel, targets] : audience_of(d.rules, d.view, o.ladder->steps[rung].notify, d.now).channels) {
            d.out.overtaken.push_back({step_notification_id(d.view.id, o, rung, repeat, channel), channel});
        }
    }
}

void fire_all(Decision& d) {
    for (const Obligation& o : d.view.obligations) {
        auto& climbs = d.change.next.progress.climbs;
        if (!o.open() || o.steps_stopped) {
            const auto climbed = climbs.find(o.climb_key);
            if (climbed == climbs.end() || climbed->second.last_fired.empty()) continue;
            overtake(d, o, climbed->second);
            climbed->second.last_fired.clear();
            continue;
        }
        if (!o.ladder) continue;
        Climb climb = climbs.contains(o.climb_key) ? climbs.at(o.climb_key) : Climb{};
        const Climb earlier = climb;
        const auto passed = climb_to(d.rules, d.view, o, climb, d.now);
        if (passed.empty()) continue;
        if (climb.last_fired != earlier.last_fired) overtake(d, o, earlier);
        for (const Passed& p : passed) {
            if (p.outcome != Passed::Outcome::fired || d.silent) {
                record_passed(d, o, p, {}, {});
                continue;
            }
            fire(d, o, p);
            climb.told_due |= p.planned >= o.due;
        }
        climbs[o.climb_key] = std::move(climb);
    }
}

const Obligation* find_same(const std::optional<CaseView>& view, const Obligation& o) {
    if (!view) return nullptr;
    const auto at = std::find_if(view->obligations.begin(), view->obligations.end(),
                                 [&](const Obligation& other) { return other.climb_key == o.climb_key; });
    return at == view->obligations.end() ? nullptr : &*at;
}

/// Everybody who was told `due` or later hears that it was answered.
std::vector<std::string> fulfilled_roles(const Decision& d, const Obligation& o) {
    auto roles = d.rules.policy.notice_roles("fulfilled");
    const auto climbed = d.change.next.progress.climbs.find(o.climb_key);
    if (!o.ladder || climbed == d.change.next.progress.climbs.end() || !climbed->second.told_due) return roles;
    for (const auto& [rung, done] : climbed->second.rungs) {
        if (rung >= o.ladder->steps.size()) continue;
        const Step& step = o.ladder->steps[rung];
        if (!step.at.at_due() && !step.at.after_due()) continue;
        for (const auto& role : step.notify) {
            if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
        }
    }
    return roles;
}

void tell(Decision& d, Notice what) {
    if (!d.change.next.progress.told.insert(what.once).second || d.silent) return;
    notice(d.rules, d.view, d.now, std::move(what), d.out, d.change);
}

void tell_fulfilled(Decision& d) {
    for (const Obligation& o : d.view.obligations) {
        if (!o.fulfilled_at || o.status == ObligationStatus::void_) continue;
        const Obligation* was = find_same(d.before, o);
        if (was && was->fulfilled_at) continue;
        d.out.fulfilled.push_back({o.rule_id, o.status == ObligationStatus::met, *o.fulfilled_at - o.start});
        tell(d, {.reason = Reason::fulfilled, .once = "fulfilled:" + o.climb_key, .obligation = &o,
                 .roles = fulfilled_roles(d, o)});
    }
}

void tell_upgraded(Decision& d) {
    if (!d.before) return;
    const Attributes &was = d.before->attributes, &is = d.view.attributes;
    const bool raised = is.incident_grade > was.incident_grade || (is.opinion_level > was.opinion_level);
    if (!raised || d.view.status != CaseStatus::open) return;
    const auto level = is.opinion_level ? std::string(to_string(*is.opinion_level)) : "";
    tell(d, {.reason = Reason::upgraded, .once = "upgraded:" + std::string(to_string(is.incident_grade)) + ":" + level});
}

void tell_closed(Decision& d) {
    if (!d.view.closed_at || (d.before && d.before->closed_at)) return;
    tell(d, {.reason = Reason::closed, .once = "closed:" + std::to_string(d.view.closed_at->time_since_epoch().count())});
}

void tell_flags(Decision& d) {
    constexpr std::string_view told_flags[] = {"unassigned",        "unknown_unit", "unreviewed",
                                               "closed_unanswered", "unreasoned",   "unreadable"};
    if (d.view.status == CaseStatus::dismissed || d.view.status == CaseStatus::merged) return;
    for (const auto flag : told_flags) {
        if (!d.view.flags.contains(std::string(flag))) continue;
        tell(d, {.reason = Reason::attention, .flag = std::string(flag), .once = "flag:" + std::string(flag)});
    }
}

/// A detection after the closing does not reopen the case but is told, at most hourly.
void tell_renewed(Decision& d, const std::vector<Fact>& facts) {
    if (!d.view.closed_at) return;
    const bool renewed = std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) {
        return std::holds_alternative<Detected>(fact.event.data) && fact.event.time > *d.view.closed_at;
    });
    auto& told_at = d.change.next.progress.renewed_told_at;
    if (!renewed || d.silent || (told_at && d.now - *told_at < std::chrono::hours(1))) return;
    told_at = d.now;
    notice(d.rules, d.view, d.now,
           {.reason = Reason::attention, .flag = "renewed",
            .once = "renewed:" + std::to_string(d.now.time_since_epoch().count())}, d.out, d.change);
}

/// A case that has nothing due sorts behind all that have.
constexpr TimePoint open_without_due{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

char status_letter(ObligationStatus status) {
    constexpr std::string_view letters = "pmlowv";  // in the order of ObligationStatus
    return letters[static_cast<std::size_t>(status)];
}

std::string_view status_of_letter(char letter) {
    constexpr std::string_view letters = "pmlowv";
    const auto at = letters.find(letter);
    return to_string(at == std::string_view::npos ? ObligationStatus::void_ : static_cast<ObligationStatus>(at));
}

/// "continuous_release.2" and "commitment.C1" without their ordinals: the metric's label.
std::string rule_of(const std::string& obligation_id) { return obligation_id.substr(0, obligation_id.find('.')); }

/// The jurisdiction's gauges are kept as differences against what this case was counted as.
void count(Decision& d) {
    auto& progress = d.change.next.progress;
    auto& counters = d.out.counters;
    std::map<std::string, char> counted;
    for (const Obligation& o : d.view.obligations) counted[o.id] = status_letter(o.status);
    const auto add = [&](const std::string& id, char letter, std::int64_t delta) {
        counters["obligation:" + rule_of(id) + ":" + std::string(status_of_letter(letter))] += delta;
    };
    for (const auto& [id, letter] : progress.counted) add(id, letter, -1);
    for (const auto& [id, letter] : counted) add(id, letter, 1);
    const std::string open_class = d.view.status == CaseStatus::open ? d.view.class_id : "";
    if (!progress.counted_class.empty()) counters["open:" + progress.counted_class] -= 1;
    if (!open_class.empty()) counters["open:" + open_class] += 1;
    std::erase_if(counters, [](const auto& counter) { return counter.second == 0; });
    progress.counted = std::move(counted);
    progress.counted_class = open_class;
}

void place(Decision& d) {
    const auto& progress = d.change.next.progress;
    for (const Obligation& o : d.view.obligations) {
        const auto climbed = progress.climbs.find(o.climb_key);
        static const Climb unclimbed;
        const auto wake = next_wake(d.rules, d.view, o, climbed == progress.climbs.end() ? unclimbed : climbed->second, d.now);
        if (wake && (!d.change.wake || *wake < *d.change.wake)) d.change.wake = wake;
    }
    d.change.open = d.view.status == CaseStatus::open;
    d.change.open_due = next_due(d.view);
    if (d.change.open && !d.change.open_due) d.change.open_due = open_without_due;
    d.change.started = d.view.detected_at;
    if (const auto& key = d.change.next.facts.matter_key) {
        d.change.matter_key = key->value;
        d.change.matter_open = d.change.open;
    }
}

}  // namespace

Transition decide(const Rules& rules, const DecideInput& input, TimePoint now) {
    Transition out;
    if (has_withdrawal(input.facts) && input.before && !input.log) {
        out.needs_log = true;
        return out;
    }
    CaseChange& change = out.cases.emplace_back();
    change.expected_version = input.version;
    change.next = input.before.value_or(Snapshot{.id = input.id, .policy = rules.policy.hash});
    change.next.facts = facts_after(input);
    change.log = log_of(input.facts);
    for (const Fact& fact : input.facts) {
        out.events.push_back({fact.event.key, input.id, fact.event.content_hash});
    }
    Decision d{.rules = rules, .now = now, .out = out, .change = change, .view = derive(rules, change.next, now)};
    if (input.before) d.before = derive(rules, *input.before, now);
    d.silent = !input.facts.empty() &&
               std::all_of(input.facts.begin(), input.facts.end(), [](const Fact& fact) { return fact.silent; });
    fire_all(d);
    tell_fulfilled(d);
    tell_upgraded(d);
    tell_closed(d);
    tell_flags(d);
    tell_renewed(d, input.facts);
    count(d);
    place(d);
    out.obligations = open_obligations(d.view);
    return out;
}

std::vector<ObligationDue> open_obligations(const CaseView& view) {
    std::vector<ObligationDue> open;
    for (const Obligation& o : view.obligations) {
        if (o.open()) open.push_back({o.id, o.due});
    }
    return open;
}

}  // namespace alert
