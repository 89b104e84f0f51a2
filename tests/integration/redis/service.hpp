// Redis servers on loopback that know each other: a service of master, replicas and sentinels, or a cluster.
#pragma once

#include "integration/redis/harness.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace redis_test {

inline std::uint16_t free_port() {
    boost::asio::io_context io;
    const boost::asio::ip::tcp::endpoint any(boost::asio::ip::address_v4::loopback(), 0);
    return boost::asio::ip::tcp::acceptor(io, any).local_endpoint().port();
}

/// A server that others reach over TCP.
struct Node {
    Node(yuqing::test::RedisServerOptions options, std::vector<std::string> more) {
        options.more = {"--port", std::to_string(port), "--bind", "127.0.0.1"};
        if (options.sentinel.empty())  // a replica that comes is served at once
            options.more.insert(options.more.end(), {"--repl-diskless-sync-delay", "0"});
        options.more.insert(options.more.end(), more.begin(), more.end());
        server = std::make_unique<RedisServer>(std::move(options));
    }
    [[nodiscard]] alert::redis::Address address() const {
        alert::redis::Address address;
        address.host = "127.0.0.1";
        address.port = port;
        return address;
    }
    [[nodiscard]] bool says(const std::vector<std::string>& words, const std::string& part) const {
        return server->command(words).find(part) != std::string::npos;
    }

    const std::uint16_t port = free_port();
    std::unique_ptr<RedisServer> server;
};

/// Waits without a loop of its own: for servers among themselves.
template <class Condition>
void settle(Condition condition) {
    boost::asio::io_context io;
    REQUIRE(run_until(io, condition));
}

/// A master and its replicas.
class Replicated {
public:
    explicit Replicated(std::size_t replicas, std::vector<std::string> more = {}) {
        nodes.push_back(std::make_unique<Node>(yuqing::test::RedisServerOptions{}, more));
        more.insert(more.end(), {"--replicaof", "127.0.0.1", std::to_string(nodes[0]->port)});
        for (std::size_t i = 0; i < replicas; ++i)
            nodes.push_back(std::make_unique<Node>(yuqing::test::RedisServerOptions{}, more));
        for (std::size_t i = 1; i <= replicas; ++i)
            settle([&] { return nodes[i]->says({"INFO", "replication"}, "master_link_status:up"); });
    }
    Node& master() { return *nodes.front(); }

    std::vector<std::unique_ptr<Node>> nodes;  // the master first
};

/// With sentinels beside them.
class Service : public Replicated {
public:
    explicit Service(std::size_t sentinel_count, std::vector<std::string> sentinel_more = {})
        : Replicated(sentinel_count - 1) {
        const auto conf = "sentinel monitor yuqing 127.0.0.1 " + std::to_string(master().port) + " " +
                          std::to_string(sentinel_count / 2 + 1) +
                          "\nsentinel down-after-milliseconds yuqing 1000\n"
                          "sentinel failover-timeout yuqing 5000\n";
        for (std::size_t i = 0; i < sentinel_count; ++i)
            sentinels.push_back(
                std::make_unique<Node>(yuqing::test::RedisServerOptions{.sentinel = conf}, sentinel_more));
    }
    /// All know each other and every replica, so that a failover would succeed.
    void wait_whole() {
        const auto count = std::to_string(sentinels.size() - 1);
        for (const auto& sentinel : sentinels) {
            settle([&] {
                return sentinel->says({"SENTINEL", "MASTER", "yuqing"}, "num-other-sentinels\n" + count) &&
                       sentinel->says({"SENTINEL", "MASTER", "yuqing"}, "num-slaves\n" + count);
            });
        }
    }
    [[nodiscard]] std::shared_ptr<alert::redis::MasterWatch> watch(boost::asio::io_context& io,
                                                                   const std::string& password = "") const {
        alert::redis::MasterWatchOptions options{.service = "yuqing"};
        for (const auto& sentinel : sentinels) {
            options.sentinels.push_back(sentinel->address());
            options.sentinels.back().password = password;
        }
        return std::make_shared<alert::redis::MasterWatch>(io, std::move(options));
    }

    std::vector<std::unique_ptr<Node>> sentinels;
};

inline alert::redis::ConnectionOptions options_to(const alert::redis::Address& address) {
    return {.address = address, .probe_key = "yuqing:{test}:probe"};
}

}  // namespace redis_test
