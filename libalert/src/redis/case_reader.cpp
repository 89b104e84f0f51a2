#include "alert/redis/case_reader.hpp"

#include "alert/codec/snapshot_json.hpp"
#include "archived_case.hpp"
#include "notification_value.hpp"
#include "number.hpp"
#include "reject_value.hpp"
#include "stored_case.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace alert {

using redis::Command;
using redis::Reply;
using redis::Script;

namespace {

constexpr std::int64_t oldest_sample = 1000;  // messages of one queue looked at for the oldest

/// `open:SCORE:ID` or `others:SCORE:ID`: where the page before ended.
struct Cursor {
    bool open = true;
    std::string score, id;
};

std::string to_text(bool open, std::string_view score, std::string_view id) {
    return std::string(open ? "open:" : "others:") + std::string(score) + ":" + std::string(id);
}

bool is_score(std::string_view text) {
    double value = 0;
    return redis::read_number(text, value) && !std::isnan(value);
}

/// A cursor comes back from outside: nothing of it reaches the script unchecked.
Result<Cursor> parse_cursor(std::string_view text) {
    if (text.empty()) return Cursor{};
    const Error wrong{"invalid", "not a cursor of this list", "cursor"};
    Cursor cursor;
    const auto first = text.find(':');
    cursor.open = text.substr(0, first) == "open";
    if (first == std::string_view::npos || (!cursor.open && text.substr(0, first) != "others")) return wrong;
    text.remove_prefix(first + 1);
    if (text == ":") return cursor;  // the beginning of the others
    const auto second = text.find(':');
    if (second == std::string_view::npos) return wrong;
    cursor.score = text.substr(0, second);
    cursor.id = text.substr(second + 1);
    if (!is_score(cursor.score) || !is_case_id(cursor.id)) return wrong;
    return cursor;
}

/// `SCORE:ID`: where the page of dead letters before ended.
Result<Cursor> parse_dead_cursor(std::string_view text) {
    if (text.empty()) return Cursor{};
    const auto colon = text.find(':');
    Cursor cursor{.score = std::string(text.substr(0, colon))};
    if (colon != std::string_view::npos) cursor.id = text.substr(colon + 1);
    if (!is_score(cursor.score) || !is_case_id(cursor.id))
        return Error{"invalid", "not a cursor of this list", "cursor"};
    return cursor;
}

Result<NotificationRecord> read_record(const Reply& reply) {
    auto value = redis::read_notification_value(reply.text);
    if (!value) return value.error();
    auto notification = decode_notification(value->body);
    if (!notification) return notification.error();
    return NotificationRecord{
        std::move(*notification), value->state, value->attempts, std::move(value->error), {}};
}

std::int64_t last_rank(std::size_t limit) {
    return static_cast<std::int64_t>(std::clamp<std::size_t>(limit, 1, CaseReader::page_max)) - 1;
}

}  // namespace

CaseReader::CaseReader(redis::Connection& connection, redis::Keys keys, Observer& observer, Shelf* shelf)
    : connection_(connection), keys_(std::move(keys)), observer_(observer), shelf_(shelf) {}

void CaseReader::page(std::string text, std::size_t limit, Callback<Page> done) {
    const auto cursor = parse_cursor(text);
    Command call = redis::script_call(Script::page, 2);
    call.add(keys_.index_open()).add(keys_.index_all());
    const bool open = !cursor || cursor->open;
    call.add(open ? "open" : "others")
        // With a wrong cursor nothing is wanted, but the answer still comes from the loop.
        .add(cursor ? last_rank(limit) + 1 : 1)
        .add(keys_.case_prefix())
        .add(cursor ? cursor->score : "")
        .add(cursor ? cursor->id : "");
    connection_.run(Script::page, std::move(call),
                    [this, open, cursor, done = std::move(done)](const Reply& reply) {
                        if (!cursor) return done(cursor.error());
                        done(read_page(open, reply));
                    });
}

void CaseReader::due_around(TimePoint instant, std::size_t each, Callback<std::vector<StoredCase>> done) {
    Command call = redis::script_call(Script::due_around, 1);
    call.add(keys_.index_open())
        .add(redis::millis(instant))
        .add(last_rank(each) + 1)
        .add(keys_.case_prefix());
    connection_.run(Script::due_around, std::move(call), [this, done = std::move(done)](const Reply& reply) {
        auto page = read_page(true, reply);
        if (!page) return done(page.error());
        done(std::move(page->cases));
    });
}

