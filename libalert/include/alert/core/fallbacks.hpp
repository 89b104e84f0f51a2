// What a fallback channel is told in place of another, and what becomes of it when that is overtaken.
#pragma once

#include "alert/core/decide.hpp"

#include <map>
#include <optional>
#include <vector>

namespace alert {

/// Every configured channel, and which is told what it cannot deliver; following them comes to an end.
using Fallbacks = std::map<ChannelId, std::optional<ChannelId>>;

/// The id of a message as the fallback channel is told it: the same however often that is decided.
NotificationId fallback_id(const NotificationId& id, const ChannelId& fallback);

/// With every message goes what fallback channels may have been told of it, and those of them in turn.
void overtake_copies(std::vector<Overtaken>& overtaken, const Fallbacks& fallbacks);

}  // namespace alert
