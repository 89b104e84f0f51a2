// `redis.url` as a value.
#include "alert/redis/address.hpp"

#include <catch2/catch.hpp>

using alert::redis::Address;
using alert::redis::parse_address;

TEST_CASE("Redis address: what may be written is read") {
    struct Row {
        const char* url;
        Address address;
    };
    const auto row = GENERATE(values<Row>({
        {"unix:///run/yuqingd/redis.sock", {.path = "/run/yuqingd/redis.sock"}},
        {"unix:///run/redis.sock?db=3", {.path = "/run/redis.sock", .database = 3}},
        {"redis://127.0.0.1", {.host = "127.0.0.1"}},
        {"redis://localhost:6380/2", {.host = "localhost", .port = 6380, .database = 2}},
        {"redis://[::1]:6379/", {.host = "::1"}},
        {"redis://yuqingd:p%40ss@redis.example/0",
         {.host = "redis.example", .user = "yuqingd", .password = "p@ss"}},
        {"redis://:secret@redis.example", {.host = "redis.example", .password = "secret"}},
    }));
    INFO(row.url);
    const auto address = parse_address(row.url);
    REQUIRE(address.has_value());
    CHECK(*address == row.address);
}

TEST_CASE("Redis address: what cannot be meant is refused, without repeating a password") {
    const std::string url = GENERATE(
        "", "redis", "http://127.0.0.1", "unix://", "unix://relative.sock", "unix:///a?db=x", "redis://",
        "redis://:6379", "redis://host:0", "redis://host:70000", "redis://host/x", "redis://host/-1",
        "redis://host/0?tls=1", "redis://host/0#x", "redis://u:s3cret@host:port", "redis://ho st");
    INFO(url);
    const auto address = parse_address(url);
    REQUIRE_FALSE(address.has_value());
    CHECK(address.error().code == "invalid");
    CHECK(address.error().path == "redis.url");
    CHECK(address.error().message.find("s3cret") == std::string::npos);
}

TEST_CASE("Redis address: a path longer than a socket takes is refused") {
    CHECK(parse_address("unix:///" + std::string(106, 'a')).has_value());
    CHECK_FALSE(parse_address("unix:///" + std::string(107, 'a')).has_value());
}

TEST_CASE("Redis address: logs show it without user and password") {
    CHECK(parse_address("redis://u:secret@[::1]:6380/2")->text() == "redis://[::1]:6380/2");
    CHECK(parse_address("unix:///a.sock?db=1")->text() == "unix:///a.sock?db=1");
}
