#include "labels.hpp"

#include "alert/core/words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::pair<std::string_view, std::string_view> chinese[] = {
    // what core/words.hpp has not
    // kinds of obligations
    {"statutory", "法定"},
    {"internal", "内部"},
    // classes of the shipped policy
    {"emergency", "涉特别重大、重大突发事件舆情"},
    {"general", "其他政务舆情"},
    // cards and levels, grades
    {"yellow", "黄"},
    {"red", "红"},
    {"orange", "橙"},
    {"blue", "蓝"},
    {"extreme", "特别重大"},
    {"major", "重大"},
    {"considerable", "较大"},
    {"ordinary", "一般"},
    {"none", "无"},
    // kinds of responses
    {"authoritative_release", "权威发布"},
    {"press_conference", "新闻发布会"},
    {"media_briefing", "媒体通气会"},
    {"media_interview", "接受采访"},
    {"holding_statement", "初步回应"},
    {"online_reply", "网上回复"},
    {"hotline_reply", "热线答复"},
    {"rumor_refutation", "辟谣"},
    {"progress_update", "进展通报"},
    {"final_report", "最终通报"},
    // reasons of notifications
    {"opened", "新事项"},
    {"unacknowledged", "未签收"},
    {"reminder", "提醒"},
    {"due", "到期"},
    {"upgraded", "升级"},
    {"fulfilled", "已完成"},
    {"attention", "请注意"},
    {"handover", "交接班"},
    {"bulletin", "简报"},
    {"drill", "演练"},
    {"test", "测试"},
    {"self", "系统"},
    // states of a message
    {"waiting", "待发送"},
    {"sending", "发送中"},
    {"delivered", "已送达"},
    {"dead", "未送达"},
    // entries of a timeline
    {"fired", "已催办"},
    {"superseded", "被后一步取代"},
    {"skipped", "未触发"},
    {"notice", "告知"},
    {"rebased", "改用办法"},
    {"redelivered", "重新发送"},
    // steps as explained, and why
    {"passed", "未触发"},
    {"ahead", "将到"},
    {"held", "静默中"},
    {"never", "不再触发"},
    {"acknowledged", "已签收"},
    {"approved", "已审签"},
    {"when", "条件不符"},
    {"history", "补录历史"},
    {"excused", "到期后豁免"},
    {"stopped", "已停止"},
    // what is found in a record
    {"changed", "被改动"},
    {"removed", "有缺失"},
    {"reordered", "次序变动"},
    {"forged", "末端或锚点不符"},
    {"missing", "事项已不在"},
    {"archive_unreadable", "归档读不出"},
    {"archive_damaged", "归档损坏"},
    // events
    {"opinion.detected", "发现"},
    {"case.assessed", "研判"},
    {"case.assigned", "交办"},
    {"case.returned", "退回"},
    {"case.acknowledged", "签收"},
    {"response.approved", "审签"},
    {"response.published", "发布"},
    {"obligation.waived", "豁免"},
    {"commitment.made", "承诺"},
    {"commitment.kept", "兑现"},
    {"rating.received", "评价"},
    {"case.merged", "合并"},
    {"case.muted", "静默"},
    {"case.noted", "批注"},
    {"case.closed", "办结"},
    {"case.reopened", "重开"},
    {"case.dismissed", "不予受理"},
    {"fact.withdrawn", "撤销"},
};

/// The first would hide the second.
constexpr bool all_differ() {
    for (const auto* one = std::begin(chinese); one != std::end(chinese); ++one)
        for (const auto* other = one + 1; other != std::end(chinese); ++other)
            if (one->first == other->first) return false;
    return true;
}
static_assert(all_differ(), "an identifier has two words");

