// What the sender of messages is told of the configuration, in the daemon and in the guard beside it.
#pragma once

#include "alert/config/config.hpp"
#include "alert/notify/http_sender.hpp"

namespace yuqing {

std::vector<alert::HttpChannel> http_channels(const alert::Config& config);
alert::HttpSenderOptions sender_options(const alert::Config& config);

}  // namespace yuqing
