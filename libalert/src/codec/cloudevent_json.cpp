#include "alert/codec/case_json.hpp"

#include "json_parts.hpp"

namespace alert {
namespace {

namespace json = boost::json;

json::object matter_json(const CaseBrief& matter, const MessageLinks& links) {
    json::object out;
    out["id"] = matter.id.value;
    out["title"] = text_or_null(matter.title);
    out["url"] = links.page;
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
        data["case"] = matter_json(*notification.matter, links);
        data["links"] = {{"case", links.page}, {"acknowledge", links.acknowledge}};
    }
    if (notification.obligation) {
        data["obligation"] = obligation_json(*notification.obligation, now, zone);
    }
    if (notification.step) data["step"] = step_json(*notification.step, zone);
    data["targets"] = targets_json(notification.targets, directory);
    return data;
}

}  // namespace

MessageLinks message_links(std::string_view base, const LinkKey& key, const Notification& notification,
                           TimePoint now) {
    while (base.ends_with('/')) base.remove_suffix(1);
    const CaseId& id = notification.matter->id;
    MessageLinks links{.page = std::string(base) + "/cases/" + id.value,
                       .acknowledge = std::string(base) + "/act/" + id.value};
    if (!key.bytes.empty())
        links.acknowledge += "?t=" + sign_act_link(key, {id, notification.id, now + key.valid});
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
