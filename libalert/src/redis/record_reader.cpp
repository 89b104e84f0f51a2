#include "alert/redis/record_reader.hpp"

#include "archived_case.hpp"
#include "stored_case.hpp"

#include <algorithm>

namespace alert {

using redis::Command;
using redis::Reply;
using redis::Script;

namespace {

const std::string archived_mark = "a";       // of a cursor among archived cases
constexpr std::int64_t ids_of_a_scan = 200;  // about so many in a page of ids

/// A case that is there and has no head has an empty one: its record is not chained.
std::optional<std::string> head_of(const Reply& version, const Reply& head) {
    if (!version.is_text()) return std::nullopt;
    return head.is_text() ? head.text : std::string();
}

Result<std::optional<std::string>> read_head(const Reply& reply) {
    if (reply.is_error()) return reply.error();
    if (reply.items.size() != 2) return redis::unexpected_reply("HMGET");
    return head_of(reply.items[0], reply.items[1]);
}

/// A file that cannot be read is no record that was cut.
Result<RecordPage> page_of(const Result<std::shared_ptr<const ArchivedCase>>& archived, RecordPage page,
                           std::size_t from) {
    if (!archived) return archived.error();
    const auto& entries = (*archived)->entries;
    const auto end = std::min(entries.size(), from + RecordReader::page_entries);
    for (auto i = from; i < end; ++i) page.entries.push_back(entries[i]);
    page.last = page.entries.size() < RecordReader::page_entries;
    return page;
}

}  // namespace

RecordReader::RecordReader(redis::Connection& connection, redis::Keys keys, Shelf* shelf)
    : connection_(connection), keys_(std::move(keys)), shelf_(shelf) {}

void RecordReader::page(CaseId id, std::size_t from, Callback<RecordPage> done) {
    const auto first = static_cast<std::int64_t>(from);
    auto call = redis::record_call(keys_, id, first, first + static_cast<std::int64_t>(page_entries) - 1);
    connection_.run(Script::record, std::move(call), [this, id, from, done = std::move(done)](Reply reply) {
        auto found = redis::read_fields(std::move(reply));
        if (!found) return done(found.error());
        RecordPage page{.head = {id, head_of(found->version, found->head)}};
        if (redis::archived_version(found->version))
            return redis::read_archived(
                shelf_, id, found->version, found->place,
                [page, from, done](const auto& archived) { done(page_of(archived, page, from)); });
        for (auto& entry : found->entries) page.entries.push_back(std::move(entry.text));
        page.last = page.entries.size() < page_entries;
        done(std::move(page));
    });
}

void RecordReader::ids(std::string cursor, Callback<Ids> done) {
    const bool archived = cursor.starts_with(archived_mark);
    if (archived) cursor.erase(0, 1);
    Command command("ZSCAN");
    command.add(archived ? keys_.index_archived() : keys_.index_all());
    command.add(cursor.empty() ? "0" : cursor).add("COUNT").add(ids_of_a_scan);
    connection_.send(std::move(command), [archived, done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        if (reply.items.size() != 2) return done(redis::unexpected_reply("ZSCAN"));
        Ids page;
        const auto& found = reply.items[1].items;  // member, score, member, ...
        for (std::size_t i = 0; i < found.size(); i += 2) page.ids.emplace_back(found[i].text);
        const auto& next = reply.items[0].text;
        // The archived ones last: one that leaves meanwhile is met twice rather than never.
        if (next != "0" || !archived) page.next = (archived || next == "0" ? archived_mark : "") + next;
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
