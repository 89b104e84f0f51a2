// Two worlds with the same doors: the stores in memory on a virtual clock, and those in a real Redis. A
// contract test is written once, over the members both have.
#pragma once

#include "support/loop.hpp"
#include "support/redis_server.hpp"

#include "alert/memory/memory_case_archive.hpp"
#include "alert/memory/memory_case_store.hpp"
#include "alert/memory/memory_outbox.hpp"
#include "alert/memory/virtual_clock.hpp"
#include "alert/redis/case_reader.hpp"
#include "alert/redis/redis_case_archive.hpp"
#include "alert/redis/redis_case_store.hpp"
#include "alert/redis/redis_outbox.hpp"

#include <catch2/catch.hpp>

namespace contract {

/// Keeps what it is told of trouble.
class Notes : public alert::Observer {
public:
    std::vector<std::string> troubles;

    void answered(std::string_view, const alert::Answer&, alert::Duration) override {}
    void committed(const alert::Transition&) override {}
    void attempted(const alert::Notification&, std::uint32_t, alert::DeliveryState,
                   const alert::DeliveryResult&) override {}
    void turned() override {}
    void troubled(std::string_view what, const alert::Error& error) override {
        troubles.push_back(std::string(what) + ": " + error.message);
    }
    void limit_hit(std::string_view) override {}
};

/// Asks and waits: `call` is given the callback. The answer never comes from inside the call.
template <class T, class World, class Call>
alert::Result<T> answer_of(World& world, Call call) {
    const auto given = std::make_shared<std::optional<alert::Result<T>>>();
    call([given](alert::Result<T> result) {
        CHECK_FALSE(*given);  // once
        *given = std::move(result);
    });
    CHECK_FALSE(*given);
    world.wait([&] { return given->has_value(); });
    return std::move(**given);
}

class MemoryWorld {
public:
    alert::CaseStore& store() { return store_; }
    alert::CaseArchive& archive() { return archive_; }
    alert::WaitingCases& waiting() { return store_; }
    alert::Outbox& outbox() { return outbox_; }
    alert::UrlUses& urls() { return outbox_; }
    alert::TimePoint now() { return clock_.now(); }
    void pass(alert::Duration time) { clock_.advance(time); }

    template <class Condition>
    void wait(Condition condition) {
        while (!condition()) REQUIRE(store_.run_pending());
    }

    void schedule_job(const std::string& name, std::optional<alert::TimePoint> at) {
        REQUIRE(answer_of<std::monostate>(*this, [&](auto done) {
                    store_.schedule_job(name, at, done);
                }).has_value());
    }
    std::vector<alert::Reject> rejects() { return {store_.rejects().begin(), store_.rejects().end()}; }
    std::map<std::string, std::int64_t> stats() { return store_.stats(); }
    std::vector<alert::LogEntry> log(const alert::CaseId& id) {
        const auto at = store_.cases().find(id);
        return at == store_.cases().end() ? std::vector<alert::LogEntry>() : at->second.log;
    }
    std::optional<alert::DeliveryState> state_of(const alert::NotificationId& id) {
        const auto& all = store_.messages().all();
        const auto at = all.find(id);
        return at == all.end() ? std::nullopt : std::optional(at->second.state);
    }

private:
    alert::VirtualClock clock_{alert::TimePoint(std::chrono::hours(24 * 365 * 56))};
    alert::MemoryCaseStore store_{clock_};
    alert::MemoryCaseArchive archive_{store_};
    alert::MemoryOutbox outbox_{store_};
};

class RedisWorld {
public:
    RedisWorld() {
        connection_.start();
        REQUIRE(yuqing::test::run_until(io_, [&] { return connection_.up(); }));
    }
    /// Whatever a test did, nothing may be unreadable.
    ~RedisWorld() { CHECK(notes_.troubles.empty()); }

    alert::CaseStore& store() { return store_; }
    alert::CaseArchive& archive() { return archive_; }
    alert::WaitingCases& waiting() { return store_; }
    alert::Outbox& outbox() { return outbox_; }
    alert::UrlUses& urls() { return outbox_; }
    alert::TimePoint now() {
        const auto clock = std::chrono::system_clock::now();
        return std::chrono::time_point_cast<alert::Duration>(clock);
    }
    void pass(alert::Duration time) { yuqing::test::run_for(io_, time); }

    template <class Condition>
    void wait(Condition condition) {
        REQUIRE(yuqing::test::run_until(io_, condition));
    }

    void schedule_job(const std::string& name, std::optional<alert::TimePoint> at) {
        REQUIRE(answer_of<std::monostate>(*this, [&](auto done) {
                    store_.schedule_job(name, at, done);
                }).has_value());
    }
    std::vector<alert::Reject> rejects() {
        return answer_of<std::vector<alert::Reject>>(
                   *this, [&](auto done) { reader_.rejects(now(), alert::CaseReader::page_max, done); })
            .value();
    }
    std::map<std::string, std::int64_t> stats() {
        return answer_of<std::map<std::string, std::int64_t>>(*this, [&](auto done) { reader_.stats(done); })
            .value();
    }
    std::vector<alert::LogEntry> log(const alert::CaseId& id) {
        const auto record = answer_of<std::optional<alert::CaseRecord>>(*this, [&](auto done) {
                                reader_.find(id, 1'000'000, done);
                            }).value();
        return record ? record->log : std::vector<alert::LogEntry>();
    }
    std::optional<alert::DeliveryState> state_of(const alert::NotificationId& id) {
        const auto record = answer_of<std::optional<alert::NotificationRecord>>(*this, [&](auto done) {
                                reader_.notification(id, done);
                            }).value();
        return record ? std::optional(record->state) : std::nullopt;
    }

private:
    /// With the rights that the daemon has in an office.
    [[nodiscard]] alert::redis::Address address() const {
        auto address = alert::redis::parse_address(server_.url()).value();
        address.user = yuqing::test::RedisServer::daemon_user;
        return address;
    }

    yuqing::test::RedisServer server_;
    boost::asio::io_context io_;
    Notes notes_;
    alert::redis::Keys keys_{"qingshan"};
    alert::redis::Connection connection_{io_, {.address = address(), .probe_key = keys_.probe()}};
    alert::RedisCaseStore store_{connection_, keys_, notes_};
    alert::RedisCaseArchive archive_{connection_, keys_};
    alert::RedisOutbox outbox_{connection_, keys_, notes_};
    alert::CaseReader reader_{connection_, keys_, notes_};
};

}  // namespace contract
