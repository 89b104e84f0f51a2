#include "http_message.hpp"

#include "alert/core/characters.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace yuqing {

namespace {

namespace json = boost::json;

constexpr std::pair<std::string_view, std::string_view> standing_headers[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Cache-Control", "no-store"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
};

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        default: return "Answer";
    }
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto point = alert::code_point_at(text, at);
        if (!point.valid) return false;
        at += point.length;
    }
    return true;
}

/// Once, never twice; control characters are nobody's path, and answers that repeat it are UTF-8.
std::optional<std::string> decode(std::string_view text, bool plus_is_blank) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
        out += c;
    }
    return is_utf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

bool read_query(std::string_view text, std::map<std::string, std::string>& query,
                std::set<std::string>& told_twice) {
    while (!text.empty()) {
        const auto part = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        if (part.empty()) continue;
        const auto equals = std::min(part.find('='), part.size());
        auto name = decode(part.substr(0, equals), true);
        auto value = decode(part.substr(std::min(equals + 1, part.size())), true);
        if (!name || !value) return false;
        const auto [told, is_new] = query.emplace(std::move(*name), std::move(*value));
        if (!is_new) told_twice.insert(told->first);
    }
    return true;
}

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

/// A line break in a value would begin a header of somebody else's choice.
bool fits_header(std::string_view value) {
    return std::none_of(value.begin(), value.end(),
                        [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void add_header(std::string& head, std::string_view name, std::string_view value) {
    if (fits_header(name) && fits_header(value)) head.append(name).append(": ").append(value).append("\r\n");
}

/// `localhost`, `127.0.0.1`, `[::1]`, with or without a port: a name that only this machine has.
bool is_loopback_authority(std::string_view authority) {
    std::string_view host = authority;
    if (host.starts_with('[')) {
        const auto end = host.find(']');
        if (end == std::string_view::npos) return false;
        if (end + 1 != host.size() && host[end + 1] != ':') return false;
        host = host.substr(1, end - 1);
    } else {
        host = host.substr(0, host.find(':'));
    }
    if (same_name(host, "localhost")) return true;
    boost::system::error_code failure;
    const auto address = boost::asio::ip::make_address(std::string(host), failure);
    return !failure && address.is_loopback();
}

bool is_forwarded(const HttpRequest& request) {
    return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
        const auto& name = header.first;
        return name == "forwarded" || name == "via" || name == "x-real-ip" || name == "true-client-ip" ||
               name == "cf-connecting-ip" || name.starts_with("x-forwarded-");
    });
}

/// A browser tells with Origin, or at least with Sec-Fetch-Site, that another site made it ask.
bool is_foreign(const HttpRequest& request) {
    const auto site = request.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin" && site != "none") return true;
    const auto origin = request.header("origin");
    const auto host = request.header("host");
    return !origin.empty() && !same_name(origin, "http://" + host) && !same_name(origin, "https://" + host);
}

}  // namespace

std::string HttpRequest::header(const std::string& lower_case_name) const {
    const auto at = headers.find(lower_case_name);
    return at == headers.end() ? "" : at->second;
}

HttpResponse http_error(int status, std::string_view code, std::string_view message, std::string_view path) {
    const json::object error{{"code", code}, {"message", message}, {"path", path}};
    return {.status = status, .body = json::serialize(json::object{{"error", error}}) + "\n"};
}

bool read_target(std::string_view target, HttpRequest& request) {
    for (const std::string_view scheme : {"http://", "https://"}) {  // the form meant for proxies
        if (!target.starts_with(scheme)) continue;
        target.remove_prefix(scheme.size());
        target.remove_prefix(std::min(target.find('/'), target.size()));
        if (target.empty()) target = "/";
    }
    target = target.substr(0, target.find('#'));
    if (!target.starts_with('/')) return false;
    const auto question = std::min(target.find('?'), target.size());
    auto path = decode(target.substr(0, question), false);
    if (!path) return false;
    request.path = std::move(*path);
    return read_query(target.substr(std::min(question + 1, target.size())), request.query,
                      request.told_twice);
}

bool read_form(std::string_view body, std::map<std::string, std::string>& form) {
    std::set<std::string> told_twice;
    return read_query(body, form, told_twice);
}

std::string response_head(const HttpResponse& response, bool keep_alive) {
    std::string head;
    head.reserve(512);
    head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    head.append(reason_phrase(response.status)).append("\r\n");
    const bool has_body = response.status != 204 && response.status != 304;
    if (has_body) {
        add_header(head, "Content-Type", response.content_type);
        if (!response.opened)  // else it ends with the connection
            add_header(head, "Content-Length", std::to_string(response.body.size()));
    }
    for (const auto& standing : standing_headers) {
        const bool replaced =
            std::any_of(response.headers.begin(), response.headers.end(),
                        [&](const auto& header) { return same_name(header.first, standing.first); });
        if (!replaced) add_header(head, standing.first, standing.second);
    }
    for (const auto& [name, value] : response.headers) add_header(head, name, value);
    add_header(head, "Connection", keep_alive ? "keep-alive" : "close");
    return head.append("\r\n");
}

std::optional<alert::Error> guard_local(const HttpRequest& request) {
    if (request.loopback_peer && is_loopback_authority(request.header("host")) && !is_forwarded(request) &&
        !is_foreign(request)) {
        return std::nullopt;
    }
    return alert::Error{"forbidden",
                        "without tokens only this machine itself may read or change cases, directly and not "
                        "for another site",
                        request.path};
}

}  // namespace yuqing
