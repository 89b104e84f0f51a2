#include "alert/redis/address.hpp"

#include "number.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace alert::redis {
namespace {

constexpr std::size_t socket_path_max = 107;  // sun_path holds 108 bytes with its end
constexpr int database_max = 1'000'000;       // far beyond any server's `databases`

Error wrong(std::string message) { return {"invalid", std::move(message), "redis.url"}; }

Result<int> parse_database(std::string_view text) {
    if (text.empty()) return 0;
    int database = 0;
    if (!read_number(text, database) || database < 0 || database > database_max)
        return wrong("the database is a whole number, as in redis://127.0.0.1:6379/0");
    return database;
}

Result<Address> parse_unix(std::string_view rest) {
    Address address;
    const auto query = rest.find("?db=");
    if (query != std::string_view::npos) {
        const auto database = parse_database(rest.substr(query + 4));
        if (!database) return database.error();
        address.database = *database;
        rest = rest.substr(0, query);
    }
    if (rest.empty() || rest.front() != '/')
        return wrong("a socket needs an absolute path, as in unix:///run/yuqingd/redis.sock");
    if (rest.size() > socket_path_max) return wrong("the path of a socket has at most 107 bytes");
    address.path = rest;
    return address;
}

Result<Address> parse_tcp(std::string_view url) {
    const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
    if (!parsed) return wrong("not a URL; expected redis://[user:password@]host:port/db");
    const boost::urls::url_view& view = *parsed;
    Address address;
    address.host = view.host_address();
    if (address.host.empty()) return wrong("no host; expected redis://host:port/db");
    if (view.has_port()) {
        address.port = view.port_number();
        if (address.port == 0) return wrong("the port is a number from 1 to 65535");
    }
    address.user = view.user();
    address.password = view.password();
    if (view.has_query() || view.has_fragment())
        return wrong("nothing may follow the database in redis://host:port/db");
    std::string path = view.path();
    const auto database = parse_database(path.empty() ? path : path.substr(1));
    if (!database) return database.error();
    address.database = *database;
    return address;
}

}  // namespace

std::string Address::text() const {
    const std::string suffix = database == 0 ? "" : std::to_string(database);
    if (!path.empty()) return "unix://" + path + (suffix.empty() ? "" : "?db=" + suffix);
    const bool v6 = host.find(':') != std::string::npos;
    return "redis://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) +
           (suffix.empty() ? "" : "/" + suffix);
}

Result<Address> parse_address(std::string_view url) {
    constexpr std::string_view unix_scheme = "unix://", tcp_scheme = "redis://";
    if (url.starts_with(unix_scheme)) return parse_unix(url.substr(unix_scheme.size()));
    if (url.starts_with(tcp_scheme)) return parse_tcp(url);
    return wrong("expected unix://path or redis://[user:password@]host:port/db");
}

}  // namespace alert::redis
