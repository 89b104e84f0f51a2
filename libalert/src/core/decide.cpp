// A decision in five moves: fold the facts, derive what they mean, fire what is due, tell what changed,
// and count. Each move adds to the Transition; none looks at a clock or at anything but its arguments.
#include "alert/core/decide.hpp"

#include "alert/core/climb.hpp"

#include "decision.hpp"

#include <algorithm>
#include <utility>

namespace alert {

std::string_view to_string(LogKind kind) {
    switch (kind) {
        case LogKind::fact: return "fact";
        case LogKind::fired: return "fired";
        case LogKind::superseded: return "superseded";
        case LogKind::skipped: return "skipped";
        case LogKind::notice: return "notice";
        case LogKind::adopted: return "adopted";
        case LogKind::rebased: return "rebased";
        case LogKind::redelivered: return "redelivered";
    }
    return "";
}

namespace {

LogEntry log_of(const Redelivery& order, TimePoint now) {
    const Notification& letter = order.letter;
    LogEntry entry{.kind = LogKind::redelivered,
                   .at = now,
                   .via = order.via,
                   .record = order.record,
                   .reason = std::string(to_string(letter.reason))};
    if (!letter.flag.empty()) entry.reason += ":" + letter.flag;
    if (letter.obligation) entry.obligation = letter.obligation->id;
    if (letter.step) entry.step = step_name(*letter.step);
    entry.notifications = {letter.id};
    entry.channels = {{letter.channel, letter.targets.size()}};
    entry.targets = letter.targets;
    return entry;
}

std::vector<LogEntry> log_of(const DecideInput& input, TimePoint now) {
    std::vector<LogEntry> log;
    const auto add = [&](LogKind kind, const std::vector<Fact>& facts) {
        for (const Fact& fact : facts) {
            log.push_back({.kind = kind,
                           .at = fact.recorded_at,
                           .via = fact.via,
                           .record = fact.event.record,
                           .silent = fact.silent});
        }
    };
    log.reserve(input.facts.size() + input.adopted.size());
    add(LogKind::fact, input.facts);
    add(LogKind::adopted, input.adopted);
    if (const Rebase* move = input.rebase)
        log.push_back({.kind = LogKind::rebased, .at = now, .via = move->via, .record = move->record});
    if (input.redelivery) log.push_back(log_of(*input.redelivery, now));
    return log;
}

CaseFacts facts_after(const DecideInput& input) {
    if (input.folded) return *input.folded;
    if (input.log || !input.before) {
        std::vector<Fact> all = input.log ? *input.log : std::vector<Fact>{};
        all.insert(all.end(), input.facts.begin(), input.facts.end());
        return refold(all);
    }
    CaseFacts facts = input.before->facts;
    for (const Fact& fact : input.facts) fold(facts, fact);
    for (const Fact& fact : input.adopted) fold(facts, fact);
    bound(facts);
    return facts;
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
    return to_string(at == std::string_view::npos ? ObligationStatus::void_
                                                  : static_cast<ObligationStatus>(at));
}

/// "continuous_release.2" and "commitment.C1" without their ordinals: the metric's label.
std::string rule_of(const std::string& obligation_id) {
    return obligation_id.substr(0, obligation_id.find('.'));
}

/// The jurisdiction's gauges are kept as differences against what this case was counted as.
void count(Decision& d) {
    auto& progress = d.change.next.progress;
    auto& counters = d.out.counters;
    const auto add = [&](const std::string& id, char letter, std::int64_t delta) {
        std::string field = "obligation:" + rule_of(id);
        counters[field.append(":").append(status_of_letter(letter))] += delta;
    };
    std::map<std::string, char> counted;
    for (const Obligation& o : d.view.obligations) {
        const char letter = status_letter(o.status);
        counted.emplace(o.id, letter);
        const auto was = progress.counted.find(o.id);
        const char was_letter = was == progress.counted.end() ? '\0' : was->second;
        if (was_letter == letter) continue;
        if (was_letter != '\0') add(o.id, was_letter, -1);
        add(o.id, letter, 1);
    }
    for (const auto& [id, letter] : progress.counted) {
        if (!counted.contains(id)) add(id, letter, -1);
    }
    const std::string open_class = d.view.status == CaseStatus::open ? d.view.class_id : "";
    if (open_class != progress.counted_class) {
        if (!progress.counted_class.empty()) counters["open:" + progress.counted_class] -= 1;
        if (!open_class.empty()) counters["open:" + open_class] += 1;
    }
    std::erase_if(counters, [](const auto& counter) { return counter.second == 0; });
    progress.counted = std::move(counted);
    progress.counted_class = open_class;
}

void place(Decision& d) {
    const auto& progress = d.change.next.progress;
    for (const Obligation& o : d.view.obligations) {
        const auto climbed = progress.climbs.find(o.climb_key);
        static const Climb unclimbed;
        const auto wake = next_wake(d.rules, d.view, o,
                                    climbed == progress.climbs.end() ? unclimbed : climbed->second, d.now);
        if (wake && (!d.change.wake || *wake < *d.change.wake)) d.change.wake = wake;
    }
    d.change.open = d.view.status == CaseStatus::open;
    if (const Obligation* first = next_due(d.view))
        d.change.open_due = first->due;
    else if (d.change.open)
        d.change.open_due = open_without_due;
    d.change.started = d.view.detected_at;
    if (const auto& key = d.change.next.facts.matter_key) {
        d.change.matter_key = key->value;
        d.change.matter_open = d.change.open;
    }
}

/// Where nothing is told and no other policy counts, the case says what it said: only time went on.
CaseView view_before(const Rules& rules, const DecideInput& input, const CaseView& now_says, TimePoint now) {
    if (input.rebase) return derive(input.rebase->from, *input.before, now);
    const bool same = input.facts.empty() && input.adopted.empty() && !input.log && !input.folded;
    return same ? now_says : derive(rules, *input.before, now);
}

/// What history passed over in silence when it was told it passes over again, as of then. Nothing fires.
void pass_again(Decision& d, const std::vector<Fact>& told, const ToldAgain& again) {
    d.quiet = again.quiet;
    if (!d.silent) return;
    const auto now = std::exchange(d.now, told.back().recorded_at);
    fire_all(d);
    d.now = now;
}

}  // namespace

Transition decide(const Rules& rules, const DecideInput& input, TimePoint now) {
    Transition out;
    decide_also(rules, input, now, out);
    return out;
}

void decide_also(const Rules& rules, const DecideInput& input, TimePoint now, Transition& out) {
    const bool by_log = input.log || input.folded || !input.before;
    if (!by_log && (needs_refold(input.before->facts, input.facts) ||
                    needs_refold(input.before->facts, input.adopted))) {
        out.needs_log = true;
        return;
    }
    for (const Fact& fact : input.facts) {
        out.events.push_back({fact.event.key, input.id, fact.event.content_hash});
    }
    if (const Redelivery* order = input.redelivery)
        out.redelivered.push_back({order->letter.id, order->letter.channel, order->letter.urgency});
    CaseChange& change = out.cases.emplace_back();
    change.expected_version = input.version;
    change.next = input.before.value_or(Snapshot{.id = input.id, .policy = rules.policy.hash});
    change.next.facts = facts_after(input);
    change.log = log_of(input, now);
    const auto dropped = input.before ? dropped_facts(input.before->facts) : 0;
    change.dropped = std::max(dropped_facts(change.next.facts), dropped) - dropped;
    if (input.rebase) change.next.policy = rules.policy.hash;
    std::vector<Fact> both;
    if (!input.adopted.empty()) {
        both = input.facts;
        both.insert(both.end(), input.adopted.begin(), input.adopted.end());
    }
    const auto& told = input.adopted.empty() ? input.facts : both;
    Decision d{
        .rules = rules, .now = now, .out = out, .change = change, .view = derive(rules, change.next, now)};
    if (input.before) d.before = view_before(rules, input, d.view, now);
    compare_calendars(d);
    d.silent =
        !told.empty() && std::all_of(told.begin(), told.end(), [](const Fact& fact) { return fact.silent; });
    d.rebased = input.rebase != nullptr;
    d.again = input.again != nullptr;
    if (d.rebased) move_climbs(d);
    if (input.again)
        pass_again(d, told, *input.again);
    else
        fire_all(d);
    tell_all(d, told);
    count(d);
    place(d);
    if (input.again && change.wake) change.wake = input.again->wake;
    if (out.cases.size() == 1) out.obligations = open_obligations(d.view);
}

std::vector<ObligationDue> open_obligations(const CaseView& view) {
    std::vector<ObligationDue> open;
    for (const Obligation& o : view.obligations) {
        if (o.open()) open.push_back({o.id, o.due});
    }
    return open;
}

}  // namespace alert
