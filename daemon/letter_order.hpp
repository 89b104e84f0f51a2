// Who orders a message (a dead letter again, a test, a drill), why, and through what: one value for both
// threads.
#pragma once

#include "alert/core/event.hpp"

#include <string>

namespace yuqing {

struct LetterOrder {
    std::string by, reason;
    alert::Via via;
};

}  // namespace yuqing
