// How a message lies in Redis: a head of fixed columns that the scripts read and write in place, the last
// error, a line end, and the message as JSON.
//
//   p0 00003 1781246280000 connection refused\n{"id":…}
//   |  |     |             last error; empty before the first failure
//   |  |     created_at, ms
//   |  attempts made
//   state, urgency, then `!` for a blank when it travels alone;
//   p pending, d delivered, s superseded, x dead, o overtaken while being sent
#pragma once

#include "alert/core/retention.hpp"
#include "alert/port/outbox.hpp"

#include <string>
#include <string_view>

namespace alert::redis {

inline constexpr std::size_t delivery_error_bytes_max = 500;

struct NotificationValue {
    DeliveryState state = DeliveryState::pending;
    std::uint32_t attempts = 0;
    std::string error;
    std::string_view body;  // part of the text that was read
};

std::string new_notification_value(const Notification& notification);
Result<NotificationValue> read_notification_value(std::string_view text);

/// The letter settle.lua takes for an outcome.
std::string_view outcome_letter(DeliveryState state);
/// Five digits.
std::string attempts_column(std::uint32_t attempts);
/// One line, bounded; cut between characters.
std::string error_column(std::string_view error);

}  // namespace alert::redis
