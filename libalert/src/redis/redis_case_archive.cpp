#include "alert/redis/redis_case_archive.hpp"

#include "archived_case.hpp"
#include "stored_case.hpp"

namespace alert {

using redis::Command;
using redis::Reply;
using redis::Script;

namespace {

constexpr std::int64_t entries_at_once = 1000;

Result<LeavingPage> read_page(const Reply& reply) {
    if (reply.is_error()) return reply.error();
    if (reply.items.size() % 5 != 2) return redis::unexpected_reply("leaving");
    LeavingPage page;
    if (!reply.items[1].text.empty()) page.next = reply.items[0].text + ":" + reply.items[1].text;
    for (std::size_t i = 2; i < reply.items.size(); i += 5) {
        const CaseId id(reply.items[i].text);
        auto stored = redis::read_stored_case(id, reply.items[i + 2], reply.items[i + 3], reply.items[i + 4]);
        const auto started = redis::read_millis(reply.items[i + 1].text);
        // What cannot be read stays where it is, and is told whenever it is asked for.
        if (stored && started) page.cases.push_back({std::move(*stored), *started});
    }
    return page;
}

}  // namespace

/// A record read in pieces.
struct RedisCaseArchive::Reading {
    CaseId id;
    std::vector<std::string> entries;
    std::size_t bytes = 0;
    Callback<std::vector<std::string>> done;
};

RedisCaseArchive::RedisCaseArchive(redis::Connection& connection, redis::Keys keys)
    : connection_(connection), keys_(std::move(keys)) {}

void RedisCaseArchive::leaving(TimePoint before, std::string cursor, std::size_t limit,
                               Callback<LeavingPage> done) {
    const auto colon = cursor.find(':');  // SCORE:ID
    Command call = redis::script_call(Script::leaving, 3);
    call.add(keys_.index_all())
        .add(keys_.index_open())
        .add(keys_.wake())
        .add(redis::millis(before))
        .add(static_cast<std::int64_t>(limit))
        .add(static_cast<std::int64_t>(looked_at_max))
        .add(keys_.case_prefix())
        .add(cursor.substr(0, colon))
        .add(colon == std::string::npos ? std::string() : cursor.substr(colon + 1));
    connection_.run(Script::leaving, std::move(call),
                    [done = std::move(done)](const Reply& reply) { done(read_page(reply)); });
}

void RedisCaseArchive::record(CaseId id, Callback<std::vector<std::string>> done) {
    read_on(std::make_shared<Reading>(Reading{.id = std::move(id), .done = std::move(done)}));
}

void RedisCaseArchive::read_on(const std::shared_ptr<Reading>& reading) {
    Command command("LRANGE");
    const auto first = static_cast<std::int64_t>(reading->entries.size());
    command.add(keys_.log(reading->id)).add(first).add(first + entries_at_once - 1);
    connection_.send(std::move(command), [this, reading](Reply reply) {
        if (reply.is_error()) return reading->done(reply.error());
        for (auto& item : reply.items) {
            reading->bytes += item.text.size();
            reading->entries.push_back(std::move(item.text));
        }
        if (reading->bytes > archived_bytes_max)
            return reading->done(Error{"too_large", "its record is too large for the archive", ""});
        if (std::ssize(reply.items) == entries_at_once) return read_on(reading);
        reading->done(std::move(reading->entries));
    });
}

void RedisCaseArchive::remove(CaseId id, std::uint64_t version, ArchivePlace place, Callback<bool> done) {
    Command call = redis::script_call(Script::archive, 6);
    call.add(keys_.case_hash(id))
        .add(keys_.log(id))
        .add(keys_.index_all())
        .add(keys_.index_archived())
        .add(keys_.index_open())
        .add(keys_.wake())
        .add(id.value)
        .add(std::to_string(version))
        .add(to_string(place));
    connection_.run(Script::archive, std::move(call), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        done(reply.integer == 1);
    });
}

void RedisCaseArchive::let_expire(std::vector<EventKey> events, Duration after,
                                  Callback<std::monostate> done) {
    for (const auto& event : events) {
        Command command("PEXPIRE");
        command.add(keys_.event(event)).add(after.count());
        connection_.send(std::move(command), [](const Reply&) {});  // one that is missed stays for good
    }
    connection_.command({"PING"},
                        [done = std::move(done)](const Reply& reply) { done(redis::read_done(reply)); });
}

void RedisCaseArchive::find(CaseId id, Callback<Whereabouts> done) {
    Command command("HMGET");
    command.add(keys_.case_hash(id)).add("v").add("a");
    connection_.send(std::move(command), [id, done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        if (reply.items.size() != 2) return done(redis::unexpected_reply("HMGET"));
        done(redis::read_whereabouts(id, reply.items[0], reply.items[1]));
    });
}

void RedisCaseArchive::any(Callback<bool> done) {
    connection_.command({"ZCARD", keys_.index_archived()}, [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        done(reply.integer > 0);
    });
}

void RedisCaseArchive::restore(std::shared_ptr<const ArchivedCase> archived,
                               std::vector<AcceptedEvent> events, Callback<std::monostate> done) {
    Command call = redis::script_call(Script::restore, 4 + events.size(), archived->snapshot.size());
    call.add(keys_.case_hash(archived->id))
        .add(keys_.log(archived->id))
        .add(keys_.index_all())
        .add(keys_.index_archived());
    for (const auto& event : events) call.add(keys_.event(event.key));
    call.add(archived->id.value).add(std::to_string(archived->version)).add(archived->snapshot);
    for (const auto& event : events) call.add(event.content_hash + " " + event.case_id.value);
    for (const auto& entry : archived->entries) call.add(entry);
    connection_.run(Script::restore, std::move(call),
                    [done = std::move(done)](const Reply& reply) { done(redis::read_done(reply)); });
}

}  // namespace alert
