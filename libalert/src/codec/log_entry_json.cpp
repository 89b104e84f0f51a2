// An entry of a case's record. Schema 1; empty members are left out, instants are milliseconds
// since 1970. The event stays the text it was, so that the keyed hash over the entry covers every
// byte.
//
//   v schema   k kind   t at   q silent
//   e record   via [door, client, role]                      fact, adopted, rebased, redelivered
//   o obligation   s step   p planned   fired, superseded, skipped; of redelivered without p
//   n notifications   c [channel, number of targets] of each   tg targets, notification by notification
//   r reason
//   h seal (chain.hpp), always the last
#include "alert/codec/snapshot_json.hpp"

#include "json_writer.hpp"
#include "stored_parts.hpp"
#include "stored_reader.hpp"

namespace alert {
namespace {

namespace json = boost::json;

constexpr int log_entry_schema = 1;
constexpr std::size_t entry_overhead_bytes = 256;
constexpr std::size_t carried_max = 10'000;
constexpr LogKind kinds[] = {LogKind::fact,   LogKind::fired,   LogKind::superseded, LogKind::skipped,
                             LogKind::notice, LogKind::adopted, LogKind::rebased,    LogKind::redelivered};

std::optional<LogKind> parse_log_kind(std::string_view text) { return find_word(text, kinds); }

bool told_through_a_door(const Via& via) {
    const Via nothing;
    return !via.door.empty() || !via.client.empty() || via.role != nothing.role;
}

void write_channels(JsonWriter& out, const std::vector<Carried>& channels) {
    out.open_array();
    for (const Carried& carried : channels) {
        out.open_array();
        out.text(carried.channel.value);
        out.number(static_cast<std::int64_t>(carried.targets));
        out.close_array();
    }
    out.close_array();
}

std::vector<Carried> read_channels(const json::value& value, Finding& finding) {
    std::vector<Carried> channels;
    const json::array* all = stored_array(value, 0, carried_max, finding);
    if (!all) return channels;
    for (const json::value& each : *all) {
        const json::array* pair = stored_array(each, 2, 2, finding);
        if (!pair) return {};
        channels.push_back(
            {ChannelId(stored_text((*pair)[0], finding)), stored_number<std::uint32_t>((*pair)[1], finding)});
    }
    return channels;
}

LogEntry read_log_entry(StoredObject& in, Finding& finding) {
    LogEntry entry;
    entry.kind = stored_word(in.need("k"), parse_log_kind, finding);
    entry.at = in.instant("t");
    entry.silent = in.truth_if_there("q");
    in.if_there("via", [&](const json::value& via) { entry.via = stored_via(via, finding); });
    entry.record = in.text_or_empty("e");
    entry.obligation = in.text_or_empty("o");
    entry.step = in.text_or_empty("s");
    entry.planned = in.instant_if_there("p").value_or(TimePoint{});
    entry.reason = in.text_or_empty("r");
    entry.seal = in.text_or_empty("h");
    in.if_there("n", [&](const json::value& ids) {
        for (std::string& id : stored_texts(ids, finding)) {
            entry.notifications.emplace_back(std::move(id));
        }
    });
    in.if_there("c", [&](const json::value& channels) { entry.channels = read_channels(channels, finding); });
    in.if_there("tg", [&](const json::value& targets) { entry.targets = stored_targets(targets, finding); });
    return entry;
}

}  // namespace

std::string encode_log_entry(const LogEntry& entry) {
    std::string text;
    text.reserve(entry.record.size() + entry_overhead_bytes);
    JsonWriter out(text);
    out.open_object();
    out.member_number("v", log_entry_schema);
    out.member("k", to_string(entry.kind));
    out.member("t", entry.at);
    if (entry.silent) out.name("q"), out.boolean(true);
    if (told_through_a_door(entry.via)) out.name("via"), write_via(out, entry.via);
    out.member_if("e", entry.record);
    out.member_if("o", entry.obligation);
    out.member_if("s", entry.step);
    if (entry.planned != TimePoint{}) out.member("p", entry.planned);
    out.member_if("r", entry.reason);
    if (!entry.notifications.empty()) {
        out.name("n");
        out.open_array();
        for (const NotificationId& id : entry.notifications) out.text(id.value);
        out.close_array();
    }
    if (!entry.channels.empty()) out.name("c"), write_channels(out, entry.channels);
    if (!entry.targets.empty()) out.name("tg"), write_targets(out, entry.targets);
    out.member_if("h", entry.seal);
    out.close_object();
    return text;
}

std::string seal_record(const ChainKey& key, const CaseId& id, std::string head,
                        std::vector<LogEntry>& entries) {
    for (LogEntry& entry : entries) {
        entry.seal.clear();
        head = next_seal(key, id.value, head, encode_log_entry(entry));
        entry.seal = head;
    }
    return head;
}

Result<LogEntry> decode_log_entry(std::string_view text) {
    return read_stored<LogEntry>(text, log_entry_schema, read_log_entry);
}

}  // namespace alert
