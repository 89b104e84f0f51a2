#include "stored_reader.hpp"

#include "alert/codec/utf8.hpp"

#include <boost/json/parser.hpp>
#include <boost/json/string.hpp>

#include <algorithm>

namespace alert {

namespace json = boost::json;

namespace {

constexpr std::size_t told_chars_max = 64;  // of a name that is not ours

}  // namespace

void Finding::set(std::string_view wanted) {
    if (error) return;
    const std::string name(member);
    error = Error{"invalid", "stored member " + name + " " + std::string(wanted), "/" + name};
}

std::string stored_text(const json::value& value, Finding& finding) {
    if (const json::string* text = value.if_string()) return std::string(*text);
    finding.set("is no text");
    return {};
}

std::int64_t stored_integer(const json::value& value, std::int64_t min, std::int64_t max, Finding& finding) {
    const std::int64_t* number = value.if_int64();
    if (number && *number >= min && *number <= max) return *number;
    finding.set("is no whole number of its range");
    return 0;
}

TimePoint stored_instant(const json::value& value, Finding& finding) {
    return TimePoint(Duration(stored_number<std::int64_t>(value, finding)));
}

const json::array* stored_array(const json::value& value, std::size_t min, std::size_t max,
                                Finding& finding) {
    const json::array* items = value.if_array();
    if (items && items->size() >= min && items->size() <= max) return items;
    finding.set("is no list of its length");
    return nullptr;
}

std::vector<std::string> stored_texts(const json::value& value, Finding& finding) {
    std::vector<std::string> texts;
    if (const json::array* items = stored_array(value, 0, json::array::max_size(), finding)) {
        texts.reserve(items->size());
        for (const json::value& item : *items) texts.push_back(stored_text(item, finding));
    }
    return texts;
}

StoredObject::StoredObject(const json::value& value, Finding& finding)
    : members_(value.if_object()), finding_(finding) {
    if (!members_) finding_.set("is no object");
}

const json::value* StoredObject::take(std::string_view name) {
    finding_.member = name;
    const json::value* value = members_ ? members_->if_contains(name) : nullptr;
    if (value) taken_.push_back(value);
    return value;
}

const json::value& StoredObject::need(std::string_view name) {
    static const json::value nothing;
    const json::value* value = take(name);
    if (!value) finding_.set("is missing");
    return value ? *value : nothing;
}

std::string StoredObject::text_or_empty(std::string_view name) {
    const json::value* value = take(name);
    return value ? stored_text(*value, finding_) : std::string{};
}

std::optional<TimePoint> StoredObject::instant_if_there(std::string_view name) {
    const json::value* value = take(name);
    return value ? std::optional(stored_instant(*value, finding_)) : std::nullopt;
}

bool StoredObject::truth_if_there(std::string_view name) {
    const json::value* value = take(name);
    if (value && !value->is_bool()) finding_.set("is neither true nor false");
    return value && value->is_bool() && value->get_bool();
}

void StoredObject::nothing_left() {
    finding_.member = "";
    if (!members_ || taken_.size() == members_->size()) return;
    for (const auto& member : *members_) {
        if (std::find(taken_.begin(), taken_.end(), &member.value()) != taken_.end()) continue;
        const auto name = clean_text(member.key(), told_chars_max).text;
        finding_.member = name;
        finding_.set("is unknown");
        finding_.member = "";
        return;
    }
}

json::value parse_stored(std::string_view text, json::storage_ptr storage, Finding& finding) {
    json::parser parser;
    parser.reset(std::move(storage));
    json::error_code ec;
    const std::size_t offset = parser.write(text.data(), text.size(), ec);
    if (!ec) return parser.release();
    finding.error = Error{"malformed", "no JSON: " + ec.message(), std::to_string(offset)};
    return {};
}

void check_schema(StoredObject& object, int schema, Finding& finding) {
    const auto found = stored_number<int>(object.need("v"), finding);
    if (finding.error || found == schema) return;
    finding.error =
        Error{"schema", "schema " + std::to_string(found) + ", not " + std::to_string(schema), "/v"};
}

}  // namespace alert
