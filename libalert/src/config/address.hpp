// Addresses as yuqingd.yaml writes them. The reasons given for a refusal never repeat a URL: robots'
// webhook URLs and Redis URLs hold secrets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alert::config {

struct HostPort {
    std::string host;  // without brackets
    std::uint16_t port = 0;
};

/// `127.0.0.1:9570`, `[::1]:9570`, `localhost:9570`; port 0 leaves the choice to the system.
std::optional<HostPort> parse_host_port(std::string_view text);

/// 127.0.0.0/8, ::1 and localhost.
bool is_loopback(std::string_view host);

/// name@domain of at most 254 bytes of ASCII, as it stands in a command of SMTP: no name to show, no quotes.
bool is_mail_address(std::string_view text);

struct RedisUrl {
    bool has_user = false, has_password = false;
};
/// redis://[user:password@]host[:port][/db]; nothing when it is no such URL.
std::optional<RedisUrl> parse_redis_url(std::string_view url);

}  // namespace alert::config
