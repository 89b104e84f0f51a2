// The master by the word of sentinels: found, followed, and left as soon as it is another.
#include "integration/redis/service.hpp"

using namespace redis_test;

namespace {

/// A client of the service: the loop is there before the watch and the connection.
struct Follower {
    explicit Follower(const Service& service, alert::redis::ConnectionOptions options = options_to({}))
        : watch(service.watch(io)) {
        options.masters = watch;
        connection = std::make_unique<alert::redis::Connection>(io, std::move(options));
        connection->start();
    }
    bool comes_up_at(const Node& node) {
        return run_until(io, [&] {
            const auto master = watch->master();
            return connection->up() && master && master->port == node.port;
        });
    }

    boost::asio::io_context io;
    std::shared_ptr<alert::redis::MasterWatch> watch;
    std::unique_ptr<alert::redis::Connection> connection;
};

}  // namespace

TEST_CASE("Sentinels: the connection comes up at the master they name") {
    Service service(3);
    Follower follower(service);
    CHECK(follower.comes_up_at(service.master()));
}

TEST_CASE("Sentinels: one that answers is enough, and those that hang do no harm") {
    Service service(3);
    service.sentinels[0]->server->freeze();
    service.sentinels[1]->server->kill();
    Follower follower(service);
    CHECK(follower.comes_up_at(service.master()));
}

TEST_CASE("Sentinels: while none answers the master is kept that was named last") {
    Service service(3);
    Follower follower(service);
    REQUIRE(follower.comes_up_at(service.master()));
    for (auto& sentinel : service.sentinels) sentinel->server->kill();
    service.master().server->run({"CLIENT", "KILL", "TYPE", "normal"});
    REQUIRE(run_until(follower.io, [&] { return !follower.connection->up(); }));
    CHECK(follower.comes_up_at(service.master()));
}

TEST_CASE("Sentinels: none that answers, and a service that none knows, are told as the reason") {
    Service service(2);
    Follower follower(service);
    auto options = options_to({});
    alert::redis::MasterWatchOptions nobody{.sentinels = {service.sentinels[0]->address()},
                                            .service = "other"};
    options.masters = std::make_shared<alert::redis::MasterWatch>(follower.io, nobody);
    alert::redis::Connection unknown(follower.io, options);
    unknown.start();
    CHECK(run_until(follower.io, [&] {
        return unknown.reason().find("does not know the service other") != std::string::npos;
    }));
    for (auto& sentinel : service.sentinels) sentinel->server->kill();
    Follower late(service);
    CHECK(run_until(late.io, [&] {
        return late.connection->reason().find("no sentinel has named the master") != std::string::npos;
    }));
}

TEST_CASE("Sentinels: who asks them logs in") {
    Service service(1, {"--requirepass", "watch"});
    boost::asio::io_context io;
    auto options = options_to({});
    options.masters = service.watch(io, "watch");
    alert::redis::Connection connection(io, options);
    connection.start();
    CHECK(run_until(io, [&] { return connection.up(); }));

    options.masters = service.watch(io, "wrong");
    alert::redis::Connection stranger(io, options);
    stranger.start();
    CHECK(run_until(io, [&] {
        return stranger.reason().find("NOAUTH") != std::string::npos ||
               stranger.reason().find("WRONGPASS") != std::string::npos;
    }));
}

TEST_CASE("Sentinels: a failover is followed, whether the old master died or merely hangs") {
    const bool dies = GENERATE(true, false);
    Service service(3);
    service.wait_whole();
    Follower follower(service);
    REQUIRE(follower.comes_up_at(service.master()));
    auto& old = *service.master().server;
    dies ? old.kill() : old.freeze();
    REQUIRE(run_until(follower.io, [&] {
        const auto master = follower.watch->master();
        return master && master->port != service.master().port;
    }));
    std::string info;
    bool asking = false;
    REQUIRE(run_until(follower.io, [&] {
        if (!std::exchange(asking, true)) {
            follower.connection->command({"INFO", "replication"}, [&](const Reply& reply) {
                info = reply.text;
                asking = false;
            });
        }
        return info.find("role:master") != std::string::npos;
    }));
    CHECK(info.find("second_repl_offset:-1") == std::string::npos);  // it was a replica
}

TEST_CASE("Sentinels: nobody is asked any more when the connection stops") {
    Service service(1);
    Follower follower(service);
    REQUIRE(follower.comes_up_at(service.master()));
    follower.connection->stop();
    follower.io.restart();
    follower.io.run_for(2s);
    CHECK(follower.io.stopped());  // it has run out of work
}
