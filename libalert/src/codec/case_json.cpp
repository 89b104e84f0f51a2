#include "alert/codec/case_json.hpp"

#include "alert/codec/json_parts.hpp"

namespace alert {
namespace {

namespace json = boost::json;

template <class Texts>
json::array texts_json(const Texts& texts) {
    json::array list;
    for (const std::string& text : texts) list.emplace_back(text);
    return list;
}

/// The id of what the directory knows, else as it was told.
std::string_view unit_id(std::string_view told, const Directory& directory) {
    const Unit* unit = directory.find_unit(told);
    return unit ? std::string_view(unit->id) : told;
}

std::string_view field_id(std::string_view told, const Directory& directory) {
    const Field* field = directory.find_field(told);
    return field ? std::string_view(field->id) : told;
}

json::value heat_json(const std::optional<Heat>& heat) {
    if (!heat) return nullptr;
    return {{"views", heat->views},
            {"reposts", heat->reposts},
            {"comments", heat->comments},
            {"likes", heat->likes}};
}

json::value excuse_json(const std::optional<Excuse>& excuse) {
    if (!excuse) return nullptr;
    return {{"by", excuse->by}, {"reason", excuse->reason}};
}

json::object obligation_json(const Obligation& obligation, TimePoint now, const Zone& zone) {
    json::object out;
    out["id"] = obligation.id;
    out["title"] = text_or_null(obligation.title);
    out["kind"] = to_string(obligation.kind);
    out["status"] = to_string(obligation.status);
    out["start"] = format_rfc3339(obligation.start, zone);
    out["due"] = format_rfc3339(obligation.due, zone);
    out["fulfilled_at"] = time_or_null(obligation.fulfilled_at, zone);
    // Of what nobody is asked for any more nothing remains, be it overdue for good.
    out["remaining_seconds"] =
        obligation.owed() ? json::value(remaining_seconds(obligation.due, now)) : json::value(nullptr);
    out["card"] = card_or_null(obligation.card);
    out["basis"] = text_or_null(obligation.basis);
    out["excused"] = excuse_json(obligation.excused);
    return out;
}

}  // namespace

json::object case_json(const CaseView& view, const Directory& directory, TimePoint now, const Zone& zone) {
    const Attributes& attributes = view.attributes;
    json::array assist_units, obligations;
    for (const std::string& unit : view.assist_units) {
        assist_units.emplace_back(unit_id(unit, directory));
    }
    for (const Obligation& obligation : view.obligations) {
        obligations.emplace_back(obligation_json(obligation, now, zone));
    }
    // A case whose detections were all withdrawn was never detected.
    const auto detected_at = view.detected_at == TimePoint{} ? std::nullopt : std::optional(view.detected_at);

    json::object out;
    out["id"] = view.id.value;
    out["title"] = text_or_null(view.title);
    out["status"] = to_string(view.status);
    out["into"] = text_or_null(view.into ? view.into->value : std::string_view{});
    out["flags"] = texts_json(view.flags);
    out["class"] = text_or_null(view.class_id);
    out["incident_grade"] = to_string(attributes.incident_grade);
    out["opinion_level"] = level_or_null(attributes.opinion_level);
    out["field"] = text_or_null(field_id(attributes.field, directory));
    out["lead_unit"] = text_or_null(unit_id(attributes.lead_unit, directory));
    out["assist_units"] = std::move(assist_units);
    out["detected_at"] = time_or_null(detected_at, zone);
    out["occurred_at"] = time_or_null(view.occurred_at, zone);
    out["acknowledged_at"] = time_or_null(view.acknowledged_at, zone);
    out["heat"] = heat_json(view.heat);
    out["obligations"] = std::move(obligations);
    out["timeline"] = json::array{};
    return out;
}

json::object error_json(const Error& error) {
    return {{"code", error.code}, {"message", error.message}, {"path", error.path}};
}

}  // namespace alert
