// Which channels do not answer, for check-config: the one check that asks the network. A connection is opened
// and closed again; nothing is sent, so no receiver is told anything.
#pragma once

#include "alert/config/config.hpp"

#include <string>
#include <vector>

namespace yuqing {

/// A warning `no_answer` for each channel, and the heartbeat, whose host or proxy cannot be reached within
/// `timeout`; all tried at once.
/// No message repeats a URL, which may hold a token.
std::vector<alert::Error> silent_channels(const alert::Config& config, const std::string& file,
                                          alert::Duration timeout = std::chrono::seconds(3));

}  // namespace yuqing
