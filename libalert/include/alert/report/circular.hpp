// The monthly circular (通报): the assessment as a page that prints on A4. No script, one style, charts as SVG;
// numbers of persons lose their middle, for a circular is passed round.
#pragma once

#include "alert/core/assessment.hpp"

#include <string>

namespace alert {

std::string render_circular(const AssessmentReport& report, const Zone& zone);

/// The Content-Security-Policy that lets this page show its own style and nothing else.
std::string circular_policy();

}  // namespace alert
