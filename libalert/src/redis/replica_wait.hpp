// Holds what a link answered until enough replicas have everything that the server had by then.
//
// One WAIT is under way at a time, for all that came before it: it holds up the commands behind it on its
// connection, and what they are answered waits for the next. Redis counts from the last command of the
// connection, be it a read, so a WAIT speaks for everything that this command could have seen.
#pragma once

#include "alert/port/clock.hpp"
#include "alert/redis/command.hpp"
#include "link.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alert::redis {

struct ReplicaRule {
    std::size_t replicas = 0;  // that must have it; 0: nobody waits
    Duration timeout = std::chrono::seconds(1);
};

/// `WAIT` of the rule, and what is wrong with its answer: empty when enough replicas have it.
Command wait_command(const ReplicaRule& rule);
std::string judge_wait(const ReplicaRule& rule, const Reply& reply);

/// Of one link. What it holds is told, once, unless the link is abandoned.
class ReplicaWait : public std::enable_shared_from_this<ReplicaWait> {
public:
    /// What the server said, and what is wrong with that; empty: they have it.
    using Then = std::function<void(const Reply& said, const std::string& refusal)>;

    ReplicaWait(boost::asio::io_context& io, std::shared_ptr<Link> link, ReplicaRule rule)
        : io_(io), link_(std::move(link)), rule_(rule) {}

    void hold(Then then);

private:
    void ask();

    boost::asio::io_context& io_;
    const std::shared_ptr<Link> link_;  // shared with the connection, which may have the next one already
    const ReplicaRule rule_;
    std::vector<Then> held_;
    bool asking_ = false;
};

}  // namespace alert::redis
