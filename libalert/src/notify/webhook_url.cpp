#include "webhook_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace alert {
namespace {

constexpr std::uint16_t http_port = 80, https_port = 443, smtp_port = 25;

/// Host and port; false when the port is none.
bool read_authority(const boost::urls::url_view& read, std::uint16_t usual, WebhookUrl& parts) {
    if (read.has_port() && !read.port().empty() && read.port_number() == 0) return false;
    parts.host = read.host_address();
    parts.port = read.port_number() != 0 ? read.port_number() : usual;
    parts.authority = read.encoded_host();
    if (parts.port != usual) parts.authority += ":" + std::to_string(parts.port);
    return true;
}

Error no_port() { return {"invalid", "the port of the URL is not one", "url"}; }

}  // namespace

Result<WebhookUrl> parse_webhook_url(std::string_view url) {
    const auto read = boost::urls::parse_uri(url);
    if (!read || !read->has_authority() || read->encoded_host().empty()) {
        return Error{"invalid", "the URL cannot be read; it is like https://host/path", "url"};
    }
    if (read->has_userinfo())
        return Error{"invalid", "the URL holds a user or password; sign with a secret", "url"};
    const bool tls = read->scheme_id() == boost::urls::scheme::https;
    const bool plain = read->scheme_id() == boost::urls::scheme::http;
    if (!tls && !plain) return Error{"invalid", "the URL is neither http nor https", "url"};
    WebhookUrl parts;
    parts.tls = tls;
    if (!read_authority(*read, tls ? https_port : http_port, parts)) return no_port();
    parts.target = read->encoded_path().empty() ? "/" : std::string(read->encoded_path());
    if (read->has_query()) parts.target += "?" + std::string(read->encoded_query());
    return parts;
}

Result<WebhookUrl> parse_relay_url(std::string_view url) {
    const auto read = boost::urls::parse_uri(url);
    const bool is_plain = read && read->scheme() == "smtp" && !read->encoded_host().empty() &&
                          !read->has_userinfo() && read->encoded_path().empty() && !read->has_query() &&
                          !read->has_fragment();
    if (!is_plain) return Error{"invalid", "the relay's URL is like smtp://host:25", "url"};
    WebhookUrl parts;
    if (!read_authority(*read, smtp_port, parts)) return no_port();
    return parts;
}

}  // namespace alert
