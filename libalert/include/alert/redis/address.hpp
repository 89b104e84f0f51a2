// Where Redis listens, read from `redis.url`: unix://path or redis://[user:password@]host:port/db.
//
// A unix socket may name a database too: unix:///run/redis.sock?db=1.
#pragma once

#include "alert/core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace alert::redis {

struct Address {
    std::string path;  // of the unix socket; empty: host and port count
    std::string host;
    std::uint16_t port = 6379;
    std::string user, password;
    int database = 0;

    friend bool operator==(const Address&, const Address&) = default;
    /// For logs: without user and password.
    [[nodiscard]] std::string text() const;
};

/// Error code `invalid`; the message never repeats a password.
Result<Address> parse_address(std::string_view url);

}  // namespace alert::redis