Result<Page> CaseReader::read_page(bool open, const Reply& reply) {
    if (reply.is_error()) return reply.error();
    if (reply.items.size() % 4 != 2) return redis::unexpected_reply("page");
    Page page;
    for (std::size_t i = 2; i < reply.items.size(); i += 4) {
        const CaseId id(reply.items[i].text);
        auto stored = redis::read_stored_case(id, reply.items[i + 1], reply.items[i + 2], reply.items[i + 3]);
        if (stored)
            page.cases.push_back(std::move(*stored));
        else
            observer_.troubled("case " + id.value, stored.error());
    }
    if (!reply.items[1].text.empty())
        page.next = to_text(open, reply.items[0].text, reply.items[1].text);
    else if (open)
        page.next = to_text(false, "", "");
    return page;
}

void CaseReader::find(CaseId id, std::size_t log_limit, Callback<std::optional<CaseRecord>> done) {
    log_limit = std::max<std::size_t>(log_limit, 1);
    auto call = redis::record_call(keys_, id, -static_cast<std::int64_t>(log_limit), -1);
    connection_.run(
        Script::record, std::move(call), [this, id, log_limit, done = std::move(done)](const Reply& reply) {
            const auto found = redis::read_fields(reply);
            if (!found) return done(found.error());
            if (found->version.kind == Reply::Kind::nil) return done(std::optional<CaseRecord>());
            if (redis::archived_version(found->version))
                return find_archived(id, found->version, found->place, log_limit, done);
            auto stored = redis::read_stored_case(id, found->version, found->snapshot, found->head);
            if (!stored) return done(stored.error());
            CaseRecord record{std::move(*stored), {}};
            for (const auto& entry : found->entries) add_entry(record, entry.text);
            done(std::optional(std::move(record)));
        });
}

void CaseReader::find_archived(const CaseId& id, const Reply& version, const Reply& place,
                               std::size_t log_limit, Callback<std::optional<CaseRecord>> done) {
    redis::read_archived(
        shelf_, id, version, place,
        [this, log_limit, done = std::move(done)](Result<std::shared_ptr<const ArchivedCase>> found) {
            if (!found) return done(found.error());
            const auto& entries = (*found)->entries;
            auto stored = redis::stored_of(**found);
            if (!stored) return done(stored.error());
            CaseRecord record{std::move(*stored), {}};
            for (auto i = entries.size() - std::min(log_limit, entries.size()); i < entries.size(); ++i)
                add_entry(record, entries[i]);
            done(std::optional(std::move(record)));
        });
}

void CaseReader::add_entry(CaseRecord& record, const std::string& text) {
    auto entry = decode_log_entry(text);
    if (entry)
        record.log.push_back(std::move(*entry));
    else
        observer_.troubled("record of case " + record.stored.snapshot.id.value, entry.error());
}

void CaseReader::stats(Callback<std::map<std::string, std::int64_t>> done) {
    Command command("HGETALL");
    command.add(keys_.stats());
    connection_.send(std::move(command), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        std::map<std::string, std::int64_t> stats;
        for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
            const std::string& text = reply.items[i + 1].text;
            std::from_chars(text.data(), text.data() + text.size(), stats[reply.items[i].text]);
        }
        done(std::move(stats));
    });
}

void CaseReader::outbox_size(ChannelId channel, Callback<OutboxSize> done) {
    Command call = redis::script_call(Script::outbox_size, urgency_count);
    for (Urgency urgency = 0; urgency < urgency_count; ++urgency) call.add(keys_.outbox(channel, urgency));
    call.add(keys_.notification_prefix()).add(oldest_sample);
    connection_.run(Script::outbox_size, std::move(call), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        if (reply.items.size() != 2) return done(redis::unexpected_reply("outbox_size"));
        OutboxSize size{static_cast<std::size_t>(reply.items[0].integer), {}};
        if (reply.items[1].text.empty()) return done(size);
        const auto oldest = redis::read_millis(reply.items[1].text);
        if (!oldest) return done(oldest.error());
        size.oldest = *oldest;
        done(size);
    });
}

void CaseReader::notification(NotificationId id, Callback<std::optional<NotificationRecord>> done) {
    Command command("GET");
    command.add(keys_.notification(id));
    connection_.send(std::move(command), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        if (!reply.is_text()) return done(std::optional<NotificationRecord>());
        auto record = read_record(reply);
        if (!record) return done(record.error());
        done(std::optional<NotificationRecord>(std::move(*record)));
    });
}

void CaseReader::dead(std::string text, std::size_t limit, Callback<DeadPage> done) {
    const auto cursor = parse_dead_cursor(text);
    Command call = redis::script_call(Script::dead_page, 1);
    call.add(keys_.dead())
        .add(cursor ? last_rank(limit) + 1 : 1)
        .add(keys_.notification_prefix())
        .add(cursor ? cursor->score : "")
        .add(cursor ? cursor->id : "");
    connection_.run(Script::dead_page, std::move(call),
                    [this, cursor, done = std::move(done)](const Reply& reply) {
                        if (!cursor) return done(cursor.error());
                        done(read_dead(reply));
                    });
}

