// A channel's URL taken apart. Its target often carries a token: it goes into requests and nowhere else.
#pragma once

#include "alert/core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace alert {

struct WebhookUrl {
    bool tls = false;
    std::string host;  // a name, or an address without brackets
    std::uint16_t port = 0;
    std::string authority;  // the value of the Host header; fit for logs
    std::string target;     // path and query, as written
};

/// http and https only, without user and password; the error never repeats the URL.
Result<WebhookUrl> parse_webhook_url(std::string_view url);
/// smtp://host[:port] of a mail relay, and nothing behind it.
Result<WebhookUrl> parse_relay_url(std::string_view url);

}  // namespace alert
