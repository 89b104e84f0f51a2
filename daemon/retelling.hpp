// Entries of any journal that are told by hand: one value for both threads.
#pragma once

#include "alert/core/journal.hpp"

#include <vector>

namespace yuqing {

struct Retelling {
    std::vector<alert::JournalEntry> entries;
    bool last = false;             // there are no more: their cases are whole, and ring
    bool policy_in_force = false;  // goes for what names a policy that is not known here
};

}  // namespace yuqing
