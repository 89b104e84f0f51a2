#include "redis_options.hpp"

#include "alert/redis/keys.hpp"

#include <stdexcept>

namespace yuqing {

namespace {

using alert::redis::Address;

/// What waits for Redis waits so long at most once it takes connections; a few attempts cost nothing.
constexpr alert::Duration reconnects_every = std::chrono::milliseconds(250);

alert::redis::Durability durability_of(alert::Durability durability) {
    switch (durability) {
        case alert::Durability::always: return alert::redis::Durability::always;
        case alert::Durability::everysec: return alert::redis::Durability::everysec;
        case alert::Durability::none: break;
    }
    return alert::redis::Durability::none;
}

std::vector<Address> addresses_of(const std::vector<alert::RedisNode>& nodes) {
    std::vector<Address> addresses;
    for (const auto& node : nodes) {
        addresses.emplace_back();
        addresses.back().host = node.host;
        addresses.back().port = node.port;
    }
    return addresses;
}

/// Of whom to log in as and which database, where sentinels or nodes say the rest.
Address first_address(const alert::RedisConfig& redis, std::vector<Address>& others) {
    others = addresses_of(redis.cluster);
    Address address;
    if (!redis.url.empty()) {
        auto parsed = alert::redis::parse_address(redis.url);
        if (!parsed) throw std::runtime_error("redis.url: " + parsed.error().message);
        address = *parsed;
    } else if (!others.empty()) {
        address = others.front();
        others.erase(others.begin());
    }
    if (!redis.password.empty()) address.password = redis.password;
    if (redis.user) address.user = *redis.user;
    if (redis.url.empty()) address.database = static_cast<int>(redis.database);
    return address;
}

}  // namespace

std::shared_ptr<alert::redis::MasterWatch> make_master_watch(boost::asio::io_context& io,
                                                             const alert::RedisConfig& redis) {
    if (redis.sentinels.empty()) return nullptr;
    auto sentinels = addresses_of(redis.sentinels);
    for (auto& sentinel : sentinels) {
        sentinel.user = redis.sentinel_user;
        sentinel.password = redis.sentinel_password;
    }
    alert::redis::MasterWatchOptions options{.sentinels = std::move(sentinels), .service = redis.service};
    return std::make_shared<alert::redis::MasterWatch>(io, std::move(options));
}

alert::redis::ConnectionOptions redis_options(const alert::RedisPlace& place,
                                              std::shared_ptr<alert::redis::MasterWatch> masters) {
    alert::redis::ConnectionOptions options{.durability = durability_of(place.redis.durability),
                                            .probe_key = alert::redis::Keys(place.jurisdiction).probe()};
    options.address = first_address(place.redis, options.others);
    options.masters = std::move(masters);
    options.backoff_max = reconnects_every;
    return options;
}

alert::redis::ConnectionOptions commit_options(const alert::RedisPlace& place,
                                               std::shared_ptr<alert::redis::MasterWatch> masters) {
    auto options = redis_options(place, std::move(masters));
    options.replicas = place.redis.replicas;
    options.replica_timeout = place.redis.replica_timeout;
    options.connect_timeout += options.replica_timeout;  // it waits for them once before it is up
    return options;
}

}  // namespace yuqing
