// The ledger as tables: the columns of a real office's sheet first, then ours, so that a file drops into the
// sheets there are. What each column holds is told in the README of src/report.
#pragma once

#include "alert/core/ledger.hpp"
#include "alert/report/table.hpp"

#include <vector>

namespace alert {

const std::vector<Column>& ledger_columns();

/// One row; `number` is its place in the ledger, from 1. `at` is what the entry is of.
std::vector<Cell> ledger_row(const Rules& rules, const LedgerEntry& entry, std::size_t number, TimePoint at);

}  // namespace alert
