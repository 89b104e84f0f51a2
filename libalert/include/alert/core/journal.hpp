// The local journal: what was answered, on this machine's own disk, so that it can be told again should Redis
// have lost it.
#pragma once

#include "alert/core/event.hpp"

#include <cstdint>
#include <string>

namespace alert {

/// What Lua and JavaScript still count exactly.
inline constexpr std::uint64_t journal_sequence_max = (std::uint64_t{1} << 53) - 1;

/// One event that was accepted.
struct JournalEntry {
    std::uint64_t sequence = 0;  // given when it is written; rises by one and more
    TimePoint recorded_at;
    Via via;
    bool silent = false;            // told as history
    bool degraded = false;          // accepted while Redis could not be asked, so nobody knows its case yet
    std::string jurisdiction = {};  // whose event it is; empty: written before lines said that
    PolicyHash policy;              // that was in force: a case it opened goes by it
    std::string event;              // as it was told, one line of JSON
    std::string content_hash = {};  // of the event, while its answer is under way; not written
};

}  // namespace alert
