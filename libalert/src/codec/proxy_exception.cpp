// An exception is compared with what the URL says: behind a proxy it is the proxy that looks names up.
#include "alert/codec/web_url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace alert {
namespace {

struct Address {
    std::array<unsigned char, 16> bytes{};
    std::size_t size = 0;  // 4 or 16
};

std::optional<Address> parse_address(std::string_view text) {
    Address address;
    const std::string terminated(text);
    if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
        address.size = 4;
    } else if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
        address.size = 16;
    } else {
        return std::nullopt;
    }
    return address;
}

struct Range {
    Address first;
    std::size_t bits = 0;  // that are the same for all of it
};

/// `10.0.0.0/8`, or one address.
std::optional<Range> parse_range(std::string_view text) {
    const auto slash = std::min(text.find('/'), text.size());
    const auto first = parse_address(text.substr(0, slash));
    if (!first) return std::nullopt;
    Range range{*first, first->size * 8};
    if (slash == text.size()) return range;
    const auto digits = text.substr(slash + 1);
    const char* end = digits.data() + digits.size();
    const auto [stop, failure] = std::from_chars(digits.data(), end, range.bits);
    const bool good = failure == std::errc{} && stop == end && range.bits <= first->size * 8;
    return good ? std::optional(range) : std::nullopt;
}

bool holds(const Range& range, const Address& address) {
    if (range.first.size != address.size) return false;
    for (std::size_t bit = 0; bit < range.bits; bit += 8) {
        const auto rest = std::min<std::size_t>(range.bits - bit, 8);
        const unsigned mask = 0xFF00U >> rest;
        const unsigned difference = range.first.bytes[bit / 8] ^ address.bytes[bit / 8];
        if ((difference & mask & 0xFFU) != 0) return false;
    }
    return true;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

bool is_name(std::string_view text) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    // A name whose last part is a number is an address that somebody has mistyped.
    const auto last = text.substr(text.rfind('.') + 1);
    return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos &&
           !text.starts_with('.') && text.find("..") == std::string_view::npos &&
           last.find_first_not_of("0123456789") != std::string_view::npos;
}

bool names(std::string_view exception, std::string_view host) {
    const bool only_under = exception.starts_with('.');
    if (!only_under && exception == host) return true;
    if (only_under) exception.remove_prefix(1);
    return host.size() > exception.size() && host.ends_with(exception) &&
           host[host.size() - exception.size() - 1] == '.';
}

}  // namespace

bool is_proxy_exception(std::string_view text) {
    if (text == "*" || parse_range(text)) return true;
    if (text.starts_with('.')) text.remove_prefix(1);
    return is_name(lower(text));
}

bool is_excepted(std::string_view host, const std::vector<std::string>& exceptions) {
    auto name = lower(host);
    if (name.ends_with('.')) name.pop_back();
    const auto address = parse_address(host);
    return std::any_of(exceptions.begin(), exceptions.end(), [&](const std::string& exception) {
        if (exception == "*") return true;
        if (const auto range = parse_range(exception)) return address && holds(*range, *address);
        return names(lower(exception), name);
    });
}

}  // namespace alert
