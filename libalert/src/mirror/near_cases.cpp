#include "alert/mirror/near_cases.hpp"

#include <utility>

namespace alert {

void NearCases::keep(const CaseId& id, Near near) {
    order_.put(id, near.wake);
    cases_.insert_or_assign(id, std::move(near));
    if (cases_.size() > cases_max_) drop(*order_.last());
}

void NearCases::drop(const CaseId& id) {
    const CaseId gone = id;  // it may be the queue's own
    order_.remove(gone);
    cases_.erase(gone);
}

void NearCases::committed(const Transition& transition) {
    for (const auto& change : transition.cases) {
        keep(change.next.id, {.stored = {change.expected_version + 1, change.next, change.head},
                              .wake = change.wake.value_or(TimePoint::max()),
                              .walk = walk_});
    }
}

std::vector<WaitingCase> NearCases::seen(const WaitingPage& page, const Busy& busy) {
    std::vector<WaitingCase> wanted;
    for (const auto& waiting : page.cases) {
        const auto at = cases_.find(waiting.id);
        if (busy && busy(waiting.id)) {
            if (at != cases_.end()) at->second.walk = walk_;
            continue;
        }
        if (at == cases_.end()) {
            wanted.push_back(waiting);
            continue;
        }
        Near& near = at->second;
        near.walk = walk_;
        near.old = near.stored.version != waiting.version;
        if (near.old) wanted.push_back(waiting);
        near.wake = waiting.wake;
        order_.put(waiting.id, waiting.wake);
    }
    return wanted;
}

/// What was written here since is newer than what was read.
void NearCases::put(const WaitingCase& waiting, StoredCase stored) {
    const auto at = cases_.find(waiting.id);
    if (at != cases_.end() && !at->second.old) return;
    keep(waiting.id, {.stored = std::move(stored), .wake = waiting.wake, .walk = walk_});
}

void NearCases::walked() {
    std::vector<CaseId> gone;
    for (const auto& [id, near] : cases_)
        if (near.wake != TimePoint::max() && near.walk + 1 < walk_) gone.push_back(id);
    for (const auto& id : gone) drop(id);
    ++walk_;
}

}  // namespace alert
