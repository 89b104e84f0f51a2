// What the sender of messages is told of the configuration, in the daemon and in the guard beside it.
#pragma once

#include "alert/config/config.hpp"
#include "alert/notify/http_sender.hpp"

namespace yuqing {

std::vector<alert::HttpChannel> http_channels(const alert::Config& config);
/// `now`: what is signed, and judged stale, by; called in the sender's thread.
alert::HttpSenderOptions sender_options(const alert::Config& config, std::function<alert::TimePoint()> now);

}  // namespace yuqing
