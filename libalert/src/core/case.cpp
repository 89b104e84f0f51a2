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

void keep_text(std::optional<Told<std::string>>& kept, const FactKey& key, const std::string& text) {
    if (!text.empty()) keep_earliest(kept, key, text);
}

/// One visitor, one overload per row of the contract's event table.
struct Fold {
    CaseFacts& facts;
    const FactKey& key;
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
        if (!d.lead_unit.empty()) keep_earliest(facts.detected_unit, key, Assignment{d.lead_unit, d.assist_units});
        if (d.matter) keep_earliest(facts.matter, key, *d.matter);
        if (d.occurred_at) keep_least(facts.occurred_at, *d.occurred_at);
        if (d.due) keep_least(facts.due_given, *d.due);
        if (d.incident_grade) keep_greatest(facts.highest_grade, *d.incident_grade);
        if (d.opinion_level) keep_greatest(facts.highest_level, *d.opinion_level);
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
        add_publication({key, {p.kind, p.approved_at}});
    }
    void operator()(const Waived& w) const { facts.waivers.add(key, {w.obligation, w.by, w.reason}); }
    void operator()(const CommitmentMade& c) const {
        const auto at = facts.commitments.find(c.commitment);
        const bool room = facts.commitments.size() < commitments_max;
        Told<Commitment> made{key, {c.commitment, c.text, c.due}};
        if (at == facts.commitments.end()) {
            if (room) facts.commitments.emplace(c.commitment, std::move(made));
        } else if (std::tie(made.value.due, made.key) < std::tie(at->second.value.due, at->second.key)) {
            at->second = std::move(made);
        }
    }
    void operator()(const CommitmentKept& c) const {
        const auto [at, added] = facts.commitments_kept.try_emplace(c.commitment, key);
        if (!added && key < at->second) at->second = key;
    }
    void operator()(const Rated&) const {}  // of interest to the ledger alone, which reads the log
    void operator()(const Merged& m) const { facts.status.add(key, {StatusChange::merged, m.into}); }
    void operator()(const Muted& m) const { facts.mutes.add(key, {m.until}); }
    void operator()(const Noted&) const {}
    void operator()(const Closed&) const { facts.status.add(key, {StatusChange::closed, {}}); }
    void operator()(const Reopened&) const { facts.status.add(key, {StatusChange::reopened, {}}); }
    void operator()(const Dismissed&) const { facts.status.add(key, {StatusChange::dismissed, {}}); }
    void operator()(const Withdrawn& w) const {
        if (facts.withdrawn.size() < withdrawn_max) facts.withdrawn.insert({w.event_source, w.event_id});
    }

private:
    void add_publication(Told<Publication> told) const {
        const auto [at, added] = facts.publication_summary.try_emplace(told.value.kind, PublicationSummary{told, 0, {}});
        if (!added && told.key < at->second.earliest.key) at->second.earliest = told;
        auto& items = facts.publications.items;
        const bool full = items.size() == history_max;
        const auto oldest = full ? std::min(items.front().key, told.key) : FactKey{};
        const auto oldest_kind = full && oldest == items.front().key ? items.front().value.kind : told.value.kind;
        facts.publications.add(std::move(told.key), told.value);
        if (!full) return;
        auto& summary = facts.publication_summary.at(oldest_kind);
        ++summary.dropped;
        keep_greatest(summary.last_dropped, oldest);
    }
};

}  // namespace

void fold(CaseFacts& facts, const Fact& fact) {
    const Event& event = fact.event;
    if (facts.withdrawn.contains(event.key) && !std::holds_alternative<Withdrawn>(event.data)) return;
    // A time a little ahead counts as the moment of recording.
    const FactKey key{std::min(event.time, fact.recorded_at), event.key.source, event.key.id};
    std::visit(Fold{facts, key, fact}, event.data);
    facts.truncated |= event.truncated;
    for (const auto& member : event.unreadable) {
        facts.unreadable.insert(std::string(type_name(event.data)) + "." + member);
    }
}

CaseFacts refold(const std::vector<Fact>& log) {
    CaseFacts facts;
    // Withdrawals first: whatever they name counts as never told, whenever it was told.
    for (const bool withdrawals : {true, false}) {
        for (const Fact& fact : log) {
            if (std::holds_alternative<Withdrawn>(fact.event.data) == withdrawals) fold(facts, fact);
        }
    }
    return facts;
}

}  // namespace alert
