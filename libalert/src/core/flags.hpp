// The flags of a case, from what it is otherwise; private to the core.
#pragma once

#include "alert/core/derive.hpp"
#include "alert/core/obligations.hpp"

namespace alert {

/// Adds flags and their causes to a view that is complete but for them.
void set_flags(const Rules& rules, const Snapshot& snapshot, const CaseCourse& course, CaseView& view);

/// A statutory obligation or a commitment that the closing in force left unanswered.
bool was_open_at_closing(const CaseView& view, const Obligation& o);

}  // namespace alert
