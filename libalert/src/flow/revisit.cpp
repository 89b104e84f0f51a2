#include "alert/flow/revisit.hpp"

#include <utility>

namespace alert {

Revisit::Revisit(Pages pages, CaseDesk& desk, const RuleBook& rules, Clock& clock, Timers& timers,
                 Observer& observer, RevisitLimits limits)
    : pages_(std::move(pages)),
      desk_(desk),
      rules_(rules),
      clock_(clock),
      timers_(timers),
      observer_(observer),
      limits_(limits) {}

void Revisit::start(std::function<void()> done) {
    ++walk_;
    done_ = std::move(done);
    turn({});
}

void Revisit::later(Duration delay, std::string cursor) {
    timers_.after(delay, [this, walk = walk_, cursor = std::move(cursor)] {
        if (walk == walk_) turn(cursor);
    });
}

void Revisit::turn(std::string cursor) {
    if (desk_.due_cases() >= limits_.due_cases_max) return later(limits_.pause, std::move(cursor));
    pages_(cursor, limits_.page, [this, walk = walk_, cursor](Result<Page> page) {
        if (walk == walk_) seen(cursor, std::move(page));
    });
}

void Revisit::seen(const std::string& cursor, Result<Page> page) {
    if (!page) {
        observer_.troubled("revisit", page.error());
        return later(limits_.retry_after, cursor);
    }
    for (StoredCase& stored : page->cases) {
        if (concerned(stored.snapshot)) desk_.due(std::move(stored));
    }
    if (!page->next.empty()) return later(Duration{0}, page->next);
    if (const auto done = std::exchange(done_, {})) done();
}

/// With a policy that is not known here the desk, which reads it back, finds out.
bool Revisit::concerned(const Snapshot& snapshot) const {
    const auto rules = rules_.of(snapshot.policy);
    return !rules || counts_workdays(rules->policy, derive(*rules, snapshot, clock_.now()));
}

}  // namespace alert
