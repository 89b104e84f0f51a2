// One request, one response, waiting for it: all that a command line needs of HTTP.
#pragma once

#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <string>
#include <string_view>

namespace yuqing {

struct ClientRequest {
    std::string url;     // http://host[:port], without a path
    std::string method;  // GET, POST
    std::string target;  // path and query
    std::string body;    // JSON; empty: none
    std::string token;   // bearer token; empty: none
    alert::Duration timeout = std::chrono::seconds(30);
};

struct ClientResponse {
    int status = 0;
    std::string body;
};

/// Errors: `usage` for a URL that cannot be read, `unreachable` when nobody answered in time.
alert::Result<ClientResponse> http_request(const ClientRequest& request);

}  // namespace yuqing
