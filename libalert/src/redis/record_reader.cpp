#include "alert/redis/record_reader.hpp"

#include "stored_case.hpp"

#include <algorithm>

namespace alert {

using redis::Command;
using redis::Reply;
using redis::Script;

namespace {

constexpr std::int64_t ids_of_a_scan = 200;  // about so many in a page of ids

std::optional<std::string> text_or_nothing(const Reply& reply) {
    return reply.is_text() ? std::optional(reply.text) : std::nullopt;
}

/// A case that is there and has no head has an empty one: its record is not chained.
Result<std::optional<std::string>> read_head(const Reply& reply) {
    if (reply.is_error()) return reply.error();
    if (reply.items.size() != 2) return redis::unexpected_reply("HMGET");
    if (!reply.items[0].is_text()) return std::optional<std::string>();
    return std::optional(text_or_nothing(reply.items[1]).value_or(""));
}

}  // namespace

RecordReader::RecordReader(redis::Connection& connection, redis::Keys keys)
    : connection_(connection), keys_(std::move(keys)) {}

void RecordReader::page(CaseId id, std::size_t from, Callback<RecordPage> done) {
    Command call = redis::script_call(Script::record, 2);
    call.add(keys_.case_hash(id)).add(keys_.log(id));
    call.add(static_cast<std::int64_t>(from)).add(static_cast<std::int64_t>(from + page_entries - 1));
    connection_.run(Script::record, std::move(call), [id, done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        if (reply.items.size() != 2) return done(redis::unexpected_reply("record"));
        auto head = read_head(reply.items[0]);
        if (!head) return done(head.error());
        RecordPage page{.head = {id, std::move(*head)}};
        for (const auto& item : reply.items[1].items) page.entries.push_back(item.text);
        page.last = page.entries.size() < page_entries;
        done(std::move(page));
    });
}

void RecordReader::ids(std::string cursor, Callback<Ids> done) {
    Command command("ZSCAN");
    command.add(keys_.index_all()).add(cursor.empty() ? "0" : cursor).add("COUNT").add(ids_of_a_scan);
    connection_.send(std::move(command), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        if (reply.items.size() != 2) return done(redis::unexpected_reply("ZSCAN"));
        Ids page;
        const auto& found = reply.items[1].items;  // member, score, member, ...
        for (std::size_t i = 0; i < found.size(); i += 2) page.ids.emplace_back(found[i].text);
        if (reply.items[0].text != "0") page.next = reply.items[0].text;
        done(std::move(page));
    });
}

void RecordReader::heads(std::vector<CaseId> ids, Callback<std::vector<RecordHead>> done) {
    if (ids.empty()) return done(std::vector<RecordHead>());
    auto heads = std::make_shared<Result<std::vector<RecordHead>>>(std::vector<RecordHead>());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        Command command("HMGET");
        command.add(keys_.case_hash(ids[i])).add("v").add("h");
        const bool last = i + 1 == ids.size();
        connection_.send(std::move(command), [heads, last, done, id = ids[i]](const Reply& reply) {
            auto head = read_head(reply);
            if (!head)
                *heads = head.error();
            else if (*heads)
                (*heads)->push_back({id, std::move(*head)});
            if (last) done(std::move(*heads));
        });
    }
}

void RecordReader::changed(Callback<std::vector<RecordHead>> done) {
    Command command("SRANDMEMBER");
    command.add(keys_.changed()).add(static_cast<std::int64_t>(heads_max));
    connection_.send(std::move(command), [this, done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        std::vector<CaseId> ids;
        for (const auto& item : reply.items) ids.emplace_back(item.text);
        heads(std::move(ids), done);
    });
}

void RecordReader::anchored(const std::vector<RecordHead>& heads, Callback<std::monostate> done) {
    Command call = redis::script_call(Script::anchored, 1 + heads.size());
    call.add(keys_.changed());
    for (const auto& head : heads) call.add(keys_.case_hash(head.id));
    for (const auto& head : heads) call.add(head.id.value).add(head.seal.value_or(""));
    connection_.run(Script::anchored, std::move(call),
                    [done = std::move(done)](const Reply& reply) { done(redis::read_done(reply)); });
}

}  // namespace alert
