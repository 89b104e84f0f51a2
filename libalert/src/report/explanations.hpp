// What the figures of an assessment mean (统计口径), with the rules in force, so that a score can be worked out
// again by hand.
#pragma once

#include "alert/core/assessment.hpp"
#include "alert/report/table.hpp"

namespace alert::report {

Table explanations(const AssessmentReport& report, const Zone& zone);

}  // namespace alert::report
