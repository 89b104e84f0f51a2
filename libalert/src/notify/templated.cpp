// `format: template`: an administrator's Mustache body and headers, for SMS gateways and internal systems.
// What a value may contain is decided twice: it is inert text, and it is escaped for the place it stands in.
#include "alert/codec/case_json.hpp"
#include "alert/codec/message_template.hpp"
#include "alert/notify/classify.hpp"
#include "alert/notify/format.hpp"
#include "digest.hpp"
#include "inert.hpp"
#include "redaction.hpp"
#include "robot_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace alert {

namespace json = boost::json;

namespace {

constexpr std::size_t filled_bytes_max = 1200;

std::string word(std::string_view text) { return cut_to_bytes(inert_text(text), filled_bytes_max); }

void put_matter(std::map<std::string, std::string>& words, const Notification& message, const Scene& scene) {
    const CaseBrief& matter = *message.matter;
    const MessageLinks links = message_links(scene.public_url, scene.link_key, message, scene.now);
    words["case_id"] = matter.id.value;
    words["case_url"] = links.view;
    if (!scene.link_key.bytes.empty()) words["acknowledge_url"] = links.acknowledge;
    words["title"] = word(matter.title);
    words["class"] = inert_id(matter.class_id);
    words["incident_grade"] = to_string(matter.incident_grade);
    if (matter.opinion_level) words["opinion_level"] = to_string(*matter.opinion_level);
    words["field"] = word(matter.field);
    words["lead_unit"] = word(matter.lead_unit);
}

void put_obligation(std::map<std::string, std::string>& words, const ObligationBrief& obligation,
                    const Scene& scene) {
    const auto remaining = std::chrono::floor<std::chrono::seconds>(obligation.due - scene.now).count();
    words["obligation_id"] = inert_id(obligation.id);
    words["obligation"] = word(obligation.title);
    words["due"] = format_rfc3339(obligation.due, scene.zone);
    words["remaining_seconds"] = std::to_string(remaining);
    words["basis"] = word(obligation.basis);
    words["guide"] = word(obligation.guide);
}

/// Everybody a message is for: to a gateway somebody who is not rung is somebody who is not told.
std::vector<const Officer*> officers_of(std::span<const Notification> messages, const Directory& directory) {
    std::vector<const Officer*> officers;
    for (const Notification& message : messages) {
        for (const Target& target : message.targets) {
            for (const auto& id : target.officers) {
                const Officer* officer = directory.find_officer(id);
                const bool known = std::find(officers.begin(), officers.end(), officer) != officers.end();
                if (officer && !known) officers.push_back(officer);
            }
        }
    }
    return officers;
}

void put_officers(TemplateValues& values, const std::vector<const Officer*>& officers) {
    const auto add = [](std::string& list, const std::string& one, const char* between) {
        if (!one.empty()) list.append(list.empty() ? "" : between).append(one);
    };
    for (const Officer* officer : officers) {
        values.officers.push_back({{"id", officer->id},
                                   {"name", officer->name},
                                   {"mobile", officer->mobile},
                                   {"wecom", officer->wecom},
                                   {"dingtalk", officer->dingtalk},
                                   {"feishu", officer->feishu},
                                   {"more", officer == officers.back() ? "" : "1"}});
        add(values.words["mobiles"], officer->mobile, ",");
        add(values.words["names"], officer->name, "、");
    }
}

std::string joined(const Sheet& sheet, std::string_view between) {
    std::string text;
    for (const MessageLine& line : sheet.lines)
        text.append(text.empty() ? "" : between).append(line.label).append(line.value);
    return text;
}

/// Of what travels together there is no case and no obligation, only what all of them say.
TemplateValues values_of(const Sheet& sheet, const Scene& scene) {
    TemplateValues values;
    const std::span messages = sheet.told;
    auto& words = values.words;
    for (const auto name : template_words()) words[std::string(name)];
    const Notification& first = messages.front();
    const bool one = messages.size() == 1;
    std::vector<std::string_view> ids;
    for (const Notification& message : messages) ids.push_back(message.id.value);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(scene.now).time_since_epoch().count();
    words["id"] = one ? first.id.value : notification_id(ids).value;
    words["time"] = format_rfc3339(first.created_at, scene.zone);
    words["timestamp"] = std::to_string(seconds);
    words["jurisdiction"] = scene.jurisdiction;
    words["reason"] = to_string(one ? first.reason : Reason::digest);
    words["heading"] = sheet.heading;
    words["subject"] = sheet.subject;
    words["text"] = joined(sheet, "\n");
    words["line"] = sheet.heading + sheet.subject + (sheet.lines.empty() ? "" : "；") + joined(sheet, "；");
    words["board_url"] = std::string(scene.public_url) + "/";
    put_officers(values, officers_of(messages, scene.directory));
    if (!one) return values;
    words["flag"] = inert_id(first.flag);
    if (first.card != Card::none) words["card"] = to_string(first.card);
    if (first.matter) put_matter(words, first, scene);
    if (first.obligation) put_obligation(words, *first.obligation, scene);
    return values;
}

DeliveryResult failed(DeliveryResult::Kind kind, std::string error) {
    return {.kind = kind, .error = std::move(error)};
}

std::string shown(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

bool holds(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// What comes back without what was asked for is a proxy's page or a firewall's: worth another try.
DeliveryResult judge_body(const SuccessRule& rule, const Reply& reply) {
    using Kind = DeliveryResult::Kind;
    constexpr std::size_t value_bytes_max = 160;
    if (reply.body.find(rule.contains) == reply.body.npos)
        return failed(Kind::retry, "the answer lacks the text that means success");
    if (rule.pointer.empty()) return {.kind = Kind::delivered};
    json::error_code error;
    const auto answer = json::parse(reply.body, error);
    const auto* value = error ? nullptr : answer.find_pointer(rule.pointer, error);
    if (!value) return failed(Kind::retry, "the answer has nothing at " + rule.pointer);
    const auto text = shown(*value);
    if (holds(rule.equals, text)) return {.kind = Kind::delivered};
    const auto said =
        rule.pointer + " of the answer is " + said_text(reply.redaction.get(), text, value_bytes_max);
    return failed(holds(rule.retry, text) ? Kind::retry : Kind::permanent, said);
}

class Templated : public Format {
public:
    Templated(TemplateRules rules, std::vector<std::string> secrets)
        : rules_(std::move(rules)), secrets_(std::move(secrets)) {}

    Letter write(std::span<const Notification> messages, Shape shape, const Scene& scene) const override {
        const auto fill = [&](const std::string& text, Escape escape, const Sheet& sheet) {
            auto values = values_of(sheet, scene);
            values.secrets = secrets_;
            return fill_template(text, escape, values);
        };
        Letter letter{.headers = {{"Content-Type", rules_.content_type}}};
        write_body(letter, messages, shape, scene, rules_.body_max,
                   [&](const Sheet& sheet) { return fill(rules_.body, escape_of(rules_.kind), sheet); });
        if (rules_.headers.empty()) return letter;
        const auto told = messages.first(letter.included);
        const Sheet sheet = told.size() == 1 ? sheet_of(told.front(), shape, scene, line_bytes[3])
                                             : digest_sheet(told, {}, shape, scene, 0);
        for (const auto& [name, text] : rules_.headers)
            letter.headers.emplace_back(name, fill(text, Escape::header, sheet));
        return letter;
    }

    Verdict judge(const Reply& reply, Shape, TimePoint now) const override {
        const auto& wanted = rules_.success.status;
        const bool is_2xx = reply.status >= 200 && reply.status <= 299;
        const bool right =
            wanted.empty() ? is_2xx : std::find(wanted.begin(), wanted.end(), reply.status) != wanted.end();
        if (right) return {judge_body(rules_.success, reply), {}};
        if (!is_2xx) return {classify_status(reply.status, reply.retry_after, now), {}};
        return {failed(DeliveryResult::Kind::retry,
                       "HTTP " + std::to_string(reply.status) + " is no success here"),
                {}};
    }
    bool judges_body() const override { return rules_.success.reads_body(); }

private:
    TemplateRules rules_;
    std::vector<std::string> secrets_;
};

}  // namespace

std::unique_ptr<Format> make_template_format(TemplateRules rules, std::vector<std::string> secrets) {
    return std::make_unique<Templated>(std::move(rules), std::move(secrets));
}

}  // namespace alert