Result<DeadPage> CaseReader::read_dead(const Reply& reply) {
    if (reply.is_error()) return reply.error();
    if (reply.items.size() % 3 != 2) return redis::unexpected_reply("dead_page");
    DeadPage page;
    for (std::size_t i = 2; i < reply.items.size(); i += 3) {
        auto record = read_record(reply.items[i + 2]);
        const auto since = redis::read_millis(reply.items[i + 1].text);
        if (!record || !since) {
            observer_.troubled("notification " + reply.items[i].text,
                               record ? since.error() : record.error());
            continue;
        }
        record->at = *since;
        page.letters.push_back(std::move(*record));
    }
    if (!reply.items[1].text.empty()) page.next = reply.items[0].text + ":" + reply.items[1].text;
    return page;
}

void CaseReader::waiting(ChannelId channel, std::size_t limit,
                         Callback<std::vector<NotificationRecord>> done) {
    const auto places = std::make_shared<Result<std::vector<Place>>>(std::vector<Place>());
    const auto last = last_rank(limit);
    for (Urgency urgency = 0; urgency < urgency_count; ++urgency) {
        Command command("ZRANGE");
        command.add(keys_.outbox(channel, urgency)).add(0).add(last).add("WITHSCORES");
        connection_.send(std::move(command), [this, places, urgency, last, done](const Reply& reply) {
            if (reply.is_error()) *places = reply.error();
            if (*places)
                for (auto& place : read_places(reply))
                    if (std::ssize(**places) <= last) (*places)->push_back(std::move(place));
            if (urgency + 1 < urgency_count) return;
            if (!*places) return done(places->error());
            read_messages(std::move(**places), done);
        });
    }
}

/// `member, score` pairs of WITHSCORES.
std::vector<CaseReader::Place> CaseReader::read_places(const Reply& reply) {
    std::vector<Place> places;
    for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
        const std::string& text = reply.items[i + 1].text;
        places.push_back({reply.items[i].text});
        std::from_chars(text.data(), text.data() + text.size(), places.back().score);
    }
    return places;
}

void CaseReader::read_messages(std::vector<Place> places, Callback<std::vector<NotificationRecord>> done) {
    if (places.empty()) return done(std::vector<NotificationRecord>());
    Command command("MGET");
    for (const auto& place : places) command.add(keys_.notification(NotificationId(place.id)));
    connection_.send(std::move(command),
                     [this, places = std::move(places), done = std::move(done)](const Reply& reply) {
                         if (reply.is_error()) return done(reply.error());
                         std::vector<NotificationRecord> records;
                         for (std::size_t i = 0; i < reply.items.size() && i < places.size(); ++i) {
                             if (!reply.items[i].is_text()) continue;  // gone since
                             auto record = read_record(reply.items[i]);
                             if (!record) {
                                 observer_.troubled("notification " + places[i].id, record.error());
                                 continue;
                             }
                             const double whole = std::floor(places[i].score);
                             record->at = TimePoint(Duration(static_cast<std::int64_t>(whole)));
                             // Half a millisecond marks a lease, see claim_outbox.lua.
                             if (record->state == DeliveryState::pending && places[i].score != whole)
                                 record->state = DeliveryState::sending;
                             records.push_back(std::move(*record));
                         }
                         done(std::move(records));
                     });
}

void CaseReader::rejects(TimePoint now, std::size_t limit, Callback<std::vector<Reject>> done) {
    Command command("LRANGE");
    command.add(keys_.rejects()).add(0).add(last_rank(limit));
    connection_.send(std::move(command), [this, now, done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        std::vector<Reject> rejects;
        for (const auto& item : reply.items) {
            auto reject = redis::decode_reject(item.text);
            if (!reject)
                observer_.troubled("rejects", reject.error());
            else if (reject->at >= now - redis::rejects_retention)
                rejects.push_back(std::move(*reject));
        }
        done(std::move(rejects));
    });
}

void CaseReader::reject_time(std::size_t index, Callback<std::optional<TimePoint>> done) {
    Command command("LINDEX");
    command.add(keys_.rejects()).add(static_cast<std::int64_t>(index));
    connection_.send(std::move(command), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        if (!reply.is_text()) return done(std::optional<TimePoint>());
        const auto reject = redis::decode_reject(reply.text);
        if (!reject) return done(reject.error());
        done(std::optional(reject->at));
    });
}

void CaseReader::held_until(const std::string& url_hash, Callback<std::optional<TimePoint>> done) {
    Command command("ZSCORE");
    command.add(keys_.limit(url_hash)).add("hold");
    connection_.send(std::move(command), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        if (!reply.is_text()) return done(std::optional<TimePoint>());
        const auto until = redis::read_millis(reply.text);
        if (!until) return done(until.error());
        done(std::optional(*until));
    });
}

}  // namespace alert
