// Whether an accepted event of an operator touched anything: the daemon takes what it is told, and at
// three in the morning "accepted" reads like "done".
#pragma once

#include "command_line.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string_view>

namespace yuqing {

/// Whether only the case can tell; otherwise no_effect() needs none.
bool effect_needs_case(std::string_view type);

/// What the officer should know of an event that names nothing there is; `item` is the case after it.
std::optional<Said> no_effect(std::string_view type, const boost::json::object& data,
                              const boost::json::object& item);

}  // namespace yuqing
