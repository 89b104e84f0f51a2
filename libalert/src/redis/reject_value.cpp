#include "reject_value.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>

namespace alert::redis {
namespace {

namespace json = boost::json;

constexpr std::array roles{ClientRole::monitor, ClientRole::viewer, ClientRole::operator_,
                           ClientRole::supervisor, ClientRole::admin};

/// Texts about a reject may quote what was told; as JSON they must be UTF-8.
std::string ascii_or_question_marks(std::string_view text, bool valid) {
    std::string result(text);
    if (!valid)
        for (char& c : result)
            if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    return result;
}

bool is_utf8(std::string_view text) {
    json::error_code error;
    json::parse(json::serialize(json::value(json::string(text))), error);
    return !error;
}

std::string clean(std::string_view text) { return ascii_or_question_marks(text, is_utf8(text)); }

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

ClientRole role_of(std::string_view name) {
    for (const auto role : roles)
        if (to_string(role) == name) return role;
    return ClientRole::monitor;
}

}  // namespace

std::string encode_reject(const Reject& reject) {
    const json::object object{{"at", reject.at.time_since_epoch().count()},
                              {"door", clean(reject.via.door)},
                              {"client", clean(reject.via.client)},
                              {"role", to_string(reject.via.role)},
                              {"code", clean(reject.error.code)},
                              {"message", clean(reject.error.message)},
                              {"path", clean(reject.error.path)},
                              {"source", clean(reject.source)},
                              {"id", clean(reject.id)},
                              {"type", clean(reject.type)}};
    return json::serialize(object) + "\n" + reject.bytes.substr(0, reject_bytes_max);
}

Result<Reject> decode_reject(std::string_view text) {
    const auto line_end = text.find('\n');
    json::error_code error;
    const auto value = json::parse(text.substr(0, line_end), error);
    if (error || line_end == std::string_view::npos || !value.is_object())
        return Error{"corrupt", "a reject in Redis cannot be read", ""};
    const auto& object = value.get_object();
    Reject reject;
    if (const auto* at = object.if_contains("at"); at != nullptr && at->is_int64())
        reject.at = TimePoint(Duration(at->get_int64()));
    reject.via = {text_of(object, "door"), text_of(object, "client"), role_of(text_of(object, "role"))};
    reject.error = {text_of(object, "code"), text_of(object, "message"), text_of(object, "path")};
    reject.source = text_of(object, "source");
    reject.id = text_of(object, "id");
    reject.type = text_of(object, "type");
    reject.bytes = text.substr(line_end + 1);
    return reject;
}

}  // namespace alert::redis
