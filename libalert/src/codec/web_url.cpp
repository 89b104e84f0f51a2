#include "alert/codec/web_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace alert {
namespace {

constexpr std::uint16_t http_port = 80, https_port = 443, smtp_port = 25;

/// Host and port; false when the port is none. A port of 0 is no usual one: it stays in sight.
template <class Parts>
bool read_authority(const boost::urls::url_view& read, std::uint16_t usual, Parts& parts) {
    if (read.has_port() && !read.port().empty() && read.port_number() == 0) return false;
    parts.host = read.host_address();
    parts.port = read.port_number() != 0 ? read.port_number() : usual;
    parts.authority = read.encoded_host();
    if (parts.port != usual) parts.authority += ":" + std::to_string(parts.port);
    return true;
}

/// Nothing behind host and port.
bool ends_with_authority(const boost::urls::url_view& read) {
    return read.encoded_path().empty() && !read.has_query() && !read.has_fragment();
}

Error no_port() { return {"invalid", "the port of the URL is not one", "url"}; }

}  // namespace

Result<WebUrl> parse_web_url(std::string_view url) {
    const auto read = boost::urls::parse_uri(url);
    if (!read || !read->has_authority() || read->encoded_host().empty()) {
        return Error{"invalid", "the URL cannot be read; it is like https://host/path", "url"};
    }
    if (read->has_userinfo())
        return Error{"invalid", "the URL holds a user or password; sign with a secret", "url"};
    const bool tls = read->scheme_id() == boost::urls::scheme::https;
    const bool plain = read->scheme_id() == boost::urls::scheme::http;
    if (!tls && !plain) return Error{"invalid", "the URL is neither http nor https", "url"};
    WebUrl parts;
    parts.tls = tls;
    if (!read_authority(*read, tls ? https_port : http_port, parts)) return no_port();
    parts.target = read->encoded_path().empty() ? "/" : std::string(read->encoded_path());
    if (read->has_query()) parts.target += "?" + std::string(read->encoded_query());
    return parts;
}

Result<WebUrl> parse_relay_url(std::string_view url) {
    const auto read = boost::urls::parse_uri(url);
    const bool is_plain = read && read->scheme() == "smtp" && !read->encoded_host().empty() &&
                          !read->has_userinfo() && ends_with_authority(*read);
    if (!is_plain) return Error{"invalid", "the relay's URL is like smtp://host:25", "url"};
    WebUrl parts;
    if (!read_authority(*read, smtp_port, parts)) return no_port();
    return parts;
}

Result<ProxyUrl> parse_proxy_url(std::string_view url) {
    if (url.ends_with('/')) url.remove_suffix(1);  // as it is often written
    const auto read = boost::urls::parse_uri(url);
    const bool is_proxy = read && read->scheme_id() == boost::urls::scheme::http &&
                          !read->encoded_host().empty() && read->has_port() && !read->port().empty() &&
                          ends_with_authority(*read);
    ProxyUrl parts;
    if (is_proxy && read->has_userinfo()) {
        parts.user = read->user();
        parts.password = read->password();
    }
    const auto is_visible = [](const std::string& text) {
        return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; });
    };
    // Basic, the one way to log in here, ends the user at the first colon.
    const bool fits = is_proxy && parts.user.find(':') == std::string::npos && is_visible(parts.user) &&
                      is_visible(parts.password) && (!read->has_userinfo() || !parts.user.empty());
    if (!fits) {
        return Error{"invalid",
                     "a proxy is like http://host:3128 or http://user:password@host:3128, with % and two "
                     "hexadecimal digits for what is special in a password",
                     "proxy"};
    }
    if (!read_authority(*read, 0, parts)) return no_port();
    return parts;
}

}  // namespace alert
