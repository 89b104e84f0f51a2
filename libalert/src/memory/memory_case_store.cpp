#include "alert/memory/memory_case_store.hpp"

#include "alert/codec/event_json.hpp"

namespace alert {
namespace {

constexpr std::size_t rejects_max = 1000;
constexpr std::size_t reject_bytes_max = 4 * 1024;

}  // namespace

bool MemoryCaseStore::run_pending() {
    const bool any = !pending_.empty();
    while (!pending_.empty()) {
        auto next = std::move(pending_.front());
        pending_.pop_front();
        next();
    }
    return any;
}

void MemoryCaseStore::load(CaseQuery query, Callback<CaseAnswer> done) {
    CaseAnswer found;
    if (const auto at = cases_.find(query.id); at != cases_.end()) found.stored = at->second.stored;
    for (const auto& key : query.events) {
        const auto at = events_.find(key);
        found.events.push_back(at == events_.end() ? std::nullopt : std::optional(at->second));
    }
    answer<CaseAnswer>(std::move(done), std::move(found));
}

void MemoryCaseStore::find_matter(std::string matter_key, Callback<std::optional<CaseId>> done) {
    answer<std::optional<CaseId>>(std::move(done), holder_of(matter_key));
}

std::optional<CaseId> MemoryCaseStore::holder_of(const std::string& matter_key) const {
    const auto at = matters_.find(matter_key);
    if (at == matters_.end() || at->second.empty()) return std::nullopt;
    return at->second.begin()->second;
}

void MemoryCaseStore::load_log(CaseId id, Callback<std::vector<Fact>> done) {
    std::vector<Fact> facts;
    if (const auto at = cases_.find(id); at != cases_.end()) {
        for (const auto& entry : at->second.log) {
            if (entry.kind != LogKind::fact) continue;
            auto event = decode_record(entry.record);
            if (!event) return answer<std::vector<Fact>>(std::move(done), event.error());
            facts.push_back({std::move(*event), entry.at, entry.via, entry.silent});
        }
    }
    answer<std::vector<Fact>>(std::move(done), std::move(facts));
}

bool MemoryCaseStore::conflicts(const Transition& transition) const {
    for (const auto& change : transition.cases) {
        if (archived_.contains(change.next.id)) return true;
        const auto at = cases_.find(change.next.id);
        if ((at == cases_.end() ? 0 : at->second.stored.version) != change.expected_version) return true;
        const auto holder = holder_of(change.matter_key);
        if (change.matter_open && change.matter_must_be_free && holder && *holder != change.next.id)
            return true;
    }
    for (const auto& event : transition.events)
        if (events_.contains(event.key)) return true;
    return false;
}

void MemoryCaseStore::commit(std::shared_ptr<const Transition> transition, Callback<CommitOutcome> done) {
    const auto now = clock_.now();
    if (conflicts(*transition))
        return answer<CommitOutcome>(std::move(done), CommitOutcome{CommitOutcome::Kind::conflict, now});
    const auto& again = transition->redelivered;
    if (!std::all_of(again.begin(), again.end(), [&](const auto& r) { return messages_.is_dead(r.id); }))
        return answer<CommitOutcome>(std::move(done), CommitOutcome{CommitOutcome::Kind::not_dead, now});
    for (const auto& change : transition->cases) write(change);
    for (const auto& event : transition->events) events_[event.key] = {event.case_id, event.content_hash};
    for (const auto& notification : transition->notifications) messages_.add(notification);
    for (const auto& overtaken : transition->overtaken) messages_.overtake(overtaken.id, now);
    for (const auto& [field, delta] : transition->counters) stats_[field] += delta;
    for (const auto& letter : again) messages_.redeliver(letter.id, now);
    answer<CommitOutcome>(std::move(done), CommitOutcome{CommitOutcome::Kind::committed, now});
}

void MemoryCaseStore::write(const CaseChange& change) {
    Kept& kept = cases_[change.next.id];
    kept.stored = {change.expected_version + 1, change.next, change.head};
    kept.started = change.started;
    kept.owing = change.open || change.open_due.has_value();
    kept.log.insert(kept.log.end(), change.log.begin(), change.log.end());
    if (change.wake)
        wake_.put(change.next.id.value, *change.wake);
    else
        wake_.remove(change.next.id.value);
    write_matter(change);
}

void MemoryCaseStore::write_matter(const CaseChange& change) {
    if (change.matter_key.empty()) return;
    auto& open = matters_[change.matter_key];
    std::erase_if(open, [&](const auto& entry) { return entry.second == change.next.id; });
    if (change.matter_open) open.emplace(change.started, change.next.id);
    if (open.empty()) matters_.erase(change.matter_key);
}

void MemoryCaseStore::claim_due(TimePoint until, std::size_t limit, Duration lease, Callback<Claim> done) {
    Claim claim{.now = clock_.now()};
    const auto due = wake_.due(std::min(until, claim.now), limit);
    claim.cases.reserve(due.size());
    for (const auto& name : due) {
        if (name.starts_with('~'))
            claim.jobs.push_back(name);
        else
            claim.cases.push_back(cases_.at(CaseId(name)).stored);
        wake_.put(name, claim.now + lease);
    }
    claim.next = wake_.head();
    answer<Claim>(std::move(done), std::move(claim));
}

void MemoryCaseStore::waiting(std::size_t from, std::size_t limit, Callback<WaitingPage> done) {
    WaitingPage page{.queued = wake_.size()};
    for (const auto& [wake, name] : wake_.ranks(from, limit)) {
        const auto at = cases_.find(CaseId(name));
        if (at != cases_.end()) page.cases.push_back({at->first, wake, at->second.stored.version});
    }
    answer<WaitingPage>(std::move(done), std::move(page));
}

void MemoryCaseStore::put(StoredCase stored, std::optional<TimePoint> wake) {
    const auto& snapshot = stored.snapshot;
    const auto id = snapshot.id;
    const bool open = !snapshot.progress.counted_class.empty();
    if (const auto& key = snapshot.facts.matter_key; key && open)
        matters_[key->value].emplace(TimePoint{}, id);
    if (wake) wake_.put(id.value, *wake);
    cases_.insert_or_assign(id, Kept{.stored = std::move(stored), .owing = open || wake.has_value()});
}

void MemoryCaseStore::keep_reject(Reject reject, Callback<std::monostate> done) {
    if (reject.bytes.size() > reject_bytes_max) reject.bytes.resize(reject_bytes_max);
    rejects_.push_front(std::move(reject));
    if (rejects_.size() > rejects_max) rejects_.pop_back();
    answer<std::monostate>(std::move(done), std::monostate{});
}

void MemoryCaseStore::keep_policy(PolicyHash hash, std::string text, Callback<std::monostate> done) {
    policies_.try_emplace(std::move(hash), std::move(text));
    answer<std::monostate>(std::move(done), std::monostate{});
}

void MemoryCaseStore::load_policy(PolicyHash hash, Callback<std::optional<std::string>> done) {
    const auto at = policies_.find(hash);
    answer<std::optional<std::string>>(std::move(done),
                                       at == policies_.end() ? std::nullopt : std::optional(at->second));
}

void MemoryCaseStore::schedule_job(std::string name, std::optional<TimePoint> at,
                                   Callback<std::monostate> done) {
    if (at)
        wake_.put(name, *at);
    else
        wake_.remove(name);
    answer<std::monostate>(std::move(done), std::monostate{});
}

}  // namespace alert
