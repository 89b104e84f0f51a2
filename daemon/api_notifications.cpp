// Messages as operators see and order them: the dead letters, one message, a dead letter again, a test of a
// channel, a drill. Tests and drills take the way of every other message, and concern no case: nothing counts
// them but yuqing_notifications_total, under their own reason.
#include "api.hpp"

#include "alert/codec/case_json.hpp"
#include "alert/codec/event_json.hpp"
#include "alert/codec/json_parts.hpp"
#include "alert/core/messages.hpp"
#include "log.hpp"
#include "query.hpp"

#include <spdlog/spdlog.h>
#include <boost/json.hpp>

namespace yuqing {

namespace json = boost::json;

namespace {

using alert::text_or_null;

json::object record_json(const alert::NotificationRecord& record, const alert::Zone& zone) {
    const auto& n = record.notification;
    return {{"id", n.id.value},
            {"channel", n.channel.value},
            {"reason", alert::to_string(n.reason)},
            {"flag", text_or_null(n.flag)},
            {"case", text_or_null(n.matter ? n.matter->id.value : "")},
            {"obligation", text_or_null(n.obligation ? n.obligation->id : "")},
            {"step", text_or_null(n.step ? alert::step_name(*n.step) : "")},
            {"urgency", n.urgency},
            {"created_at", alert::format_rfc3339(n.created_at, zone)},
            {"attempts", record.attempts},
            {"error", text_or_null(record.error)},
            {"state", alert::to_string(record.state)}};
}

alert::Result<LetterOrder> letter_order_of(const HttpRequest& request) {
    const auto body = body_object(request, R"({"by":"...","reason":"..."}, or nothing)");
    if (!body) return body.error();
    auto by = text_member(*body, "by", false);
    if (!by) return by.error();
    if (by->empty()) *by = request.via.client;
    auto reason = text_member(*body, "reason", false);
    if (!reason) return reason.error();
    return LetterOrder{std::move(*by), std::move(*reason), request.via};
}

/// `；由张三发起；季度检查`
std::string ordered_text(const LetterOrder& order) {
    std::string text;
    if (!order.by.empty()) text += "；由" + order.by + "发起";
    if (!order.reason.empty()) text += "；" + order.reason;
    return text;
}

std::string names_of(const std::map<alert::ChannelId, alert::ChannelConfig>& channels) {
    std::string names;
    for (const auto& [id, channel] : channels) names += (names.empty() ? "" : ", ") + id.value;
    return names;
}

int status_of(const alert::Error& error) {
    if (error.code == "not_found") return 404;
    return error.code == "not_dead" ? 409 : 503;
}

}  // namespace

void Api::dead_letters(const HttpRequest& request, Reply reply) {
    const auto limit = query_limit(request, listed_default, listed_max);
    if (!limit) return reply(json_error(400, limit.error()));
    if (query_text(request, "state") != "dead") {
        return reply(json_error(400, {"invalid", "state=dead is what can be listed", "state"}));
    }
    reader_.dead(query_text(request, "cursor"), *limit,
                 [this, reply = std::move(reply)](const alert::Result<alert::DeadPage>& page) {
                     if (!page)
                         return reply(json_error(page.error().code == "invalid" ? 400 : 503, page.error()));
                     json::array list;
                     for (const auto& record : page->letters) {
                         auto letter = record_json(record, config_->zone);
                         letter["at"] = alert::format_rfc3339(record.at, config_->zone);
                         list.push_back(std::move(letter));
                     }
                     reply(json_response(200, json::object{{"notifications", std::move(list)},
                                                           {"next", text_or_null(page->next)}}));
                 });
}

void Api::one_notification(const std::string& id, Reply reply) {
    const alert::Error unknown{"not_found", "there is no such message", "ID"};
    if (!alert::is_case_id(id)) return reply(json_error(404, unknown));
    using Found = alert::Result<std::optional<alert::NotificationRecord>>;
    reader_.notification(alert::NotificationId{id},
                         [this, unknown, reply = std::move(reply)](const Found& found) {
                             if (!found) return reply(json_error(503, found.error()));
                             if (!*found) return reply(json_error(404, unknown));
                             reply(json_response(200, record_json(**found, config_->zone)));
                         });
}

void Api::redeliver(const std::string& id, const HttpRequest& request, Reply reply) {
    if (!alert::is_case_id(id))
        return reply(json_error(404, {"not_found", "there is no such message", "ID"}));
    const auto order = letter_order_of(request);
    if (!order) return reply(json_error(422, order.error()));
    core_.redeliver(
        alert::NotificationId{id}, *order,
        [id, reply = std::move(reply)](const alert::Result<std::monostate>& result) {
            if (result) return reply(json_response(202, json::object{{"id", id}, {"state", "pending"}}));
            const auto& error = result.error();
            if (error.code != "overtaken") return reply(json_error(status_of(error), error));
            reply(json_response(
                200, json::object{{"id", id}, {"state", "superseded"}, {"message", error.message}}));
        });
}

void Api::test_channel(const std::string& name, const HttpRequest& request, Reply reply) {
    const alert::ChannelId channel{name};
    if (!config_->channels.contains(channel)) {
        const auto known = "there is no such channel; there are: " + names_of(config_->channels);
        return reply(json_error(404, {"not_found", known, "NAME"}));
    }
    const auto order = letter_order_of(request);
    if (!order) return reply(json_error(422, order.error()));
    send_messages({alert::test_message(channel, "通道测试，收到即为畅通，无需处置" + ordered_text(*order),
                                       core_.now())},
                  *order, std::move(reply));
}

void Api::drill(const HttpRequest& request, Reply reply) {
    const auto order = letter_order_of(request);
    if (!order) return reply(json_error(422, order.error()));
    const auto now = core_.now();
    const auto instant = std::to_string(now.time_since_epoch().count());
    auto messages = alert::office_notice(rules_.today(), alert::Reason::drill, "",
                                         "这是演练，不是真实舆情，收到请回复" + ordered_text(*order),
                                         "drill:" + instant, now);
    if (messages.empty()) {
        const alert::Error nobody{"nobody", "the policy tells a drill to nobody: notices.drill is []", ""};
        return reply(json_error(409, nobody));
    }
    send_messages(std::move(messages), *order, std::move(reply));
}

void Api::send_messages(std::vector<alert::Notification> messages, const LetterOrder& order, Reply reply) {
    json::array list;
    for (const auto& n : messages) {
        spdlog::info("notification={} channel={} reason={} outcome=ordered by={}", n.id.value,
                     log_value(n.channel.value), alert::to_string(n.reason), log_value(order.by));
        list.push_back(json::object{{"id", n.id.value},
                                    {"channel", n.channel.value},
                                    {"targets", alert::targets_json(n.targets, *config_->directory)}});
    }
    core_.send(std::move(messages), [list = std::move(list),
                                     reply = std::move(reply)](const alert::Result<std::monostate>& result) {
        if (!result) return reply(json_error(503, result.error()));
        reply(json_response(202, json::object{{"notifications", list}}));
    });
}

}  // namespace yuqing
