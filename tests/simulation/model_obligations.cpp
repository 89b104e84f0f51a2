// Contract section 4, line by line: start, due, what ends an obligation and how.
#include "simulation/model_course.hpp"

#include <algorithm>

namespace yuqing::simulation {

using namespace alert;
using enum ObligationStatus;

namespace {

struct Maker {
    const InventedOffice& office;
    const Policy& policy;
    const ModelCourse& course;
    TimePoint now;
    std::vector<ModelObligation> made;

    void of_rule(const ObligationRule& rule);
    void once(const ObligationRule& rule);
    void recurring(const ObligationRule& rule);
    void assigned(const ObligationRule& rule);
    void commitments();

    [[nodiscard]] bool names(const ModelEra& era, const ObligationRule& rule) const;
    [[nodiscard]] std::optional<Place> let_go(const ObligationRule& rule) const;
    [[nodiscard]] TimePoint start_of(const ObligationRule& rule) const;
    void judge(ModelObligation& o, const Fact* answer, std::optional<Place> tenure_end) const;
    void card(ModelObligation& o) const;
};

TimePoint time_of(const Place& place) { return std::get<0>(place); }

/// Names and text as the answers of the case tell them apart.
std::string identity(const Fact& fact) { return fact.event.key.source + "\n" + fact.event.key.id; }

bool Maker::names(const ModelEra& era, const ObligationRule& rule) const {
    return era.of && holds(rule.when, era.attributes) &&
           std::find(era.of->obligations.begin(), era.of->obligations.end(), rule.id) !=
               era.of->obligations.end();
}

/// Since when the case no longer names a rule that it named before; nothing while it does.
std::optional<Place> Maker::let_go(const ObligationRule& rule) const {
    std::optional<Place> since;
    for (const ModelEra& era : course.eras) {
        if (names(era, rule)) {
            since.reset();
        } else if (!since) {
            since = era.since;
        }
    }
    return since;
}

TimePoint Maker::start_of(const ObligationRule& rule) const {
    switch (rule.start) {
        case StartRule::occurred: return course.occurred_at.value_or(course.detected_at);
        case StartRule::recorded: return course.recorded_at;
        case StartRule::earliest:
            return std::min(course.occurred_at.value_or(course.detected_at), course.detected_at);
        default: return course.detected_at;
    }
}

/// Whatever comes first in the order of facts ends it: the answer, a waiver in time, or what makes it void
/// while it is not yet due.
void Maker::judge(ModelObligation& o, const Fact* answer, std::optional<Place> tenure_end) const {
    struct End {
        Place at;
        ObligationStatus as;
    };
    std::optional<End> end;
    const auto consider = [&](const Place& at, ObligationStatus as) {
        if (!end || at < end->at) end = End{at, as};
    };
    const auto stop = [&](TimePoint at) { o.steps_end = std::min(o.steps_end.value_or(at), at); };
    const auto lose = [&](const Place& at) {
        if (time_of(at) < o.due) consider(at, void_);
    };
    if (answer) consider(place_of(*answer), time_of(place_of(*answer)) <= o.due ? met : late);
    std::optional<TimePoint> excused_at;
    for (const Fact* fact : course.facts) {
        const auto* waiver = as<Waived>(*fact);
        if (!waiver || (waiver->obligation != o.id && !(o.rule && waiver->obligation == o.rule->id)))
            continue;
        const auto at = time_of(place_of(*fact));
        if (at <= o.due)
            consider(place_of(*fact), waived);
        else if (!excused_at)
            excused_at = at;
    }
    if (o.rule) {
        if (const auto since = let_go(*o.rule)) lose(*since);
    }
    const bool closing = course.closed && !o.survives_closing();
    if (closing) lose(*course.closed);
    if (tenure_end) lose(*tenure_end);
    if (course.void_all) {
        o.status = void_;
        return;
    }
    if (end) {
        o.status = end->as;
        stop(time_of(end->at));
        if (end->as == met || end->as == late) o.fulfilled_at = time_of(end->at);
    } else {
        o.status = now < o.due ? pending : overdue;
    }
    // An answer at the instant of a step comes before it; what only stops the steps leaves it open: after it.
    const auto stop_after = [&](TimePoint at) { stop(at + Duration{1}); };
    const bool owed = o.status == overdue || o.status == late;
    if (owed && excused_at) {
        o.excused = true;
        stop_after(*excused_at);
    }
    if (owed && closing) stop_after(time_of(*course.closed));
    if (owed && tenure_end) stop_after(time_of(*tenure_end));
    card(o);
}

/// The highest card of the steps whose time came while it was open.
void Maker::card(ModelObligation& o) const {
    if (!o.ladder) return;
    for (const Step& step : o.ladder->steps) {
        const auto at = planned(o, step, 0);
        const bool came = at <= now && (!o.steps_end || at < *o.steps_end);
        if (came && holds(step.when, course.eras.back().attributes)) o.card = std::max(o.card, step.card);
    }
}

void Maker::of_rule(const ObligationRule& rule) {
    const auto named = [&](const ModelEra& era) { return names(era, rule); };
    if (std::none_of(course.eras.begin(), course.eras.end(), named)) return;
    if (rule.every) return recurring(rule);
    if (rule.start == StartRule::assigned) return assigned(rule);
    once(rule);
}

void Maker::once(const ObligationRule& rule) {
    if (rule.due_given && !course.due_given) return;
    ModelObligation o{
        .id = rule.id, .climb = rule.id, .rule = &rule, .ladder = policy.find_ladder(rule.ladder)};
    o.start = start_of(rule);
    o.due = rule.due_given ? *course.due_given : period_after(office, o.start, *rule.due);
    const auto answers = fulfilling(course, rule.fulfilled_by);  // what was told before it was owed counts
    judge(o, answers.empty() ? nullptr : answers.front(), std::nullopt);
    made.push_back(std::move(o));
}

/// One occurrence after the other, each begun by the answer to the one before.
void Maker::recurring(const ObligationRule& rule) {
    std::optional<Place> begun;
    std::string begun_by;
    TimePoint start = start_of(rule);
    const auto answers = fulfilling(course, rule.fulfilled_by);
    const auto gone = let_go(rule);
    for (int n = 1;; ++n) {
        ModelObligation o{.id = rule.id + "." + std::to_string(n),
                          .climb = rule.id + begun_by,
                          .rule = &rule,
                          .ladder = policy.find_ladder(rule.ladder)};
        o.start = start;
        o.due = period_after(office, start, *rule.every);
        const Fact* answer = nullptr;
        for (const Fact* fact : answers) {
            const auto place = place_of(*fact);
            const bool after = time_of(place) > start && (!begun || place > *begun);
            if (after && !answer) answer = fact;
        }
        judge(o, answer, std::nullopt);
        const auto status = o.status;
        made.push_back(std::move(o));
        if (!answer || (status == void_ && !course.void_all)) return;  // a dismissal may be taken back
        const auto place = place_of(*answer);
        // Nothing new begins once the case is closed, the class lets go of it, or all to come are waived.
        if ((course.closed && *course.closed < place) || (gone && *gone < place)) return;
        for (const Fact* fact : course.facts) {
            const auto* waiver = as<Waived>(*fact);
            if (waiver && waiver->obligation == rule.id && place_of(*fact) < place) return;
        }
        begun = place;
        begun_by = "\n" + identity(*answer);
        start = time_of(place);
    }
}

void Maker::assigned(const ObligationRule& rule) {
    const auto answers = fulfilling(course, rule.fulfilled_by);
    for (std::size_t n = 0; n < course.tenures.size(); ++n) {
        const Tenure& tenure = course.tenures[n];
        ModelObligation o{.id = rule.id + "." + std::to_string(n + 1),
                          .climb = rule.id + (tenure.begun.empty() ? "" : "\n" + tenure.begun),
                          .rule = &rule,
                          .ladder = policy.find_ladder(rule.ladder)};
        o.start = time_of(tenure.from);
        o.due = period_after(office, o.start, *rule.due);
        const Fact* answer = nullptr;
        for (const Fact* fact : answers) {
            const auto at = place_of(*fact);
            if (!answer && at > tenure.from && (!tenure.until || at < *tenure.until)) answer = fact;
        }
        judge(o, answer, tenure.until);
        made.push_back(std::move(o));
    }
}

/// Told twice, the earlier due holds, and with it what was told then.
void Maker::commitments() {
    std::map<std::string, const Fact*> holding;
    for (const Fact* fact : course.facts) {
        const auto* made_now = as<CommitmentMade>(*fact);
        if (!made_now) continue;
        auto& kept = holding[made_now->commitment];
        if (!kept || made_now->due < as<CommitmentMade>(*kept)->due) kept = fact;
    }
    for (const auto& [name, fact] : holding) {
        ModelObligation o{.id = "commitment." + name,
                          .climb = "commitment." + name,
                          .ladder = policy.find_ladder(policy.commitment_ladder)};
        o.start = time_of(place_of(*fact));
        o.due = as<CommitmentMade>(*fact)->due;
        const Fact* answer = nullptr;
        for (const Fact* one : course.facts) {
            const auto* kept = as<CommitmentKept>(*one);
            if (!answer && kept && kept->commitment == name) answer = one;
        }
        judge(o, answer, std::nullopt);
        made.push_back(std::move(o));
    }
}

}  // namespace

std::vector<ModelObligation> obligations_of(const InventedOffice& office, const Policy& policy,
                                            const ModelCourse& course, TimePoint now) {
    Maker maker{office, policy, course, now, {}};
    for (const auto& [id, rule] : policy.obligations) maker.of_rule(rule);
    maker.commitments();
    return std::move(maker.made);
}

}  // namespace yuqing::simulation
