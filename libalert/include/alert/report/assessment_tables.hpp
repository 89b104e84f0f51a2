// The assessment as tables: the ranking first, then by obligation, what was late, what is counted apart.
#pragma once

#include "alert/core/assessment.hpp"
#include "alert/report/table.hpp"

#include <vector>

namespace alert {

std::vector<Table> assessment_tables(const AssessmentReport& report, const Zone& zone);

/// Why something on a list is there, in one line.
std::string listed_reason(const Listed& listed);
/// The unit's or field's name; what has none is called by what it lacks.
std::string row_name(const AssessmentRow& row, GroupBy by);

}  // namespace alert
