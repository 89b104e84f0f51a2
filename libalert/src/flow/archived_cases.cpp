#include "alert/flow/archived_cases.hpp"

#include "alert/codec/archive_line.hpp"
#include "alert/codec/snapshot_json.hpp"

#include <algorithm>
#include <utility>

namespace alert {

void ArchivedCases::load(CaseQuery query, Callback<CaseAnswer> done) {
    store_.load(query, [this, query, done = std::move(done)](Result<CaseAnswer> answer) mutable {
        if (!answer || answer->stored) return done(std::move(answer));
        archive_.find(query.id, [this, query, answer = std::move(*answer),
                                 done = std::move(done)](Result<Whereabouts> where) mutable {
            if (!where) return done(where.error());
            if (where->kind == Whereabouts::Kind::unknown) return done(std::move(answer));
            // Somebody put it back, or opened it, meanwhile.
            if (where->kind == Whereabouts::Kind::in_store) return load(std::move(query), std::move(done));
            load_archived(*where, std::move(query), std::move(answer), std::move(done));
        });
    });
}

/// Of an event whose identity expired the record still tells.
void ArchivedCases::load_archived(const Whereabouts& where, CaseQuery query, CaseAnswer answer,
                                  Callback<CaseAnswer> done) {
    const CaseId id = query.id;
    read(id, where,
         [this, where, query = std::move(query), answer = std::move(answer),
          done = std::move(done)](Result<Archived> found) mutable {
             if (!found) return done(found.error());
             const ArchivedCase& archived = **found;
             auto snapshot = decode_snapshot(archived.id, archived.snapshot);
             if (!snapshot) return done(snapshot.error());
             answer.stored = StoredCase{archived.version, std::move(*snapshot), archived.head};
             const bool unknown = std::any_of(answer.events.begin(), answer.events.end(),
                                              [](const auto& known) { return !known.has_value(); });
             if (unknown) {
                 const auto facts = facts_of_record(archived.entries);
                 if (!facts) return done(facts.error());
                 for (const auto& event : events_of(archived.id, *facts)) {
                     for (std::size_t i = 0; i < query.events.size(); ++i) {
                         if (query.events[i] == event.key && !answer.events[i])
                             answer.events[i] = KnownEvent{event.case_id, event.content_hash};
                     }
                 }
             }
             meet(archived.id, where);
             done(std::move(answer));
         });
}

void ArchivedCases::load_log(CaseId id, Callback<std::vector<Fact>> done) {
    const auto met = met_.find(id);
    if (met == met_.end()) return store_.load_log(std::move(id), std::move(done));
    read(id, met->second, [done = std::move(done)](Result<Archived> found) {
        if (!found) return done(found.error());
        done(facts_of_record((*found)->entries));
    });
}

/// One after the other what must be back first, then the commit.
void ArchivedCases::commit(std::shared_ptr<const Transition> transition, Callback<CommitOutcome> done) {
    for (const auto& change : transition->cases) {
        const CaseId& id = change.next.id;
        if (!met_.contains(id)) continue;
        return restore(id, [this, transition, done = std::move(done)](std::optional<Error> error) mutable {
            if (error) return done(std::move(*error));
            commit(std::move(transition), std::move(done));
        });
    }
    store_.commit(std::move(transition), std::move(done));
}

void ArchivedCases::restore(const CaseId& id, std::function<void(std::optional<Error>)> then) {
    const auto where = met_.extract(id).mapped();
    read(id, where, [this, id, then = std::move(then)](Result<Archived> found) {
        if (!found) return then(found.error());
        const auto facts = facts_of_record((*found)->entries);
        if (!facts) return then(facts.error());
        archive_.restore(*found, events_of(id, *facts), [this, id, then](Result<std::monostate> restored) {
            if (!restored) return then(restored.error());
            if (on_restored) on_restored(id);
            then(std::nullopt);
        });
    });
}

void ArchivedCases::read(const CaseId& id, const Whereabouts& where, Callback<Archived> done) {
    if (!shelf_)
        return done(Error{"archive_unreadable",
                          "the case " + id.value + " was archived to " + where.place.file +
                              ", and archive.dir is not configured here",
                          ""});
    shelf_->read(id, where.version, where.place, [this, id, done = std::move(done)](Result<Archived> found) {
        if (!found) observer_.troubled("archived case " + id.value, found.error());
        done(std::move(found));
    });
}

/// Should one be forgotten its commit conflicts, and it is met again.
void ArchivedCases::meet(const CaseId& id, const Whereabouts& where) {
    if (met_.size() >= met_max) met_.clear();
    met_[id] = where;
}

}  // namespace alert
