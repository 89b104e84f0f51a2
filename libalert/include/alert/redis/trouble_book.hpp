// What is wrong with the daemon itself, and what was told of it, in Redis: one for all daemons of a
// jurisdiction, so that each trouble is told once. See core/self_watch.hpp for who writes into it.
#pragma once

#include "alert/core/self_watch.hpp"
#include "alert/port/case_store.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

namespace alert {

class RedisTroubleBook {
public:
    RedisTroubleBook(redis::Connection& connection, redis::Keys keys)
        : connection_(connection), keys_(std::move(keys)) {}

    /// An entry that cannot be read, as one of a newer version, is left out.
    void load(Callback<TroubleBook> done);
    void write(const TroubleMove& move, Callback<std::monostate> done);

private:
    redis::Connection& connection_;
    const redis::Keys keys_;
};

}  // namespace alert
