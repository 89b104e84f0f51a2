#include "alert/core/climb.hpp"

#include <algorithm>

namespace alert {

namespace {

TimePoint rung_time(const Rules& rules, const Obligation& obligation, const StepTime& at) {
    switch (at.anchor) {
        case StepTime::Anchor::percent:
            return obligation.start + (obligation.due - obligation.start) * at.percent / 100;
        case StepTime::Anchor::start: return add(obligation.start, at.offset, rules.calendar, rules.zone);
        case StepTime::Anchor::due: break;
    }
    return at.before ? subtract(obligation.due, at.offset, rules.calendar, rules.zone)
                     : add(obligation.due, at.offset, rules.calendar, rules.zone);
}

bool has_repeats(const Step& step) { return step.repeat && step.repeat->every > Duration{}; }

/// How many occurrences of the step have come at `now`. Arithmetic, not a loop: a repeat without
/// `times` may have come any number of times during an outage.
std::uint32_t occurrences_come(const Step& step, TimePoint first, TimePoint now) {
    if (first > now) return 0;
    if (!has_repeats(step)) return 1;
    auto come = (now - first) / step.repeat->every;
    if (step.repeat->times) come = std::min<decltype(come)>(come, *step.repeat->times);
    constexpr decltype(come) come_max = 1'000'000'000;
    return static_cast<std::uint32_t>(std::min(come, come_max)) + 1;
}

bool held_by_mute(const CaseView& view, const Obligation& obligation, TimePoint planned) {
    return view.muted_until && planned < obligation.due;
}

std::uint32_t done_of(const Climb& climb, std::uint32_t rung) {
    const auto at = climb.rungs.find(rung);
    return at == climb.rungs.end() ? 0 : at->second;
}

/// Occurrences of each rung that have come and were not passed yet.
std::vector<Passed> come_and_not_passed(const Rules& rules, const CaseView& view,
                                        const Obligation& obligation, const Climb& climb, TimePoint now) {
    std::vector<Passed> passed_now;
    const auto& steps = obligation.ladder->steps;
    for (std::uint32_t rung = 0; rung < steps.size(); ++rung) {
        const Step& step = steps[rung];
        const auto first = rung_time(rules, obligation, step.at);
        const auto done = done_of(climb, rung);
        const auto count = occurrences_come(step, first, now);
        if (count <= done) continue;
        Passed passed{.rung = rung,
                      .first_repeat = done,
                      .last_repeat = count - 1,
                      .planned = planned_at(rules, obligation, step, count - 1)};
        passed.why = why_not(step, view);
        passed.outcome = passed.why.empty() ? Passed::Outcome::superseded : Passed::Outcome::skipped;
        passed_now.push_back(std::move(passed));
    }
    return passed_now;
}

std::optional<TimePoint> latest_to_fire(const CaseView& view, const Obligation& obligation,
                                        const std::vector<Passed>& come) {
    std::optional<TimePoint> latest;
    for (const Passed& passed : come) {
        if (!passed.why.empty() || held_by_mute(view, obligation, passed.planned)) continue;
        if (!latest || *latest < passed.planned) latest = passed.planned;
    }
    return latest;
}

/// Rungs of one ladder by what they are on another: their time, and their ordinal among those of that time.
std::map<std::uint32_t, std::uint32_t> same_rungs(const Ladder& from, const Ladder& to) {
    std::map<std::pair<std::string, int>, std::uint32_t> places;
    std::map<std::string, int> ordinals;
    for (std::uint32_t rung = 0; rung < to.steps.size(); ++rung) {
        const auto& text = to.steps[rung].at.text;
        places[{text, ordinals[text]++}] = rung;
    }
    ordinals.clear();
    std::map<std::uint32_t, std::uint32_t> same;
    for (std::uint32_t rung = 0; rung < from.steps.size(); ++rung) {
        const auto& text = from.steps[rung].at.text;
        const auto at = places.find({text, ordinals[text]++});
        if (at != places.end()) same[rung] = at->second;
    }
    return same;
}

}  // namespace

bool more_to_come(const Step& step, std::uint32_t done) {
    if (done == 0) return true;
    return has_repeats(step) &&
           (!step.repeat->times || done <= static_cast<std::uint32_t>(*step.repeat->times));
}

std::string why_not(const Step& step, const CaseView& view) {
    if (!step.when.matches(view.attributes)) return "when";
    if (step.unless == Unless::acknowledged && view.acknowledged_at) return "acknowledged";
    if (step.unless == Unless::approved && view.approved) return "approved";
    return {};
}

TimePoint planned_at(const Rules& rules, const Obligation& obligation, const Step& step,
                     std::uint32_t repeat) {
    const auto first = rung_time(rules, obligation, step.at);
    return repeat == 0 || !has_repeats(step) ? first : first + step.repeat->every * repeat;
}

std::vector<Passed> climb_to(const Rules& rules, const CaseView& view, const Obligation& obligation,
                             Climb& climb, TimePoint now) {
    if (!obligation.ladder || !obligation.owed()) return {};
    auto come = come_and_not_passed(rules, view, obligation, climb, now);
    const auto latest = latest_to_fire(view, obligation, come);
    // What a mute holds waits for its end, unless a step at or after `due` overtakes it.
    if (!latest || *latest < obligation.due) {
        std::erase_if(come, [&](const Passed& p) { return held_by_mute(view, obligation, p.planned); });
    }
    std::vector<Passed> fired;
    for (Passed& passed : come) {
        climb.rungs[passed.rung] = passed.last_repeat + 1;
        if (!passed.why.empty() || passed.planned != *latest) continue;
        Passed now_fired = passed;  // its own earlier repeats are superseded by it
        now_fired.outcome = Passed::Outcome::fired;
        now_fired.first_repeat = passed.last_repeat;
        fired.push_back(now_fired);
        if (passed.first_repeat == passed.last_repeat) {
            passed.rung =
                static_cast<std::uint32_t>(obligation.ladder->steps.size());  // nothing left to tell
        } else {
            --passed.last_repeat;
            passed.planned =
                planned_at(rules, obligation, obligation.ladder->steps[passed.rung], passed.last_repeat);
        }
    }
    std::erase_if(come, [&](const Passed& passed) { return passed.rung == obligation.ladder->steps.size(); });
    if (!fired.empty()) {
        climb.last_fired.clear();
        for (const Passed& passed : fired) climb.last_fired.emplace_back(passed.rung, passed.last_repeat);
    }
    come.insert(come.end(), fired.begin(), fired.end());
    return come;
}

std::vector<Passed> move_climb(const Rules& rules, const CaseView& view, const Obligation& obligation,
                               const Ladder& from, Climb& climb, TimePoint now) {
    const auto& steps = obligation.ladder->steps;
    Climb moved;
    std::optional<TimePoint> climbed;
    for (const auto& [was, is] : same_rungs(from, *obligation.ladder)) {
        const auto done = done_of(climb, was);
        if (done == 0) continue;
        moved.rungs[is] = done;
        climbed = std::max(climbed, std::optional(planned_at(rules, obligation, steps[is], done - 1)));
        for (const auto& [rung, repeat] : climb.last_fired) {
            if (rung == was) moved.last_fired.emplace_back(is, repeat);
        }
        if (climb.told_late.contains(was)) moved.told_late.insert(is);
    }
    climb = std::move(moved);
    if (!climbed) return {};
    auto passed = come_and_not_passed(rules, view, obligation, climb, std::min(*climbed, now));
    std::erase_if(passed, [&](const Passed& p) { return climb.rungs.contains(p.rung); });
    for (const Passed& p : passed) climb.rungs[p.rung] = p.last_repeat + 1;
    return passed;
}

std::optional<TimePoint> next_wake(const Rules& rules, const CaseView& view, const Obligation& obligation,
                                   const Climb& climb, TimePoint now) {
    if (!obligation.open()) return std::nullopt;
    std::optional<TimePoint> next;
    const auto consider = [&](TimePoint at) {
        if (!next || at < *next) next = at;
    };
    if (obligation.status == ObligationStatus::pending) consider(obligation.due);
    if (!obligation.ladder || obligation.steps_stopped) return next;
    for (std::uint32_t rung = 0; rung < obligation.ladder->steps.size(); ++rung) {
        const Step& step = obligation.ladder->steps[rung];
        const auto done = done_of(climb, rung);
        if (!more_to_come(step, done)) continue;
        const auto planned = planned_at(rules, obligation, step, done);
        if (planned > now) consider(planned);
        if (held_by_mute(view, obligation, planned)) consider(*view.muted_until);
    }
    return next;
}

Card card_at(const Rules& rules, const Attributes& attributes, const Obligation& obligation,
             TimePoint until) {
    Card card = Card::none;
    if (!obligation.ladder) return card;
    for (const Step& step : obligation.ladder->steps) {
        if (step.card > card && step.when.matches(attributes) &&
            rung_time(rules, obligation, step.at) <= until) {
            card = step.card;
        }
    }
    return card;
}

std::string step_name(const Step& step, std::uint32_t repeat) {
    return repeat == 0 ? step.at.text : step.at.text + "#" + std::to_string(repeat);
}

}  // namespace alert
