// The order of the checks is the order of the contract: what is found first is what is answered.
#include "alert/codec/event_json.hpp"

#include "alert/codec/utf8.hpp"
#include "alert/core/hash.hpp"
#include "canonical.hpp"
#include "event_data.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace alert {
namespace {

namespace json = boost::json;

/// The usual event is parsed without asking the allocator.
constexpr std::size_t arena_bytes = 8 * 1024;
constexpr std::size_t parser_bytes = 2 * 1024;
constexpr int depth_max = 32;
constexpr std::size_t content_hash_digits = 16;
constexpr std::string_view history_attribute = "history";

Error invalid(std::string_view member, std::string_view wanted) {
    return {"invalid", std::string(member) + " " + std::string(wanted), "/" + std::string(member)};
}

Error malformed(std::string what, std::size_t offset) {
    return {"malformed", "no JSON: " + std::move(what), std::to_string(offset)};
}

struct Parsed {
    json::value value;
    std::optional<Error> finding;
};

Parsed parse(std::string_view bytes, json::storage_ptr storage) {
    unsigned char scratch[parser_bytes];
    json::parse_options options;
    options.max_depth = depth_max;
    json::parser parser({}, options, scratch, sizeof scratch);
    parser.reset(std::move(storage));
    json::error_code ec;
    const std::size_t offset = parser.write(bytes.data(), bytes.size(), ec);
    if (ec) return {{}, malformed(ec.message(), offset)};
    return {parser.release(), {}};
}

const json::string* find_string(const json::object& members, std::string_view name) {
    const json::value* value = members.if_contains(name);
    return value ? value->if_string() : nullptr;
}

/// `id` and `source`, and a type worth counting by; empty when unread.
std::string read_key(const json::object& envelope, std::string_view name) {
    const json::string* told = find_string(envelope, name);
    const bool readable =
        told && !told->empty() && told->size() <= event_key_bytes_max && !has_control_character(*told);
    return readable ? std::string(*told) : std::string{};
}

bool tells_history(const json::object& envelope) {
    const json::value* history = envelope.if_contains(history_attribute);
    return history && history->is_bool() && history->get_bool();
}

/// What the event says, without how it is told: the same matter told live and as history is one event.
std::optional<std::string> content_of(const json::value& told) {
    const json::object* envelope = told.if_object();
    if (!envelope || !tells_history(*envelope)) return canonical_form(told);
    json::object content(*envelope);
    content.erase(history_attribute);
    return canonical_form(content);
}

/// Checks everything but the type's name and what depends on it.
std::optional<Error> read_envelope(const json::object& envelope, DecodedEvent& out, Event& event) {
    out.id = event.key.id = read_key(envelope, "id");
    out.source = event.key.source = read_key(envelope, "source");
    out.type = read_key(envelope, "type");
    out.history = tells_history(envelope);

    constexpr std::string_view key_wanted = "must be a string of 1 to 255 bytes without control characters";
    const json::string* version = find_string(envelope, "specversion");
    if (!version || *version != "1.0") return invalid("specversion", "must be \"1.0\"");
    if (event.key.id.empty()) return invalid("id", key_wanted);
    if (event.key.source.empty()) return invalid("source", key_wanted);
    if (!find_string(envelope, "type")) return invalid("type", "must be a string");
    const json::string* time = find_string(envelope, "time");
    const auto at = parse_rfc3339(time ? std::string_view(*time) : std::string_view{});
    if (!at) return invalid("time", "must be an RFC 3339 time with an offset");
    event.time = *at;

    const json::value* subject = envelope.if_contains("subject");
    if (!subject || subject->is_null()) return std::nullopt;
    if (!subject->is_string()) return invalid("subject", "must be a string");
    event.subject = CaseId(std::string(subject->get_string()));
    return std::nullopt;
}

std::optional<std::size_t> find_type(std::string_view name) {
    const auto at = std::find(event_type_names.begin(), event_type_names.end(), name);
    if (at == event_type_names.end()) return std::nullopt;
    return static_cast<std::size_t>(at - event_type_names.begin());
}

std::optional<Error> check_subject(const Event& event, std::size_t type) {
    if (event.subject && !is_case_id(event.subject->value)) {
        return invalid("subject", "must be a case id, [A-Za-z0-9._-]{1,64}");
    }
    // A detection opens a case; everything else is about one.
    const bool may_lack = type == EventData(Detected{}).index();
    if (!event.subject && !may_lack) return invalid("subject", "is missing: it names the case");
    return std::nullopt;
}

std::optional<Error> read_data(const json::object& envelope, std::size_t type, Event& event) {
    const json::value* data = envelope.if_contains("data");
    if (!data || !data->is_object()) return invalid("data", "must be an object");
    Members members(data->get_object(), event);
    event.data = read_event_data(type, members);
    return members.finding();
}

/// The first finding about a JSON value, or nothing and the event.
std::optional<Error> read_event(const json::value& value, DecodedEvent& out, Event& event) {
    const json::object* envelope = value.if_object();
    if (!envelope) return Error{"invalid", "an event must be a JSON object", ""};
    if (auto finding = read_envelope(*envelope, out, event)) return finding;
    const auto type = find_type(out.type);
    if (!type) return Error{"unknown_type", "no event has this type", "/type"};
    out.role_matters = true;
    if (auto finding = check_subject(event, *type)) return finding;
    return read_data(*envelope, *type, event);
}

DecodedEvent rejected(Error error) { return {std::move(error), {}, {}, {}}; }

}  // namespace

DecodedEvent decode_event(std::string_view bytes) {
    if (bytes.size() > event_bytes_max) {
        return rejected({"too_large", "an event has at most 65536 bytes", ""});
    }
    unsigned char arena[arena_bytes];
    json::monotonic_resource memory(arena, sizeof arena);
    Parsed parsed = parse(bytes, &memory);
    if (parsed.finding) return rejected(std::move(*parsed.finding));
    const auto content = content_of(parsed.value);
    if (!content) {
        return rejected(malformed("a number is too large", find_overflowing_number(bytes)));
    }

    DecodedEvent out = rejected({});
    Event event;
    if (auto finding = read_event(parsed.value, out, event)) {
        out.event = std::move(*finding);
        return out;
    }
    event.record = json::serialize(parsed.value);
    event.content_hash = hash_hex({*content}, content_hash_digits);
    out.event = std::move(event);
    return out;
}

Result<Event> decode_record(std::string_view record) {
    // Neither the size nor the range of numbers is looked at again: written anew, a number may take
    // more digits, and a record must be readable for as long as the case is kept.
    unsigned char arena[arena_bytes];
    json::monotonic_resource memory(arena, sizeof arena);
    Parsed parsed = parse(record, &memory);
    if (parsed.finding) return std::move(*parsed.finding);
    DecodedEvent unused = rejected({});
    Event event;
    if (auto finding = read_event(parsed.value, unused, event)) return std::move(*finding);
    event.record = record;
    event.content_hash = hash_hex({content_of(parsed.value).value_or(event.record)}, content_hash_digits);
    return event;
}

}  // namespace alert
