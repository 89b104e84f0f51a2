// The fingerprint under which Alertmanager and its receivers know an alert: what has the same labels is the
// same alert. Pure.
#pragma once

#include <map>
#include <string>

namespace alert {

/// Alertmanager's own: FNV-1a of 64 bits over the labels, sorted by name.
std::string alert_fingerprint(const std::map<std::string, std::string>& labels);

}  // namespace alert
