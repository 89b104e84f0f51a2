// What the HTTP API, the board and the metrics read of a jurisdiction. Reads only, never a scan of keys.
//
// Pages come in the order of the indexes and whole; filters are the caller's, on the snapshots.
#pragma once

#include "alert/port/archive.hpp"
#include "alert/port/observer.hpp"
#include "alert/port/outbox.hpp"
#include "alert/redis/connection.hpp"
#include "alert/redis/keys.hpp"

#include <map>

namespace alert {

struct CaseRecord {
    StoredCase stored;
    std::vector<LogEntry> log;  // the latest ones, oldest first
};

struct NotificationRecord {
    Notification notification;
    DeliveryState state = DeliveryState::pending;
    std::uint32_t attempts = 0;
    std::string error;  // of the last attempt
    TimePoint at;       // dead: since when; waiting: next attempt, or end of the lease
};

struct DeadPage {
    std::vector<NotificationRecord> letters;
    std::string next;  // cursor, empty at the end
};

struct OutboxSize {
    std::size_t size = 0;
    std::optional<TimePoint> oldest;  // when the oldest waiting message was decided
};

class CaseReader {
public:
    static constexpr std::size_t page_max = 1000;  // entries of any list in one answer

    /// Connection and observer outlive the reader. The observer is told of what cannot be read; the rest is
    /// given all the same. Archived cases are found with a shelf, and in no list.
    CaseReader(redis::Connection& connection, redis::Keys keys, Observer& observer, Shelf* shelf = nullptr);

    /// Open cases by due time, then all others, latest start first. An empty cursor begins; an unreadable
    /// one is error `invalid`. A page may be short, or even empty, before the end.
    void page(std::string cursor, std::size_t limit, Callback<Page> done);
    /// Open cases whose first due time lies nearest an instant, so many on either side of it, and the one due
    /// first of all; without order, and one may come twice.
    void due_around(TimePoint instant, std::size_t each, Callback<std::vector<StoredCase>> done);

    /// Nothing when there is no such case.
    void find(CaseId id, std::size_t log_limit, Callback<std::optional<CaseRecord>> done);

    void stats(Callback<std::map<std::string, std::int64_t>> done);
    void outbox_size(ChannelId channel, Callback<OutboxSize> done);

    void notification(NotificationId id, Callback<std::optional<NotificationRecord>> done);
    /// Dead letters, the latest first; cursors and short pages as of cases.
    void dead(std::string cursor, std::size_t limit, Callback<DeadPage> done);
    /// What waits for a channel or is being sent to it, in the order in which it will be sent.
    void waiting(ChannelId channel, std::size_t limit, Callback<std::vector<NotificationRecord>> done);

    /// The latest first, none older than 30 days before `now`.
    void rejects(TimePoint now, std::size_t limit, Callback<std::vector<Reject>> done);
    /// When the latest but `index` was rejected; nothing when there are not so many.
    void reject_time(std::size_t index, Callback<std::optional<TimePoint>> done);
    /// Until when nothing goes to a URL, because whoever is behind it said so; nothing: it is free.
    void held_until(const std::string& url_hash, Callback<std::optional<TimePoint>> done);

private:
    Result<Page> read_page(bool open, const redis::Reply& reply);
    void find_archived(const CaseId& id, const redis::Reply& version, const redis::Reply& place,
                       std::size_t log_limit, Callback<std::optional<CaseRecord>> done);
    void add_entry(CaseRecord& record, const std::string& text);
    Result<DeadPage> read_dead(const redis::Reply& reply);
    struct Place {
        std::string id;
        double score = 0;
    };
    static std::vector<Place> read_places(const redis::Reply& reply);
    void read_messages(std::vector<Place> places, Callback<std::vector<NotificationRecord>> done);

    redis::Connection& connection_;
    const redis::Keys keys_;
    Observer& observer_;
    Shelf* const shelf_;
};

}  // namespace alert
