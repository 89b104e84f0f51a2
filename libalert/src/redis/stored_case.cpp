#include "stored_case.hpp"

#include "alert/codec/snapshot_json.hpp"

#include <charconv>

namespace alert::redis {

Result<StoredCase> read_stored_case(const CaseId& id, const Reply& version, const Reply& snapshot,
                                    const Reply& head) {
    StoredCase stored;
    const char* const end = version.text.data() + version.text.size();
    const auto read = std::from_chars(version.text.data(), end, stored.version);
    if (!version.is_text() || !snapshot.is_text() || read.ec != std::errc{} || read.ptr != end)
        return Error{"corrupt", "the case " + id.value + " has no version or no snapshot in Redis", ""};
    auto decoded = decode_snapshot(id, snapshot.text);
    if (!decoded) return decoded.error();
    stored.snapshot = std::move(*decoded);
    if (head.is_text()) stored.head = head.text;
    return stored;
}

}  // namespace alert::redis
