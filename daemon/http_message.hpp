// Requests and answers of the HTTP server as values, and what needs no socket to be said about them.
#pragma once

#include "alert/core/event.hpp"
#include "alert/core/result.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace yuqing {

struct HttpRequest {
    std::string method;
    std::string path;                            // decoded, without the query
    std::map<std::string, std::string> query;    // decoded; of a name told twice the first
    std::set<std::string> told_twice;            // names of the query
    std::map<std::string, std::string> headers;  // names in lower case; several of one name joined by ", "
    std::string body;
    std::string peer;
    bool loopback_peer = false;
    alert::Via via;  // as whom it was let in

    /// Empty when the request has no such header.
    [[nodiscard]] std::string header(const std::string& lower_case_name) const;
};

/// Where an answer without an end goes, part by part.
class HttpStream {
public:
    virtual ~HttpStream() = default;
    /// False: nobody reads any more. Never waits; a reader who falls behind by too much is cut off.
    virtual bool send(std::shared_ptr<const std::string> part) = 0;
    [[nodiscard]] virtual bool open() const = 0;
    virtual void end() = 0;
};

struct HttpResponse {
    int status = 200;
    std::string content_type = "application/json; charset=utf-8";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  // replace the standing ones of the same name
    /// Set: no body, but parts until either side ends it. Called once the answer has begun; not for HEAD.
    std::function<void(std::weak_ptr<HttpStream>)> opened = {};
};

/// `{"error":{"code","message","path"}}`
HttpResponse http_error(int status, std::string_view code, std::string_view message,
                        std::string_view path = {});

/// Splits and decodes a request target into path and query; false when it is none.
bool read_target(std::string_view target, HttpRequest& request);

/// A form as browsers send it (application/x-www-form-urlencoded); of a name told twice the first.
bool read_form(std::string_view body, std::map<std::string, std::string>& form);

/// Status line and header of an answer, with those that keep browsers from guessing, caching and framing.
std::string response_head(const HttpResponse& response, bool keep_alive);

/// Without tokens only requests with loopback peer and Host, no forwarding headers and no foreign Origin may
/// read or change cases. Why it may not (`forbidden`), or nothing.
std::optional<alert::Error> guard_local(const HttpRequest& request);

}  // namespace yuqing
