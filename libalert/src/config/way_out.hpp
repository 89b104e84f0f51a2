// Where something is sent to and by which way: the keys that channels and the heartbeat have in common.
// Nothing said here repeats a URL.
#pragma once

#include "daemon_file.hpp"

namespace alert::config {

/// `url` or `url_file`; empty when it is reported as missing or wrong, or stands in a file that is not read.
std::string read_web_url(const Section& section, const Surroundings& around);
/// The same of a mail relay.
std::string read_relay_url(const Section& section, const Surroundings& around);
std::string read_ca_file(const Section& section, const Surroundings& around);
/// `proxy` or `proxy_file`, and `no_proxy`.
ProxyRules read_proxy(const Section& section, const Surroundings& around);

}  // namespace alert::config
