// The records of a jurisdiction as the text they are in Redis, for whoever checks them or anchors their
// heads. Nothing is decoded: a spoilt entry is given like any other.
#pragma once

#include "alert/core/id.hpp"
#include "alert/port/archive.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alert {

/// The seal at the end of a record, as it is kept beside the snapshot.
struct RecordHead {
    CaseId id;
    std::optional<std::string> seal;  // nothing: there is no such case
};

/// Part of a record. `head` was true at the same instant; only that of the last page speaks of the end.
struct RecordPage {
    std::vector<std::string> entries;
    RecordHead head;
    bool last = false;
};

class RecordReader {
public:
    static constexpr std::size_t page_entries = 1000;
    static constexpr std::size_t heads_max = 500;  // of one call

    /// The connection outlives the reader, and so does the shelf of archived cases.
    RecordReader(redis::Connection& connection, redis::Keys keys, Shelf* shelf = nullptr);

    /// A record of the archive that cannot be read any more has no entries, and still its head.
    void page(CaseId id, std::size_t from, Callback<RecordPage> done);

    struct Ids {
        std::vector<CaseId> ids;
        std::string next;  // cursor, empty at the end
    };
    /// All cases that ever were, in no order; one that joins meanwhile may be missed, none is that was there.
    /// A cursor is empty at the beginning, else a number, with an `a` before it among archived cases.
    void ids(std::string cursor, Callback<Ids> done);

    void heads(std::vector<CaseId> ids, Callback<std::vector<RecordHead>> done);
    /// Cases whose records grew since they were anchored, at most heads_max, with their heads.
    void changed(Callback<std::vector<RecordHead>> done);
    /// These heads are safe outside; a case that has another one by now stays changed.
    void anchored(const std::vector<RecordHead>& heads, Callback<std::monostate> done);

private:
    redis::Connection& connection_;
    const redis::Keys keys_;
    Shelf* const shelf_;
};

}  // namespace alert
