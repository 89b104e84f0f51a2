#include "alert/core/overtaken.hpp"

#include "alert/core/climb.hpp"
#include "alert/core/targets.hpp"

#include <algorithm>

namespace alert {

bool is_overtaken(const Rules& rules, const Snapshot& snapshot, const Notification& letter, TimePoint now) {
    if (!letter.obligation || !letter.step) return false;
    const auto view = derive(rules, snapshot, now);
    const auto is = std::find_if(view.obligations.begin(), view.obligations.end(),
                                 [&](const Obligation& o) { return o.id == letter.obligation->id; });
    if (is == view.obligations.end() || !is->owed() || !is->ladder) return true;
    const auto climb = snapshot.progress.climbs.find(is->climb_key);
    if (climb == snapshot.progress.climbs.end()) return false;
    const auto& steps = is->ladder->steps;
    return std::any_of(
        climb->second.last_fired.begin(), climb->second.last_fired.end(), [&](const auto& fired) {
            const auto [rung, repeat] = fired;
            if (rung >= steps.size() || planned_at(rules, *is, steps[rung], repeat) <= letter.step->planned)
                return false;
            return audience_of(rules, view, steps[rung].notify, now).channels.contains(letter.channel);
        });
}

}  // namespace alert
