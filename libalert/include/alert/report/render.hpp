// A Book as a file. Every text in it came from outside: no format lets one become a formula, a link of its
// own kind, markup or a line of its own.
#pragma once

#include "alert/report/table.hpp"

#include <string>

namespace alert {

/// The first table: UTF-8 with BOM, CRLF, quoted as RFC 4180. Text that a spreadsheet would take for a
/// formula gets an apostrophe before it, as people put there themselves.
std::string render_csv(const Book& book, const Zone& zone);

/// Every table a sheet: frozen heads, filters, widths, real dates. Written through a file of its own below
/// the system's temporary folder; an error when that cannot be written.
Result<std::string> render_xlsx(const Book& book, const Zone& zone);

}  // namespace alert
