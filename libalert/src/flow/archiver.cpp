// A sweep goes over the store in pages: each case that ended long enough ago is read whole and made a line;
// lines are written a batch at a time, and then the store is told to let go. Each step may come back later.
#include "alert/flow/archiver.hpp"

#include "alert/codec/archive_line.hpp"
#include "alert/codec/snapshot_json.hpp"

#include <algorithm>

namespace alert {

namespace {

constexpr std::size_t stay_max = 1000;

TimePoint last_recorded(const std::vector<std::string>& entries) {
    const auto entry = entries.empty() ? Error{} : decode_log_entry(entries.back());
    return entry ? entry->at : TimePoint::max();
}

}  // namespace

void Archiver::run(const ArchiveRules& rules, Done done) {
    const auto sweep = std::make_shared<Sweep>();
    sweep->rules = rules;
    sweep->before = clock_.now() - rules.closed_after;
    sweep->done = std::move(done);
    archive_.any([this, sweep](const Result<bool>& begun) { open_shelf(sweep, begun); });
}

void Archiver::open_shelf(const SweepPtr& sweep, const Result<bool>& begun) {
    if (!begun) {
        sweep->run.error = begun.error();
        return sweep->done(sweep->run);
    }
    shelf_.open(*begun, [this, sweep](const Result<std::monostate>& opened) {
        if (opened) return next_page(sweep);
        sweep->run.error = opened.error();
        sweep->done(sweep->run);
    });
}

void Archiver::next_page(const SweepPtr& sweep) {
    if (sweep->last) return sweep->done(sweep->run);
    if (sweep->run.archived >= sweep->rules.per_minute) {
        observer_.limit_hit("archive_rate");
        sweep->run.more = true;
        return sweep->done(sweep->run);
    }
    const auto room = sweep->rules.per_minute - sweep->run.archived;
    archive_.leaving(sweep->before, sweep->cursor, std::min(batch_cases, room),
                     [this, sweep](Result<LeavingPage> page) {
                         if (!page) {
                             sweep->run.error = page.error();
                             return sweep->done(sweep->run);
                         }
                         sweep->page = std::move(page->cases);
                         sweep->at = 0;
                         sweep->cursor = std::move(page->next);
                         sweep->last = sweep->cursor.empty();
                         next_case(sweep);
                     });
}

void Archiver::next_case(const SweepPtr& sweep) {
    while (sweep->at < sweep->page.size()) {
        const auto& [stored, started] = sweep->page[sweep->at];
        const bool stays = stay_.contains({stored.snapshot.id, stored.version});
        // Of a case without a detection the record tells when it ended.
        if (!stays && ended_at(stored.snapshot.facts, TimePoint::min()) <= sweep->before) break;
        ++sweep->at;
    }
    const bool page_done = sweep->at == sweep->page.size();
    if (sweep->bytes >= batch_bytes || (page_done && !sweep->batch.empty())) return write(sweep);
    if (page_done) return next_page(sweep);
    const auto id = sweep->page[sweep->at].stored.snapshot.id;
    archive_.record(id, [this, sweep, id](Result<std::vector<std::string>> entries) {
        auto leaving = std::move(sweep->page[sweep->at++]);
        if (entries)
            take(*sweep, leaving, std::move(*entries));
        else if (entries.error().code == "too_large")
            stays(leaving.stored, entries.error());
        else
            sweep->run.error = entries.error();
        if (sweep->run.error) return sweep->done(sweep->run);
        next_case(sweep);
    });
}

void Archiver::take(Sweep& sweep, const LeavingCase& leaving, std::vector<std::string> entries) {
    const Snapshot& snapshot = leaving.stored.snapshot;
    const auto ended = ended_at(snapshot.facts, last_recorded(entries));
    if (ended > sweep.before) return;
    ArchivedCase archived{.id = snapshot.id,
                          .version = leaving.stored.version,
                          .head = leaving.stored.head,
                          .started = leaving.started,
                          .ended = ended,
                          .policy = snapshot.policy,
                          .snapshot = encode_snapshot(snapshot),
                          .entries = std::move(entries)};
    auto line = encode_archive_line(archived);
    const auto facts = facts_of_record(archived.entries);
    if (!line || !facts) return stays(leaving.stored, line ? facts.error() : line.error());
    Written written{.line = {archive_file(ended, zone_), std::move(*line)}};
    for (const auto& fact : *facts) written.events.push_back(fact.event.key);
    archived.snapshot.clear();
    archived.entries.clear();
    written.archived = std::move(archived);
    sweep.bytes += written.line.text.size();
    sweep.batch.push_back(std::move(written));
}

/// It stays where it is, where everybody finds it.
void Archiver::stays(const StoredCase& stored, const Error& error) {
    const auto& id = stored.snapshot.id;
    if (stay_.size() >= stay_max) stay_.clear();
    stay_.emplace(id, stored.version);
    if (error.code == "too_large") observer_.limit_hit("archive_line");
    observer_.troubled("archive of case " + id.value, error);
}

void Archiver::write(const SweepPtr& sweep) {
    std::vector<ShelfLine> lines;
    for (auto& written : sweep->batch) lines.push_back(std::move(written.line));
    shelf_.append(std::move(lines), [this, sweep](Result<std::vector<ArchivePlace>> places) {
        if (places && places->size() == sweep->batch.size()) return let_go(sweep, *places);
        sweep->run.error =
            places ? Error{"unwritable", "not every line has a place", ""} : std::move(places.error());
        sweep->done(sweep->run);
    });
}

void Archiver::let_go(const SweepPtr& sweep, const std::vector<ArchivePlace>& places) {
    sweep->bytes = 0;
    const auto batch = std::make_shared<std::vector<Written>>(std::exchange(sweep->batch, {}));
    const auto missing = std::make_shared<std::size_t>(batch->size());
    for (std::size_t i = 0; i < batch->size(); ++i) {
        const auto& archived = (*batch)[i].archived;
        archive_.remove(archived.id, archived.version, places[i],
                        [this, sweep, batch, missing, i](Result<bool> removed) {
                            if (!removed) sweep->run.error = removed.error();
                            if (removed && *removed) {
                                ++sweep->run.archived;
                                archive_.let_expire(std::move((*batch)[i].events), archived_events_kept,
                                                    [](const auto&) {});
                            }
                            if (--*missing > 0) return;
                            if (sweep->run.error) return sweep->done(sweep->run);
                            next_case(sweep);
                        });
    }
}

}  // namespace alert
