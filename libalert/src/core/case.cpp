#include "alert/core/case.hpp"

namespace alert {

namespace {

template <class T>
void keep_earliest(std::optional<Told<T>>& kept, const FactKey& key, T value) {
    if (!kept || key < kept->key) kept = Told<T>{key, std::move(value)};
}

template <class T, class V>
void keep_least(std::optional<T>& kept, const V& value) {
    if (!kept || value < *kept) kept = value;
}

template <class T, class V>
void keep_greatest(std::optional<T>& kept, const V& value) {
    if (!kept || *kept < value) kept = value;
}

template <class Name>
void keep_earliest(std::map<Name, FactKey>& kept, const Name& name, const FactKey& key) {
    const auto [at, added] = kept.try_emplace(name, key);
    if (!added && key < at->second) at->second = key;
}

/// The first characters of UTF-8 text.
std::string cut(const std::string& text) {
    std::size_t chars = 0, at = 0;
    for (; at < text.size(); ++at) {
        const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
        if (begins && ++chars > snapshot_chars_max) break;
    }
    return text.substr(0, at);
}

/// The one that was told earliest in the order of facts makes room.
template <class Map, class KeyOf>
void keep_last(Map& map, std::size_t max, KeyOf key_of_entry) {
    if (map.size() <= max) return;
    map.erase(std::min_element(map.begin(), map.end(), [&](const auto& a, const auto& b) {
        return key_of_entry(a) < key_of_entry(b);
    }));
}

void keep_text(std::optional<Told<std::string>>& kept, const FactKey& key, const std::string& text) {
    if (!text.empty()) keep_earliest(kept, key, text);
}

bool is_withdrawal(const Fact& fact) { return std::holds_alternative<Withdrawn>(fact.event.data); }

/// One visitor, one overload per row of the contract's event table.
struct Fold {
    CaseFacts& facts;
    FactKey key;
    const Fact& fact;

