// The sample events told to the engine: decode, decide, derive, nothing else.
#pragma once

#include "alert/config/config.hpp"
#include "alert/core/decide.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <string>
#include <vector>

namespace yuqing::test {

/// config/yuqingd.yaml and all it names, as shipped; secrets unread.
std::shared_ptr<const alert::Config> shipped_config();

/// tests/samples/events.jsonl, in the order of the file.
std::vector<alert::Event> sample_events();
/// tests/samples/expected.json.
boost::json::value sample_expectations();

/// Each event decided on its own, in that order, all recorded at `now`.
std::map<alert::CaseId, alert::Snapshot> tell_all(const alert::Rules& rules,
                                                  const std::vector<alert::Event>& events,
                                                  alert::TimePoint now);

/// What expected.json asks and this view does not give; empty: as expected. `{}` allows only void ones.
std::string difference(const alert::CaseView& view, const boost::json::object& expected,
                       const alert::Zone& zone);

}  // namespace yuqing::test
