// Ledger and assessment for programs: identifiers instead of words, times with their offset.
#pragma once

#include "alert/core/assessment.hpp"
#include "alert/report/table.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace alert {

/// A row as an object, its members named by the columns; written at once, so that a long ledger is never a
/// tree of values.
std::string row_json(const std::vector<Column>& columns, const std::vector<Cell>& row, const Zone& zone);

boost::json::object period_json(const ReportPeriod& period, const Zone& zone);
/// `{"count":…,"cases":[{"case","file","code","message"}]}`
boost::json::object unread_json(const UnreadCases& unread);
boost::json::object assessment_json(const AssessmentReport& report, const Zone& zone);

}  // namespace alert
