#include "connection_count.hpp"

#include <catch2/catch.hpp>

using yuqing::ConnectionCount;
using namespace std::chrono_literals;

namespace {

const yuqing::ConnectionLimits limits{.connections_max = 16, .handshakes_max = 8, .handshake_within = 5s};
constexpr alert::Duration t0 = 1000s;

constexpr auto nobody = [](int) { return false; };

/// So many that have shaken hands.
void let_in(ConnectionCount& count, int from, int to, alert::Duration at) {
    for (int descriptor = from; descriptor < to; ++descriptor) count.accepted(descriptor, "", at);
}

/// So many silent ones, a second apart.
void silent(ConnectionCount& count, int from, int to, const std::string& address) {
    for (int descriptor = from; descriptor < to; ++descriptor)
        count.accepted(descriptor, address, t0 + descriptor * 1s);
}

}  // namespace

TEST_CASE("Connection count: new ones are held off at the limit until an eighth of it is free") {
    ConnectionCount count(limits);
    let_in(count, 0, 15, t0);
    CHECK_FALSE(count.full());
    let_in(count, 15, 16, t0);
    CHECK(count.full());
    count.closed(0, t0);
    CHECK(count.full());
    count.closed(1, t0);
    count.closed(2, t0);
    CHECK_FALSE(count.full());
    CHECK(count.open() == 13);
}

TEST_CASE("Connection count: of too many handshakes the oldest of whoever has most of them end") {
    ConnectionCount count(limits);
    silent(count, 0, 2, "10.0.0.1");
    silent(count, 2, 7, "10.0.0.2");
    silent(count, 7, 8, "10.0.0.3");
    CHECK(count.to_end(nobody).empty());
    silent(count, 8, 10, "10.0.0.3");
    CHECK(count.to_end(nobody) == std::vector<int>{2, 3});
    CHECK(count.to_end(nobody).empty());  // they are as good as gone
    CHECK(count.open() == 10);            // until their end is told
    silent(count, 10, 12, "10.0.0.4");
    CHECK(count.to_end(nobody) == std::vector<int>{4, 7});  // of equals the oldest
}

TEST_CASE("Connection count: those that have shaken hands by now are no handshakes, whoever they are") {
    ConnectionCount count(limits);
    silent(count, 0, 30, "10.0.0.1");
    std::vector<int> ended;
    for (const int one : count.to_end([](int descriptor) { return descriptor < 20; })) ended.push_back(one);
    CHECK(ended == std::vector<int>{20, 21});
    let_in(count, 30, 60, t0);
    CHECK(count.to_end(nobody).empty());
}

TEST_CASE("Connection count: one that ends for want of a handshake in its time is told from others") {
    ConnectionCount count(limits);
    count.accepted(3, "10.0.0.1", t0);
    count.failed();
    CHECK(count.closed(3, t0 + 5s));
    count.accepted(3, "10.0.0.1", t0);
    count.failed();
    CHECK_FALSE(count.closed(3, t0 + 1s));  // it went, or spoke something else
    let_in(count, 3, 4, t0);
    CHECK_FALSE(count.closed(3, t0 + 1h));
    CHECK_FALSE(count.closed(77, t0 + 1h));  // never told of
}

TEST_CASE("Connection count: a descriptor whose end nobody told of counts once when it comes again") {
    ConnectionCount count(limits);
    silent(count, 0, 8, "10.0.0.1");
    silent(count, 0, 8, "10.0.0.2");
    CHECK(count.open() == 8);
    CHECK(count.to_end(nobody).empty());
}
