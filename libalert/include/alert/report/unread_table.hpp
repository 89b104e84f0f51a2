// What could not be read, by name: a ledger or an assessment without it says so.
#pragma once

#include "alert/core/ledger.hpp"
#include "alert/report/table.hpp"

#include <string>

namespace alert {

/// `2件事项的档案读不出或不全，读不出的未计入`
std::string unread_text(const UnreadCases& unread);
/// Each with its file and what is wrong with it; what the list leaves out in a last row.
Table unread_table(const UnreadCases& unread);
/// The same below the rows of another table, for a file of one: the id in one column of it, why in another.
void note_unread(Table& table, const UnreadCases& unread, std::string_view id, std::string_view why);

}  // namespace alert
