#include "route.hpp"

#include "alert/codec/base64.hpp"

namespace alert {

Result<std::shared_ptr<TlsTrust>> TrustStore::trust(const std::string& ca_file) {
    if (const auto known = read_.find(ca_file); known != read_.end()) return known->second;
    auto trust = make_tls_trust(ca_file);
    if (trust) read_[ca_file] = *trust;
    return trust;
}

Result<Route> Route::to_web(const std::string& url, const ProxyRules& proxy, std::string ca_file) {
    auto parts = parse_web_url(url);
    if (!parts) return parts.error();
    Route route(std::move(*parts));
    route.ca_file_ = std::move(ca_file);
    if (proxy.url.empty() || is_excepted(route.url_.host, proxy.except)) return route;
    auto through = parse_proxy_url(proxy.url);
    if (!through) return through.error();
    route.proxy_ = std::move(*through);
    return route;
}

Result<Route> Route::to_relay(const std::string& url) {
    auto parts = parse_relay_url(url);
    if (!parts) return parts.error();
    return Route(std::move(*parts));
}

Result<ConnectionTarget> Route::target(TrustStore& store) const {
    ConnectionTarget target{.host = url_.host, .port = port()};
    target.shares_answers = shares_answers();
    if (url_.tls) {
        auto trust = store.trust(ca_file_);
        if (!trust) return trust.error();
        target.trust = std::move(*trust);
    }
    if (proxy_ && url_.tls) {
        const bool v6 = url_.host.find(':') != std::string::npos;
        const auto peer = (v6 ? "[" + url_.host + "]" : url_.host) + ":" + std::to_string(url_.port);
        target.tunnel_request = "CONNECT " + peer + " HTTP/1.1\r\nHost: " + peer + "\r\nUser-Agent: yuqingd" +
                                login() + "\r\n\r\n";
    }
    return target;
}

/// Basic: what proxies of offices ask for. It goes to the proxy alone.
std::string Route::login() const {
    if (!proxy_ || proxy_->user.empty()) return "";
    return "\r\nProxy-Authorization: Basic " +
           base64_of(std::string_view(proxy_->user + ":" + proxy_->password));
}

std::string Route::head(std::string_view method, std::string_view query) const {
    std::string head(method);
    head += ' ';
    if (shares_answers()) head += "http://" + url_.authority;
    head += url_.target;
    if (!query.empty()) head.append(1, url_.target.find('?') == std::string::npos ? '?' : '&').append(query);
    head.append(" HTTP/1.1\r\nHost: ").append(url_.authority).append("\r\nUser-Agent: yuqingd");
    return shares_answers() ? head + login() : head;
}

std::string Route::tell(std::string_view error) const {
    const auto by_way = proxy_ ? " through the proxy " + proxy_->authority : "";
    return url_.authority + by_way + ": " + std::string(error);
}

}  // namespace alert
