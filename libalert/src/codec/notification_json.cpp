// A notification as it waits in Redis. Schema 1; empty members are left out, instants are
// milliseconds since 1970.
//
//   v schema   id   ch channel   r reason   fl flag   ca card   u urgency   al alone   t created_at
//   de detail
//   c matter:     {id, ti title, cl class_id, ig incident_grade, ol opinion_level, fi field,
//                  lu lead_unit, st status}
//   o obligation: {id, ti title, k kind, s start, d due, b basis, g guide}
//   s step:       {at, p planned, n repeat}
//   tg targets:   [[role, officer, ...], ...]
//   it items:     [{c matter, o obligation}, ...]
#include "alert/codec/snapshot_json.hpp"

#include "json_writer.hpp"
#include "stored_parts.hpp"
#include "stored_reader.hpp"

namespace alert {
namespace {

namespace json = boost::json;

constexpr int notification_schema = 1;
constexpr std::size_t usual_notification_bytes = 1024;
constexpr std::size_t items_max = 1000;
constexpr Card cards[] = {Card::none, Card::yellow, Card::red};
constexpr CaseStatus case_statuses[] = {CaseStatus::open, CaseStatus::closed, CaseStatus::dismissed,
                                        CaseStatus::merged};
constexpr ObligationKind obligation_kinds[] = {ObligationKind::statutory, ObligationKind::internal};

std::optional<Card> parse_card(std::string_view text) { return find_word(text, cards); }
std::optional<CaseStatus> parse_status(std::string_view text) { return find_word(text, case_statuses); }
std::optional<ObligationKind> parse_obligation_kind(std::string_view text) {
    return find_word(text, obligation_kinds);
}

void write(JsonWriter& out, const CaseBrief& matter) {
    out.open_object();
    out.member("id", matter.id.value);
    out.member_if("ti", matter.title);
    out.member_if("cl", matter.class_id);
    out.member("ig", to_string(matter.incident_grade));
    if (matter.opinion_level) out.member("ol", to_string(*matter.opinion_level));
    out.member_if("fi", matter.field);
    out.member_if("lu", matter.lead_unit);
    out.member("st", to_string(matter.status));
    out.close_object();
}

void write(JsonWriter& out, const ObligationBrief& obligation) {
    out.open_object();
    out.member("id", obligation.id);
    out.member_if("ti", obligation.title);
    out.member("k", to_string(obligation.kind));
    out.member("s", obligation.start);
    out.member("d", obligation.due);
    out.member_if("b", obligation.basis);
    out.member_if("g", obligation.guide);
    out.close_object();
}

void write(JsonWriter& out, const StepBrief& step) {
    out.open_object();
    out.member("at", step.at);
    out.member("p", step.planned);
    if (step.repeat != 0) out.member_number("n", step.repeat);
    out.close_object();
}

void write_items(JsonWriter& out, const std::vector<NotificationItem>& items) {
    out.open_array();
    for (const NotificationItem& item : items) {
        out.open_object();
        out.name("c"), write(out, item.matter);
        if (item.obligation) out.name("o"), write(out, *item.obligation);
        out.close_object();
    }
    out.close_array();
}

CaseBrief read_matter(const json::value& value, Finding& finding) {
    StoredObject in(value, finding);
    CaseBrief matter;
    matter.id = CaseId(in.text("id"));
    matter.title = in.text_or_empty("ti");
    matter.class_id = in.text_or_empty("cl");
    matter.incident_grade = stored_word(in.need("ig"), parse_incident_grade, finding);
    in.if_there("ol", [&](const json::value& level) {
        matter.opinion_level = stored_word(level, parse_opinion_level, finding);
    });
    matter.field = in.text_or_empty("fi");
    matter.lead_unit = in.text_or_empty("lu");
    matter.status = stored_word(in.need("st"), parse_status, finding);
    in.nothing_left();
    return matter;
}

ObligationBrief read_obligation(const json::value& value, Finding& finding) {
    StoredObject in(value, finding);
    ObligationBrief obligation;
    obligation.id = in.text("id");
    obligation.title = in.text_or_empty("ti");
    obligation.kind = stored_word(in.need("k"), parse_obligation_kind, finding);
    obligation.start = in.instant("s");
    obligation.due = in.instant("d");
    obligation.basis = in.text_or_empty("b");
    obligation.guide = in.text_or_empty("g");
    in.nothing_left();
    return obligation;
}

StepBrief read_step(const json::value& value, Finding& finding) {
    StoredObject in(value, finding);
    StepBrief step;
    step.at = in.text("at");
    step.planned = in.instant("p");
    in.if_there(
        "n", [&](const json::value& repeat) { step.repeat = stored_number<std::uint32_t>(repeat, finding); });
    in.nothing_left();
    return step;
}

std::vector<NotificationItem> read_items(const json::value& value, Finding& finding) {
    std::vector<NotificationItem> items;
    const json::array* all = stored_array(value, 0, items_max, finding);
    if (!all) return items;
    for (const json::value& each : *all) {
        StoredObject in(each, finding);
        NotificationItem item{.matter = read_matter(in.need("c"), finding), .obligation = {}};
        in.if_there("o", [&](const json::value& obligation) {
            item.obligation = read_obligation(obligation, finding);
        });
        in.nothing_left();
        items.push_back(std::move(item));
    }
    return items;
}

Notification read_notification(StoredObject& in, Finding& finding) {
    Notification notification;
    notification.id = NotificationId(in.text("id"));
    notification.channel = ChannelId(in.text("ch"));
    notification.reason = stored_word(in.need("r"), parse_reason, finding);
    notification.flag = in.text_or_empty("fl");
    in.if_there("ca",
                [&](const json::value& card) { notification.card = stored_word(card, parse_card, finding); });
    notification.urgency = static_cast<Urgency>(stored_integer(in.need("u"), 0, urgency_count - 1, finding));
    in.if_there("al", [&](const json::value& alone) {
        notification.alone = stored_integer(alone, 0, 1, finding) == 1;
    });
    notification.created_at = in.instant("t");
    notification.detail = in.text_or_empty("de");
    in.if_there("c", [&](const json::value& matter) { notification.matter = read_matter(matter, finding); });
    in.if_there("o", [&](const json::value& obligation) {
        notification.obligation = read_obligation(obligation, finding);
    });
    in.if_there("s", [&](const json::value& step) { notification.step = read_step(step, finding); });
    in.if_there("tg",
                [&](const json::value& targets) { notification.targets = stored_targets(targets, finding); });
    in.if_there("it", [&](const json::value& items) { notification.items = read_items(items, finding); });
    notification.about = in.text_or_empty("ab");
    in.if_there(
        "ov", [&](const json::value& over) { notification.over = stored_integer(over, 0, 1, finding) == 1; });
    return notification;
}

}  // namespace

std::string encode_notification(const Notification& notification) {
    std::string text;
    text.reserve(usual_notification_bytes);
    JsonWriter out(text);
    out.open_object();
    out.member_number("v", notification_schema);
    out.member("id", notification.id.value);
    out.member("ch", notification.channel.value);
    out.member("r", to_string(notification.reason));
    out.member_if("fl", notification.flag);
    if (notification.card != Card::none) out.member("ca", to_string(notification.card));
    out.member_number("u", notification.urgency);
    if (notification.alone) out.member_number("al", 1);
    out.member("t", notification.created_at);
    out.member_if("de", notification.detail);
    if (notification.matter) out.name("c"), write(out, *notification.matter);
    if (notification.obligation) out.name("o"), write(out, *notification.obligation);
    if (notification.step) out.name("s"), write(out, *notification.step);
    if (!notification.targets.empty()) out.name("tg"), write_targets(out, notification.targets);
    if (!notification.items.empty()) out.name("it"), write_items(out, notification.items);
    out.member_if("ab", notification.about);
    if (notification.over) out.member_number("ov", 1);
    out.close_object();
    return text;
}

Result<Notification> decode_notification(std::string_view text) {
    return read_stored<Notification>(text, notification_schema, read_notification);
}

}  // namespace alert
