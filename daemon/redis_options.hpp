// How the daemon connects to its Redis, by its configuration.
#pragma once

#include "alert/config/config.hpp"
#include "alert/redis/connection.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace yuqing {

/// Asks the sentinels, for all connections of one loop; null where there are none.
std::shared_ptr<alert::redis::MasterWatch> make_master_watch(boost::asio::io_context& io,
                                                             const alert::RedisConfig& redis);

/// For reading, and for what may be lost in a failover.
alert::redis::ConnectionOptions redis_options(const alert::RedisPlace& place,
                                              std::shared_ptr<alert::redis::MasterWatch> masters);
/// For what is answered: it waits for the replicas that are asked for.
alert::redis::ConnectionOptions commit_options(const alert::RedisPlace& place,
                                               std::shared_ptr<alert::redis::MasterWatch> masters);

inline alert::RedisPlace redis_place(const alert::Config& config) {
    return {config.jurisdiction, config.redis};
}

}  // namespace yuqing
