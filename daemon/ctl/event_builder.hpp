// The CloudEvent of an operator's verb.
#pragma once

#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace yuqing {

/// An instant as an operator writes it: RFC 3339 with an offset, `now`, or `+2h`, `-15m` from now.
alert::Result<alert::TimePoint> parse_instant(std::string_view text, alert::TimePoint now);

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

}  // namespace yuqing
