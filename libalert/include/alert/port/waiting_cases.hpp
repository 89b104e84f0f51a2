// Which cases wait, for whoever keeps copies of them. Implemented beside each CaseStore.
#pragma once

#include "alert/port/case_store.hpp"

#include <vector>

namespace alert {

struct WaitingCase {
    CaseId id;
    TimePoint wake;  // or the end of a lease
    std::uint64_t version = 0;
};
struct WaitingPage {
    std::vector<WaitingCase> cases;  // earliest first; without jobs, and what cannot be read
    std::size_t queued = 0;          // so many wait in all, jobs included
};

class WaitingCases {
public:
    virtual ~WaitingCases() = default;
    /// The wake queue from that rank on. Moves nothing.
    virtual void waiting(std::size_t from, std::size_t limit, Callback<WaitingPage> done) = 0;
};

}  // namespace alert
