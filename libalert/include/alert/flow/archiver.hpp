// Brings cases that ended long ago from the store to files: so many a minute, a batch at a time, each written
// before the store lets go of it.
//
// Several of them may run over one store: it lets go of a case once, and a line that nobody points to is only
// room on the disk. So is the line of a case that changed between the two, or of a crash in between.
#pragma once

#include "alert/port/archive.hpp"
#include "alert/port/clock.hpp"
#include "alert/port/observer.hpp"

#include <functional>
#include <memory>
#include <set>
#include <utility>

namespace alert {

class Archiver {
public:
    static constexpr std::size_t batch_cases = 50;
    static constexpr std::size_t batch_bytes = 8 * 1024 * 1024;  // a batch that has so much is written

    struct Run {
        std::size_t archived = 0;
        bool more = false;           // as many as may leave in a minute did, and others wait
        std::optional<Error> error;  // why it ended early; what was written before it stays
    };
    using Done = std::function<void(const Run&)>;

    /// All outlive it.
    Archiver(CaseArchive& archive, Shelf& shelf, Clock& clock, Observer& observer, Zone zone)
        : archive_(archive), shelf_(shelf), clock_(clock), observer_(observer), zone_(std::move(zone)) {}

    /// One run at a time.
    void run(const ArchiveRules& rules, Done done);

private:
    struct Written {
        ArchivedCase archived;  // without the texts, once they are a line
        std::vector<EventKey> events;
        ShelfLine line;
    };
    struct Sweep {
        ArchiveRules rules;
        TimePoint before;
        Run run;
        Done done;
        std::vector<LeavingCase> page;
        std::size_t at = 0;  // of the page
        std::string cursor;
        bool last = false;
        std::vector<Written> batch;
        std::size_t bytes = 0;
    };
    using SweepPtr = std::shared_ptr<Sweep>;

    void open_shelf(const SweepPtr& sweep, const Result<bool>& begun);
    void next_page(const SweepPtr& sweep);
    void next_case(const SweepPtr& sweep);
    void take(Sweep& sweep, const LeavingCase& leaving, std::vector<std::string> entries);
    void stays(const StoredCase& stored, const Error& error);
    void write(const SweepPtr& sweep);
    void let_go(const SweepPtr& sweep, const std::vector<ArchivePlace>& places);

    CaseArchive& archive_;
    Shelf& shelf_;
    Clock& clock_;
    Observer& observer_;
    const Zone zone_;
    std::set<std::pair<CaseId, std::uint64_t>> stay_;  // cannot be written as they are; told once
};

}  // namespace alert
