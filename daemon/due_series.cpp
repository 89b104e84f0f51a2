#include "due_series.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace yuqing {

namespace {

struct Owed {
    DueSeries series;
    bool internal = false;
};

/// One of each case and rule; the same case may be among the views twice.
std::vector<Owed> owed_of(const std::vector<alert::CaseView>& views) {
    std::map<std::pair<std::string, std::string>, Owed> first;
    for (const auto& view : views) {
        for (const auto& o : view.obligations) {
            if (!o.owed()) continue;
            const bool internal = o.kind == alert::ObligationKind::internal;
            const auto kept = first.try_emplace(
                {view.id.value, o.rule_id},
                Owed{{view.id.value, o.rule_id, view.attributes.lead_unit, o.due}, internal});
            auto& due = kept.first->second.series.due;
            due = std::min(due, o.due);
        }
    }
    std::vector<Owed> owed;
    for (auto& [labels, one] : first) owed.push_back(std::move(one));
    return owed;
}

}  // namespace

std::vector<DueSeries> most_urgent(const std::vector<alert::CaseView>& views, alert::TimePoint now,
                                   std::size_t most) {
    auto owed = owed_of(views);
    const auto to_come = std::stable_partition(owed.begin(), owed.end(),
                                               [now](const Owed& one) { return one.series.due <= now; });
    std::stable_sort(owed.begin(), to_come, [](const Owed& a, const Owed& b) {
        return std::tuple(a.internal, b.series.due) < std::tuple(b.internal, a.series.due);
    });
    std::stable_sort(to_come, owed.end(), [](const Owed& a, const Owed& b) {
        return std::tuple(a.internal, a.series.due) < std::tuple(b.internal, b.series.due);
    });
    const auto overdue = static_cast<std::size_t>(to_come - owed.begin());
    const auto coming = owed.size() - overdue;
    const auto of_overdue = std::min(overdue, most - std::min(coming, most / 2));
    const auto of_coming = std::min(coming, most - of_overdue);
    std::vector<DueSeries> chosen;
    for (std::size_t i = 0; i < of_overdue; ++i) chosen.push_back(std::move(owed[i].series));
    for (std::size_t i = 0; i < of_coming; ++i) chosen.push_back(std::move(owed[overdue + i].series));
    return chosen;
}

}  // namespace yuqing
