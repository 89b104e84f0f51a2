#include "act_record.hpp"

#include "alert/codec/event_json.hpp"

#include <algorithm>

namespace yuqing {

namespace {

constexpr std::size_t published_shown_max = 5;

/// Those that count, in their order; which were withdrawn is told beside.
std::vector<alert::Fact> facts_of(const std::vector<alert::LogEntry>& log,
                                  std::set<alert::EventKey>& withdrawn) {
    std::vector<alert::Fact> facts;
    for (const auto& entry : log) {
        if (entry.kind != alert::LogKind::fact) continue;
        auto event = alert::decode_record(entry.record);
        if (!event) continue;
        if (const auto* undone = std::get_if<alert::Withdrawn>(&event->data))
            withdrawn.insert({undone->event_source, undone->event_id});
        facts.push_back({.event = std::move(*event), .recorded_at = entry.at});
    }
    std::erase_if(facts, [&](const alert::Fact& fact) { return withdrawn.contains(fact.event.key); });
    std::sort(facts.begin(), facts.end(),
              [](const alert::Fact& a, const alert::Fact& b) { return alert::key_of(a) < alert::key_of(b); });
    return facts;
}

}  // namespace

ActRecord act_record(const std::vector<alert::LogEntry>& log, const alert::CaseView& view) {
    ActRecord record;
    for (const auto& fact : facts_of(log, record.withdrawn)) {
        const auto at = std::min(fact.event.time, fact.recorded_at);
        if (const auto* seen = std::get_if<alert::Detected>(&fact.event.data)) {
            if (record.summary.empty()) record.summary = seen->summary;
        } else if (const auto* did = std::get_if<alert::Acknowledged>(&fact.event.data)) {
            if (view.acknowledged_at == at && !record.acknowledged)
                record.acknowledged = Deed{did->by, "已签收", at};
        } else if (const auto* told = std::get_if<alert::Published>(&fact.event.data)) {
            record.published.push_back({told->by, "已发布", at});
        }
    }
    if (view.acknowledged_at && !record.acknowledged)
        record.acknowledged = Deed{"（见记录）", "已签收", *view.acknowledged_at};
    const auto more = record.published.size() - std::min(record.published.size(), published_shown_max);
    record.published.erase(record.published.begin(),
                           record.published.begin() + static_cast<std::ptrdiff_t>(more));
    return record;
}

}  // namespace yuqing
