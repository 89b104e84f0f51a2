// What notifications, log entries and lines of the journal hold in common.
#pragma once

#include "alert/core/event.hpp"
#include "alert/core/notification.hpp"
#include "json_writer.hpp"
#include "stored_reader.hpp"

namespace alert {

/// [[role, officer, ...], ...]
void write_targets(JsonWriter& out, const std::vector<Target>& targets);
std::vector<Target> stored_targets(const boost::json::value& value, Finding& finding);

/// [door, client, role]
void write_via(JsonWriter& out, const Via& via);
Via stored_via(const boost::json::value& value, Finding& finding);

}  // namespace alert
