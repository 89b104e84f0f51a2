// The flags of a case, from what it is otherwise; private to derive().
#pragma once

#include "alert/core/derive.hpp"
#include "alert/core/obligations.hpp"

namespace alert {

/// Adds flags and their causes to a view that is complete but for them.
void set_flags(const Rules& rules, const Snapshot& snapshot, const CaseCourse& course, CaseView& view);

}  // namespace alert
