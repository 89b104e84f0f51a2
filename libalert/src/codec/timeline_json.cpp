// The record of a case as people read it: one object per entry, `kind` and `at` always there.
#include "alert/codec/case_json.hpp"
#include "alert/codec/json_parts.hpp"
#include "alert/codec/utf8.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>

namespace alert {
namespace {

namespace json = boost::json;

constexpr std::size_t note_chars_max = 200;
/// Where a fact says in words what it is about, the most telling first.
constexpr std::string_view note_members[] = {"reason", "note", "text", "title"};

/// What a fact says besides words; the members of `said`.
constexpr std::string_view said_members[] = {
    "kind", "incident_grade", "opinion_level", "field", "lead_unit", "unit",       "obligation", "commitment",
    "due",  "into",           "until",         "score", "event_id",  "approved_by"};

const json::value* find(const json::object& members, std::string_view name) {
    return members.if_contains(name);
}

json::value copy_or_null(const json::object& members, std::string_view name) {
    const json::value* value = find(members, name);
    return value ? *value : json::value(nullptr);
}

json::value clean_or_null(const json::value* value, std::size_t chars_max) {
    const json::string* text = value ? value->if_string() : nullptr;
    return text ? text_or_null(clean_text(*text, chars_max).text) : json::value(nullptr);
}

json::value note_of(const json::object& data) {
    for (const std::string_view name : note_members) {
        json::value note = clean_or_null(find(data, name), note_chars_max);
        if (!note.is_null()) return note;
    }
    return nullptr;
}

/// As it was told: what cannot be read stands here as well, and so shows why it did not count.
json::object said_by(const json::object& data) {
    json::object said;
    for (const std::string_view name : said_members) {
        const json::value* value = find(data, name);
        if (value && value->is_string()) said[name] = clean_or_null(value, note_chars_max);
        if (value && value->is_number()) said[name] = *value;
    }
    return said;
}

json::object via_json(const Via& via) {
    return {{"door", via.door}, {"client", text_or_null(via.client)}, {"role", to_string(via.role)}};
}

void add_fact(json::object& out, const LogEntry& entry, const Zone& zone) {
    json::error_code ec;
    const json::value record = json::parse(entry.record, ec);
    const json::object empty;
    const json::object& event = !ec && record.is_object() ? record.get_object() : empty;
    const json::value* data = find(event, "data");
    const json::object& members = data && data->is_object() ? data->get_object() : empty;

    out["type"] = copy_or_null(event, "type");
    // In the zone of all other times; as told when that cannot be.
    const json::value* told = find(event, "time");
    const auto at =
        parse_rfc3339(told && told->is_string() ? std::string_view(told->get_string()) : std::string_view{});
    out["time"] = at ? json::value(format_rfc3339(*at, zone)) : copy_or_null(event, "time");
    out["by"] = clean_or_null(find(members, "by"), text_chars_max);
    out["said"] = said_by(members);
    out["note"] = note_of(members);
    out["source"] = copy_or_null(event, "source");
    out["id"] = copy_or_null(event, "id");
    out["via"] = via_json(entry.via);
    if (entry.silent) out["silent"] = true;
}

/// Who gave an order, and why; gives what else its record holds.
json::object add_order(json::object& out, const LogEntry& entry) {
    json::error_code ec;
    json::value record = json::parse(entry.record, ec);
    json::object members = !ec && record.is_object() ? std::move(record.get_object()) : json::object{};
    out["by"] = clean_or_null(find(members, "by"), text_chars_max);
    out["note"] = note_of(members);
    return members;
}

void add_rebase(json::object& out, const LogEntry& entry) {
    const auto members = add_order(out, entry);
    out["from"] = copy_or_null(members, "from");
    out["to"] = copy_or_null(members, "to");
    out["via"] = via_json(entry.via);
}

void add_step(json::object& out, const LogEntry& entry, const Zone& zone) {
    out["obligation"] = entry.obligation;
    out["step"] = entry.step;
    out["planned"] = format_rfc3339(entry.planned, zone);
    if (!entry.reason.empty()) out["reason"] = entry.reason;
}

void add_told(json::object& out, const LogEntry& entry, const Directory& directory) {
    json::array ids;
    for (const NotificationId& id : entry.notifications) ids.emplace_back(id.value);
    out["notifications"] = std::move(ids);
    out["targets"] = targets_json(entry.targets, directory);
}

void add_redelivery(json::object& out, const LogEntry& entry, const Directory& directory) {
    add_order(out, entry);
    out["via"] = via_json(entry.via);
    out["reason"] = entry.reason;
    out["obligation"] = text_or_null(entry.obligation);
    out["step"] = text_or_null(entry.step);
    out["channel"] = text_or_null(entry.channels.empty() ? "" : entry.channels.front().channel.value);
    add_told(out, entry, directory);
}

json::object entry_json(const LogEntry& entry, const Directory& directory, const Zone& zone) {
    json::object out;
    out["kind"] = to_string(entry.kind);
    out["at"] = format_rfc3339(entry.at, zone);
    switch (entry.kind) {
        case LogKind::fact:
        case LogKind::adopted: add_fact(out, entry, zone); break;
        case LogKind::fired:
        case LogKind::superseded:
        case LogKind::skipped:
            add_step(out, entry, zone);
            add_told(out, entry, directory);
            break;
        case LogKind::notice:
            out["reason"] = entry.reason;
            add_told(out, entry, directory);
            break;
        case LogKind::rebased: add_rebase(out, entry); break;
        case LogKind::redelivered: add_redelivery(out, entry, directory); break;
    }
    return out;
}

json::object policy_json(const Policy& policy) {
    return {{"version", policy.version}, {"hash", policy.hash.value}};
}

}  // namespace

std::string rebase_record(const std::string& by, const std::string& reason, const Policy& from,
                          const Policy& to) {
    return json::serialize(
        json::object{{"by", by}, {"reason", reason}, {"from", policy_json(from)}, {"to", policy_json(to)}});
}

std::string redeliver_record(const std::string& by, const std::string& reason) {
    return json::serialize(json::object{{"by", by}, {"reason", reason}});
}

json::array timeline_json(const std::vector<LogEntry>& log, const Directory& directory, const Zone& zone,
                          std::size_t limit) {
    json::array out;
    const std::size_t count = std::min(limit, log.size());
    out.reserve(count);
    for (std::size_t i = log.size() - count; i < log.size(); ++i) {
        out.emplace_back(entry_json(log[i], directory, zone));
    }
    return out;
}

}  // namespace alert
