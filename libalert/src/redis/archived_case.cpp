#include "archived_case.hpp"

#include "alert/codec/snapshot_json.hpp"

#include "number.hpp"

namespace alert::redis {

std::optional<std::uint64_t> archived_version(const Reply& version) {
    if (!version.is_text() || !version.text.starts_with('a')) return std::nullopt;
    std::uint64_t number = 0;
    const bool whole = read_number(std::string_view(version.text).substr(1), number);
    return whole ? std::optional(number) : std::nullopt;
}

Result<Whereabouts> read_whereabouts(const CaseId& id, const Reply& version, const Reply& place) {
    if (version.kind == Reply::Kind::nil) return Whereabouts{};
    const auto number = archived_version(version);
    if (!number) return Whereabouts{.kind = Whereabouts::Kind::in_store};
    const auto at = place.is_text() ? parse_archive_place(place.text) : std::nullopt;
    if (!at) return Error{"corrupt", "where the case " + id.value + " was archived is not known", ""};
    return Whereabouts{Whereabouts::Kind::archived, *number, *at};
}

/// A caller's answer comes later, and one from here at once: who calls is in an answer of Redis itself.
void read_archived(Shelf* shelf, const CaseId& id, const Reply& version, const Reply& place,
                   Callback<std::shared_ptr<const ArchivedCase>> done) {
    const auto at = read_whereabouts(id, version, place);
    if (!at) return done(at.error());
    if (!shelf)
        return done(Error{"archive_unreadable",
                          "the case " + id.value + " was archived to " + at->place.file +
                              ", and archive.dir is not configured here",
                          at->place.file});
    shelf->read(id, at->version, at->place, std::move(done));
}

Result<StoredCase> stored_of(const ArchivedCase& archived) {
    auto snapshot = decode_snapshot(archived.id, archived.snapshot);
    if (!snapshot) return snapshot.error();
    return StoredCase{archived.version, std::move(*snapshot), archived.head};
}

}  // namespace alert::redis
