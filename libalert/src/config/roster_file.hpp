// roster.csv: who is on duty when. A spreadsheet's CSV: commas, quotes, CRLF, an optional BOM.
#pragma once

#include "findings.hpp"

#include "alert/core/directory.hpp"

namespace alert::config {

inline constexpr std::size_t shifts_max = 20'000;

Roster read_roster(std::string_view text, const Directory& directory, const Zone& zone,
                   const FileFindings& findings);

}  // namespace alert::config
