// A jurisdiction in a Redis of the test's own: store, outbox and reader over one connection, with the rights
// that the daemon has in an office.
#pragma once

#include "contract/asking.hpp"
#include "integration/redis/harness.hpp"

namespace redis_test {

class Jurisdiction {
public:
    Jurisdiction() { client.start_and_wait(); }

    alert::CaseStore& store() { return cases; }
    alert::Outbox& outbox() { return messages; }
    alert::TimePoint now() {
        return std::chrono::time_point_cast<alert::Duration>(std::chrono::system_clock::now());
    }
    template <class Condition>
    void wait(Condition condition) {
        REQUIRE(run_until(client.io, condition));
    }
    template <class T, class Call>
    T read(Call call) {
        auto result = contract::answer_of<T>(*this, std::move(call));
        REQUIRE(result.has_value());
        return std::move(*result);
    }
    /// The answer of a command, seen from beside by somebody who may everything.
    std::string raw(const std::vector<std::string>& words) { return server.command(words); }

    RedisServer server;
    Client client{options_of_daemon(server.url())};
    contract::Notes notes;
    alert::redis::Keys keys{"qingshan"};
    alert::RedisCaseStore cases{client.connection, keys, notes};
    alert::RedisOutbox messages{client.connection, keys, notes};
    alert::CaseReader reader{client.connection, keys, notes};
};

}  // namespace redis_test
