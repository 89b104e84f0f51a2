// An archived case as one line of JSON, and back. What is read is what was written, or an error: a checksum
// covers the line, and snapshot and record come back byte for byte, so that the record's chain can be walked.
#pragma once

#include "alert/core/archive.hpp"
#include "alert/core/decide.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alert {

/// Ends with a line feed. Error `unreadable`: an entry is none of ours and would spoil the line; `too_large`.
Result<std::string> encode_archive_line(const ArchivedCase& archived);
/// Error `damaged`: torn, changed, or another schema.
Result<ArchivedCase> decode_archive_line(std::string_view line);

/// Whether a line begins as that of this case in this version does, whatever follows.
bool is_archive_line_of(std::string_view line, const CaseId& id, std::uint64_t version);

/// The facts of a record, in order of recording.
Result<std::vector<Fact>> facts_of_record(const std::vector<std::string>& entries);
/// By what each of them is known again.
std::vector<AcceptedEvent> events_of(const CaseId& id, const std::vector<Fact>& facts);

}  // namespace alert
