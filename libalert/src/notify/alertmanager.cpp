// `format: alertmanager`: the webhook JSON of Prometheus' Alertmanager, version 4, so that its receivers work
// unchanged. An obligation is one alert: its labels are what it is and never change, so that fingerprint and
// group are the same from the first reminder to the answer; what changes are annotations. All text is inert,
// for receivers that hand it on to a group robot.
#include "alert/codec/case_json.hpp"
#include "alert/notify/classify.hpp"
#include "alert/notify/format.hpp"
#include "fingerprint.hpp"
#include "inert.hpp"
#include "redaction.hpp"
#include "sheet.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace alert {

namespace json = boost::json;

namespace {

constexpr std::size_t alerts_max = 20;  // receivers turn a body into one message of a robot
constexpr std::size_t description_bytes_max = 2000, label_bytes_max = 600;
constexpr std::string_view zero_time = "0001-01-01T00:00:00Z";  // Go's: not over yet
constexpr std::array<std::string_view, 5> group_names = {"about", "alertname", "case", "notice",
                                                         "obligation"};

using Pairs = std::map<std::string, std::string>;  // Alertmanager sorts them by name

struct Alert {
    bool firing = true;
    Pairs labels, annotations;
    TimePoint starts_at, ends_at;
    std::string link;
    bool cut = false;
};

void add(Pairs& pairs, const std::string& name, std::string_view value,
         std::size_t bytes_max = label_bytes_max) {
    auto text = cut_to_bytes(inert_text(value), bytes_max);
    if (!text.empty()) pairs[name] = std::move(text);
}

void add_id(Pairs& pairs, const std::string& name, std::string_view value) {
    auto text = cut_to_bytes(inert_id(value), label_bytes_max);
    if (!text.empty()) pairs[name] = std::move(text);
}

bool ends_something(const Notification& message) {
    return message.reason == Reason::fulfilled || message.reason == Reason::closed || message.over;
}

std::string_view severity_of(const Notification& message) {
    if (message.obligation)
        return message.obligation->kind == ObligationKind::statutory ? "critical" : "warning";
    const bool needs_somebody = message.reason == Reason::attention || message.reason == Reason::self;
    return message.matter || needs_somebody ? "warning" : "info";
}

/// Only what stays as it is while the alert lives.
Pairs labels_of(const Notification& message, const Scene& scene) {
    Pairs labels;
    add_id(labels, "alertname", message.obligation ? "YuqingDeadline" : "YuqingNotice");
    add_id(labels, "instance", scene.jurisdiction);
    add_id(labels, "severity", severity_of(message));
    if (message.matter) add_id(labels, "case", message.matter->id.value);
    if (message.obligation) add_id(labels, "obligation", message.obligation->id);
    if (!message.matter)
        add_id(labels, "notice", message.flag.empty() ? to_string(message.reason) : message.flag);
    add_id(labels, "about", message.about);
    return labels;
}

void add_matter(Pairs& annotations, const CaseBrief& matter) {
    add(annotations, "title", matter.title);
    add_id(annotations, "class", matter.class_id);
    add_id(annotations, "incident_grade", to_string(matter.incident_grade));
    if (matter.opinion_level) add_id(annotations, "opinion_level", to_string(*matter.opinion_level));
    add(annotations, "field", matter.field);
    add(annotations, "lead_unit", matter.lead_unit);
}

Pairs annotations_of(const Notification& message, const Sheet& sheet, const Scene& scene) {
    Pairs annotations;
    std::string description;
    for (const MessageLine& line : sheet.lines)
        description.append(description.empty() ? "" : "\n").append(line.label).append(line.value);
    annotations["summary"] = sheet.heading + sheet.subject;
    annotations["description"] =
        description.empty() ? annotations["summary"] : cut_to_bytes(description, description_bytes_max);
    add_id(annotations, "reason", to_string(message.reason));
    add_id(annotations, "flag", message.flag);
    if (message.card != Card::none) add_id(annotations, "card", to_string(message.card));
    if (message.matter) {
        add_matter(annotations, *message.matter);
        const MessageLinks links = message_links(scene.public_url, scene.link_key, message, scene.now);
        annotations["url"] = links.view;
        if (!scene.link_key.bytes.empty()) annotations["acknowledge_url"] = links.acknowledge;
    }
    if (message.obligation) {
        add(annotations, "obligation_title", message.obligation->title);
        annotations["due"] = format_rfc3339(message.obligation->due, scene.zone);
        add(annotations, "basis", message.obligation->basis);
        add(annotations, "guide", message.obligation->guide);
    }
    return annotations;
}

Alert alert_of(const Notification& message, const Scene& scene) {
    const Sheet sheet = sheet_of(message, Shape::full, scene, label_bytes_max);
    Alert alert{.firing = !ends_something(message),
                .labels = labels_of(message, scene),
                .annotations = annotations_of(message, sheet, scene),
                .starts_at = message.obligation ? message.obligation->start : message.created_at,
                .ends_at = message.created_at,
                .link = std::string(scene.public_url),
                .cut = sheet.cut};
    if (message.matter) alert.link = message_links(scene.public_url, scene.link_key, message, scene.now).view;
    alert.ends_at = std::max(alert.ends_at, alert.starts_at);
    return alert;
}

json::object object_of(const Pairs& pairs) {
    json::object out;
    for (const auto& [name, value] : pairs) out[name] = value;
    return out;
}

json::object alert_json(const Alert& alert, const Zone& zone) {
    return {{"status", alert.firing ? "firing" : "resolved"},
            {"labels", object_of(alert.labels)},
            {"annotations", object_of(alert.annotations)},
            {"startsAt", format_rfc3339(alert.starts_at, zone)},
            {"endsAt", alert.firing ? std::string(zero_time) : format_rfc3339(alert.ends_at, zone)},
            {"generatorURL", alert.link},
            {"fingerprint", alert_fingerprint(alert.labels)}};
}

Pairs common(const std::vector<Alert>& alerts, Pairs Alert::*of) {
    Pairs shared = alerts.front().*of;
    for (const Alert& alert : alerts) {
        std::erase_if(shared, [&](const auto& pair) {
            const auto other = (alert.*of).find(pair.first);
            return other == (alert.*of).end() || other->second != pair.second;
        });
    }
    return shared;
}

std::string group_key(const Pairs& labels) {
    std::string key;
    for (const auto& [name, value] : labels)
        key.append(key.empty() ? "" : ", ").append(name).append("=").append(json::serialize(value));
    return "{}:{" + key + "}";
}

/// As Alertmanager writes the name of a receiver, a regular expression that matches it.
std::string name_pattern(std::string_view channel) {
    std::string out;
    for (const char c : channel) out.append(c == '.' ? "\\" : "").append(1, c);
    return out;
}

std::optional<std::int64_t> code_in(const json::value& value, std::initializer_list<std::string_view> names) {
    if (!value.is_object()) return std::nullopt;
    for (const auto name : names) {
        const auto* code = value.get_object().if_contains(name);
        if (code && code->is_int64()) return code->get_int64();
    }
    return std::nullopt;
}

/// Bridges to group robots say 200 whatever the robot said, and hand its answer on, as it was or as a JSON
/// text. What of it is a refusal; empty when it is none.
std::string refusal_in(const Reply& reply) {
    constexpr std::size_t error_bytes_max = 160;
    json::error_code error;
    const auto answer = json::parse(reply.body, error);
    if (error) return {};
    if (const auto code = code_in(answer, {"errcode"}); code && *code != 0)
        return "the receiver handed on code " + std::to_string(*code);
    if (!answer.is_string()) return {};
    const std::string inner(answer.get_string());
    const auto handed_on = json::parse(inner, error);
    if (!error) {
        const auto code = code_in(handed_on, {"errcode", "code", "StatusCode"});
        return code.value_or(0) == 0 ? "" : "the receiver handed on code " + std::to_string(*code);
    }
    for (const auto* word : {"异常", "失败", "错误", "rror"}) {
        if (inner.find(word) != inner.npos)
            return "the receiver says: " + said_text(reply.redaction.get(), inner, error_bytes_max);
    }
    return {};
}

class Alertmanager : public Format {
public:
    explicit Alertmanager(AlertmanagerOptions options) : options_(std::move(options)) {}

