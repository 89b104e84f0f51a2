// calendar.yaml: holidays, make-up working days (调休), and the last day the file speaks for.
#pragma once

#include "section.hpp"

#include "alert/core/calendar.hpp"

namespace alert::config {

struct CalendarFile {
    Calendar calendar;
    Place known_until;
};

CalendarFile read_calendar(const std::string& text, const FileFindings& findings);

}  // namespace alert::config
