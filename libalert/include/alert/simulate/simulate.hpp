// The very same engine on a virtual clock, without Redis and without sending (contract section 9).
//
// Facts are told in the order of the input; the clock goes to a fact's `time` if that lies ahead, else it
// stays. The extension attribute `recordedtime` sets the instant of telling. While the daemon is away
// ({"kind":"outage","from","to"}) nothing fires and what is told waits for its end.
#pragma once

#include "alert/config/config.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <istream>
#include <optional>

namespace alert {

struct Simulation {
    std::shared_ptr<const Config> config;
    std::optional<TimePoint> until;                       // absent: the last instant told
    std::function<void(const boost::json::object&)> out;  // one line: kind notification, rejected or case
};

/// How many lines lie after `until`: they were not told. An error names the line that could not be read;
/// rejected events are lines of the output, not errors.
Result<std::size_t> simulate(std::istream& lines, const Simulation& simulation);

}  // namespace alert
