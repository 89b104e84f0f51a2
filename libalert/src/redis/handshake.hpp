// What is said at every connect before the connection counts as up: log in, see that the server is a master
// that keeps what it is given, load the scripts, write once, see that replicas have that. From time to time
// it is asked again whether it is such a server.
#pragma once

#include "alert/redis/connection.hpp"
#include "link.hpp"
#include "replica_wait.hpp"

namespace alert::redis {

struct HandshakeOutcome {
    std::string refusal;           // empty: the server is fit
    std::optional<Address> owner;  // the node of a cluster that has the slot; without a host: on the same one
    std::string server;            // its run id; only of a handshake
    TimePoint now;
};

/// `done` is called once, unless the link ends first.
void shake_hands(const std::shared_ptr<Link>& link, const ConnectionOptions& options,
                 std::function<void(HandshakeOutcome)> done);

/// Only whether the server still is what it was: roles and settings can change while it runs.
void check_fitness(const std::shared_ptr<Link>& link, const ConnectionOptions& options,
                   std::function<void(HandshakeOutcome)> done);

inline ReplicaRule replica_rule(const ConnectionOptions& options) {
    return {options.replicas, options.replica_timeout};
}

/// Where `MOVED SLOT HOST:PORT` sends; nothing when the text is none.
std::optional<Address> read_redirect(std::string_view text);

}  // namespace alert::redis
