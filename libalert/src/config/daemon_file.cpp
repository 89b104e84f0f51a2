#include "daemon_file.hpp"

#include "address.hpp"
#include "text_file.hpp"

#include "alert/codec/web_url.hpp"
#include "alert/core/retention.hpp"

namespace alert::config {

namespace {

constexpr std::size_t key_bytes_min = 32;

std::string read_bind(const Section& section, const Name& bind, const Surroundings& around) {
    constexpr std::string_view ipc = "ipc://", tcp = "tcp://";
    const FileFindings& findings = section.findings();
    if (bind.text.starts_with(ipc)) {
        return socket_address(section, "bind", bind.place, ipc, bind.text, around);
    }
    std::string_view rest = bind.text;
    if (rest.starts_with(tcp)) rest.remove_prefix(tcp.size());
    std::string spelled(rest);
    const bool any_port = spelled.ends_with(":*");
    if (any_port) spelled.back() = '0';
    auto address = bind.text.starts_with(tcp) ? parse_host_port(spelled) : std::nullopt;
    if (!address) {
        findings.error(
            bind.place, "invalid",
            "ingest.bind: " + in_quotes(bind.text) + " should be tcp://ADDRESS:PORT or ipc://PATH");
        return "";
    }
    if (!is_loopback(address->host) && !section.find("curve")) {
        findings.error(
            bind.place, "insecure",
            "ingest.bind: " + in_quotes(bind.text) +
                " is reachable from other machines and needs ingest.curve; `yuqingctl keygen curve` "
                "makes the key");
    }
    // ZeroMQ binds to addresses and interfaces, not to names.
    const bool v6 = address->host.find(':') != std::string::npos;
    const std::string host = address->host == "localhost" ? "127.0.0.1"
                             : v6                         ? "[" + address->host + "]"
                                                          : address->host;
    return std::string(tcp) + host + ":" + (any_port ? "*" : std::to_string(address->port));
}

void read_listen(const Section& section, HttpConfig& http) {
    const std::string listen = section.required_text("listen");
    if (listen.empty()) return;
    const auto address = parse_host_port(listen);
    if (!address) {
        section.error("listen", "invalid", in_quotes(listen) + " should be host:port, as in 127.0.0.1:9570");
        return;
    }
    http.host = address->host;
    http.port = address->port;
    if (!is_loopback(http.host) && !section.find("tokens")) {
        section.error("listen", "insecure",
                      in_quotes(listen) +
                          " is reachable from other machines and needs http.tokens; `yuqingctl token` "
                          "makes one");
    }
}

/// What is put in front of a path, and into links that programs take from the midst of a text.
std::optional<std::string> unfit_base(const std::string& url) {
    constexpr std::string_view fit =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/%[]";
    if (url.find_first_of("?#") != std::string::npos)
        return "should end with the path, without a query or fragment: /act/ID is put behind it";
    if (url.find_first_not_of(fit) != std::string::npos)
        return "holds a character that breaks links in messages; letters, digits and -._~ are safe in a "
               "path, "
               "all else is written like %20";
    if (!parse_web_url(url)) return "should be an http or https URL";
    return std::nullopt;
}

void read_public_url(const Section& section, HttpConfig& http) {
    http.public_url = section.text("public_url");
    if (http.public_url.empty()) {
        const bool v6 = http.host.find(':') != std::string::npos;
        http.public_url =
            "http://" + (v6 ? "[" + http.host + "]" : http.host) + ":" + std::to_string(http.port);
    }
    while (http.public_url.ends_with('/')) http.public_url.pop_back();
    const auto url = parse_web_url(http.public_url);
    // A port of 0 is known only when the socket is bound; there is nothing to judge yet.
    if (section.find("public_url")) {
        if (const auto why = unfit_base(http.public_url)) section.error("public_url", "invalid", *why);
    }
    if (is_loopback(url ? url->host : http.host)) {
        section.findings().warn(section.place("public_url"), "loopback_url",
                                section.name("public_url") +
                                    ": links in messages lead to this machine only; give the "
                                    "address at which people reach the board");
    }
}

}  // namespace

std::optional<std::filesystem::path> read_path(const Section& section, std::string_view key,
                                               const Surroundings& around) {
    const std::string text = section.text(key);
    if (text.empty()) return std::nullopt;
    auto path = expand_path(text, around.base);
    if (path) return *path;
    section.error(key, path.error().code, path.error().message);
    return std::nullopt;
}

std::optional<std::string> read_secret_file(const Section& section, std::string_view key,
                                            const Surroundings& around) {
    if (around.secrets == Secrets::unread) return std::nullopt;
    const auto path = read_path(section, key, around);
    if (!path) return std::nullopt;
    auto text = read_file(*path, secret_bytes_max);
    if (!text) {
        section.error(key, text.error().code, text.error().message);
        return std::nullopt;
    }
    if (is_open_to_all(*path)) {
        section.findings().warn(section.place(key), "open_secret",
                                section.name(key) + ": every user of this machine can read " +
                                    path->string() + "; chmod 0640, and the daemon's group");
    }
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    if (text->empty() || first_bad_byte(*text)) {
        section.error(key, "invalid", path->string() + " is empty or not text");
        return std::nullopt;
    }
    return *text;
}

std::string socket_address(const Section& section, std::string_view key, Place place, std::string_view scheme,
                           std::string_view text, const Surroundings& around) {
    constexpr std::size_t socket_path_bytes_max = 107;  // what the kernel's sockaddr_un holds
    const auto path = expand_path(text.substr(scheme.size()), around.base);
    if (!path) {
        section.findings().error(place, "invalid", section.name(key) + ": " + path.error().message);
        return "";
    }
    const std::string whole = std::filesystem::absolute(*path).string();
    if (whole.size() > socket_path_bytes_max) {
        section.findings().error(place, "invalid",
                                 section.name(key) + ": the path of a socket has at most " +
                                     std::to_string(socket_path_bytes_max) + " bytes");
    }
    return std::string(scheme) + whole;
}

namespace {

void read_door_limits(const Section& section, IngestConfig& ingest) {
    using std::chrono::seconds;
    ingest.client_rate = read_rate_limit(section, "client_rate").value_or(ingest.client_rate);
    ingest.connections_max = section.number("connections_max", ingest.connections_max, 1, 65'535);
    ingest.handshakes_max = section.number("handshakes_max", ingest.handshakes_max, 1, 65'535);
    ingest.handshake_within =
        section.duration("handshake_within", ingest.handshake_within, seconds(1), std::chrono::minutes(1));
    ingest.heartbeat = section.duration("heartbeat", ingest.heartbeat, seconds(1), std::chrono::minutes(30));
}

}  // namespace

IngestConfig read_ingest(const Section& root, const Surroundings& around, const CurveClients& clients) {
    IngestConfig ingest;
    const Yaml* node = root.require("ingest");
    if (!node) return ingest;
    const Section section(*node, "ingest",
                          {"bind", "curve", "batch_frames_max", "in_flight_max", "client_rate",
                           "connections_max", "handshakes_max", "handshake_within", "heartbeat"},
                          root.findings());
    if (const Yaml* curve = section.find("curve"))
        ingest.curve = read_curve(*curve, section, around, clients);
    for (const Name& bind : section.names("bind")) {
        ingest.bind.push_back(read_bind(section, bind, around));
    }
    if (section.require("bind") && ingest.bind.empty()) {
        section.error("bind", "invalid", "should hold at least one address");
    }
    ingest.batch_frames_max =
        section.number("batch_frames_max", ingest.batch_frames_max, 1, batch_frames_limit);
    ingest.in_flight_max = section.number("in_flight_max", ingest.in_flight_max, 1, 1'000'000);
    read_door_limits(section, ingest);
    return ingest;
}

namespace {

/// Nothing when it cannot be read; a key is not a word that somebody thought of.
std::optional<std::string> read_key_file(const Section& section, std::string_view key,
                                         const Surroundings& around) {
    auto bytes = read_secret_file(section, key, around);
    if (bytes && bytes->size() < key_bytes_min)
        section.error(key, "weak_secret", "the key is shorter than 32 bytes");
    return bytes;
}

void read_link_key(const Section& section, const Surroundings& around, HttpConfig& http) {
    // A link says for which message it was made, and only that message says who may act by it.
    http.link_key.valid =
        section.duration("link_valid", http.link_key.valid, std::chrono::hours(1), notification_retention);
    http.link_key.bytes = read_key_file(section, "link_key_file", around).value_or("");
}

}  // namespace

HttpConfig read_http(const Section& root, const Surroundings& around,
                     const std::function<AccessTokens(const Section& http)>& tokens) {
    HttpConfig http;
    const Yaml* node = root.require("http");
    if (!node) return http;
    const Section section(
        *node, "http", {"listen", "public_url", "tokens", "link_key_file", "link_valid", "connections_max"},
        root.findings());
    read_listen(section, http);
    read_public_url(section, http);
    read_link_key(section, around, http);
    if (section.find("tokens")) http.tokens = tokens(section);
    http.connections_max = section.number("connections_max", http.connections_max, 1, 65'535);
    return http;
}

AuditConfig read_audit(const Section& root, const Surroundings& around) {
    AuditConfig audit;
    const Yaml* node = root.find("audit");
    if (!node) {
        root.findings().warn(root.place(), "unkeyed",
                             "without audit.key_file whoever can write to Redis can write a record anew and "
                             "nobody sees it; `yuqingctl keygen audit` makes one");
        return audit;
    }
    const Section section(*node, "audit", {"key_file", "anchors"}, root.findings());
    section.require("key_file");
    if (const auto key = read_key_file(section, "key_file", around)) audit.key = ChainKey(*key);
    if (const auto anchors = read_path(section, "anchors", around))
        audit.anchors = std::filesystem::absolute(*anchors).string();
    return audit;
}

}  // namespace alert::config
