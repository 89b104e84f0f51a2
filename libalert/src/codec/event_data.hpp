// One reader per row of the contract's table of events.
#pragma once

#include "event_members.hpp"

namespace alert {

/// `type` is an index into event_type_names. Worthless when `members` has a finding afterwards.
EventData read_event_data(std::size_t type, Members& members);

}  // namespace alert
