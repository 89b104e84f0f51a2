// What `redis-switch` tells of its way, and why it did not switch: what is wrong, where, and what to do.
#pragma once

#include "command_line.hpp"
#include "planned_failover.hpp"

#include <string>

namespace yuqing {

Said step_words(FailoverStep step, const std::string& about);

/// Of an error of PlannedFailover::run().
Said failure_words(const alert::Error& error);

}  // namespace yuqing
