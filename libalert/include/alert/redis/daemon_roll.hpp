// The daemons that share this Redis: each enters itself again and again, and reads who else is there.
#pragma once

#include "alert/core/daemons.hpp"
#include "alert/port/case_store.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

namespace alert {

class RedisDaemonRoll {
public:
    RedisDaemonRoll(redis::Connection& connection, redis::Keys keys)
        : connection_(connection), keys_(std::move(keys)) {}

    /// Enters it as it is, and gives everybody, itself included. An entry that cannot be read, as one of a
    /// newer version, is left out; one that was not seen for a day is removed.
    void enter(const RunningDaemon& self, Callback<std::vector<RunningDaemon>> done);
    /// It stops.
    void leave(const std::string& id);

private:
    redis::Connection& connection_;
    const redis::Keys keys_;
};

}  // namespace alert
