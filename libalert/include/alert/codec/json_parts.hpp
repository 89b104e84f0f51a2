// Small pieces that the JSON of the API, of webhooks and of reports holds in common: what is not known is
// null, never an empty text.
#pragma once

#include "alert/core/notification.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace alert {

boost::json::value text_or_null(std::string_view text);
boost::json::value time_or_null(const std::optional<TimePoint>& at, const Zone& zone);
boost::json::value level_or_null(const std::optional<OpinionLevel>& level);
boost::json::value card_or_null(Card card);

/// Whole seconds until `due`, below zero as soon as it has passed.
std::int64_t remaining_seconds(TimePoint due, TimePoint now);

}  // namespace alert
