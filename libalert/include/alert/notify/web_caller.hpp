// Single HTTP requests outside of any channel, each on a connection of its own. One thread only, that of the
// loop.
//
// Every call is answered once within its time-out, unless the caller is gone before. Nothing that is told as
// an error holds more of a URL than host and port.
#pragma once

#include "alert/core/channel.hpp"
#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace alert {

struct WebCall {
    std::string url;  // http or https
    ProxyRules proxy;
    std::string ca_file;  // the only authorities trusted; empty: those of the system
    Duration timeout = std::chrono::seconds(10);
    std::string method = "GET";
    std::string content_type, body;  // of a POST
};

class WebCaller {
public:
    /// Told the status, a 2xx; any other answer is an error `refused`, none at all `unreachable`.
    using Done = std::function<void(Result<int>)>;

    /// Of the stopwatch only differences mean anything.
    WebCaller(boost::asio::io_context& loop, std::function<Duration()> stopwatch);
    /// Calls under way are not answered.
    ~WebCaller();
    WebCaller(const WebCaller&) = delete;
    WebCaller& operator=(const WebCaller&) = delete;

    void call(WebCall call, Done done);

private:
    class Desk;
    std::shared_ptr<Desk> desk_;  // also of what is under way
};

}  // namespace alert
