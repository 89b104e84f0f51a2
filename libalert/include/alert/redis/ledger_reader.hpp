// What ledger and assessment read: which cases started in a period, and their records as the text they are.
// Reads only; whoever reads decides how much at once, so that no report stalls what else Redis does.
#pragma once

#include "alert/core/id.hpp"
#include "alert/port/archive.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

#include <optional>
#include <string>
#include <vector>

namespace alert {

/// A case as it lies in Redis or in the archive, or a piece of its record.
struct CaseText {
    CaseId id;
    std::string snapshot;              // empty: there is no such case
    std::vector<std::string> entries;  // from `first` on
    std::size_t first = 0;
    bool whole = false;               // archived: the record comes in one piece
    std::optional<Error> unread;      // archived, and it could not be read; nothing else is there
    [[nodiscard]] bool more() const;  // the record goes on
};

class LedgerReader {
public:
    static constexpr std::size_t piece_entries = 1000;  // of one record in one answer

    /// The connection outlives the reader, and so does the shelf of archived cases.
    LedgerReader(redis::Connection& connection, redis::Keys keys, Shelf* shelf = nullptr);

    struct Started {
        std::vector<CaseId> ids;  // by start, then by id
        std::string next;         // where to go on; empty at the end
    };
    /// Cases, archived ones too, that started from `from` on and before `to`, by what is known now.
    /// `cursor` is empty at the beginning, else `next` of the page before.
    void started(TimePoint from, TimePoint to, const std::string& cursor, std::size_t limit,
                 Callback<Started> done);
    /// Each with its snapshot and the first piece of its record; an archived one that is lost or damaged says
    /// so, and holds up no other.
    void cases(const std::vector<CaseId>& ids, Callback<std::vector<CaseText>> done);
    /// The next piece of a record.
    void piece(const CaseId& id, std::size_t first, Callback<CaseText> done);

private:
    struct Reading;
    static void take(Reading& reading, const CaseId& id, redis::Reply reply);
    void read_archived(const std::shared_ptr<Reading>& reading);

    redis::Connection& connection_;
    const redis::Keys keys_;
    Shelf* const shelf_;
};

}  // namespace alert
