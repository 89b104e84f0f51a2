// Snapshots, notifications and log entries as the compact JSON that Redis holds.
#pragma once

#include "alert/core/chain.hpp"
#include "alert/core/decide.hpp"
#include "alert/port/outbox.hpp"

#include <string>
#include <string_view>

namespace alert {

std::string encode_snapshot(const Snapshot& snapshot);
Result<Snapshot> decode_snapshot(const CaseId& id, std::string_view text);

std::string encode_notification(const Notification& notification);
Result<Notification> decode_notification(std::string_view text);

std::string encode_log_entry(const LogEntry& entry);
Result<LogEntry> decode_log_entry(std::string_view text);
/// Chains new entries to a record that ends with `head`; gives the head they make.
std::string seal_record(const ChainKey& key, const CaseId& id, std::string head,
                        std::vector<LogEntry>& entries);

}  // namespace alert
