// The oracle's ladders: which steps fire at an instant, which are passed over, whom they reach.
#include "simulation/model_course.hpp"

#include <algorithm>

namespace yuqing::simulation {

using namespace alert;

namespace {

bool applies(const ModelCase& view, const Step& step) {
    if (step.unless == Unless::acknowledged && view.acknowledged_at) return false;
    if (step.unless == Unless::approved && view.approved) return false;
    return holds(step.when, view.attributes);
}

/// The occurrences of a rung that were not passed and whose time has come.
std::vector<ModelStep> come(const ModelObligation& o, std::size_t index, std::uint32_t rung,
                            std::uint32_t passed, TimePoint now) {
    std::vector<ModelStep> steps;
    const Step& step = o.ladder->steps[rung];
    const auto last = !step.repeat ? 0 : step.repeat->times ? std::uint32_t(*step.repeat->times) : UINT32_MAX;
    for (std::uint32_t n = passed; n <= last && planned(o, step, n) <= now; ++n)
        steps.push_back({index, rung, n, planned(o, step, n)});
    return steps;
}

}  // namespace

TimePoint planned(const ModelObligation& o, const Step& step, std::uint32_t repeat) {
    auto at = o.start;
    if (step.at.anchor == StepTime::Anchor::percent) {
        at += Duration((o.due - o.start).count() * step.at.percent / 100);
    } else {
        if (step.at.anchor == StepTime::Anchor::due) at = o.due;
        at += step.at.before ? -step.at.offset.fixed : step.at.offset.fixed;
    }
    return step.repeat ? at + step.repeat->every * repeat : at;
}

/// Of what has come, the latest that applies fires (all of one instant together), the rest is passed over.
/// A mute holds back what lies before due; something at due or later that fires passes over what was held.
Steps Model::climb(const CaseId&, const ModelCase& view, Passed& passed, TimePoint now) const {
    Steps out;
    for (std::size_t i = 0; i < view.obligations.size(); ++i) {
        const ModelObligation& o = view.obligations[i];
        if (!o.climbing()) continue;
        auto& rungs = passed[o.climb];
        std::vector<ModelStep> all;
        for (std::uint32_t rung = 0; rung < o.ladder->steps.size(); ++rung) {
            for (auto& step : come(o, i, rung, rungs[rung], now)) all.push_back(step);
        }
        std::optional<TimePoint> latest;
        for (const auto& step : all) {
            if (applies(view, o.ladder->steps[step.rung]))
                latest = std::max(latest.value_or(step.planned), step.planned);
        }
        const bool held = view.muted_until && !(latest && *latest >= o.due);
        for (const auto& step : all) {
            const bool later_passed = std::any_of(all.begin(), all.end(), [&](const ModelStep& other) {
                return other.rung == step.rung && other.planned >= o.due;
            });
            if (held && step.planned < o.due && !later_passed) continue;
            rungs[step.rung] = std::max(rungs[step.rung], step.repeat + 1);
            const bool fires = latest == step.planned && applies(view, o.ladder->steps[step.rung]);
            (fires ? out.fired : out.passed_over).push_back(step);
        }
    }
    return out;
}

std::optional<TimePoint> Model::next(const ModelCase& view, const Passed& passed, TimePoint now) const {
    std::optional<TimePoint> next;
    const auto look = [&](TimePoint at) { next = std::min(next.value_or(at), at); };
    for (const ModelObligation& o : view.obligations) {
        if (o.status == ObligationStatus::pending) look(o.due);
        if (!o.climbing()) continue;
        const auto rungs = passed.find(o.climb);
        for (std::uint32_t rung = 0; rung < o.ladder->steps.size(); ++rung) {
            const Step& step = o.ladder->steps[rung];
            std::uint32_t done = 0;
            if (rungs != passed.end() && rungs->second.contains(rung)) done = rungs->second.at(rung);
            const auto last = !step.repeat         ? 0
                              : step.repeat->times ? std::uint32_t(*step.repeat->times)
                                                   : UINT32_MAX;
            if (done > last) continue;
            const auto at = planned(o, step, done);
            const bool held = view.muted_until && at < o.due;
            look(held ? std::max(at, *view.muted_until) : std::max(at, now + Duration{1}));
        }
    }
    return next;
}

Model::Reached Model::channels(const ModelCase& view, const ModelObligation& o, std::uint32_t rung,
                               TimePoint now) const {
    const Directory& directory = *office_.directory;
    Reached reached;
    bool gap = false;
    const auto channels_of = [&](const std::string& name) {
        for (const Role& role : directory.roles) {
            if (role.id == name) return role.channels;
        }
        return std::vector<ChannelId>{};
    };
    const auto tell_unit = [&](const std::string& id, std::set<std::string>& into) {
        std::vector<ChannelId> channels;
        for (const Unit& unit : directory.units) {
            if (unit.id == id) channels = unit.channels;
        }
        if (channels.empty()) channels = channels_of("duty_officer");
        for (const auto& channel : channels) into.insert(channel.value);
    };
    const auto tell = [&](const std::string& role, std::set<std::string>& into) {
        if (role == "lead_unit" || role == "unit_head") return tell_unit(view.attributes.lead_unit, into);
        if (role == "assist_units") return;
        for (const auto& channel : channels_of(role)) into.insert(channel.value);
        for (const Role& one : directory.roles) {
            if (one.id != role || one.roster.empty()) continue;
            bool filled = false;
            for (const Shift& shift : office_.roster->shifts)
                filled |= shift.role == one.roster && shift.start <= now && now < shift.end;
            gap |= !filled;
        }
    };
    for (const auto& role : o.ladder->steps[rung].notify) tell(role, reached.at_least);
    reached.at_most = reached.at_least;
    const auto& notify = o.ladder->steps[rung].notify;
    // No unit assists in these offices: silent in the contract whether the duty officer is told instead.
    if (std::find(notify.begin(), notify.end(), "assist_units") != notify.end())
        tell("duty_officer", reached.at_most);
    if (!gap) return reached;
    for (const Step& step : o.ladder->steps) {  // the next step's roles too
        for (const auto& role : step.notify) tell(role, reached.at_most);
    }
    return reached;
}

}  // namespace yuqing::simulation
