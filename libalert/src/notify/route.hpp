// The way to a receiver, straight or through an HTTP proxy: whom to connect to, how a request opens, and how
// an error is told, with hosts alone.
//
// A channel has one way and its connections go that way only. Plain `http` goes through a proxy by the whole
// URL, `https` through a tunnel: the proxy sees a host's name, and the receiver's certificate is verified.
#pragma once

#include "alert/codec/web_url.hpp"
#include "alert/core/channel.hpp"
#include "http_connection.hpp"

#include <map>
#include <optional>

namespace alert {

/// The authorities that channels trust, by ca_file. Reading the system's takes tens of milliseconds, in which
/// nothing else is sent: it is done once for all. A file that cannot be read is read again the next time.
class TrustStore {
public:
    Result<std::shared_ptr<TlsTrust>> trust(const std::string& ca_file);

private:
    std::map<std::string, std::shared_ptr<TlsTrust>> read_;  // shared with the connections
};

class Route {
public:
    /// Errors last: a URL that cannot be read.
    static Result<Route> to_web(const std::string& url, const ProxyRules& proxy, std::string ca_file);
    /// To a mail relay; never through a proxy.
    static Result<Route> to_relay(const std::string& url);

    /// Who is connected to: the proxy, or the receiver itself.
    [[nodiscard]] const std::string& host() const { return proxy_ ? proxy_->host : url_.host; }
    [[nodiscard]] std::uint16_t port() const { return proxy_ ? proxy_->port : url_.port; }

    /// Error: the authorities cannot be read.
    Result<ConnectionTarget> target(TrustStore& store) const;
    /// The first line and the headers that every request has; `query` goes behind the URL's own.
    [[nodiscard]] std::string head(std::string_view method, std::string_view query = {}) const;

    /// With hosts, never with a path: robots' paths are their passwords.
    [[nodiscard]] std::string tell(std::string_view error) const;
    /// Whether an answer may be the proxy's as well as the receiver's.
    [[nodiscard]] bool shares_answers() const { return proxy_ && !url_.tls; }

private:
    explicit Route(WebUrl url) : url_(std::move(url)) {}
    [[nodiscard]] std::string login() const;

    WebUrl url_;
    std::optional<ProxyUrl> proxy_;
    std::string ca_file_;
};

}  // namespace alert
