#include "alert/redis/change_reader.hpp"

#include "alert/codec/snapshot_json.hpp"
#include "archived_case.hpp"
#include "stored_case.hpp"

#include <algorithm>
#include <charconv>

namespace alert {

using redis::Command;
using redis::Reply;

namespace {

const std::string before_all = "0-0";

/// `first entries`, as commit.lua writes it.
bool read_entries(std::string_view text, ChangedCase& changed) {
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, changed.first_entry);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ' ') return false;
    const auto count = std::from_chars(first.ptr + 1, end, changed.entries);
    return count.ec == std::errc{} && count.ptr == end && changed.first_entry >= 0 && changed.entries >= 0;
}

/// The entries of two commits of one case, in one piece.
void join(std::vector<ChangedCase>& cases, ChangedCase next) {
    const auto same =
        std::find_if(cases.begin(), cases.end(), [&](const ChangedCase& one) { return one.id == next.id; });
    if (same == cases.end()) return cases.push_back(std::move(next));
    if (next.entries == 0) return;
    if (same->entries == 0) return void(*same = std::move(next));
    same->entries = std::max(same->first_entry + same->entries, next.first_entry + next.entries);
    same->first_entry = std::min(same->first_entry, next.first_entry);
    same->entries -= same->first_entry;
}

Result<Changes> read_changes(const Reply& reply, std::string mark, std::size_t limit) {
    if (reply.is_error()) return reply.error();
    Changes changes{.cases = {}, .mark = std::move(mark), .behind = reply.items.size() > limit};
    if (changes.behind) return changes;
    for (const auto& item : reply.items) {
        if (item.items.size() != 2 || item.items[1].items.size() != 2)
            return redis::unexpected_reply("XRANGE");
        const auto& fields = item.items[1].items;
        ChangedCase changed{.id = CaseId(fields[0].text)};
        if (!read_entries(fields[1].text, changed)) return redis::unexpected_reply("XRANGE");
        join(changes.cases, std::move(changed));
        changes.mark = item.items[0].text;
    }
    return changes;
}

}  // namespace

ChangeReader::ChangeReader(redis::Connection& connection, redis::Keys keys, Observer& observer)
    : connection_(connection), keys_(std::move(keys)), observer_(observer) {}

void ChangeReader::end(Callback<std::string> done) {
    Command command("XREVRANGE");
    command.add(keys_.changes()).add("+").add("-").add("COUNT").add(1);
    connection_.send(std::move(command), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        constexpr auto good = boost::system::in_place_value;
        if (reply.items.empty()) return done({good, before_all});
        if (reply.items[0].items.empty()) return done(redis::unexpected_reply("XREVRANGE"));
        done({good, reply.items[0].items[0].text});
    });
}

void ChangeReader::since(std::string mark, std::size_t limit, Callback<Changes> done) {
    limit = std::clamp<std::size_t>(limit, 1, limit_max);
    Command command("XRANGE");
    command.add(keys_.changes())
        .add("(" + mark)
        .add("+")
        .add("COUNT")
        .add(static_cast<std::int64_t>(limit) + 1);
    connection_.send(std::move(command), [mark = std::move(mark), limit, done](const Reply& reply) {
        done(read_changes(reply, mark, limit));
    });
}

void ChangeReader::look(const ChangedCase& changed, Callback<std::optional<SeenCase>> done) {
    auto seen = std::make_shared<Result<std::optional<SeenCase>>>(std::optional<SeenCase>());
    Command case_command("HMGET"), log_command("LRANGE");
    case_command.add(keys_.case_hash(changed.id)).add("v").add("s").add("h");
    connection_.send(std::move(case_command), [this, seen, id = changed.id](const Reply& reply) {
        if (reply.is_error()) return void(*seen = reply.error());
        if (reply.items.size() != 3) return void(*seen = redis::unexpected_reply("HMGET"));
        if (!reply.items[0].is_text() || redis::archived_version(reply.items[0])) return;  // gone since
        auto stored = redis::read_stored_case(id, reply.items[0], reply.items[1], reply.items[2]);
        if (!stored) return observer_.troubled("case " + id.value, stored.error());
        *seen = std::optional<SeenCase>(SeenCase{std::move(*stored), {}});
    });
    const bool grew = changed.entries > 0;  // else nothing: LRANGE ends before it begins
    log_command.add(keys_.log(changed.id))
        .add(grew ? changed.first_entry : 1)
        .add(grew ? changed.first_entry + changed.entries - 1 : 0);
    connection_.send(std::move(log_command), [this, seen, id = changed.id, done](const Reply& reply) {
        if (seen->has_error() || !**seen) return done(std::move(*seen));
        if (reply.is_error()) return done(reply.error());
        for (const auto& item : reply.items) {
            auto entry = decode_log_entry(item.text);
            if (entry)
                (**seen)->log.push_back(std::move(*entry));
            else
                observer_.troubled("record of case " + id.value, entry.error());
        }
        done(std::move(*seen));
    });
}

}  // namespace alert
