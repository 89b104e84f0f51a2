// What readers do about a case that was archived: they read it from the shelf.
#pragma once

#include "alert/port/archive.hpp"
#include "alert/redis/reply.hpp"

namespace alert::redis {

/// Of a case's `v`, which is `a12` for the twelfth version once it is archived.
std::optional<std::uint64_t> archived_version(const Reply& version);

/// By what lies in the case's `v` and `a`.
Result<Whereabouts> read_whereabouts(const CaseId& id, const Reply& version, const Reply& place);

/// Error `unreadable`: there is no shelf, or see Shelf::read().
void read_archived(Shelf* shelf, const CaseId& id, const Reply& version, const Reply& place,
                   Callback<std::shared_ptr<const ArchivedCase>> done);

Result<StoredCase> stored_of(const ArchivedCase& archived);

}  // namespace alert::redis
