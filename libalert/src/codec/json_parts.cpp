#include "alert/codec/json_parts.hpp"

#include "alert/codec/case_json.hpp"

namespace alert {

namespace json = boost::json;

json::value text_or_null(std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value time_or_null(const std::optional<TimePoint>& at, const Zone& zone) {
    return at ? json::value(format_rfc3339(*at, zone)) : json::value(nullptr);
}

json::value level_or_null(const std::optional<OpinionLevel>& level) {
    return level ? json::value(to_string(*level)) : json::value(nullptr);
}

json::value card_or_null(Card card) {
    return card == Card::none ? json::value(nullptr) : json::value(to_string(card));
}

std::int64_t remaining_seconds(TimePoint due, TimePoint now) {
    return std::chrono::floor<std::chrono::seconds>(due - now).count();
}

json::array targets_json(const std::vector<Target>& targets, const Directory& directory) {
    json::array list;
    for (const Target& target : targets) {
        json::array officers;
        for (const std::string& id : target.officers) {
            const Officer* officer = directory.find_officer(id);
            officers.push_back({{"id", id}, {"name", text_or_null(officer ? officer->name : "")}});
        }
        list.push_back({{"role", target.role}, {"officers", std::move(officers)}});
    }
    return list;
}

}  // namespace alert
