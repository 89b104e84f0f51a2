#include "masked.hpp"

#include "alert/core/privacy.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::string_view preference = "masked-numbers";
/// Members by which something is found.
constexpr std::string_view member_names[] = {"id",   "source", "case",    "into",          "obligation",
                                             "step", "next",   "channel", "notifications", "about"};

void mask(json::value& value);

void mask(json::object& members) {
    for (auto&& [name, member] : members) {
        const bool is_name =
            std::find(std::begin(member_names), std::end(member_names), name) != std::end(member_names);
        if (!is_name || member.is_object()) mask(member);
    }
}

void mask(json::value& value) {
    if (auto* text = value.if_string()) {
        *text = alert::mask_personal_numbers(*text);
    } else if (auto* list = value.if_array()) {
        for (auto& one : *list) mask(one);
    } else if (auto* object = value.if_object()) {
        mask(*object);
    }
}

}  // namespace

bool prefers_masked(const HttpRequest& request) {
    const auto header = request.header("prefer");
    for (std::string_view rest = header; !rest.empty();) {
        const auto end = std::min(rest.find(','), rest.size());
        auto one = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
        if (one.substr(0, one.find_first_of(" \t;")) == preference) return true;
    }
    return false;
}

json::object masked_texts(json::object answer) {
    mask(answer);
    return answer;
}

HttpResponse masked_answer(HttpResponse answer) {
    if (!answer.content_type.starts_with("application/json")) return answer;
    json::error_code error;
    auto body = json::parse(answer.body, error);
    if (error) return answer;
    mask(body);
    answer.body = json::serialize(body) + "\n";
    return answer;
}

}  // namespace yuqing
