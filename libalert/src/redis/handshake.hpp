// What is said at every connect before the connection counts as up: log in, see that the server keeps
// what it is given, load the scripts, write once. The second of these is asked again from time to time.
#pragma once

#include "alert/redis/connection.hpp"
#include "link.hpp"

namespace alert::redis {

struct HandshakeOutcome {
    std::string refusal;  // empty: the server is fit
    TimePoint now;
};

/// `done` is called once, unless the link ends first.
void shake_hands(const std::shared_ptr<Link>& link, const ConnectionOptions& options,
                 std::function<void(HandshakeOutcome)> done);

/// Only whether the server still keeps what it is given: settings can change while it runs.
void check_durability(const std::shared_ptr<Link>& link, const ConnectionOptions& options,
                      std::function<void(HandshakeOutcome)> done);

}  // namespace alert::redis
