#include "stored_case.hpp"

#include "alert/codec/snapshot_json.hpp"
#include "alert/redis/connection.hpp"
#include "number.hpp"

namespace alert::redis {

Result<StoredCase> read_stored_case(const CaseId& id, const Reply& version, const Reply& snapshot,
                                    const Reply& head) {
    StoredCase stored;
    if (!version.is_text() || !snapshot.is_text() || !read_number(version.text, stored.version))
        return Error{"corrupt", "the case " + id.value + " has no version or no snapshot in Redis", ""};
    auto decoded = decode_snapshot(id, snapshot.text);
    if (!decoded) return decoded.error();
    stored.snapshot = std::move(*decoded);
    if (head.is_text()) stored.head = head.text;
    return stored;
}

Command record_call(const Keys& keys, const CaseId& id, std::int64_t first, std::int64_t last) {
    Command call = script_call(Script::record, 2);
    call.add(keys.case_hash(id)).add(keys.log(id)).add(first).add(last);
    return call;
}

Result<CaseFields> read_fields(Reply reply) {
    if (reply.is_error()) return reply.error();
    if (reply.items.size() != 2 || reply.items[0].items.size() != 4) return unexpected_reply("record");
    auto& fields = reply.items[0].items;
    return CaseFields{std::move(fields[0]), std::move(fields[1]), std::move(fields[2]), std::move(fields[3]),
                      std::move(reply.items[1].items)};
}

}  // namespace alert::redis
