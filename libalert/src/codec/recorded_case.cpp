#include "alert/codec/recorded_case.hpp"

#include "alert/codec/event_json.hpp"
#include "alert/codec/snapshot_json.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace alert {

namespace json = boost::json;

RecordedCaseReader::RecordedCaseReader(CaseId id, PolicyHash policy, TimePoint at) : at_(at) {
    recorded_.id = std::move(id);
    recorded_.policy = std::move(policy);
}

/// The first move after the instant tells what was in force until then.
void RecordedCaseReader::take_rebase(const LogEntry& entry) {
    if (std::exchange(policy_known_, true)) return;
    json::error_code error;
    const auto record = json::parse(entry.record, error);
    const auto* members = error ? nullptr : record.if_object();
    const auto* from = members ? members->if_contains("from") : nullptr;
    const auto* hash = from && from->is_object() ? from->get_object().if_contains("hash") : nullptr;
    if (hash && hash->is_string()) recorded_.policy = PolicyHash(std::string(hash->get_string()));
}

Result<void> RecordedCaseReader::take(std::string_view text) {
    auto entry = decode_log_entry(text);
    if (!entry) return entry.error();
    if (entry->at > at_) {
        if (entry->kind == LogKind::rebased) take_rebase(*entry);
        return {};
    }
    std::optional<Event> event;
    if (entry->kind == LogKind::fact || entry->kind == LogKind::adopted) {
        auto told = decode_record(entry->record);
        if (!told) return told.error();
        event = std::move(*told);
    }
    take_entry(recorded_, *entry, std::move(event));
    return {};
}

}  // namespace alert
