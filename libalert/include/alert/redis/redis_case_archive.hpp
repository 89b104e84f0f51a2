// The archive's side of the cases in Redis; see port/archive.hpp for what it promises.
//
// Of an archived case its hash stays, with `v` (`a12`: no version that a commit expects), `h` and `a`, the
// place of its line; and its id in index:archived, by its start.
#pragma once

#include "alert/port/archive.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

namespace alert {

class RedisCaseArchive : public CaseArchive {
public:
    static constexpr std::size_t looked_at_max = 500;  // cases of one page, whether or not they leave

    /// The connection outlives it.
    RedisCaseArchive(redis::Connection& connection, redis::Keys keys);

    void leaving(TimePoint before, std::string cursor, std::size_t limit,
                 Callback<LeavingPage> done) override;
    void record(CaseId id, Callback<std::vector<std::string>> done) override;
    void remove(CaseId id, std::uint64_t version, ArchivePlace place, Callback<bool> done) override;
    void let_expire(std::vector<EventKey> events, Duration after, Callback<std::monostate> done) override;
    void find(CaseId id, Callback<Whereabouts> done) override;
    void any(Callback<bool> done) override;
    void restore(std::shared_ptr<const ArchivedCase> archived, std::vector<AcceptedEvent> events,
                 Callback<std::monostate> done) override;

private:
    struct Reading;
    void read_on(const std::shared_ptr<Reading>& reading);

    redis::Connection& connection_;
    const redis::Keys keys_;
};

}  // namespace alert
