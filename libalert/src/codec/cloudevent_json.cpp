#include "alert/codec/case_json.hpp"

#include "alert/codec/json_parts.hpp"

namespace alert {
namespace {

namespace json = boost::json;

std::string page_of(std::string_view base, std::string_view folder, const CaseId& id) {
    while (base.ends_with('/')) base.remove_suffix(1);
    return std::string(base).append(folder).append(id.value);
}

json::object matter_json(const CaseBrief& matter, const std::string& public_url) {
    json::object out;
    out["id"] = matter.id.value;
    out["title"] = text_or_null(matter.title);
    out["url"] = page_of(public_url, "/cases/", matter.id);
    out["class"] = text_or_null(matter.class_id);
    out["incident_grade"] = to_string(matter.incident_grade);
    out["opinion_level"] = level_or_null(matter.opinion_level);
    out["field"] = text_or_null(matter.field);
    out["lead_unit"] = text_or_null(matter.lead_unit);
    out["status"] = to_string(matter.status);
    return out;
}

json::object obligation_json(const ObligationBrief& obligation, TimePoint now, const Zone& zone) {
    json::object out;
    out["id"] = obligation.id;
    out["title"] = text_or_null(obligation.title);
    out["kind"] = to_string(obligation.kind);
    out["start"] = format_rfc3339(obligation.start, zone);
    out["due"] = format_rfc3339(obligation.due, zone);
    out["remaining_seconds"] = remaining_seconds(obligation.due, now);
    out["basis"] = text_or_null(obligation.basis);
    out["guide"] = text_or_null(obligation.guide);
    return out;
}

json::object step_json(const StepBrief& step, const Zone& zone) {
    return {{"at", step.at}, {"planned", format_rfc3339(step.planned, zone)}, {"repeat", step.repeat}};
}

json::array items_json(const Notification& notification, const std::string& public_url, TimePoint now,
                       const Zone& zone) {
    json::array items;
    for (const auto& [matter, obligation] : notification.items) {
        json::object item{{"case", matter_json(matter, public_url)}};
        if (obligation) item["obligation"] = obligation_json(*obligation, now, zone);
        items.push_back(std::move(item));
    }
    return items;
}

json::object data_json(const Notification& notification, const Directory& directory,
                       const std::string& public_url, const LinkKey& key, TimePoint now, const Zone& zone) {
    const MessageText message = compose(notification, directory, now, zone);
    json::object data;
    data["reason"] = to_string(notification.reason);
    data["flag"] = text_or_null(notification.flag);
    data["card"] = card_or_null(notification.card);
    data["title"] = message.title;
    data["text"] = message.text;
    if (notification.matter) {
        const MessageLinks links = message_links(public_url, key, notification, now);
        data["case"] = matter_json(*notification.matter, public_url);
        data["links"] = {{"case", links.page}, {"acknowledge", links.acknowledge}};
    }
    if (notification.obligation) {
        data["obligation"] = obligation_json(*notification.obligation, now, zone);
    }
    if (notification.step) data["step"] = step_json(*notification.step, zone);
    data["targets"] = targets_json(notification.targets, directory);
    if (notification.reason == Reason::bulletin || notification.reason == Reason::handover)
        data["items"] = items_json(notification, public_url, now, zone);
    if (notification.reason == Reason::self)
        data["self"] = {{"about", notification.about}, {"over", notification.over}};
    return data;
}

}  // namespace

MessageLinks message_links(std::string_view base, const LinkKey& key, const Notification& notification,
                           TimePoint now) {
    const CaseId& id = notification.matter->id;
    MessageLinks links{.page = page_of(base, "/cases/", id), .acknowledge = page_of(base, "/act/", id)};
    if (!key.bytes.empty())
        links.acknowledge += "?t=" + sign_act_link(key, {id, notification.id, now + key.valid});
    links.view = key.bytes.empty() ? links.page : links.acknowledge;
    return links;
}

json::object notification_cloudevent(const Notification& notification, const Directory& directory,
                                     const std::string& jurisdiction, const std::string& public_url,
                                     const LinkKey& key, TimePoint now, const Zone& zone) {
    json::object event;
    event["specversion"] = "1.0";
    event["id"] = notification.id.value;
    event["source"] = "yuqingd/" + jurisdiction;
    event["type"] = "yuqing.notification";
    if (notification.matter) event["subject"] = notification.matter->id.value;
    event["time"] = format_rfc3339(notification.created_at, zone);
    event["datacontenttype"] = "application/json";
    event["data"] = data_json(notification, directory, public_url, key, now, zone);
    return event;
}

}  // namespace alert
