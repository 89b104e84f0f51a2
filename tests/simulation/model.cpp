#include "simulation/model.hpp"

#include "simulation/model_course.hpp"

#include <algorithm>

namespace yuqing::simulation {

using namespace alert;
using namespace std::chrono_literals;

Place place_of(const Fact& fact) {
    return {std::min(fact.event.time, fact.recorded_at), fact.event.key.source, fact.event.key.id};
}

TimePoint period_after(const InventedOffice& office, TimePoint from, const Period& period) {
    using namespace std::chrono;
    if (period.workdays == 0 && period.months == 0) return from + period.fixed;
    const auto local = from + 8h;
    auto day = floor<days>(local);
    const auto time_of_day = local - day;
    for (int left = period.workdays; left > 0;) {
        day += days(1);
        const LocalDays name{day.time_since_epoch()};
        const weekday week_day{day};
        const bool weekend = week_day == Saturday || week_day == Sunday;
        const auto& calendar = *office.calendar;
        if (calendar.workdays.contains(name) || (!weekend && !calendar.holidays.contains(name))) --left;
    }
    for (int left = period.months; left > 0; --left) {
        const year_month_day before{day};
        const auto month = before.year() / before.month() + months(1);
        const auto last = (month / std::chrono::last).day();
        day = sys_days{month / std::min(before.day(), last)};
    }
    return time_point_cast<Duration>(day + time_of_day - 8h);
}

void Model::accept(const CaseId& id, Fact fact) {
    const bool merging = as<Merged>(fact) || as<Withdrawn>(fact);
    if (const auto* w = as<Withdrawn>(fact)) withdrawn_.insert({w->event_source, w->event_id});
    cases_.at(id).facts.push_back(std::move(fact));
    if (merging) resolve_merges();
}

/// In the order of facts. A case already merged stays where it is: a further merge of it does nothing (the
/// contract is silent; "stays merged, only withdrawing the merge undoes it").
void Model::resolve_merges() {
    into_.clear();
    refused_.clear();
    std::map<Place, std::pair<CaseId, CaseId>> merges;
    for (const auto& [id, kept] : cases_) {
        for (const Fact& fact : kept.facts) {
            const auto* merge = as<Merged>(fact);
            if (merge && !withdrawn_.contains(fact.event.key)) merges[place_of(fact)] = {id, merge->into};
        }
    }
    for (const auto& [place, merge] : merges) {
        const auto& [from, to] = merge;
        if (into_.contains(from)) continue;
        CaseId at = to;
        while (at != from && into_.contains(at)) at = into_.at(at);
        if (at == from) {
            refused_.insert(from);
        } else {
            into_[from] = to;
        }
    }
}

bool Model::connected(const CaseId& id) const {
    return into_.contains(id) ||
           std::any_of(into_.begin(), into_.end(), [&](const auto& merge) { return merge.second == id; });
}

/// Its own facts, and the detections and publications of every case that was merged into it.
std::vector<const Fact*> Model::effective(const CaseId& id) const {
    std::vector<const Fact*> facts;
    const auto take = [&](const Kept& kept, bool own) {
        for (const Fact& fact : kept.facts) {
            if (as<Withdrawn>(fact) || withdrawn_.contains(fact.event.key)) continue;
            if (own || as<Detected>(fact) || as<Published>(fact)) facts.push_back(&fact);
        }
    };
    take(cases_.at(id), true);
    for (const auto& [from, to] : into_) {
        CaseId at = to;
        while (at != id && into_.contains(at)) at = into_.at(at);
        if (at == id) take(cases_.at(from), false);
    }
    std::sort(facts.begin(), facts.end(),
              [](const Fact* a, const Fact* b) { return place_of(*a) < place_of(*b); });
    return facts;
}

namespace {

bool was_told(const Model::Kept& kept, const EventKey& name) {
    return std::any_of(kept.facts.begin(), kept.facts.end(),
                       [&](const Fact& fact) { return fact.event.key == name && !as<Withdrawn>(fact); });
}

bool was_made(const ModelCourse& course, const std::string& commitment) {
    return std::any_of(course.facts.begin(), course.facts.end(), [&](const Fact* fact) {
        const auto* made = as<CommitmentMade>(*fact);
        return made && made->commitment == commitment;
    });
}

/// One of its obligations, or a rule that the case's class asked for at some time.
bool has_obligation(const Policy& policy, const ModelCourse& course, const ModelCase& view,
                    const std::string& name) {
    for (const auto& o : view.obligations) {
        if (o.id == name || (o.rule ? o.rule->id : "commitment") == name) return true;
    }
    const auto rule = policy.obligations.find(name);
    return rule != policy.obligations.end() &&
           std::any_of(course.eras.begin(), course.eras.end(), [&](const auto& era) {
               return era.of && holds(rule->second.when, era.attributes) &&
                      std::count(era.of->obligations.begin(), era.of->obligations.end(), name) > 0;
           });
}

/// Approved with it, by the time it went out, or at any time before; without a time: as it went out.
bool reviewed(const ModelCourse& course, const Fact& publication) {
    const auto at = std::get<0>(place_of(publication));
    const auto* published = as<Published>(publication);
    if (published->approved_at) return *published->approved_at <= at;
    return !published->approved_by.empty() ||
           std::any_of(course.facts.begin(), course.facts.end(), [&](const Fact* fact) {
               return as<Approved>(*fact) && std::get<0>(place_of(*fact)) <= at;
           });
}

/// A publication that answers something under review; what is void asks for nothing.
bool any_unreviewed(const ModelCourse& course, const std::vector<ModelObligation>& obligations) {
    return std::any_of(obligations.begin(), obligations.end(), [&](const ModelObligation& o) {
        if (!o.rule || !o.rule->review || o.status == ObligationStatus::void_) return false;
        const auto answers = fulfilling(course, o.rule->fulfilled_by);
        return std::any_of(answers.begin(), answers.end(), [&](const Fact* fact) {
            return as<Published>(*fact) && !reviewed(course, *fact);
        });
    });
}

}  // namespace

ModelCase Model::at(const CaseId& id, TimePoint now) const {
    const Kept& kept = cases_.at(id);
    const Policy& policy = office_.policy(kept.policy);
    ModelCase out;
    const auto into = into_.find(id);
    if (into != into_.end()) out.into = into->second;
    const auto course = walk(office_, policy, effective(id), out.into.has_value(), out);
    if (refused_.contains(id)) out.flags.insert("merge_loop");
    for (const Fact& fact : kept.facts) {  // what it names may still come
        const auto* w = as<Withdrawn>(fact);
        if (w && !was_told(kept, {w->event_source, w->event_id})) out.flags.insert("withdrawn_unknown");
    }
    for (const Fact* fact : course.facts) {  // the latest mute counts, also when it is shorter
        if (const auto* mute = as<Muted>(*fact))
            out.muted_until = mute->until > now ? std::optional(mute->until) : std::nullopt;
    }
    for (const Fact* fact : course.facts) {
        const auto* kept_one = as<CommitmentKept>(*fact);
        if (kept_one && !was_made(course, kept_one->commitment)) out.flags.insert("kept_unknown");
    }
    if (!course.any_detected) return out;
    out.obligations = obligations_of(office_, policy, course, now);
    for (const Fact* fact : course.facts) {
        const auto* waiver = as<Waived>(*fact);
        if (waiver && !has_obligation(policy, course, out, waiver->obligation))
            out.flags.insert("waived_unknown");
    }
    if (any_unreviewed(course, out.obligations)) out.flags.insert("unreviewed");
    // Whatever the closing left unanswered stays told, also when it is answered later.
    for (const auto& o : out.obligations) {
        const bool ended =
            o.status == ObligationStatus::void_ || o.status == ObligationStatus::waived ||
            (o.fulfilled_at && course.closed && *o.fulfilled_at <= std::get<0>(*course.closed));
        if (out.status == CaseStatus::closed && o.survives_closing() && !ended)
            out.flags.insert("closed_unanswered");
    }
    return out;
}

}  // namespace yuqing::simulation
