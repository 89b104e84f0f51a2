// The keys of a channel with `format: template`: body, headers, what counts as success.
#pragma once

#include "daemon_file.hpp"

namespace alert::config {

/// The names of these keys, which other formats refuse.
extern const Words template_keys;

/// When the channel's secrets are read: the body and the headers may name them.
void read_template(const Section& section, const Surroundings& around, ChannelConfig& channel);

}  // namespace alert::config
