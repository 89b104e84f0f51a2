// How long what is done with can still be looked up. Whatever leads to it must end before it goes.
#pragma once

#include "alert/core/time.hpp"

namespace alert {

/// A message, counted from its delivery, its death or its being superseded.
inline constexpr Duration notification_retention = std::chrono::days(7);

}  // namespace alert
