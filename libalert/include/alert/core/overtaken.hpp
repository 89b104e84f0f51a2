// Whether a message that was not sent still tells something new: it is asked before a dead letter goes again.
#pragma once

#include "alert/core/notification.hpp"

namespace alert {

/// Its obligation has been answered or has ended otherwise, or a later step of it was told on the same
/// channel. What is about no step never is.
bool is_overtaken(const Rules& rules, const Snapshot& snapshot, const Notification& letter, TimePoint now);

}  // namespace alert
