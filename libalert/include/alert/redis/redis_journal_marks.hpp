// What Redis remembers of journals; see port/journal.hpp for what it promises.
#pragma once

#include "alert/port/journal.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

namespace alert {

class RedisJournalMarks : public JournalMarks {
public:
    /// The connection outlives it.
    RedisJournalMarks(redis::Connection& connection, redis::Keys keys)
        : connection_(connection), keys_(std::move(keys)) {}

    void claim(std::string journal, Callback<Mark> done) override;
    void move(std::string journal, Mark expected, Mark next, bool telling, Callback<Found> done) override;
    void release(std::vector<CaseId> cases, TimePoint now, Callback<std::monostate> done) override;

private:
    redis::Connection& connection_;
    const redis::Keys keys_;
    std::string owner_;  // our name in the claim that counts, or that is under way
    bool claimed_ = true;
};

}  // namespace alert
