// Cases that leave the store for files, and come back when something new is told of them.
//
// The order makes it safe: a line is on the disk before the store lets go of the case, and it lets go only of
// the version that was written. The store keeps where the line is; a case it keeps so much of cannot be
// opened a second time.
#pragma once

#include "alert/core/archive.hpp"
#include "alert/port/case_store.hpp"

namespace alert {

struct LeavingCase {
    StoredCase stored;
    TimePoint started;
};
struct LeavingPage {
    std::vector<LeavingCase> cases;
    std::string next;  // cursor, empty at the end
};

struct Whereabouts {
    enum class Kind { unknown, in_store, archived };
    Kind kind = Kind::unknown;
    std::uint64_t version = 0;  // archived
    ArchivePlace place;         // archived
};

/// The store's side; implemented beside each CaseStore.
class CaseArchive {
public:
    virtual ~CaseArchive() = default;
    /// Cases that started before then and owe nothing: neither open nor waiting for anything. A page may be
    /// short, or even empty, before the end.
    virtual void leaving(TimePoint before, std::string cursor, std::size_t limit,
                         Callback<LeavingPage> done) = 0;
    /// The entries of a record as they are. Error `too_large`: more than archived_bytes_max.
    virtual void record(CaseId id, Callback<std::vector<std::string>> done) = 0;
    /// Lets go of that version of the case. False: it is another one by now, or owes something again.
    virtual void remove(CaseId id, std::uint64_t version, ArchivePlace place, Callback<bool> done) = 0;
    virtual void let_expire(std::vector<EventKey> events, Duration after, Callback<std::monostate> done) = 0;
    virtual void find(CaseId id, Callback<Whereabouts> done) = 0;
    /// Whether any case is archived.
    virtual void any(Callback<bool> done) = 0;
    /// Puts the case back as it was, its events first. Done as well when it was back already.
    virtual void restore(std::shared_ptr<const ArchivedCase> archived, std::vector<AcceptedEvent> events,
                         Callback<std::monostate> done) = 0;
};

struct ShelfLine {
    std::string file, text;  // the text ends with a line feed
};

/// The files.
class Shelf {
public:
    virtual ~Shelf() = default;
    /// Before anything is appended. `begun`: cases were archived, so their files must be there; if not, it is
    /// the wrong folder or a disk that is not mounted, and nothing is begun anew. Errors: `archive_missing`,
    /// `unwritable`.
    virtual void open(bool begun, Callback<std::monostate> done) = 0;
    /// On the disk when `done` is told where, in their order; an error: none of them counts.
    virtual void append(std::vector<ShelfLine> lines, Callback<std::vector<ArchivePlace>> done) = 0;
    /// The last line of that version of the case. Errors: `unreadable`, `damaged`; the message names the
    /// file.
    virtual void read(CaseId id, std::uint64_t version, ArchivePlace place,
                      Callback<std::shared_ptr<const ArchivedCase>> done) = 0;
};

}  // namespace alert