std::string english_duration(std::int64_t seconds) {
    constexpr std::pair<std::int64_t, std::string_view> units[] = {
        {86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
    std::string out;
    int parts = 0;
    for (const auto& [size, name] : units) {
        const auto count = seconds / size;
        if (parts > 0 || count > 0 || size == 1) {
            if (count > 0 || parts == 0) out += std::to_string(count) + std::string(name);
            ++parts;
        }
        seconds %= size;
        if (parts == 2) break;
    }
    return out;
}

/// What a fact said, each with its name where the value alone would not be understood.
std::string said_text(const json::object& entry, Language language) {
    constexpr std::pair<std::string_view, std::string_view> names[] = {{"kind", ""},
                                                                       {"incident_grade", "等级"},
                                                                       {"opinion_level", "舆情等级"},
                                                                       {"field", "领域"},
                                                                       {"lead_unit", "单位"},
                                                                       {"unit", "单位"},
                                                                       {"obligation", ""},
                                                                       {"commitment", ""},
                                                                       {"due", "期限"},
                                                                       {"into", "并入"},
                                                                       {"until", "至"},
                                                                       {"score", "评分"},
                                                                       {"event_id", "编号"},
                                                                       {"approved_by", "审签人"}};
    const auto* said = entry.if_contains("said");
    if (said == nullptr || !said->is_object()) return {};
    std::string text;
    for (const auto& [name, words] : names) {
        const auto* value = said->get_object().if_contains(name);
        if (value == nullptr || !(value->is_string() || value->is_number())) continue;
        if (!text.empty()) text += ", ";
        if (!words.empty()) text += std::string(language == Language::zh ? words : name) + " ";
        text += value->is_string() ? label(value->get_string(), language) : json::serialize(*value);
    }
    return text;
}

/// When it happened, where that is not when it was recorded: deadlines are judged by it.
std::string happened_text(const json::object& entry, Language language) {
    constexpr auto worth_telling = std::chrono::minutes(1);
    const auto time = text_of(entry, "time");
    const auto happened = alert::parse_rfc3339(time), recorded = alert::parse_rfc3339(text_of(entry, "at"));
    if (!happened || !recorded || *recorded - *happened < worth_telling) return {};
    return (language == Language::zh ? "时间 " : "at ") + time;
}

std::string fact_note(const json::object& entry, Language language) {
    std::string text;
    for (const auto& part :
         {happened_text(entry, language), said_text(entry, language), text_of(entry, "note")}) {
        if (!text.empty() && !part.empty()) text += "; ";
        text += part;
    }
    return text;
}

std::string policy_version(const json::object& entry, std::string_view name) {
    const auto* policy = entry.if_contains(name);
    return policy != nullptr && policy->is_object() ? text_of(policy->get_object(), "version")
                                                    : std::string();
}

}  // namespace

std::string label(std::string_view identifier, Language language) {
    if (language == Language::zh) {
        if (const auto word = alert::chinese_word(identifier); !word.empty()) return std::string(word);
        for (const auto& [name, words] : chinese) {
            if (name == identifier) return std::string(words);
        }
    }
    return std::string(identifier);
}

std::string role_label(std::string_view role, Language language) {
    const auto word = language == Language::zh ? alert::role_word(role) : std::string_view{};
    return std::string(word.empty() ? role : word);
}

std::string short_time(const std::string& time) {
    return time.size() >= 16 ? time.substr(5, 5) + " " + time.substr(11, 5) : time;
}

std::string duration_text(alert::Duration length, Language language) {
    if (language == Language::zh) return alert::format_duration_zh(length);
    return english_duration(std::chrono::duration_cast<std::chrono::seconds>(length).count());
}

std::optional<std::int64_t> remaining_seconds(const json::object& obligation) {
    const auto* value = obligation.if_contains("remaining_seconds");
    if (value == nullptr || !value->is_int64()) return std::nullopt;
    constexpr std::int64_t longest = 1'000'000'000'000;
    return std::clamp(value->get_int64(), -longest, longest);
}

std::string remaining_text(const json::object& obligation, Language language) {
    const auto seconds = remaining_seconds(obligation);
    if (!seconds) return {};
    const auto length = duration_text(std::chrono::seconds(*seconds < 0 ? -*seconds : *seconds), language);
    if (*seconds >= 0) return length;
    return (language == Language::zh ? "超 " : "over by ") + length;
}

const json::object* most_urgent(const json::object& item) {
    const json::object* urgent = nullptr;
    std::int64_t least = 0;
    for (const auto& each : list_of(item, "obligations")) {
        const auto* obligation = each.if_object();
        if (obligation == nullptr) continue;
        const auto remaining = remaining_seconds(*obligation);
        if (!remaining || (urgent != nullptr && *remaining >= least)) continue;
        urgent = obligation;
        least = *remaining;
    }
    return urgent;
}

Tone tone_of(const json::object& obligation) {
    const auto status = text_of(obligation, "status");
    const auto remaining = remaining_seconds(obligation);
    if (status == "overdue" || (remaining && *remaining < 0)) return Tone::late;
    if (status == "late" || (remaining && *remaining < near_seconds)) return Tone::near;
    return status == "met" ? Tone::good : Tone::plain;
}

std::string entry_text(const json::object& entry, Language language) {
    const auto kind = text_of(entry, "kind");
    if (kind == "fact") return label(text_of(entry, "type"), language);
    if (kind == "rebased") {
        return label(kind, language) + " " + policy_version(entry, "from") + " → " +
               policy_version(entry, "to");
    }
    if (kind == "redelivered") {
        const auto step = text_of(entry, "step");
        const auto reason = text_of(entry, "reason");
        return label(kind, language) + " " + text_of(entry, "channel") + " " +
               (step.empty() ? label(reason.substr(0, reason.find(':')), language)
                             : text_of(entry, "obligation") + " " + step);
    }
    if (kind != "notice") {
        return label(kind, language) + " " + text_of(entry, "obligation") + " " + text_of(entry, "step");
    }
    const auto reason = text_of(entry, "reason");
    const auto colon = reason.find(':');
    auto text = label(kind, language) + " " + label(reason.substr(0, colon), language);
    if (colon != std::string::npos) text += " " + label(reason.substr(colon + 1), language);
    return text;
}

std::string entry_note(const json::object& entry, Language language) {
    const auto kind = text_of(entry, "kind");
    if (kind == "fact") return fact_note(entry, language);
    if (kind == "rebased" || kind == "redelivered") return text_of(entry, "note");
    std::vector<std::string> told;  // a role may have been told on several channels
    for (const auto& each : list_of(entry, "targets")) {
        const auto* target = each.if_object();
        if (target == nullptr) continue;
        auto who = role_label(text_of(*target, "role"), language);
        for (const auto& officer : list_of(*target, "officers")) {
            if (const auto* members = officer.if_object()) who += " " + text_of(*members, "name");
        }
        if (std::find(told.begin(), told.end(), who) == told.end()) told.push_back(std::move(who));
    }
    if (told.empty()) return kind == "notice" ? std::string() : label(text_of(entry, "reason"), language);
    std::string text = language == Language::zh ? "→" : "to";
    for (std::size_t at = 0; at < told.size(); ++at) text += (at == 0 ? " " : ", ") + told[at];
    return text;
}

}  // namespace yuqing
