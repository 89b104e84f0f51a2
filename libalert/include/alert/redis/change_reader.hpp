// Which cases changed lately, whichever daemon changed them: for those who watch a jurisdiction.
//
// The source is a stream in Redis that every commit writes to and that keeps the latest few thousand
// changes. Nothing is missed by asking again and again with the mark of the last answer; whoever falls behind
// is told so, and has to look at everything anew.
#pragma once

#include "alert/port/case_store.hpp"
#include "alert/port/observer.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

#include <string>
#include <vector>

namespace alert {

/// A case that changed, and which entries of its record are new.
struct ChangedCase {
    CaseId id;
    std::int64_t first_entry = 0, entries = 0;
};

struct Changes {
    std::vector<ChangedCase> cases;  // each once, in the order of their first change
    std::string mark;                // where this answer ends
    bool behind = false;             // more changed than was asked for: nothing is listed
};

/// A case as it is, with the new entries of its record.
struct SeenCase {
    StoredCase stored;
    std::vector<LogEntry> log;
};

class ChangeReader {
public:
    static constexpr std::size_t limit_max = 1000;

    /// Connection and observer outlive the reader. The observer is told of what cannot be read.
    ChangeReader(redis::Connection& connection, redis::Keys keys, Observer& observer);

    /// Where the latest change stands.
    void end(Callback<std::string> done);
    /// What changed behind the mark, which is one of this reader's.
    void since(std::string mark, std::size_t limit, Callback<Changes> done);
    /// Nothing when the case is gone or cannot be read.
    void look(const ChangedCase& changed, Callback<std::optional<SeenCase>> done);

private:
    redis::Connection& connection_;
    const redis::Keys keys_;
    Observer& observer_;
};

}  // namespace alert
