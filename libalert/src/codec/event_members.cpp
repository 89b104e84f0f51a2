#include "event_members.hpp"

#include "alert/codec/event_json.hpp"
#include "alert/codec/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <limits>

namespace alert {
namespace {

namespace json = boost::json;

/// Beyond this a double no longer tells one whole number from the next.
constexpr double whole_max = 9007199254740992.0;

std::optional<std::int64_t> whole_number(const json::value& value) {
    if (value.is_int64()) return value.get_int64();
    if (!value.is_double()) return std::nullopt;
    const double number = value.get_double();
    if (std::trunc(number) != number || std::abs(number) > whole_max) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

/// An absent count is none; nothing when it is there and is no count.
std::optional<std::int64_t> count(const json::object& heat, std::string_view name) {
    const json::value* value = heat.if_contains(name);
    if (!value || value->is_null()) return 0;
    const auto number = whole_number(*value);
    return number && *number >= 0 ? number : std::nullopt;
}

std::optional<Heat> read_heat(const json::value& value) {
    const json::object* heat = value.if_object();
    if (!heat) return std::nullopt;
    const auto views = count(*heat, "views"), reposts = count(*heat, "reposts"),
               comments = count(*heat, "comments"), likes = count(*heat, "likes");
    if (!views || !reposts || !comments || !likes) return std::nullopt;
    return Heat{*views, *reposts, *comments, *likes};
}

}  // namespace

const json::value* Members::find(std::string_view name) const {
    const json::value* value = data_.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

const json::string* Members::required_string(std::string_view name) {
    const json::value* value = find(name);
    const json::string* told = value ? value->if_string() : nullptr;
    if (!value) invalid(name, "is missing");
    if (value && !told) invalid(name, "must be a string");
    return told;
}

void Members::invalid(std::string_view name, std::string_view wanted) {
    if (finding_) return;
    const std::string member(name);
    finding_ = Error{"invalid", "data." + member + " " + std::string(wanted), "/data/" + member};
}

std::string Members::clean(const json::string& told, std::size_t chars_max) {
    CleanText clean = clean_text(told, chars_max);
    event_.truncated = event_.truncated || clean.truncated;
    return std::move(clean.text);
}

std::string Members::trimmed(std::string_view told) { return clean_text(told, text_chars_max).text; }

std::string Members::text(std::string_view name, std::size_t chars_max) {
    const json::string* told = required_string(name);
    if (!told) return {};
    std::string text = clean(*told, chars_max);
    if (text.empty()) invalid(name, "must not be empty");
    return text;
}

std::string Members::identifier(std::string_view name) {
    const json::string* told = required_string(name);
    if (!told) return {};
    if (told->empty() || told->size() > event_key_bytes_max || has_control_character(*told)) {
        invalid(name, "must have 1 to 255 bytes and no control characters");
    }
    return std::string(*told);
}

TimePoint Members::time(std::string_view name) {
    const json::string* told = required_string(name);
    if (!told) return {};
    const Result<TimePoint> at = parse_rfc3339(*told);
    if (!at) invalid(name, "must be an RFC 3339 time with an offset");
    return at ? *at : TimePoint{};
}

CaseId Members::other_case(std::string_view name) {
    const json::string* told = required_string(name);
    if (!told) return {};
    const CaseId id{std::string(*told)};
    if (!is_case_id(id.value)) invalid(name, "must be a case id, [A-Za-z0-9._-]{1,64}");
    if (id == event_.subject) invalid(name, "must be another case");
    return id;
}

TimePoint Members::end_of_mute(std::string_view name) {
    const TimePoint until = time(name);
    if (until > event_.time + mute_max) invalid(name, "must be at most 7 days after time");
    return until;
}

ResponseKind Members::response_kind(std::string_view name) {
    const json::string* told = required_string(name);
    if (!told) return {};
    const auto kind = parse_response_kind(*told);
    if (!kind) invalid(name, "must be a kind of response, such as online_reply");
    return kind.value_or(ResponseKind{});
}

int Members::score(std::string_view name) {
    const json::value* value = find(name);
    const auto score = value ? whole_number(*value) : std::nullopt;
    if (score && *score >= 1 && *score <= 5) return static_cast<int>(*score);
    invalid(name, value ? "must be a whole number from 1 to 5" : "is missing");
    return 0;
}

std::string Members::optional_text(std::string_view name, std::size_t chars_max) {
    const json::value* value = find(name);
    if (!value) return {};
    if (value->is_string()) return clean(value->get_string(), chars_max);
    unreadable(name);
    return {};
}

std::optional<TimePoint> Members::optional_time(std::string_view name) {
    const json::value* value = find(name);
    if (!value) return std::nullopt;
    if (value->is_string()) {
        if (const auto at = parse_rfc3339(value->get_string())) return *at;
    }
    unreadable(name);
    return std::nullopt;
}

std::vector<std::string> Members::units(std::string_view name) {
    const json::value* value = find(name);
    if (!value) return {};
    const json::array* told = value->if_array();
    std::vector<std::string> units;
    bool readable = told && told->size() <= assist_units_max;
    for (std::size_t i = 0; readable && i < told->size(); ++i) {
        const json::string* unit = (*told)[i].if_string();
        units.push_back(unit ? clean(*unit, text_chars_max) : std::string{});
        readable = !units.back().empty();
    }
    if (readable) return units;
    unreadable(name);
    return {};
}

std::optional<Heat> Members::heat(std::string_view name) {
    const json::value* value = find(name);
    if (!value) return std::nullopt;
    const auto heat = read_heat(*value);
    if (!heat) unreadable(name);
    return heat;
}

}  // namespace alert
