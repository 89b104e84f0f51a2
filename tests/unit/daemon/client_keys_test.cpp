#include "client_keys.hpp"

#include <catch2/catch.hpp>

using alert::ClientRole;
using yuqing::ClientKeys;

namespace {

const alert::TimePoint now{std::chrono::hours(24 * 365 * 50)};

const ClientKeys keys{{{"监测", ClientRole::monitor, "key-a", {}},
                       {"old", ClientRole::admin, "key-b", now},
                       {"new", ClientRole::operator_, "key-c", now + alert::Duration(1)}}};

}  // namespace

TEST_CASE("Client keys: a key says who comes, and as what") {
    const auto monitor = keys.find("key-a", now);
    REQUIRE(monitor.has_value());
    CHECK(monitor->door == "zmq");
    CHECK(monitor->client == "监测");
    CHECK(monitor->role == ClientRole::monitor);
    CHECK(keys.find("key-c", now)->role == ClientRole::operator_);
}

TEST_CASE("Client keys: one that is not known, or has come to its end, opens nothing") {
    for (const std::string key : {"", "key", "key-a ", "KEY-A"})
        CHECK(keys.find(key, now).error().code == "unknown_key");
    CHECK(keys.find("key-b", now).error().code == "expired_key");
    CHECK(keys.find("key-b", now - alert::Duration(1)).has_value());
    CHECK(keys.find("key-c", now + alert::Duration(1)).error().code == "expired_key");
    CHECK(ClientKeys({}).find("key-a", now).error().code == "unknown_key");
}
