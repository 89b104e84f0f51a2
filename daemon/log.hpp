// Log lines: key=value, ids always, never a secret, never blocking.
//
// Lines go through a bounded queue to one thread that writes stderr (journald takes it from there). When
// the queue is full the oldest lines go, and their number is logged: a slow terminal stops nobody.
#pragma once

#include <string>
#include <string_view>

namespace yuqing {

void start_log(const std::string& level);
/// Writes what is queued; call it last.
void stop_log();
/// Lines that were dropped, the oldest first, because the terminal or journal was too slow.
std::size_t dropped_log_lines();

/// A value for a log line: quoted when it must be; what ends a line, steers a terminal, cannot be seen or is
/// no UTF-8 is escaped byte by byte; cut at 200 bytes.
std::string log_value(std::string_view text);

}  // namespace yuqing
