// A case's record read up to an instant, entry by entry, for the ledger and the assessment.
#pragma once

#include "alert/core/ledger.hpp"

#include <string_view>

namespace alert {

class RecordedCaseReader {
public:
    /// `policy` is the case's by now; what was in force at `at` is told by the record.
    RecordedCaseReader(CaseId id, PolicyHash policy, TimePoint at);

    /// The next entry of the record. An error: it cannot be read, and does not count.
    Result<void> take(std::string_view entry);

    [[nodiscard]] const RecordedCase& recorded() const { return recorded_; }

private:
    void take_rebase(const LogEntry& entry);

    RecordedCase recorded_;
    TimePoint at_;
    bool policy_known_ = false;
};

}  // namespace alert
