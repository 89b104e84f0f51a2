#include "simulation/inspector.hpp"

#include "alert/codec/event_json.hpp"
#include "alert/memory/memory_case_store.hpp"

#include <algorithm>
#include <iostream>

namespace yuqing::simulation {

using namespace alert;

namespace {

std::string text(TimePoint at) { return format_rfc3339(at, Zone::utc()); }

std::string step_text(const Step& step, std::uint32_t repeat) {
    return step.at.text + (repeat > 0 ? "#" + std::to_string(repeat) : "");
}

/// "due" or "due..due#3" of a record as the steps it stands for.
std::vector<std::string> expand(const std::string& name) {
    const auto split = name.find("..");
    if (split == std::string::npos) return {name};
    const auto first = name.substr(0, split), last = name.substr(split + 2);
    const auto number = [](const std::string& one) {
        const auto hash = one.find('#');
        return hash == std::string::npos ? 0 : std::stoi(one.substr(hash + 1));
    };
    const auto stem = last.substr(0, last.find('#'));
    std::vector<std::string> names;
    for (int n = number(first); n <= number(last); ++n)
        names.push_back(stem + (n > 0 ? "#" + std::to_string(n) : ""));
    return names;
}

using Names = std::multiset<std::string>;

std::string difference(const Names& expected, const Names& found) {
    std::string out;
    for (const auto& name : expected) {
        if (!found.contains(name)) out += "\n    missing  " + name;
    }
    for (const auto& name : found) {
        if (!expected.contains(name)) out += "\n    too much " + name;
    }
    return out;
}

std::string describe(const std::string& id, ObligationStatus status, TimePoint start, TimePoint due,
                     const std::optional<TimePoint>& fulfilled_at, Card card, bool excused) {
    return id + " " + std::string(to_string(status)) + " " + text(start) + " to " + text(due) +
           (fulfilled_at ? " fulfilled " + text(*fulfilled_at) : "") + " " + std::string(to_string(card)) +
           (excused ? " excused" : "");
}

/// A void obligation and none are the same.
bool same_obligations(const ModelCase& view, const CaseView& found) {
    const auto counts = [](const auto& o) { return o.status != ObligationStatus::void_; };
    if (std::count_if(view.obligations.begin(), view.obligations.end(), counts) !=
        std::count_if(found.obligations.begin(), found.obligations.end(), counts))
        return false;
    return std::all_of(view.obligations.begin(), view.obligations.end(), [&](const ModelObligation& must) {
        if (!counts(must)) return true;
        return std::any_of(found.obligations.begin(), found.obligations.end(), [&](const Obligation& o) {
            return o.id == must.id && o.status == must.status && o.start == must.start && o.due == must.due &&
                   o.fulfilled_at == must.fulfilled_at && o.card == must.card &&
                   o.excused.has_value() == must.excused;
        });
    });
}

std::string obligations_apart(const ModelCase& view, const CaseView& found) {
    Names expected, have;
    for (const auto& o : view.obligations) {
        if (o.status != ObligationStatus::void_)
            expected.insert(describe(o.id, o.status, o.start, o.due, o.fulfilled_at, o.card, o.excused));
    }
    for (const auto& o : found.obligations) {
        if (o.status != ObligationStatus::void_)
            have.insert(
                describe(o.id, o.status, o.start, o.due, o.fulfilled_at, o.card, o.excused.has_value()));
    }
    return difference(expected, have);
}

}  // namespace

Inspector::Inspector(const InventedOffice& office, const Scheduler& scheduler, Figures& figures, Trace& trace,
                     bool tell)
    : office_(office), scheduler_(scheduler), figures_(figures), trace_(trace), tell_(tell), model_(office) {
    for (const Unit& unit : office.directory->units) {
        for (const auto& channel : unit.channels) unit_channels_.insert(channel.value);
    }
    unit_channels_.insert("duty");  // of units without a channel, and of gaps in the roster
}

void Inspector::note(const std::string& what) {
    trace_.note(what);
    trace_.note(std::to_string(scheduler_.now().time_since_epoch().count()));
    if (tell_) std::cout << text(scheduler_.now()) << " " << what << "\n";
}

std::string Inspector::story(const CaseId& id) const {
    std::string out;
    const auto at = model_.cases().find(id);
    if (at == model_.cases().end()) return out;
    out += "\n  policy " + at->second.policy.value;
    for (const Fact& fact : at->second.facts)
        out += "\n  " + text(fact.recorded_at) + " " + fact.event.record +
               (model_.is_withdrawn(fact.event.key) ? " [withdrawn]" : "");
    return out;
}

void Inspector::broken(const CaseId& id, const std::string& what) const {
    throw Broken("at " + text(scheduler_.now()) + ", case " + id.value + ": " + what + story(id));
}

void Inspector::attempted(const Transition& transition) {
    if (!transition.events.empty() || transition.cases.empty()) return;
    const auto& change = transition.cases.front();
    for (const auto& n : transition.notifications) {
        if (!n.step || !n.obligation) continue;
        const auto key = change.next.id.value + "|" + std::to_string(change.expected_version) + "|" +
                         n.obligation->id + "|" + n.step->at + "#" + std::to_string(n.step->repeat) + "|" +
                         n.channel.value;
        const auto [at, fresh] = attempted_ids_.try_emplace(key, n.id);
        if (at->second != n.id) broken(change.next.id, "one step has two ids: " + key);
    }
}

void Inspector::claimed(const CaseId& id, int daemon) {
    const auto [at, fresh] = last_claimed_by_.try_emplace(id, daemon);
    if (!fresh && at->second != daemon) reached("lease run out, taken over");
    at->second = daemon;
}

void Inspector::taken(const NotificationId& id) {
    const auto at = messages_.find(id);
    if (at != messages_.end()) at->second.taken_at = scheduler_.now();
}

void Inspector::delivered(const Notification& n) {
    note("delivered " + n.id.value + " " + n.channel.value);
    ++figures_.messages;
    const auto at = messages_.find(n.id);
    if (at == messages_.end()) {
        if (n.matter) reached("fallback told");
        return;
    }
    Message& message = at->second;
    if (message.channel != n.channel)
        broken(message.case_id, "a message went to another channel: " + n.id.value);
    if (++message.arrived > 1) reached("a message delivered twice under one id");
    if (n.step && n.step->planned > scheduler_.now())
        broken(message.case_id, "a message was sent before its time: " + message.key);
    if (message.overtaken && message.taken_at > message.overtaken_at)
        broken(message.case_id, "sent after it was overtaken: " + message.key);
    waiting_[message.case_id][message.climb].erase(n.id);
}

void Inspector::answered(const Answer& answer) {
    ++figures_.answers;
    ++figures_.answers_by_status[std::string(to_string(answer.status))];
    note("answered " + answer.source + " " + answer.id + " " + std::string(to_string(answer.status)));
    if (answer.status != Answer::Status::accepted && answer.status != Answer::Status::duplicate) return;
    const auto at = accepted_.find({answer.source, answer.id});
    if (at == accepted_.end()) throw Broken("answered and not stored: " + answer.source + " " + answer.id);
    if (answer.case_id != at->second)
        broken(at->second, "answered with another case: " + answer.source + " " + answer.id);
}

void Inspector::committed(const Transition& transition, TimePoint decided_at, int daemon) {
    ++figures_.commits;
    if (decided_at > scheduler_.now())
        throw Broken("decided " + std::to_string((decided_at - scheduler_.now()).count()) +
                     " ms ahead of the true time");
    for (const auto& change : transition.cases) {
        note("committed " + change.next.id.value + " " + std::to_string(change.expected_version + 1) +
             " by " + std::to_string(daemon) + " wake " +
             (change.wake ? std::to_string(change.wake->time_since_epoch().count()) : "never"));
        accept_facts(change);
    }
    for (const auto& change : transition.cases) check_change(transition, change, decided_at);
    register_messages(transition);
    for (const auto& event : transition.events) {
        if (accepted_.at(event.key) != event.case_id)
            broken(event.case_id, "an event is kept under another case");
    }
}

void Inspector::accept_facts(const CaseChange& change) {
    const CaseId& id = change.next.id;
    if (!model_.cases().contains(id)) {
        ++figures_.cases;
        model_.open(id, change.next.policy);
    } else if (model_.cases().at(id).policy != change.next.policy) {
        broken(id, "the case lost the policy it opened under");
    }
    for (const auto& entry : change.log) {
        if (entry.kind != LogKind::fact) continue;
        auto event = decode_record(entry.record);
        if (!event) broken(id, "a record cannot be read back: " + event.error().message);
        if (!accepted_.try_emplace(event->key, id).second)
            broken(id, "a fact was recorded twice: " + event->key.id);
        ++figures_.facts;
        ++figures_.facts_by_type[std::string(type_name(event->data))];
        if (event->time > entry.at) reached("a time a little ahead");
        model_.accept(id, {std::move(*event), entry.at, entry.via, entry.silent});
    }
}

void Inspector::check_change(const Transition& transition, const CaseChange& change, TimePoint now) {
    const CaseId& id = change.next.id;
    const auto view = model_.at(id, now);
    check_steps(transition, change, view, now);
    compare(change.next, view, now);
    check_wake(change, view, now);
    count_rare(view, change);
}

void Inspector::check_steps(const Transition& transition, const CaseChange& change, const ModelCase& view,
                            TimePoint now) {
    Names fired, passed_over;
    for (const auto& entry : change.log) {
        if (entry.kind != LogKind::fired && entry.kind != LogKind::superseded &&
            entry.kind != LogKind::skipped)
            continue;
        if (entry.planned > scheduler_.now()) broken(change.next.id, "a step before its time: " + entry.step);
        for (const auto& name : expand(entry.step))
            (entry.kind == LogKind::fired ? fired : passed_over).insert(entry.obligation + " " + name);
    }
    const auto expected = model_.climb(change.next.id, view, passed_[change.next.id], now);
    const auto names = [&](const std::vector<ModelStep>& steps) {
        Names out;
        for (const auto& step : steps) {
            const auto& o = view.obligations[step.obligation];
            out.insert(o.id + " " + step_text(o.ladder->steps[step.rung], step.repeat));
        }
        return out;
    };
    if (const auto diff = difference(names(expected.fired), fired); !diff.empty())
        broken(change.next.id, "other steps fired than must:" + diff);
    if (const auto diff = difference(names(expected.passed_over), passed_over); !diff.empty())
        broken(change.next.id, "other steps passed over than must be:" + diff);
    std::set<std::string> climbs;
    for (const auto& step : expected.fired) {
        check_fired(transition, change, view, step, now);
        climbs.insert(view.obligations[step.obligation].climb);
    }
    for (const auto& step : expected.passed_over) {
        const auto& rung = view.obligations[step.obligation].ladder->steps[step.rung];
        if (rung.repeat && step.repeat > 0) reached("superseded repeat");
        if (step.planned < view.obligations[step.obligation].due &&
            view.obligations[step.obligation].due <= now)
            reached("passed over before due, told after");
    }
    check_overtaken(transition, change, view, climbs);
}

void Inspector::check_fired(const Transition& transition, const CaseChange& change, const ModelCase& view,
                            const ModelStep& step, TimePoint now) {
    const auto& o = view.obligations[step.obligation];
    const auto& rung = o.ladder->steps[step.rung];
    std::set<std::string> channels;
    for (const auto& n : transition.notifications) {
        const bool of_this = n.matter && n.matter->id == change.next.id && n.obligation &&
                             n.obligation->id == o.id && n.step && n.step->at == rung.at.text &&
                             n.step->repeat == step.repeat;
        if (!of_this) continue;
        ++figures_.steps[std::string(to_string(n.reason))];
        channels.insert(n.channel.value);
        const auto key = change.next.id.value + "|" + o.climb + "|" + std::to_string(step.rung) + "#" +
                         std::to_string(step.repeat) + "|" + n.channel.value;
        if (!ids_.try_emplace(key, n.id).second) broken(change.next.id, "a step fired twice: " + key);
        if (messages_.contains(n.id)) broken(change.next.id, "two messages share an id: " + key);
        messages_[n.id] = {change.next.id, o.climb, key, n.channel, false, {}, {}, 0};
        if (n.obligation->due != o.due) broken(change.next.id, "a message tells another due time: " + key);
        if (n.step->planned != step.planned) broken(change.next.id, "a message tells another plan: " + key);
    }
    const auto must = model_.channels(view, o, step.rung, now);
    const bool all =
        std::includes(channels.begin(), channels.end(), must.at_least.begin(), must.at_least.end());
    const bool only =
        std::includes(must.at_most.begin(), must.at_most.end(), channels.begin(), channels.end());
    if (!all || !only)
        broken(change.next.id, "a step reaches other channels than it must: " + o.id + " " + rung.at.text);
    if (must.at_most != must.at_least && rung.notify.front() != "assist_units")
        reached("step in a roster gap");
}

/// What waits for an obligation that ended, or for which a later step fired now, must be taken back.
void Inspector::check_overtaken(const Transition& transition, const CaseChange& change, const ModelCase& view,
                                const std::set<std::string>& fired) {
    auto& waiting = waiting_[change.next.id];
    std::set<std::pair<std::string, ChannelId>> told;
    for (const auto& n : transition.notifications) {
        const auto at = messages_.find(n.id);
        if (at != messages_.end()) told.insert({at->second.climb, n.channel});
    }
    for (auto& [climb, ids] : waiting) {
        const auto same = [&](const ModelObligation& o) {
            return o.climb == climb && o.open() && !o.steps_end;
        };
        const bool goes_on = std::any_of(view.obligations.begin(), view.obligations.end(), same);
        if (goes_on && !fired.contains(climb)) continue;
        std::set<NotificationId> left;
        for (const auto& id : ids) {
            const auto& channel = messages_.at(id).channel;
            const auto same_id = [&](const Overtaken& o) { return o.id == id; };
            if (std::any_of(transition.overtaken.begin(), transition.overtaken.end(), same_id)) continue;
            left.insert(id);
            // To a unit that led two changes ago it may still go out: the units of now and before are known.
            const bool must = !goes_on || told.contains({climb, channel});
            if (must && !unit_channels_.contains(channel.value))
                broken(change.next.id, "what waits was not taken back: " + messages_.at(id).key);
        }
        ids = std::move(left);
    }
    for (const auto& n : transition.notifications) {
        const auto at = messages_.find(n.id);
        const bool step = at != messages_.end() && !at->second.climb.empty();  // notices are never taken back
        if (step && at->second.case_id == change.next.id) waiting[at->second.climb].insert(n.id);
    }
}

void Inspector::check_wake(const CaseChange& change, const ModelCase& view, TimePoint now) {
    const auto next = model_.next(view, passed_[change.next.id], now);
    if (next && (!change.wake || *change.wake > *next))
        broken(change.next.id, "the wake is " + (change.wake ? text(*change.wake) : "missing") +
                                   " where something comes at " + text(*next));
    if (change.wake && *change.wake <= now) broken(change.next.id, "the wake is not ahead");
}

void Inspector::compare(const Snapshot& snapshot, const ModelCase& view, TimePoint now) {
    const Rules rules{office_.policy(snapshot.policy), *office_.directory, *office_.roster, *office_.calendar,
                      office_.zone};
    const auto found = derive(rules, snapshot, now);
    if (found.status != view.status)
        broken(snapshot.id, "status " + std::string(to_string(found.status)) + ", must be " +
                                std::string(to_string(view.status)));
    if (found.into != view.into) broken(snapshot.id, "merged into another case");
    if (found.class_id != view.class_id)
        broken(snapshot.id, "class " + found.class_id + ", must be " + view.class_id);
    if (found.acknowledged_at != view.acknowledged_at)
        broken(snapshot.id, "acknowledged " + (found.acknowledged_at ? text(*found.acknowledged_at) : "not") +
                                ", must be " + (view.acknowledged_at ? text(*view.acknowledged_at) : "not"));
    for (const char* flag : {"unassigned", "unknown_unit", "unreviewed", "closed_unanswered", "unreasoned",
                             "merge_loop", "withdrawn_unknown", "waived_unknown", "kept_unknown"}) {
        if (found.flags.contains(flag) != view.flags.contains(flag))
            broken(snapshot.id,
                   std::string("flag ") + flag + (view.flags.contains(flag) ? " missing" : " too much"));
    }
    if (!same_obligations(view, found))
        broken(snapshot.id, "obligations differ:" + obligations_apart(view, found));
}

void Inspector::register_messages(const Transition& transition) {
    for (const auto& n : transition.notifications) {
        if (n.step || !n.matter) continue;
        const auto [at, fresh] = messages_.try_emplace(n.id);
        if (fresh)
            at->second = {n.matter->id, "",    std::string(to_string(n.reason)) + ":" + n.flag,
                          n.channel,    false, {},
                          {},           0};
    }
    for (const auto& overtaken : transition.overtaken) {
        const auto at = messages_.find(overtaken.id);
        if (at == messages_.end() || at->second.overtaken) continue;
        at->second.overtaken = true;
        at->second.overtaken_at = scheduler_.now();
        reached("message overtaken");
    }
}

}  // namespace yuqing::simulation
