// An entry of the journal as a line that people can read, and back. A checksum covers the line: what is read
// is what was written, or an error.
#pragma once

#include "alert/core/journal.hpp"
#include "alert/core/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alert {

/// Ends with a line feed.
std::string encode_journal_line(const JournalEntry& entry);
/// With or without the line feed. Error `damaged`: torn, changed, or another schema.
Result<JournalEntry> decode_journal_line(std::string_view line);

/// Whether a line begins as those of a journal do, whatever follows.
bool is_journal_line(std::string_view line);

}  // namespace alert
