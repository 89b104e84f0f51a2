// A Redis Cluster: a jurisdiction is one slot, so one node has it, and every other says which.
#include "integration/redis/service.hpp"

#include <sstream>

using namespace redis_test;

namespace {

constexpr int slots = 16384;

class Cluster {
public:
    Cluster() {
        for (int i = 0; i < 3; ++i)
            nodes.push_back(std::make_unique<Node>(yuqing::test::RedisServerOptions{},
                                                   std::vector<std::string>{"--cluster-enabled", "yes"}));
        for (int i = 0; i < 3; ++i) {
            nodes[i]->server->run({"CLUSTER", "ADDSLOTSRANGE", std::to_string(slots * i / 3),
                                   std::to_string(slots * (i + 1) / 3 - 1)});
            nodes[0]->server->run({"CLUSTER", "MEET", "127.0.0.1", std::to_string(nodes[i]->port)});
        }
        for (const auto& node : nodes)
            settle([&] { return node->says({"CLUSTER", "INFO"}, "cluster_state:ok"); });
    }
    [[nodiscard]] int slot() const {
        return std::stoi(nodes[0]->server->command({"CLUSTER", "KEYSLOT", "yuqing:{test}:probe"}));
    }
    Node& owner() { return *nodes[slot() * 3 / slots]; }
    Node& another() { return *nodes[(slot() * 3 / slots + 1) % 3]; }
    /// The slot goes to another node, empty.
    void give_slot(Node& from, Node& to) {
        from.server->run({"FLUSHALL"});
        const auto id = to.server->command({"CLUSTER", "MYID"});
        for (auto* node : {&to, &from})
            node->server->run({"CLUSTER", "SETSLOT", std::to_string(slot()), "NODE", id});
    }

    std::vector<std::unique_ptr<Node>> nodes;
};

bool has_probe(Node& node) { return node.server->command({"EXISTS", "yuqing:{test}:probe"}) == "1"; }

}  // namespace

TEST_CASE("Cluster: whichever node is asked, the one that has the slot is written to") {
    Cluster cluster;
    for (const auto& node : cluster.nodes) {
        Client client(options_to(node->address()));
        client.start_and_wait();
        CHECK(client.ask({"SET", "yuqing:{test}:x", "1"}).text == "OK");
        CHECK(client.states == std::vector<std::string>{"up"});  // the way there is no trouble
    }
    CHECK(has_probe(cluster.owner()));
}

TEST_CASE("Cluster: a slot that went to another node is followed") {
    Cluster cluster;
    auto &owner = cluster.owner(), &another = cluster.another();
    Client client(options_to(owner.address()));
    client.start_and_wait();
    cluster.give_slot(owner, another);
    CHECK(client.ask({"SET", "yuqing:{test}:x", "1"}).code == alert::redis::redis_refused);
    REQUIRE(client.wait_up());
    CHECK(client.ask({"SET", "yuqing:{test}:x", "1"}).text == "OK");
    CHECK(has_probe(another));
}

TEST_CASE("Cluster: any node that lives leads to the owner") {
    Cluster cluster;
    auto options = options_to(cluster.another().address());
    cluster.another().server->run({"CONFIG", "SET", "cluster-require-full-coverage", "no"});
    cluster.owner().server->run({"CONFIG", "SET", "cluster-require-full-coverage", "no"});
    cluster.another().server->kill();
    options.others = {cluster.owner().address()};
    Client client(options);
    client.connection.start();
    CHECK(client.wait_up());
}

TEST_CASE("Cluster: a cluster that is down counts as away until it is whole") {
    Cluster cluster;
    Client client(options_to(cluster.owner().address()));
    client.start_and_wait();
    cluster.another().server->run(
        {"CLUSTER", "DELSLOTS", std::to_string((cluster.slot() + slots / 3) % slots)});
    cluster.owner().server->run({"CLUSTER", "DELSLOTS", std::to_string(cluster.slot())});
    CHECK(client.ask({"SET", "yuqing:{test}:x", "1"}).code == alert::redis::redis_refused);
    REQUIRE(client.wait_reason("CLUSTERDOWN"));
    cluster.owner().server->run({"CLUSTER", "ADDSLOTS", std::to_string(cluster.slot())});
    cluster.another().server->run(
        {"CLUSTER", "ADDSLOTS", std::to_string((cluster.slot() + slots / 3) % slots)});
    CHECK(client.wait_up());
}