    void operator()(const Detected& d) const {
        ++facts.detections;
        keep_least(facts.detected, key);
        keep_greatest(facts.last_detected, key);
        keep_least(facts.first_recorded_at, fact.recorded_at);
        keep_text(facts.title, key, d.title);
        keep_text(facts.place, key, d.place);
        keep_text(facts.platform, key, d.platform);
        keep_text(facts.url, key, d.url);
        keep_text(facts.field, key, d.field);
        keep_text(facts.source, key, fact.event.key.source);
        keep_text(facts.matter_key, key, d.matter_key);
        if (!d.lead_unit.empty())
            keep_earliest(facts.detected_unit, key, Assignment{d.lead_unit, d.assist_units});
        if (!d.assist_units.empty()) keep_earliest(facts.detected_assist, key, d.assist_units);
        if (d.matter) keep_earliest(facts.matter, key, *d.matter);
        if (d.occurred_at) keep_least(facts.occurred_at, *d.occurred_at);
        if (d.due) keep_least(facts.due_given, *d.due);
        if (d.incident_grade) keep_earliest(facts.grades, *d.incident_grade, key);
        if (d.opinion_level) keep_earliest(facts.levels, *d.opinion_level, key);
        if (d.heat && (!facts.heat || facts.heat->key < key)) facts.heat = Told<Heat>{key, *d.heat};
    }
    void operator()(const Assessed& a) const {
        facts.assessments.add(key, {a.incident_grade, a.opinion_level, a.field, !a.reason.empty(),
                                    fact.via.role >= ClientRole::supervisor});
    }
    void operator()(const Assigned& a) const { facts.assignments.add(key, {a.lead_unit, a.assist_units}); }
    void operator()(const Returned& r) const { facts.returns.add(key, r.unit); }
    void operator()(const Acknowledged&) const { facts.acknowledgements.add(key, {}); }
    void operator()(const Approved&) const { facts.approvals.add(key, {}); }
    void operator()(const Published& p) const {
        // Who approved but not when: approved as it went out.
        const auto approved =
            !p.approved_at && !p.approved_by.empty() ? std::optional(key.time) : p.approved_at;
        add_publication({key, {p.kind, approved}});
    }
    void operator()(const Waived& w) const {
        facts.waivers.add(key, {w.obligation, cut(w.by), cut(w.reason)});
    }
    void operator()(const CommitmentMade& c) const {
        Told<Commitment> made{key, {c.commitment, cut(c.text), c.due}};
        const auto [at, added] = facts.commitments.try_emplace(c.commitment, made);
        if (!added && std::tie(made.value.due, made.key) < std::tie(at->second.value.due, at->second.key)) {
            at->second = std::move(made);
        }
        keep_last(facts.commitments, commitments_max, [](const auto& entry) { return entry.second.key; });
    }
    void operator()(const CommitmentKept& c) const {
        keep_earliest(facts.commitments_kept, c.commitment, key);
        keep_last(facts.commitments_kept, commitments_max, [](const auto& entry) { return entry.second; });
    }
    void operator()(const Rated&) const {}  // of interest to the ledger alone, which reads the log
    void operator()(const Merged& m) const { facts.status.add(key, {StatusChange::merged, m.into}); }
    void operator()(const Muted& m) const { facts.mutes.add(key, {m.until}); }
    void operator()(const Noted&) const {}
    void operator()(const Closed&) const { facts.status.add(key, {StatusChange::closed, {}}); }
    void operator()(const Reopened&) const { facts.status.add(key, {StatusChange::reopened, {}}); }
    void operator()(const Dismissed&) const { facts.status.add(key, {StatusChange::dismissed, {}}); }
    void operator()(const Withdrawn&) const {}  // names another fact: see refold()

private:
    void add_publication(Told<Publication> told) const {
        const auto [at, added] =
            facts.publication_summary.try_emplace(told.value.kind, PublicationSummary{told, 0, {}});
        if (!added && told.key < at->second.earliest.key) at->second.earliest = told;
        auto& items = facts.publications.items;
        const bool full = items.size() == history_max;
        const auto oldest = full ? std::min(items.front().key, told.key) : FactKey{};
        const auto oldest_kind =
            full && oldest == items.front().key ? items.front().value.kind : told.value.kind;
        facts.publications.add(std::move(told.key), told.value);
        if (!full) return;
        auto& summary = facts.publication_summary.at(oldest_kind);
        ++summary.dropped;
        keep_greatest(summary.last_dropped, oldest);
    }
};

}  // namespace

FactKey key_of(const Fact& fact) {
    return {std::min(fact.event.time, fact.recorded_at), fact.event.key.source, fact.event.key.id};
}

void fold(CaseFacts& facts, const Fact& fact) {
    const Event& event = fact.event;
    if (!is_withdrawal(fact) && facts.withdrawn.erase(event.key) > 0) return;
    std::visit(Fold{facts, key_of(fact), fact}, event.data);
    facts.truncated |= event.truncated;
    for (const auto& member : event.unreadable) {
        facts.unreadable.add(key_of(fact), std::string(type_name(event.data)) + "." + member);
    }
    auto& unreadable = facts.unreadable.items;
    if (unreadable.size() > unreadable_max) unreadable.resize(unreadable_max);
}

CaseFacts refold(const std::vector<Fact>& log) {
    std::set<EventKey> withdrawn;
    for (const Fact& fact : log) {
        if (const auto* w = std::get_if<Withdrawn>(&fact.event.data))
            withdrawn.insert({w->event_source, w->event_id});
    }
    CaseFacts facts;
    for (const Fact& fact : log) {
        // A withdrawal cannot be withdrawn itself: its name stays among those that hit nothing.
        if (is_withdrawal(fact) || withdrawn.erase(fact.event.key) == 0) fold(facts, fact);
    }
    for (auto& name : withdrawn) {
        if (facts.withdrawn.size() == withdrawn_max) break;
        facts.withdrawn.insert(name);
    }
    return facts;
}

bool needs_refold(const CaseFacts& before, const std::vector<Fact>& facts) {
    if (facts.empty()) return false;
    return before.withdrawn.size() >= withdrawn_max || std::any_of(facts.begin(), facts.end(), is_withdrawal);
}

}  // namespace alert
