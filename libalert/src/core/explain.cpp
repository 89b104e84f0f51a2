#include "alert/core/explain.hpp"

#include "alert/core/climb.hpp"

#include <algorithm>

namespace alert {

namespace {

/// The targets of an entry stand one notification after the other.
std::vector<ToldOf> told_of(const LogEntry& entry) {
    std::vector<ToldOf> told;
    auto target = entry.targets.begin();
    for (std::size_t i = 0; i < entry.notifications.size(); ++i) {
        ToldOf message{.id = entry.notifications[i]};
        if (i < entry.channels.size()) {
            message.channel = entry.channels[i].channel;
            const auto left = static_cast<std::size_t>(entry.targets.end() - target);
            const auto end = target + static_cast<std::ptrdiff_t>(std::min(entry.channels[i].targets, left));
            message.targets.assign(target, end);
            target = end;
        }
        told.push_back(std::move(message));
    }
    return told;
}

bool is_step(const LogEntry& entry) {
    return entry.kind == LogKind::fired || entry.kind == LogKind::superseded ||
           entry.kind == LogKind::skipped;
}

/// What was superseded was decided together with the step that fired instead, with a move to another policy
/// whose ladder counts it as told, or with history, which rings nobody.
std::string fired_instead(const std::vector<LogEntry>& log, const LogEntry& superseded) {
    std::string instead;
    for (const LogEntry& entry : log) {
        if (entry.at != superseded.at) continue;
        if (entry.kind == LogKind::fired && entry.obligation == superseded.obligation) return entry.step;
        if (entry.kind == LogKind::rebased) instead = "rebased";
        if (entry.kind == LogKind::fact && entry.silent && instead.empty()) instead = "history";
    }
    return instead;
}

StepAccount account_of(const std::vector<LogEntry>& log, const LogEntry& entry) {
    StepAccount account{.step = entry.step, .why = entry.reason, .planned = entry.planned, .at = entry.at};
    if (entry.kind == LogKind::fired) {
        account.outcome = StepAccount::Outcome::fired;
        account.lateness = std::max(entry.at - entry.planned, Duration{0});
        account.told = told_of(entry);
    } else if (entry.kind == LogKind::superseded) {
        account.outcome = StepAccount::Outcome::superseded;
        account.why = fired_instead(log, entry);
    } else {
        account.outcome = StepAccount::Outcome::passed;
    }
    return account;
}

/// Why no step of an obligation fires any more; empty: they go on. What ended the case comes before what
/// became of its obligations.
std::string end_of_steps(const CaseView& view, const Obligation& o) {
    if (is_void(view.status)) return std::string(to_string(view.status));
    if (o.excused) return "excused";
    if (!o.open()) return std::string(to_string(o.status));
    if (!o.steps_stopped) return {};
    return view.status == CaseStatus::closed ? "closed" : "stopped";
}

std::uint32_t done_of(const Snapshot& snapshot, const Obligation& o, std::uint32_t rung) {
    const auto climb = snapshot.progress.climbs.find(o.climb_key);
    if (climb == snapshot.progress.climbs.end()) return 0;
    const auto done = climb->second.rungs.find(rung);
    return done == climb->second.rungs.end() ? 0 : done->second;
}

/// The next occurrence of each rung that has any left.
void add_ahead(const Rules& rules, const CaseView& view, const Snapshot& snapshot, ObligationAccount& out) {
    const Obligation& o = out.obligation;
    if (!o.ladder) return;
    const auto end = end_of_steps(view, o);
    for (std::uint32_t rung = 0; rung < o.ladder->steps.size(); ++rung) {
        const Step& step = o.ladder->steps[rung];
        const auto done = done_of(snapshot, o, rung);
        if (!more_to_come(step, done)) continue;
        StepAccount account{.outcome = StepAccount::Outcome::never,
                            .step = step_name(step, done),
                            .why = end,
                            .planned = planned_at(rules, o, step, done)};
        if (end.empty()) {
            const bool held = view.muted_until && account.planned < o.due;
            account.outcome = held && account.planned < *view.muted_until ? StepAccount::Outcome::held
                                                                          : StepAccount::Outcome::ahead;
            if (account.outcome == StepAccount::Outcome::held) account.until = view.muted_until;
            account.why = why_not(step, view);
            account.roles = step.notify;
            if (!step.repeat)
                account.repeats_left = 0;
            else if (step.repeat->times)
                account.repeats_left = static_cast<std::uint32_t>(*step.repeat->times) + 1 - (done + 1);
        }
        out.steps.push_back(std::move(account));
    }
}

ObligationAccount& account_for(Explanation& out, const std::string& id) {
    const auto named = [&](const ObligationAccount& account) { return account.obligation.id == id; };
    if (const auto at = std::find_if(out.obligations.begin(), out.obligations.end(), named);
        at != out.obligations.end())
        return *at;
    if (const auto at = std::find_if(out.undone.begin(), out.undone.end(), named); at != out.undone.end())
        return *at;
    Obligation gone;
    gone.id = id;
    gone.status = ObligationStatus::void_;
    out.undone.push_back({std::move(gone), {}});
    return out.undone.back();
}

}  // namespace

std::string_view to_string(StepAccount::Outcome outcome) {
    switch (outcome) {
        case StepAccount::Outcome::fired: return "fired";
        case StepAccount::Outcome::superseded: return "superseded";
        case StepAccount::Outcome::passed: return "passed";
        case StepAccount::Outcome::ahead: return "ahead";
        case StepAccount::Outcome::held: return "held";
        case StepAccount::Outcome::never: break;
    }
    return "never";
}

Explanation explain(const Rules& rules, const Snapshot& snapshot, const std::vector<LogEntry>& log,
                    TimePoint now) {
    Explanation out{.view = derive(rules, snapshot, now)};
    for (const Obligation& obligation : out.view.obligations) out.obligations.push_back({obligation, {}});
    for (const LogEntry& entry : log) {
        if (is_step(entry)) account_for(out, entry.obligation).steps.push_back(account_of(log, entry));
        if (entry.kind == LogKind::redelivered) out.redelivered.push_back(entry);
        if (entry.kind == LogKind::notice)
            out.notices.push_back({entry.at, entry.reason, entry.obligation, told_of(entry)});
    }
    for (ObligationAccount& account : out.obligations) add_ahead(rules, out.view, snapshot, account);
    return out;
}

}  // namespace alert
