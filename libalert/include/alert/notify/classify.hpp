// What an HTTP answer, or the lack of one, means for a message. Pure; the table is in the tests.
//
// 2xx is delivered, also 202. Redirects are never followed. 408, 425, 429 and 5xx are worth another try,
// as is whatever the network did; everything else will not get better by itself.
#pragma once

#include "alert/port/sender.hpp"

#include <optional>
#include <string_view>

namespace alert {

/// Whoever asks for longer is asked again after this.
inline constexpr Duration retry_after_max = std::chrono::hours(1);

/// `retry_after` is the header as it came, empty when there was none.
DeliveryResult classify_status(int status, std::string_view retry_after, TimePoint now);
/// No answer: `what` failed, in words without secrets.
DeliveryResult classify_failure(std::string what);

/// Seconds or an HTTP date; nothing when it is neither. Within 0 and `retry_after_max`.
std::optional<Duration> parse_retry_after(std::string_view text, TimePoint now);

}  // namespace alert