    Letter write(std::span<const Notification> messages, Shape, const Scene& scene) const override {
        Letter letter{.headers = {{"Content-Type", "application/json"}}};
        if (!options_.token.empty()) letter.headers.emplace_back("Authorization", "Bearer " + options_.token);
        letter.included = std::min(messages.size(), alerts_max);
        std::vector<Alert> alerts;
        for (const Notification& message : messages.first(letter.included))
            letter.cut |= alerts.emplace_back(alert_of(message, scene)).cut;
        letter.body = json::serialize(body_of(alerts, scene)) + "\n";
        return letter;
    }

    Verdict judge(const Reply& reply, Shape, TimePoint now) const override {
        auto result = classify_status(reply.status, reply.retry_after, now);
        // To bridges everything is a bad request, also that the robot behind them is busy.
        if (reply.status == 400) result.kind = DeliveryResult::Kind::retry;
        if (result.kind == DeliveryResult::Kind::delivered) {
            if (auto refusal = refusal_in(reply); !refusal.empty())
                result = {.kind = DeliveryResult::Kind::retry, .error = std::move(refusal)};
        }
        return {std::move(result), {}};
    }
    bool judges_body() const override { return true; }

private:
    json::object body_of(const std::vector<Alert>& alerts, const Scene& scene) const {
        const bool firing =
            std::any_of(alerts.begin(), alerts.end(), [](const Alert& alert) { return alert.firing; });
        const Pairs common_labels = common(alerts, &Alert::labels);
        Pairs group;
        for (const auto name : group_names) {
            if (const auto label = common_labels.find(std::string(name)); label != common_labels.end())
                group.insert(*label);
        }
        json::array all;
        for (const Alert& alert : alerts) all.push_back(alert_json(alert, scene.zone));
        return {{"receiver", name_pattern(options_.channel)},
                {"status", firing ? "firing" : "resolved"},
                {"alerts", std::move(all)},
                {"groupLabels", object_of(group)},
                {"commonLabels", object_of(common_labels)},
                {"commonAnnotations", object_of(common(alerts, &Alert::annotations))},
                {"externalURL", scene.public_url},
                {"version", "4"},
                {"groupKey", group_key(group)},
                {"truncatedAlerts", 0}};
    }

    AlertmanagerOptions options_;
};

}  // namespace

std::unique_ptr<Format> make_alertmanager_format(AlertmanagerOptions options) {
    return std::make_unique<Alertmanager>(std::move(options));
}

}  // namespace alert
