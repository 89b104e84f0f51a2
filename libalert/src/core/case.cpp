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

void keep_text(std::optional<Told<std::string>>& kept, const FactKey& key, const std::string& text) {
    if (!text.empty()) keep_earliest(kept, key, text);
}

bool bears_on_commitments(const Fact& fact) {
    return std::holds_alternative<CommitmentMade>(fact.event.data) ||
           std::holds_alternative<CommitmentKept>(fact.event.data) ||
           std::holds_alternative<Waived>(fact.event.data);
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
    }
    void operator()(const CommitmentKept& c) const {
        keep_earliest(facts.commitments_kept, c.commitment, key);
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

/// From the first to be let go to the last: done ones by when they were told, then open ones, due last first.
std::vector<std::string> by_need(const CaseFacts& facts) {
    struct Place {
        bool open;
        TimePoint due;
        FactKey key;
        std::string id;
    };
    std::vector<Place> places;
    for (const auto& [id, made] : facts.commitments) {
        const std::string own_name = "commitment." + id;
        const bool done = facts.commitments_kept.contains(id) ||
                          std::any_of(facts.waivers.begin(), facts.waivers.end(), [&](const auto& waiver) {
                              const std::string& name = waiver.value.obligation;
                              return name == "commitment" || name == own_name;
                          });
        places.push_back({!done, made.value.due, made.key, id});
    }
    std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
        if (a.open != b.open) return b.open;
        if (a.open && a.due != b.due) return a.due > b.due;
        return a.open ? b.key < a.key : a.key < b.key;
    });
    std::vector<std::string> ids;
    for (Place& place : places) ids.push_back(std::move(place.id));
    return ids;
}

/// Kept before they were made, or never made: those told last stay.
void bound_unmade(CaseFacts& facts) {
    std::vector<std::pair<FactKey, std::string>> unmade;
    for (const auto& [id, key] : facts.commitments_kept) {
        if (!facts.commitments.contains(id)) unmade.emplace_back(key, id);
    }
    if (unmade.size() <= commitments_max) return;
    std::sort(unmade.begin(), unmade.end());
    unmade.resize(unmade.size() - commitments_max);
    for (const auto& [key, id] : unmade) facts.commitments_kept.erase(id);
    facts.commitments_dropped += static_cast<std::uint32_t>(unmade.size());
}

}  // namespace

void bound(CaseFacts& facts) {
    bound_unmade(facts);
    if (facts.commitments.size() <= commitments_max) return;
    auto excess = by_need(facts);
    excess.resize(excess.size() - commitments_max);
    for (const std::string& id : excess) {
        facts.commitments.erase(id);
        facts.commitments_kept.erase(id);
    }
    facts.commitments_dropped += static_cast<std::uint32_t>(excess.size());
}

std::uint32_t dropped_facts(const CaseFacts& f) {
    return f.assessments.dropped + f.assignments.dropped + f.returns.dropped + f.acknowledgements.dropped +
           f.approvals.dropped + f.publications.dropped + f.waivers.dropped + f.status.dropped +
           f.mutes.dropped + f.unreadable.dropped + f.commitments_dropped;
}

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
    auto& unreadable = facts.unreadable;
    if (unreadable.items.size() <= unreadable_max) return;
    unreadable.dropped += static_cast<std::uint32_t>(unreadable.items.size() - unreadable_max);
    unreadable.items.resize(unreadable_max);
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
    bound(facts);
    return facts;
}

bool needs_refold(const CaseFacts& before, const std::vector<Fact>& facts) {
    if (facts.empty()) return false;
    return before.withdrawn.size() >= withdrawn_max ||
           std::any_of(facts.begin(), facts.end(), is_withdrawal) ||
           (before.commitments_dropped > 0 && std::any_of(facts.begin(), facts.end(), bears_on_commitments));
}

}  // namespace alert
