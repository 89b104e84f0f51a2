#include "resolver.hpp"

#include "support/loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>

namespace {

using alert::Addresses;
using alert::Resolver;
using alert::Result;
using boost::asio::ip::make_address;

/// Answers each name as told; names beginning with "hang" only when let go.
class Names {
public:
    Result<Addresses> look_up(const std::string& host) {
        std::unique_lock lock(mutex_);
        ++lookups_;
        changed_.notify_all();
        if (host.starts_with("hang")) changed_.wait(lock, [this] { return let_go_; });
        if (fails_) return alert::Error{"unresolved", "no such name", host};
        return Addresses{make_address("192.0.2.1")};
    }
    void fail(bool fails) {
        const std::lock_guard lock(mutex_);
        fails_ = fails;
    }
    void let_go() {
        const std::lock_guard lock(mutex_);
        let_go_ = true;
        changed_.notify_all();
    }
    void hold() {
        const std::lock_guard lock(mutex_);
        let_go_ = false;
    }
    [[nodiscard]] int lookups() {
        const std::lock_guard lock(mutex_);
        return lookups_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int lookups_ = 0;
    bool fails_ = false, let_go_ = false;
};

using Answer = std::shared_ptr<std::optional<Result<Addresses>>>;  // nothing while there is none

struct Harness {
    boost::asio::io_context io;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
    alert::Duration clock{};
    int full = 0;                                              // how often a name had to wait for others
    std::shared_ptr<Names> names = std::make_shared<Names>();  // also of threads that still hang
    Resolver resolver{io.get_executor(), [this] { return clock; }, [this] { ++full; },
                      [names = names](const std::string& host) { return names->look_up(host); }};

    ~Harness() { names->let_go(); }

    Answer ask(const std::string& host) {
        auto answer = std::make_shared<std::optional<Result<Addresses>>>();
        resolver.resolve(host, [answer](Result<Addresses> found) { *answer = std::move(found); });
        return answer;
    }
    bool wait(const Answer& answer) {
        return yuqing::test::run_until(io, [&] { return answer->has_value(); });
    }
};

}  // namespace

TEST_CASE("Resolver: a literal address is answered at once and asks nobody") {
    Harness harness;
    const auto v4 = harness.ask("127.0.0.1"), v6 = harness.ask("::1");
    REQUIRE(v4->has_value());
    CHECK((*v4)->value() == Addresses{make_address("127.0.0.1")});
    REQUIRE(v6->has_value());
    CHECK((*v6)->value() == Addresses{make_address("::1")});
    CHECK(harness.names->lookups() == 0);
}

TEST_CASE("Resolver: a name is looked up once for all who ask, and again after a minute") {
    Harness harness;
    const auto one = harness.ask("hook.example"), other = harness.ask("hook.example");
    REQUIRE(harness.wait(one));
    REQUIRE(harness.wait(other));
    CHECK(harness.names->lookups() == 1);
    harness.clock = Resolver::fresh_for - std::chrono::milliseconds(1);
    CHECK(harness.ask("hook.example")->has_value());
    CHECK(harness.names->lookups() == 1);
    harness.clock = Resolver::fresh_for;
    CHECK(harness.ask("hook.example")->has_value());
    CHECK(harness.ask("hook.example")->has_value());
    REQUIRE(yuqing::test::run_until(harness.io, [&] { return harness.names->lookups() == 2; }));
}

TEST_CASE(
    "Resolver: a name that was found before is answered at once while it is looked up again and hangs") {
    Harness harness;
    harness.names->let_go();
    REQUIRE(harness.wait(harness.ask("hang.example")));
    harness.names->hold();
    for (int minutes = 1; minutes < 60; ++minutes) {
        harness.clock = std::chrono::minutes(minutes);
        const auto again = harness.ask("hang.example");
        REQUIRE(again->has_value());
        CHECK((*again)->has_value());
    }
    CHECK(harness.names->lookups() <= 2);
}

TEST_CASE("Resolver: names that hang hold up no other, up to the number of threads") {
    Harness harness;
    std::vector<Answer> hanging;
    for (std::size_t i = 0; i + 1 < Resolver::threads_max; ++i)
        hanging.push_back(harness.ask("hang" + std::to_string(i)));
    REQUIRE(harness.wait(harness.ask("hook.example")));
    for (const auto& answer : hanging) CHECK_FALSE(answer->has_value());
    CHECK(harness.full == 0);
    hanging.push_back(harness.ask("hang-one-more"));
    hanging.push_back(harness.ask("hang-too-many"));
    CHECK(harness.full == 1);
    harness.names->let_go();
    for (const auto& answer : hanging) CHECK(harness.wait(answer));
}

TEST_CASE("Resolver: a name that is no longer found keeps its addresses for a day") {
    Harness harness;
    REQUIRE(harness.wait(harness.ask("hook.example")));
    harness.names->fail(true);
    harness.clock = Resolver::kept_for - std::chrono::milliseconds(1);
    const auto kept = harness.ask("hook.example");
    REQUIRE(harness.wait(kept));
    CHECK((*kept)->has_value());
    harness.clock = Resolver::kept_for;
    const auto lost = harness.ask("hook.example");
    REQUIRE(harness.wait(lost));
    CHECK((*lost)->error().code == "unresolved");
    const auto unknown = harness.ask("other.example");
    REQUIRE(harness.wait(unknown));
    CHECK((*unknown)->has_error());
}

TEST_CASE("Resolver: ending waits for no lookup and calls nobody back") {
    auto called = std::make_shared<bool>(false);
    const auto names = std::make_shared<Names>();
    boost::asio::io_context io;
    {
        Resolver resolver(
            io.get_executor(), [] { return alert::Duration{}; }, [] {},
            [names](const std::string& host) { return names->look_up(host); });
        resolver.resolve("hang", [called](const Result<Addresses>&) { *called = true; });
        REQUIRE(yuqing::test::run_until(io, [&] { return names->lookups() == 1; }));
    }
    names->let_go();
    yuqing::test::run_for(io, std::chrono::milliseconds(50));
    CHECK_FALSE(*called);
}

TEST_CASE("Resolver: the system knows localhost") {
    const auto found = alert::system_lookup("localhost");
    REQUIRE(found.has_value());
    for (const auto& address : *found) CHECK(address.is_loopback());
    CHECK(alert::system_lookup("no-such-name.invalid").has_error());
}
