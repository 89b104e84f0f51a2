// clients.yaml: whose public keys open the ZeroMQ door, and as whom. It holds nothing secret.
#include "daemon_file.hpp"

#include <algorithm>

namespace alert::config {

namespace {

constexpr std::size_t name_bytes_max = 64;

/// A CURVE key as text, ZeroMQ RFC 32: five characters for four bytes, the first one the highest.
bool is_curve_key(std::string_view text) {
    constexpr std::string_view digits =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    constexpr std::size_t characters = 40, group = 5;
    if (text.size() != characters) return false;
    for (; !text.empty(); text.remove_prefix(group)) {
        std::uint64_t value = 0;
        for (const char character : text.substr(0, group)) {
            const auto digit = digits.find(character);
            if (digit == std::string_view::npos) return false;
            value = value * digits.size() + digit;
        }
        if (value > 0xFFFF'FFFF) return false;
    }
    return true;
}

CurveClient read_client(const Section& section, const Zone& zone) {
    CurveClient client;
    client.name = read_client_name(section);
    client.role = read_role(section, client.role);
    client.key = section.required_text("key");
    if (!client.key.empty() && !is_curve_key(client.key)) {
        section.error("key", "invalid",
                      "should be the 40 characters that `yuqingctl keygen curve` writes into the client's "
                      "*.pub, in quotes; never the secret key");
    }
    client.expires = read_expiry(section, zone);
    client.rate = read_rate_limit(section, "rate");
    return client;
}

}  // namespace

std::string read_client_name(const Section& section) {
    auto name = section.required_text("name");
    if (name.size() > name_bytes_max) section.error("name", "invalid", "should be at most 64 bytes");
    return name;
}

ClientRole read_role(const Section& section, ClientRole otherwise) {
    section.require("role");
    return section
        .choice<ClientRole>("role", {{"monitor", ClientRole::monitor},
                                     {"viewer", ClientRole::viewer},
                                     {"operator", ClientRole::operator_},
                                     {"supervisor", ClientRole::supervisor},
                                     {"admin", ClientRole::admin}})
        .value_or(otherwise);
}

std::optional<TimePoint> read_expiry(const Section& section, const Zone& zone) {
    if (!section.find("expires")) return std::nullopt;
    const auto midnight = parse_local(section.text("expires") + "T00:00");
    if (midnight) return zone.to_sys(*midnight + std::chrono::days(1));
    section.error("expires", "invalid", "not a date: the last day on which it opens, as in 2027-06-30");
    return std::nullopt;
}

std::vector<CurveClient> read_clients(const std::string& text, const Zone& zone, TimePoint now,
                                      const FileFindings& findings) {
    std::vector<CurveClient> clients;
    const Yaml::Ptr tree = parse_yaml(text, findings);
    if (!tree) return clients;
    const Section root(*tree, "", {"clients"}, findings);
    root.require("clients");
    for (const Yaml::Ptr& node : root.list("clients")) {
        const Section section(*node, "clients", {"name", "role", "key", "expires", "rate"}, findings);
        auto client = read_client(section, zone);
        const auto same = [&](const CurveClient& other) {
            return other.name == client.name || other.key == client.key;
        };
        if (std::any_of(clients.begin(), clients.end(), same))
            section.error("name", "duplicate", "another client has this name or this key");
        if (client.expires && *client.expires <= now)
            findings.warn(section.place("expires"), "expired",
                          "the key of the client " + in_quotes(client.name) + " expired");
        clients.push_back(std::move(client));
    }
    if (clients.size() > curve_clients_max) findings.error({}, "too_many", "at most 1000 clients");
    return clients;
}

CurveConfig read_curve(const Yaml& node, const Section& ingest, const Surroundings& around,
                       const CurveClients& clients) {
    CurveConfig curve;
    const Section section(node, "ingest.curve", {"secret_key_file", "clients"}, ingest.findings());
    section.require("secret_key_file");
    section.require("clients");
    if (auto key = read_secret_file(section, "secret_key_file", around)) {
        if (!is_curve_key(*key))
            section.error("secret_key_file", "invalid",
                          "holds no CURVE key; `yuqingctl keygen curve --out FILE` makes one");
        curve.secret_key = std::move(*key);
    }
    if (section.find("clients")) curve.clients = clients(section);
    return curve;
}

}  // namespace alert::config
