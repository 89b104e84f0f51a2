// What an accepted event of an operator did: the daemon takes what it is told, and at three in the morning
// "accepted" reads like "done, and in time".
#pragma once

#include "command_line.hpp"
#include "event_builder.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string_view>

namespace yuqing {

/// Whether only the case can tell; otherwise remark_on() needs none.
bool effect_needs_case(std::string_view type);

/// What the officer should know of an event that names nothing there is, or came late; `item` is the case
/// after it.
std::optional<Said> remark_on(const OperatorEvent& event, const boost::json::object& item);

}  // namespace yuqing
