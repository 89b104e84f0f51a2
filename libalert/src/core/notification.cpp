#include "alert/core/notification.hpp"

#include "alert/core/hash.hpp"
#include "alert/core/names.hpp"

#include <algorithm>
#include <set>

namespace alert {

namespace {

struct ReasonNames {
    Reason reason;
    std::string_view name;
    std::string_view zh;
};
constexpr ReasonNames reasons[] = {{Reason::opened, "opened", "新事项"},
                                   {Reason::unacknowledged, "unacknowledged", "未签收"},
                                   {Reason::reminder, "reminder", "催办"},
                                   {Reason::due, "due", "到期"},
                                   {Reason::overdue, "overdue", "超期"},
                                   {Reason::upgraded, "upgraded", "升级"},
                                   {Reason::fulfilled, "fulfilled", "已完成"},
                                   {Reason::closed, "closed", "办结"},
                                   {Reason::attention, "attention", "请注意"},
                                   {Reason::digest, "digest", "汇总"},
                                   {Reason::handover, "handover", "交接班"},
                                   {Reason::bulletin, "bulletin", "简报"},
                                   {Reason::drill, "drill", "演练"},
                                   {Reason::test, "test", "测试"},
                                   {Reason::self, "self", "系统"}};

struct FlagText {
    std::string_view flag;
    std::string_view zh;
};
constexpr FlagText flag_texts[] = {
    {"unassigned", "尚无责任单位或已被退回，请交办"},
    {"unknown_unit", "单位或领域不在名录中，请核对名录"},
    {"unreviewed", "发布前未经审签（先审后发），请补办并说明"},
    {"closed_unanswered", "已办结，但法定回应或承诺尚未完成，计时继续"},
    {"renewed", "办结或不予受理后又有新的舆情反映，请研判是否重开"},
    {"roster_gap", "值班表有空缺，当前无人在岗，请立即补班"},
    {"rejected", "一条舆情消息无法读取，已退回来源，请联系来源系统"},
    {"unreasoned", "降级未生效：须由主管研判，并说明理由"},
    {"unreadable", "消息中有无法识别的内容，已保留原文，请核对"},
    {"withdrawn_unknown", "撤销未生效：所撤的消息不在本事项中，请核对来源和编号"},
    {"waived_unknown", "豁免未生效：本事项没有这项义务，请核对名称"},
    {"kept_unknown", "兑现未生效：本事项没有这项承诺，请核对编号"},
    {"due_moved", "时限有变动，请核对"}};

std::string_view zh(Reason reason) {
    return std::find_if(std::begin(reasons), std::end(reasons),
                        [&](const auto& r) { return r.reason == reason; })
        ->zh;
}

std::string_view zh(IncidentGrade grade) {
    constexpr std::string_view words[] = {"", "一般突发事件", "较大突发事件", "重大突发事件",
                                          "特别重大突发事件"};
    return words[static_cast<std::size_t>(grade)];
}

std::string_view zh(OpinionLevel level) {
    constexpr std::string_view words[] = {"蓝色舆情", "黄色舆情", "橙色舆情", "红色舆情"};
    return words[static_cast<std::size_t>(level)];
}

void add(std::vector<MessageLine>& lines, std::string label, std::string value) {
    if (!value.empty()) lines.push_back({std::move(label), std::move(value)});
}

/// Of a notice about the daemon itself all is our own words: its first line is the headline.
void add_self(MessageParts& parts, std::string_view text) {
    parts.subject = text.substr(0, text.find('\n'));
    while (text.find('\n') != std::string_view::npos) {
        text.remove_prefix(text.find('\n') + 1);
        add(parts.lines, "", std::string(text.substr(0, text.find('\n'))));
    }
}

/// Everybody once, whatever roles somebody has.
std::string people_text(const Notification& n, const Directory& directory) {
    std::string text;
    std::set<std::string_view> named;
    for (const Target& target : n.targets) {
        for (const auto& id : target.officers) {
            if (!named.insert(id).second) continue;
            text.append(text.empty() ? "" : "、").append(officer_name(directory, id));
        }
    }
    return text;
}

void add_matter(std::vector<MessageLine>& lines, const CaseBrief& matter) {
    std::string what{zh(matter.incident_grade)};
    if (matter.opinion_level) what.append(what.empty() ? "" : "，").append(zh(*matter.opinion_level));
    add(lines, "等级：", what);
    add(lines, "责任单位：", matter.lead_unit.empty() ? "未交办" : matter.lead_unit);
}

/// `剩余2小时 回应 路灯不亮（县住建局）`
std::string item_text(const NotificationItem& item, TimePoint now) {
    std::string text;
    if (item.obligation)
        text = remaining_text(item.obligation->due, now) + " " + item.obligation->title + " ";
    text += item.matter.title;
    return text.append("（")
        .append(item.matter.lead_unit.empty() ? "未交办" : item.matter.lead_unit)
        .append("）");
}

}  // namespace

std::string clock_text(TimePoint at, const Zone& zone) {
    const auto full = format_rfc3339(at, zone);
    auto text = full.substr(5, 5) + " " + full.substr(11, 5);
    if (full.compare(17, 2, "00") != 0) text += full.substr(16, 3);
    return text;
}

std::string remaining_text(TimePoint due, TimePoint now) {
    if (now < due) return "剩余" + format_duration_zh(due - now);
    return now == due ? "已到期" : "已超期" + format_duration_zh(now - due);
}

std::string_view to_string(Reason reason) {
    return std::find_if(std::begin(reasons), std::end(reasons),
                        [&](const auto& r) { return r.reason == reason; })
        ->name;
}

std::optional<Reason> parse_reason(std::string_view text) {
    const auto at =
        std::find_if(std::begin(reasons), std::end(reasons), [&](const auto& r) { return r.name == text; });
    return at == std::end(reasons) ? std::nullopt : std::optional(at->reason);
}

Urgency urgency_of(Reason reason, bool emergency) {
    switch (reason) {
        case Reason::due:
        case Reason::overdue: return 0;
        case Reason::opened: return emergency ? 0 : 1;
        case Reason::upgraded:
        case Reason::unacknowledged:
        case Reason::attention: return 1;
        case Reason::reminder: return 2;
        default: return 3;
    }
}

std::string UrlLimit::hash_of(std::string_view url) { return hash_hex({url}, 32); }

NotificationId notification_id(const std::vector<std::string_view>& parts) {
    return NotificationId{hash_hex(parts, 32)};
}

std::string step_name(const StepBrief& step) {
    return step.repeat == 0 ? step.at : step.at + "#" + std::to_string(step.repeat);
}

MessageParts message_parts(const Notification& n, const Directory& directory, TimePoint now,
                           const Zone& zone) {
    MessageParts parts{.reason = std::string(zh(n.reason)), .subject = n.matter ? n.matter->title : ""};
    auto& lines = parts.lines;
    const bool done = n.reason == Reason::fulfilled;
    if (n.obligation) {
        if (!done) parts.left = remaining_text(n.obligation->due, now);
        add(lines, "事项：", n.obligation->title);
        add(lines, n.obligation->kind == ObligationKind::statutory ? "法定时限：" : "内部时限：",
            clock_text(n.obligation->due, zone) + "（" + (done ? "已完成" : parts.left) + "）");
    }
    const auto flag = std::find_if(std::begin(flag_texts), std::end(flag_texts),
                                   [&](const auto& f) { return f.flag == n.flag; });
    if (flag != std::end(flag_texts)) add(lines, "", std::string(flag->zh));
    if (n.reason == Reason::self)
        add_self(parts, n.detail);
    else
        add(lines, "", n.detail);
    for (const NotificationItem& item : n.items) add(lines, "", item_text(item, now));
    if (n.matter) add_matter(lines, *n.matter);
    if (n.card != Card::none) add(lines, "", n.card == Card::red ? "红牌" : "黄牌");
    if (n.obligation && !done) add(lines, "怎么做：", n.obligation->guide);
    if (n.obligation) add(lines, "依据：", n.obligation->basis);
    add(lines, "通知：", people_text(n, directory));
    return parts;
}

MessageText compose(const Notification& n, const Directory& directory, TimePoint now, const Zone& zone) {
    const MessageParts parts = message_parts(n, directory, now, zone);
    MessageText message{.title = "【" + parts.reason + "】" + parts.subject, .text = {}};
    for (const MessageLine& line : parts.lines) {
        if (!message.text.empty()) message.text += '\n';
        message.text.append(line.label).append(line.value);
    }
    return message;
}

bool is_emergency(const Notification& n) {
    return n.matter && n.matter->incident_grade >= IncidentGrade::major;
}

}  // namespace alert
