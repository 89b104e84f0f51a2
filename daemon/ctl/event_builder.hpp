// The CloudEvent of an operator's verb.
#pragma once

#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace yuqing {

/// Where an instant without a day or a sign lies: a fact's behind us, a deadline ahead.
enum class Side { behind, ahead };

/// An instant as an operator writes it: RFC 3339 with an offset, `2026-11-21 09:00` in Beijing time, `now`,
/// `+2h` or `-15m` from now, `03:00` of today. Of a deadline `03:00` is the next one, and `2h` is ahead.
/// Error `ahead`: a fact's hour of today that is still to come; its path is that hour of yesterday, dated.
alert::Result<alert::TimePoint> parse_instant(std::string_view text, alert::TimePoint now,
                                              Side side = Side::behind);

/// The instant as it goes into an event.
std::string instant_text(alert::TimePoint at);

struct OperatorEvent {
    std::string_view type;
    std::string case_id;
    alert::TimePoint time;
    boost::json::object data;
};

/// One line of JSON; source `yuqingctl`, a random id.
std::string operator_event(OperatorEvent event);

/// The event as `send --history` sends it: with the attribute `history`, which wins over one that is there.
/// Every other byte stays; what is no JSON object stays as it is, for the daemon to refuse.
std::string as_history(std::string event);

}  // namespace yuqing
