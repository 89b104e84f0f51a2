// `redis` of yuqingd.yaml: one server, a service that sentinels watch, or a Redis Cluster.
#include "address.hpp"
#include "daemon_file.hpp"

namespace alert::config {

namespace {

constexpr std::size_t nodes_max = 32;
constexpr std::size_t database_max = 1'000'000;  // far beyond any server's `databases`
constexpr std::size_t replicas_max = 8;

void read_url(const Section& section, const Surroundings& around, RedisConfig& redis) {
    constexpr std::string_view unix_scheme = "unix://";
    redis.url = section.text("url");
    if (redis.url.starts_with(unix_scheme)) {
        redis.url = socket_address(section, "url", section.place("url"), unix_scheme, redis.url, around);
        return;
    }
    if (redis.url.empty()) return;
    if (redis.url.starts_with("rediss://")) {
        section.error("url", "unsupported", "TLS to Redis is not supported; use a socket or stunnel");
        return;
    }
    const auto url = parse_redis_url(redis.url);
    if (!url) {
        section.error("url", "invalid", "should be redis://[user:password@]host:port/db or unix://path");
        return;
    }
    if (url->has_password && section.find("password_file")) {
        section.error("password_file", "invalid", "the password is in `url` as well; give it once");
    }
    if (url->has_user && section.find("user")) {
        section.error("user", "invalid", "the user is in `url` as well; give it once");
    }
}

std::vector<RedisNode> read_nodes(const Section& section, std::string_view key) {
    std::vector<RedisNode> nodes;
    if (!section.find(key)) return nodes;
    for (const Name& name : section.names(key)) {
        const auto node = parse_host_port(name.text);
        if (!node || node->port == 0) {
            section.findings().error(name.place, "invalid",
                                     section.name(key) + ": " + in_quotes(name.text) +
                                         " should be host:port, as in 10.1.0.1:26379");
            continue;
        }
        nodes.push_back({node->host, node->port});
        if (nodes.size() > nodes_max) {
            section.error(key, "invalid", "at most 32 addresses");
            break;
        }
    }
    if (section.names(key).empty()) section.error(key, "invalid", "should hold at least one address");
    return nodes;
}

/// Which of the three says where it is.
void read_way(const Section& section, const Surroundings& around, RedisConfig& redis) {
    const bool sentinels = section.find("sentinels") != nullptr, cluster = section.find("cluster") != nullptr;
    if (!sentinels && !cluster) section.require("url");
    for (const std::string_view other : {"sentinels", "cluster"}) {
        if (section.find(other) && (section.find("url") || (other == "cluster" && sentinels)))
            section.error(other, "invalid", "give one of url, sentinels and cluster");
    }
    read_url(section, around, redis);
    redis.sentinels = read_nodes(section, "sentinels");
    redis.cluster = read_nodes(section, "cluster");
    if (sentinels) redis.service = section.identifier("service");
    for (const std::string_view key : {"service", "sentinel_user", "sentinel_password_file", "database"}) {
        if (section.find(key) && !sentinels) section.error(key, "invalid", "is there for sentinels alone");
    }
}

}  // namespace

RedisConfig read_redis(const Section& root, const Surroundings& around) {
    using std::chrono::seconds;
    RedisConfig redis;
    const Yaml* node = root.require("redis");
    if (!node) return redis;
    const Section section(*node, "redis",
                          {"url", "sentinels", "service", "cluster", "durability", "user", "password_file",
                           "sentinel_user", "sentinel_password_file", "database", "replicas",
                           "replica_timeout", "writers", "mirror_cases", "mirror_after"},
                          root.findings());
    read_way(section, around, redis);
    redis.durability = section
                           .choice<Durability>("durability", {{"always", Durability::always},
                                                              {"everysec", Durability::everysec},
                                                              {"none", Durability::none}})
                           .value_or(Durability::always);
    redis.password = read_secret_file(section, "password_file", around).value_or("");
    redis.writers = section.number("writers", redis.writers, 0, 16);
    redis.mirror_cases = section.number("mirror_cases", redis.mirror_cases, 0, 100'000);
    redis.mirror_after = section.duration("mirror_after", redis.mirror_after, std::chrono::milliseconds(100),
                                          std::chrono::seconds(10));
    if (section.find("user")) redis.user = section.text("user");
    redis.sentinel_user = section.text("sentinel_user");
    redis.sentinel_password = read_secret_file(section, "sentinel_password_file", around).value_or("");
    redis.database = section.number("database", 0, 0, database_max);
    redis.replicas = section.number("replicas", redis.sentinels.empty() ? 0 : 1, 0, replicas_max);
    redis.replica_timeout = section.duration("replica_timeout", redis.replica_timeout,
                                             std::chrono::milliseconds(100), seconds(3));
    if (!redis.sentinels.empty() && redis.replicas == 0 && !root.find("journal"))
        section.findings().warn(section.place("replicas"), "unreplicated",
                                "redis.replicas: what was answered may be lost in a failover; write 1 or "
                                "more, or keep a journal");
    return redis;
}

}  // namespace alert::config
