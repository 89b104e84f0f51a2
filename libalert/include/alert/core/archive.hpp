// What leaves Redis long after it ended: which cases, when, and to which file. Pure.
//
// An archived case is everything Redis held of it: its snapshot and its record, byte for byte, so that what
// is shown, counted and verified afterwards is what would have been without it, and the case can be put
// back whole.
#pragma once

#include "alert/core/case.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alert {

/// `archive` of yuqingd.yaml.
struct ArchiveRules {
    Duration closed_after = std::chrono::days(400);  // since the case ended
    Duration every = std::chrono::hours(1);          // it is looked for such cases
    std::size_t per_minute = 600;                    // so many leave; the others a minute later
    friend bool operator==(const ArchiveRules&, const ArchiveRules&) = default;
};

/// Bigger records stay in Redis: a line is read as a whole.
inline constexpr std::size_t archived_bytes_max = 16 * 1024 * 1024;
/// For so long a repeated event of an archived case is known by itself; later by the case's record.
inline constexpr Duration archived_events_kept = std::chrono::days(400);

struct ArchivedCase {
    CaseId id;
    std::uint64_t version = 0;
    std::string head;                  // seal of the last entry
    TimePoint started;                 // its place among all cases
    TimePoint ended;                   // by its facts
    PolicyHash policy;                 // in force for it
    std::string snapshot;              // as encoded for Redis
    std::vector<std::string> entries;  // the record
    friend bool operator==(const ArchivedCase&, const ArchivedCase&) = default;
};

/// A line of a file of the archive.
struct ArchivePlace {
    std::string file;  // `2025-10.jsonl`
    std::uint64_t offset = 0, bytes = 0;
    friend bool operator==(const ArchivePlace&, const ArchivePlace&) = default;
};
std::string to_string(const ArchivePlace& place);
/// Nothing: not what to_string() writes. A file's name never leads out of its folder.
std::optional<ArchivePlace> parse_archive_place(std::string_view text);

/// The file of a case that ended then, by the office's months.
std::string archive_file(TimePoint ended, const Zone& zone);

/// When a case that owes nothing any more came to its end: the latest closing, dismissal or merge. One that
/// has none was left without a detection by a withdrawal: then it ended with its record.
TimePoint ended_at(const CaseFacts& facts, TimePoint last_recorded);

}  // namespace alert
