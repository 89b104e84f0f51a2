// Schema 1, always in this order:
//
//   {"v":1,"n":SEQUENCE,"recorded_at":T,"via":[door, client, role],"silent":true,"degraded":true,
//    "jurisdiction":J,"policy":HASH,"event":{…},"crc32c":"8 hex digits"}
//
// `silent`, `degraded`, `jurisdiction` and `policy` stand only where they say something. The event stands
// there as it was told and is cut out, never parsed and written anew. The checksum is CRC-32C of everything
// before its own comma.
#include "alert/codec/journal_line.hpp"

#include "json_writer.hpp"
#include "stored_parts.hpp"
#include "stored_reader.hpp"

#include <boost/crc.hpp>

#include <array>
#include <charconv>

namespace alert {

namespace json = boost::json;

namespace {

constexpr int journal_schema = 1;
constexpr std::string_view journal_beginning = R"({"v":1,"n":)", event_mark = R"(,"event":)",
                           journal_sum_mark = R"(,"crc32c":")", journal_line_end = R"("})";
constexpr std::size_t journal_sum_digits = 8;
constexpr std::size_t journal_overhead_bytes = 192;

/// Castagnoli's polynomial, as iSCSI, ext4 and Btrfs use it.
using Crc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

std::string journal_sum(std::string_view text) {
    Crc32c crc;
    crc.process_bytes(text.data(), text.size());
    std::array<char, journal_sum_digits> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), crc.checksum(), 16).ptr;
    const auto count = static_cast<std::size_t>(end - digits.begin());
    return std::string(journal_sum_digits - count, '0').append(digits.begin(), end);
}

Error damaged_journal(std::string_view what) {
    return {"damaged", "a line of the journal " + std::string(what), ""};
}

JournalEntry read_journal_head(StoredObject& object, Finding& finding) {
    JournalEntry entry;
    constexpr auto sequence_max = static_cast<std::int64_t>(journal_sequence_max);
    entry.sequence = static_cast<std::uint64_t>(stored_integer(object.need("n"), 1, sequence_max, finding));
    const auto at = parse_rfc3339(object.text("recorded_at"));
    if (at)
        entry.recorded_at = *at;
    else
        finding.set("is no instant");
    entry.via = stored_via(object.need("via"), finding);
    entry.silent = object.truth_if_there("silent");
    entry.degraded = object.truth_if_there("degraded");
    entry.jurisdiction = object.text_or_empty("jurisdiction");
    entry.policy = PolicyHash(object.text_or_empty("policy"));
    return entry;
}

}  // namespace

bool is_journal_line(std::string_view line) { return line.starts_with(journal_beginning); }

std::string encode_journal_line(const JournalEntry& entry) {
    std::string line;
    line.reserve(entry.event.size() + journal_overhead_bytes);
    JsonWriter out(line);
    out.open_object();
    out.member_number("v", journal_schema);
    out.member_number("n", static_cast<std::int64_t>(entry.sequence));
    out.member("recorded_at", format_rfc3339(entry.recorded_at, Zone::utc()));
    out.name("via"), write_via(out, entry.via);
    if (entry.silent) out.name("silent"), out.boolean(true);
    if (entry.degraded) out.name("degraded"), out.boolean(true);
    out.member_if("jurisdiction", entry.jurisdiction);
    out.member_if("policy", entry.policy.value);
    line.append(event_mark).append(entry.event);
    const auto sum = journal_sum(line);
    line.append(journal_sum_mark).append(sum).append(journal_line_end).append("\n");
    return line;
}

Result<JournalEntry> decode_journal_line(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    constexpr std::size_t tail = journal_sum_mark.size() + journal_sum_digits + journal_line_end.size();
    if (line.size() < tail || !line.ends_with(journal_line_end)) return damaged_journal("is torn");
    const auto covered = line.substr(0, line.size() - tail);
    const auto end = line.substr(covered.size());
    if (!end.starts_with(journal_sum_mark) ||
        end.substr(journal_sum_mark.size(), journal_sum_digits) != journal_sum(covered))
        return damaged_journal("is not what was written");
    // No text before the event holds this mark: quotes within a text are escaped.
    const auto mark = covered.find(event_mark);
    if (mark == std::string_view::npos) return damaged_journal("has no event");
    auto entry = read_stored<JournalEntry>(std::string(covered.substr(0, mark)) + "}", journal_schema,
                                           read_journal_head);
    if (!entry) return damaged_journal("cannot be read: " + entry.error().message);
    entry->event = covered.substr(mark + event_mark.size());
    return entry;
}

}  // namespace alert
