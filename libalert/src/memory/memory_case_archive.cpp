#include "alert/memory/memory_case_archive.hpp"

#include "alert/codec/archive_line.hpp"
#include "alert/codec/snapshot_json.hpp"

namespace alert {

/// By id instead of by start: there are few.
void MemoryCaseArchive::leaving(TimePoint before, std::string cursor, std::size_t limit,
                                Callback<LeavingPage> done) {
    LeavingPage page;
    for (auto at = store_.cases_.upper_bound(CaseId(cursor)); at != store_.cases_.end(); ++at) {
        const auto& [id, kept] = *at;
        if (kept.owing || kept.started >= before || store_.wake_.find(id.value)) continue;
        page.cases.push_back({kept.stored, kept.started});
        if (page.cases.size() < limit) continue;
        page.next = id.value;
        break;
    }
    store_.answer<LeavingPage>(std::move(done), std::move(page));
}

void MemoryCaseArchive::record(CaseId id, Callback<std::vector<std::string>> done) {
    std::vector<std::string> entries;
    if (const auto at = store_.cases_.find(id); at != store_.cases_.end())
        for (const auto& entry : at->second.log) entries.push_back(encode_log_entry(entry));
    store_.answer<std::vector<std::string>>(std::move(done), std::move(entries));
}

void MemoryCaseArchive::remove(CaseId id, std::uint64_t version, ArchivePlace place, Callback<bool> done) {
    const auto at = store_.cases_.find(id);
    const bool same = at != store_.cases_.end() && at->second.stored.version == version &&
                      !at->second.owing && !store_.wake_.find(id.value);
    if (same) {
        store_.archived_[id] = {version, std::move(place)};
        store_.cases_.erase(at);
    }
    store_.answer<bool>(std::move(done), same);
}

void MemoryCaseArchive::let_expire(std::vector<EventKey> events, Duration, Callback<std::monostate> done) {
    for (const auto& event : events) store_.events_.erase(event);
    store_.answer<std::monostate>(std::move(done), std::monostate{});
}

void MemoryCaseArchive::find(CaseId id, Callback<Whereabouts> done) {
    Whereabouts where;
    if (store_.cases_.contains(id)) where.kind = Whereabouts::Kind::in_store;
    if (const auto at = store_.archived_.find(id); at != store_.archived_.end())
        where = {Whereabouts::Kind::archived, at->second.version, at->second.place};
    store_.answer<Whereabouts>(std::move(done), std::move(where));
}

void MemoryCaseArchive::any(Callback<bool> done) {
    store_.answer<bool>(std::move(done), !store_.archived_.empty());
}

void MemoryCaseArchive::restore(std::shared_ptr<const ArchivedCase> archived,
                                std::vector<AcceptedEvent> events, Callback<std::monostate> done) {
    const auto away = store_.archived_.find(archived->id);
    if (away == store_.archived_.end() || away->second.version != archived->version)
        return store_.answer<std::monostate>(std::move(done), std::monostate{});
    auto snapshot = decode_snapshot(archived->id, archived->snapshot);
    if (!snapshot) return store_.answer<std::monostate>(std::move(done), snapshot.error());
    MemoryCaseStore::Kept kept{.stored = {archived->version, std::move(*snapshot), archived->head},
                               .started = archived->started,
                               .owing = false};
    for (const auto& text : archived->entries) {
        auto entry = decode_log_entry(text);
        if (!entry) return store_.answer<std::monostate>(std::move(done), entry.error());
        kept.log.push_back(std::move(*entry));
    }
    store_.cases_[archived->id] = std::move(kept);
    store_.archived_.erase(away);
    for (const auto& event : events) store_.events_.try_emplace(event.key, event.case_id, event.content_hash);
    store_.answer<std::monostate>(std::move(done), std::monostate{});
}

void MemoryShelf::open(bool begun, Callback<std::monostate> done) {
    store_.post([done = std::move(done), lost = begun && files.empty()] {
        if (lost) return done(Error{"archive_missing", "the files are not there", ""});
        done(std::monostate{});
    });
}

void MemoryShelf::append(std::vector<ShelfLine> lines, Callback<std::vector<ArchivePlace>> done) {
    if (broken)
        return store_.post([done = std::move(done)] { done(Error{"unwritable", "the disk is full", ""}); });
    std::vector<ArchivePlace> places;
    for (const auto& line : lines) {
        auto& file = files[line.file];
        places.push_back({line.file, file.size(), line.text.size()});
        file += line.text;
    }
    on_append();
    store_.post([done = std::move(done), places = std::move(places)] { done(places); });
}

void MemoryShelf::read(CaseId id, std::uint64_t version, ArchivePlace place,
                       Callback<std::shared_ptr<const ArchivedCase>> done) {
    Result<std::shared_ptr<const ArchivedCase>> found(Error{"unreadable", "cannot be read", place.file});
    if (!broken && files.contains(place.file)) {
        auto archived = decode_archive_line(files.at(place.file).substr(place.offset, place.bytes));
        if (!archived)
            found = archived.error();
        else if (archived->id == id && archived->version == version)
            found = std::make_shared<const ArchivedCase>(std::move(*archived));
    }
    store_.post([done = std::move(done), found = std::move(found)] { done(found); });
}

}  // namespace alert
