// Schema 1, always in this order:
//
//   {"v":1,"case":ID,"version":N,"head":SEAL,"started":T,"ended":T,"policy":HASH,
//    "sizes":[bytes of the snapshot, of each entry],"snapshot":{…},"record":[{…},…],"sum":SHA-256}
//
// Snapshot and entries stand there as they lay in Redis. They are cut out by their sizes, never parsed and
// written anew: the seals of the record cover bytes. `sum` is hash_hex() of everything before it.
#include "alert/codec/archive_line.hpp"

#include "alert/codec/event_json.hpp"
#include "alert/codec/snapshot_json.hpp"
#include "alert/core/hash.hpp"
#include "stored_reader.hpp"

#include <boost/json/serialize.hpp>

namespace alert {

namespace json = boost::json;

namespace {

constexpr int line_schema = 1;
constexpr std::size_t archive_sum_digits = 64;
constexpr std::string_view snapshot_mark = ",\"snapshot\":", record_mark = ",\"record\":[",
                           archive_sum_mark = ",\"sum\":\"";
constexpr std::string_view archive_line_end = "\"}";
constexpr std::size_t entries_max = 10'000'000;  // far more than a line has room for

std::string archive_sum(std::string_view text) { return hash_hex({text}, archive_sum_digits); }

std::string archive_beginning(const CaseId& id, std::uint64_t version) {
    return R"({"v":)" + std::to_string(line_schema) + R"(,"case":)" +
           json::serialize(json::string(id.value)) + R"(,"version":)" + std::to_string(version) + ",";
}

Error damaged_archive(const std::string& what) { return {"damaged", "a line of the archive " + what, ""}; }

/// What the members before the snapshot say, and how long each part is.
struct Head {
    ArchivedCase archived;
    std::vector<std::size_t> sizes;
};

Result<Head> read_archive_head(std::string_view text) {
    return read_stored<Head>(
        std::string(text) + "}", line_schema, [](StoredObject& object, Finding& finding) {
            Head head;
            ArchivedCase& to = head.archived;
            to.id = CaseId(object.text("case"));
            to.version =
                static_cast<std::uint64_t>(stored_number<std::int64_t>(object.need("version"), finding));
            to.head = object.text("head");
            const auto instant = [&](std::string_view name) {
                const auto at = parse_rfc3339(object.text(name));
                if (!at) finding.set("is no instant");
                return at ? *at : TimePoint{};
            };
            to.started = instant("started");
            to.ended = instant("ended");
            to.policy = PolicyHash(object.text("policy"));
            if (const auto* sizes = stored_array(object.need("sizes"), 1, entries_max, finding)) {
                for (const auto& size : *sizes)
                    head.sizes.push_back(static_cast<std::size_t>(
                        stored_integer(size, 0, static_cast<std::int64_t>(archived_bytes_max), finding)));
            }
            return head;
        });
}

/// Takes what must stand at the beginning off a text; false: it does not.
bool take(std::string_view& text, std::string_view wanted) {
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(wanted.size());
    return true;
}

std::optional<std::string> cut(std::string_view& text, std::size_t size) {
    if (text.size() < size) return std::nullopt;
    std::string part(text.substr(0, size));
    text.remove_prefix(size);
    return part;
}

/// Snapshot and record, which must fill the text to its end.
bool read_parts(std::string_view text, const std::vector<std::size_t>& sizes, ArchivedCase& to) {
    auto snapshot = take(text, snapshot_mark) ? cut(text, sizes.front()) : std::nullopt;
    if (!snapshot || !take(text, record_mark)) return false;
    to.snapshot = std::move(*snapshot);
    for (std::size_t i = 1; i < sizes.size(); ++i) {
        if (i > 1 && !take(text, ",")) return false;
        auto entry = cut(text, sizes[i]);
        if (!entry) return false;
        to.entries.push_back(std::move(*entry));
    }
    return text == "]";
}

}  // namespace

Result<std::string> encode_archive_line(const ArchivedCase& archived) {
    std::string line = archive_beginning(archived.id, archived.version);
    json::array sizes{archived.snapshot.size()};
    std::size_t bytes = archived.snapshot.size();
    for (const auto& entry : archived.entries) {
        const bool one_line = entry.find('\n') == std::string::npos;
        const auto decoded = one_line ? decode_log_entry(entry) : Error{"invalid", "has a line feed", ""};
        if (!decoded)
            return Error{"unreadable", "an entry of its record cannot be read: " + decoded.error().message,
                         ""};
        sizes.emplace_back(entry.size());
        bytes += entry.size();
    }
    if (bytes > archived_bytes_max)
        return Error{"too_large", "its record is larger than a line of the archive may be", ""};
    const auto member = [&line](std::string_view name, const json::value& value) {
        line.append("\"").append(name).append("\":").append(json::serialize(value)).append(",");
    };
    member("head", json::string(archived.head));
    member("started", json::string(format_rfc3339(archived.started, Zone::utc())));
    member("ended", json::string(format_rfc3339(archived.ended, Zone::utc())));
    member("policy", json::string(archived.policy.value));
    member("sizes", sizes);
    line.pop_back();
    line.reserve(line.size() + bytes + archived.entries.size() + archive_sum_digits + 64);
    line.append(snapshot_mark).append(archived.snapshot).append(record_mark);
    for (std::size_t i = 0; i < archived.entries.size(); ++i)
        line.append(i > 0 ? "," : "").append(archived.entries[i]);
    line += "]";
    const auto sum = archive_sum(line);
    line.append(archive_sum_mark).append(sum).append(archive_line_end).append("\n");
    return {boost::system::in_place_value, std::move(line)};
}

Result<ArchivedCase> decode_archive_line(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    const std::size_t tail = archive_sum_mark.size() + archive_sum_digits + archive_line_end.size();
    if (line.size() < tail || !line.ends_with(archive_line_end)) return damaged_archive("is torn");
    const auto covered = line.substr(0, line.size() - tail);
    auto end = line.substr(covered.size());
    if (!take(end, archive_sum_mark) || end.substr(0, archive_sum_digits) != archive_sum(covered))
        return damaged_archive("is not what was written");
    // Nothing before the snapshot holds text from outside but the case's id, which has no quotes.
    const auto mark = covered.find(snapshot_mark);
    if (mark == std::string_view::npos) return damaged_archive("has no snapshot");
    auto head = read_archive_head(covered.substr(0, mark));
    if (!head) return damaged_archive("cannot be read: " + head.error().message);
    if (!read_parts(covered.substr(mark), head->sizes, head->archived))
        return damaged_archive("has parts of another size");
    return std::move(head->archived);
}

bool is_archive_line_of(std::string_view line, const CaseId& id, std::uint64_t version) {
    return line.starts_with(archive_beginning(id, version));
}

Result<std::vector<Fact>> facts_of_record(const std::vector<std::string>& entries) {
    std::vector<Fact> facts;
    for (const auto& text : entries) {
        auto entry = decode_log_entry(text);
        if (!entry) return entry.error();
        if (entry->kind != LogKind::fact) continue;
        auto event = decode_record(entry->record);
        if (!event) return event.error();
        facts.push_back({std::move(*event), entry->at, std::move(entry->via), entry->silent});
    }
    return facts;
}

std::vector<AcceptedEvent> events_of(const CaseId& id, const std::vector<Fact>& facts) {
    std::vector<AcceptedEvent> events;
    events.reserve(facts.size());
    for (const auto& fact : facts) events.push_back({fact.event.key, id, fact.event.content_hash});
    return events;
}

}  // namespace alert
