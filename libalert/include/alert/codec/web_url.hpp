// URLs that an administrator writes, taken apart: of webhooks, mail relays and HTTP proxies; and the hosts
// that a proxy is not used for. Pure, total. They often hold a token or a password: no error repeats one, and
// a target goes into requests and nowhere else.
#pragma once

#include "alert/core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alert {

struct WebUrl {
    bool tls = false;
    std::string host;  // a name, or an address without brackets
    std::uint16_t port = 0;
    std::string authority;  // the value of the Host header; fit for logs
    std::string target;     // path and query, as written
};

/// http and https only, without user and password.
Result<WebUrl> parse_web_url(std::string_view url);
/// smtp://host[:port] of a mail relay, and nothing behind it.
Result<WebUrl> parse_relay_url(std::string_view url);

struct ProxyUrl {
    std::string host;
    std::uint16_t port = 0;
    std::string authority;  // fit for logs
    std::string user, password;
};

/// http://[user:password@]host:port; what is special in a password is written like %40.
Result<ProxyUrl> parse_proxy_url(std::string_view url);

/// One of `*`, `host.example` (it and whatever is under it), `.example` (only what is under it), an address,
/// or a range of addresses like `10.0.0.0/8`.
bool is_proxy_exception(std::string_view text);
/// Whether one of these exceptions names the host, as it stands in a URL: no name is looked up for it.
bool is_excepted(std::string_view host, const std::vector<std::string>& exceptions);

}  // namespace alert
