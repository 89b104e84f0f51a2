#include "address.hpp"

#include <algorithm>
#include <charconv>

namespace alert::config {

namespace {

template <class T>
bool read_number(std::string_view text, T& value) {
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    return ec == std::errc{} && end == text.data() + text.size();
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::none_of(host.begin(), host.end(), [](unsigned char c) {
        return c <= 0x20 || c == 0x7F ||
               std::string_view("/@?#[]\\\"<>").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

/// `host`, `host:port`, `[::1]:port`; the port may be left out when there is one to assume.
std::optional<HostPort> split_authority(std::string_view text, std::optional<std::uint16_t> assumed) {
    HostPort out;
    std::string_view host, port;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        host = text.substr(1, close - 1);
        port = text.substr(close + 1);
        if (host.find(':') == std::string_view::npos) return std::nullopt;
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        host = text.substr(0, colon);
        port = text.substr(colon);
    }
    if (!is_host(host)) return std::nullopt;
    out.host = std::string(host);
    if (port.empty() && assumed) {
        out.port = *assumed;
        return out;
    }
    if (!port.starts_with(':') || !read_number(port.substr(1), out.port)) return std::nullopt;
    return out;
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text) { return split_authority(text, std::nullopt); }

bool is_loopback(std::string_view host) {
    if (host == "localhost" || host == "::1") return true;
    int parts = 0;
    bool first_is_127 = false;
    while (parts < 4) {
        const auto dot = std::min(host.find('.'), host.size());
        std::uint8_t number = 0;
        if (!read_number(host.substr(0, dot), number)) return false;
        if (parts++ == 0) first_is_127 = number == 127;
        if (dot == host.size()) return first_is_127 && parts == 4;
        host.remove_prefix(dot + 1);
    }
    return false;
}

bool is_mail_address(std::string_view text) {
    constexpr std::size_t bytes_max = 254, local_bytes_max = 64, label_bytes_max = 63;
    constexpr std::string_view digits_and_letters =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const auto is_made_of = [&](std::string_view part, std::string_view others) {
        return std::all_of(part.begin(), part.end(), [&](char c) {
            return digits_and_letters.find(c) != std::string_view::npos ||
                   others.find(c) != std::string_view::npos;
        });
    };
    const auto at = text.find('@');
    if (text.size() > bytes_max || at == 0 || at > local_bytes_max) return false;
    auto local = text.substr(0, at), domain = text.substr(at + 1);
    if (!is_made_of(local, "!#$%&'*+-/=?^_`{|}~.") || local.find("..") != std::string_view::npos ||
        local.starts_with('.') || local.ends_with('.'))
        return false;
    while (true) {
        const auto label = domain.substr(0, domain.find('.'));
        const bool fits = !label.empty() && label.size() <= label_bytes_max && is_made_of(label, "-") &&
                          !label.starts_with('-') && !label.ends_with('-');
        if (!fits || label.size() == domain.size()) return fits;
        domain.remove_prefix(label.size() + 1);
    }
}

std::optional<RedisUrl> parse_redis_url(std::string_view url) {
    constexpr std::string_view scheme = "redis://";
    if (!url.starts_with(scheme)) return std::nullopt;
    url.remove_prefix(scheme.size());
    RedisUrl out;
    const auto at = url.rfind('@');
    if (at != std::string_view::npos) {
        const std::string_view user = url.substr(0, at);
        const auto colon = user.find(':');
        out.has_user = colon != 0 && !user.empty();
        out.has_password = colon != std::string_view::npos && colon + 1 < user.size();
        url.remove_prefix(at + 1);
    }
    const auto slash = std::min(url.find('/'), url.size());
    const std::string_view db = slash < url.size() ? url.substr(slash + 1) : std::string_view{};
    std::uint16_t number = 0;
    if (!db.empty() && !read_number(db, number)) return std::nullopt;
    const auto authority = split_authority(url.substr(0, slash), 6379);
    if (!authority || authority->port == 0) return std::nullopt;
    return out;
}

}  // namespace alert::config
