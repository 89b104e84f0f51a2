// What a client is told of one event it sent (contract section 3).
#pragma once

#include "alert/core/decide.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alert {

struct Answer {
    enum class Status { accepted, duplicate, rejected, retry };
    Status status = Status::accepted;
    std::string source, id;                  // empty: unread, written as null
    std::optional<CaseId> case_id;           // accepted, duplicate
    std::vector<ObligationDue> obligations;  // accepted, duplicate
    bool differs = false;                    // duplicate with other content
    bool degraded = false;                   // accepted into the journal
    std::optional<Error> error;              // rejected
    Duration retry_after{};                  // retry
    std::optional<TimePoint> recorded_at;    // accepted; not told to the client
};
std::string_view to_string(Answer::Status status);

}  // namespace alert
