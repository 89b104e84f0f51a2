#include "connection_count.hpp"

#include <catch2/catch.hpp>

using yuqing::ConnectionCount;
using namespace std::chrono_literals;

namespace {

const yuqing::ConnectionLimits limits{.connections_max = 16, .handshakes_max = 8, .handshake_within = 5s};
constexpr alert::Duration t0 = 1000s;

/// So many that have shaken hands.
void let_in(ConnectionCount& count, int from, int to, alert::Duration at) {
    for (int descriptor = from; descriptor < to; ++descriptor) {
        count.accepted(descriptor, at);
        count.shaken();
    }
}

}  // namespace

TEST_CASE("Connection count: new ones are held off at the limit until an eighth of it is free") {
    ConnectionCount count(limits);
    let_in(count, 0, 15, t0);
    CHECK_FALSE(count.full(t0));
    let_in(count, 15, 16, t0);
    CHECK(count.full(t0) == "ingest_connections");
    count.closed(0, t0);
    CHECK(count.full(t0) == "ingest_connections");
    count.closed(1, t0);
    count.closed(2, t0);
    CHECK_FALSE(count.full(t0));
    CHECK(count.open() == 13);
}

TEST_CASE("Connection count: handshakes under way have a limit of their own") {
    ConnectionCount count(limits);
    for (int descriptor = 0; descriptor < 8; ++descriptor) count.accepted(descriptor, t0);
    CHECK(count.full(t0) == "ingest_handshakes");
    count.shaken();
    CHECK(count.full(t0) == "ingest_handshakes");
    count.failed();
    CHECK_FALSE(count.full(t0));
}

TEST_CASE("Connection count: one that ends for want of a handshake in its time is told from others") {
    ConnectionCount count(limits);
    count.accepted(3, t0);
    count.failed();
    CHECK(count.closed(3, t0 + 5s));
    count.accepted(3, t0);
    count.failed();
    CHECK_FALSE(count.closed(3, t0 + 1s));  // it went, or spoke something else
    let_in(count, 3, 4, t0);
    CHECK_FALSE(count.closed(3, t0 + 1h));
    CHECK_FALSE(count.closed(77, t0 + 1h));  // never told of
}

TEST_CASE("Connection count: ends that nobody told of shut the door to nobody for long") {
    ConnectionCount count(limits);
    for (int descriptor = 0; descriptor < 8; ++descriptor) count.accepted(descriptor, t0);
    REQUIRE(count.full(t0) == "ingest_handshakes");
    CHECK(count.full(t0 + 5s) == "ingest_handshakes");
    CHECK_FALSE(count.full(t0 + 6s));  // libzmq has ended them, or they have shaken hands
    for (int descriptor = 0; descriptor < 8; ++descriptor) count.accepted(descriptor, t0 + 1min);
    CHECK(count.open() == 8);  // the same descriptors again are the same connections
}
