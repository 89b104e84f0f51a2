// Copies of the cases whose next step is near, in step with the store: by its queue, which is walked again
// and again, and by what this daemon writes itself.
#pragma once

#include "alert/memory/due_queue.hpp"
#include "alert/port/waiting_cases.hpp"

#include <functional>
#include <map>
#include <vector>

namespace alert {

class NearCases {
public:
    struct Near {
        StoredCase stored;
        TimePoint wake;          // max(): it waits for nothing, and is let go first
        std::uint64_t walk = 0;  // in which it was seen last
        bool old = false;        // the store has another version
    };

    explicit NearCases(std::size_t cases_max) : cases_max_(cases_max) {}

    void committed(const Transition& transition);
    using Busy = std::function<bool(const CaseId&)>;
    /// Gives the cases whose copies are missing or old: to be loaded, and put(). Those that are busy stay as
    /// they are: what is being written may be in the store and count for nothing yet.
    std::vector<WaitingCase> seen(const WaitingPage& page, const Busy& busy = {});
    void put(const WaitingCase& waiting, StoredCase stored);
    /// The queue was walked to its end. What was seen in neither of two walks waits no more: while one goes
    /// on, a case may move from what lies ahead to what lies behind.
    void walked();

    [[nodiscard]] const std::map<CaseId, Near>& cases() const { return cases_; }

private:
    void keep(const CaseId& id, Near near);
    void drop(const CaseId& id);

    const std::size_t cases_max_;
    std::map<CaseId, Near> cases_;
    DueQueue<CaseId> order_;  // by wake
    std::uint64_t walk_ = 1;
};

}  // namespace alert
