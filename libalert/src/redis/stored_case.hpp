// Reads `version, snapshot, head` as HMGET and the scripts give it, and the plain answers of commands.
#pragma once

#include "alert/port/case_store.hpp"
#include "alert/redis/command.hpp"
#include "alert/redis/keys.hpp"
#include "alert/redis/reply.hpp"

namespace alert::redis {

Result<StoredCase> read_stored_case(const CaseId& id, const Reply& version, const Reply& snapshot,
                                    const Reply& head);

/// What record.lua gives of a case.
Command record_call(const Keys& keys, const CaseId& id, std::int64_t first, std::int64_t last);
struct CaseFields {
    Reply version, snapshot, head, place;  // nil: not there
    std::vector<Reply> entries;
};
Result<CaseFields> read_fields(Reply reply);

/// For commands that need only have been done.
inline Result<std::monostate> read_done(const Reply& reply) {
    if (reply.is_error()) return reply.error();
    return std::monostate{};
}

}  // namespace alert::redis
