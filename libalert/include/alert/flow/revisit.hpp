// After a change of the calendar: puts every case that counts working days on the desk once, which moves its
// due times, records and tells that, and writes when to look at it next.
//
// Reads page by page and waits while the desk is full, so that ingest and due cases go on beside it. What
// cannot be read is tried again every second: a walk ends only when it has seen every page.
#pragma once

#include "alert/flow/case_desk.hpp"
#include "alert/port/timers.hpp"

#include <functional>
#include <string>

namespace alert {

struct RevisitLimits {
    std::size_t page = 200;
    std::size_t due_cases_max = 400;  // on the desk at once; then the next page waits
    Duration pause = std::chrono::milliseconds(20);
    Duration retry_after = std::chrono::seconds(1);
};

class Revisit {
public:
    /// All cases from a cursor on, as CaseReader::page gives them.
    using Pages = std::function<void(std::string cursor, std::size_t limit, Callback<Page> done)>;

    Revisit(Pages pages, CaseDesk& desk, const RuleBook& rules, Clock& clock, Timers& timers,
            Observer& observer, RevisitLimits limits = {});

    /// A walk under way is given up, and its `done` never called.
    void start(std::function<void()> done);

private:
    void turn(std::string cursor);
    void seen(const std::string& cursor, Result<Page> page);
    void later(Duration delay, std::string cursor);
    [[nodiscard]] bool concerned(const Snapshot& snapshot) const;

    Pages pages_;
    CaseDesk& desk_;
    const RuleBook& rules_;
    Clock& clock_;
    Timers& timers_;
    Observer& observer_;
    RevisitLimits limits_;
    std::function<void()> done_;
    std::uint64_t walk_ = 0;  // the one under way; answers to older ones are not heard
};

}  // namespace alert
