#include "effect.hpp"

#include "client.hpp"
#include "labels.hpp"

#include "alert/config/nearest.hpp"
#include "alert/core/event.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <vector>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::size_t timeline_most = 200;  // entries that the daemon tells of a case

std::optional<Said> nothing_withdrawn(const json::object& data, const json::object& item) {
    const auto source = text_of(data, "event_source"), id = text_of(data, "event_id");
    const auto& timeline = list_of(item, "timeline");
    for (const auto& each : timeline) {
        const auto* entry = each.if_object();
        if (entry == nullptr || text_of(*entry, "source") != source || text_of(*entry, "id") != id) continue;
        return {};
    }
    const bool all = timeline.size() < timeline_most;
    return Said{std::string(all ? "该事项没有" : "该事项最近的记录中没有") + "来源 “" + source + "”、编号 “" +
                    id + "” 的消息；撤销已记下，但没有撤下任何一条（show 列出各条消息的来源和编号）",
                std::string(all ? "the case has" : "the latest record of the case has") + " no event '" + id +
                    "' of source '" + source +
                    "'; the withdrawal is recorded but withdraws nothing (show lists sources and ids)"};
}

/// `ID.1` is an occurrence of ID, and waiving ID waives them all.
std::optional<Said> nothing_waived(const json::object& data, const json::object& item) {
    const auto wanted = text_of(data, "obligation");
    std::vector<std::string> known;
    for (const auto& each : list_of(item, "obligations")) {
        if (const auto* obligation = each.if_object()) known.push_back(text_of(*obligation, "id"));
    }
    const auto named = [&](const std::string& id) { return id == wanted || id.starts_with(wanted + "."); };
    if (std::any_of(known.begin(), known.end(), named)) return {};
    Said said{"该事项目前没有义务 “" + wanted + "”，没有豁免任何一项",
              "the case now has no obligation '" + wanted + "', nothing is waived"};
    if (const auto near = alert::nearest_word(wanted, {known.begin(), known.end()})) {
        said.zh += "；是 " + std::string(*near) + " 吗？";
        said.en += "; did you mean " + std::string(*near) + "?";
    }
    return said;
}

Said unreadable(const std::string& option, const std::string& value) {
    return {option + " “" + value + "” 无法识别，没有起作用（可用的写法见 assess --help）",
            option + " '" + value + "' is none that is known and changes nothing (see assess --help)"};
}

std::optional<Said> nothing_assessed(const json::object& data, const json::object& item) {
    const auto grade = text_of(data, "incident_grade"), level = text_of(data, "opinion_level");
    if (grade.empty() && level.empty() && text_of(data, "field").empty()) {
        return Said{"研判没有给出 --grade、--level 或 --field，事项没有变化",
                    "the assessment names no --grade, --level or --field, the case is as it was"};
    }
    const auto read = alert::parse_incident_grade(grade);
    if (!grade.empty() && !read) return unreadable("--grade", grade);
    if (!level.empty() && !alert::parse_opinion_level(level)) return unreadable("--level", level);
    const auto now = text_of(item, "incident_grade");
    if (!read || now.empty() || now == alert::to_string(*read)) return {};
    const bool reasoned = !text_of(data, "reason").empty();
    return Said{"事项的事件等级仍为" + label(now, Language::zh) + "：降级须由主管（supervisor）研判" +
                    (reasoned ? "" : "并用 --reason 说明理由") + "才生效，或另有更晚的研判",
                "the grade of the case is still " + now + ": lowering it takes a supervisor" +
                    (reasoned ? "" : " and a --reason") + ", or a later assessment names another"};
}

std::optional<Said> unknown_unit(const json::object& item) {
    for (const auto& flag : list_of(item, "flags")) {
        if (flag != "unknown_unit") continue;
        return Said{
            "事项有单位不在名录（directory.yaml）中，催办只到值班通道；请用名录中的名称或编号再交办一次",
            "a unit of the case is not in directory.yaml, its reminders go to the duty officers' "
            "channels; assign again by a name or id that is"};
    }
    return {};
}

std::optional<Said> nothing_kept(const json::object& data, const json::object& item) {
    const auto wanted = "commitment." + text_of(data, "commitment");
    for (const auto& each : list_of(item, "obligations")) {
        const auto* obligation = each.if_object();
        if (obligation != nullptr && text_of(*obligation, "id") == wanted) return {};
    }
    return Said{"该事项目前没有承诺 “" + text_of(data, "commitment") + "”，没有兑现任何一项",
                "the case now has no commitment '" + text_of(data, "commitment") + "', nothing is kept"};
}

std::string named(const json::object& obligation) {
    const auto id = text_of(obligation, "id"), title = text_of(obligation, "title");
    return title.empty() || title == id ? id : title + "（" + id + "）";
}

/// An obligation that an event of this time fulfilled after its due time, and by how much.
std::optional<Said> lateness(const json::object& obligation, alert::TimePoint time) {
    const auto due = alert::parse_rfc3339(text_of(obligation, "due"));
    if (!due || time <= *due) return {};
    const auto name = named(obligation), at = short_time(text_of(obligation, "due"));
    return Said{
        name + "已超时：期限 " + at + "，超 " + duration_text(time - *due, Language::zh),
        name + " is late: it was due at " + at + ", over by " + duration_text(time - *due, Language::en)};
}

/// What a publication left undone, or did too late, or without the approval it needs.
std::vector<Said> shortcomings(const OperatorEvent& event, const json::object& item) {
    std::vector<Said> all;
    std::string open;
    bool fulfils = false;
    for (const auto& each : list_of(item, "obligations")) {
        const auto* obligation = each.if_object();
        if (obligation == nullptr) continue;
        const auto fulfilled = alert::parse_rfc3339(text_of(*obligation, "fulfilled_at"));
        if (remaining_seconds(*obligation)) open += (open.empty() ? "" : "、") + named(*obligation);
        if (!fulfilled || *fulfilled != event.time) continue;
        fulfils = true;
        if (auto late = lateness(*obligation, event.time)) all.push_back(std::move(*late));
    }
    if (!fulfils && open.empty())
        all.push_back(
            {"没有完成任何义务：事项没有待完成的义务", "it fulfils no obligation: none of the case is open"});
    if (!fulfils && !open.empty())
        all.push_back({"没有完成任何义务，仍待完成：" + open + "；请核对 --kind 和 --time",
                       "it fulfils no obligation, still open: " + open + "; check --kind and --time"});
    auto approved = alert::parse_rfc3339(text_of(event.data, "approved_at"));
    if (!approved && !text_of(event.data, "approved_by").empty())
        approved = event.time;  // as the case takes it
    const auto& flags = list_of(item, "flags");
    const bool flagged = std::find(flags.begin(), flags.end(), "unreviewed") != flags.end();
    if (flagged && !(approved && *approved <= event.time))
        all.push_back({"事项标为" + label("unreviewed", Language::zh) +
                           "；发布前已审签的，请补记 yuqingctl approve ID --time 审签时间",
                       "the case is flagged unreviewed; if it was approved before, record that by "
                       "yuqingctl approve ID --time WHEN"});
    return all;
}

std::optional<Said> short_of(const OperatorEvent& event, const json::object& item) {
    const auto all = shortcomings(event, item);
    if (all.empty()) return {};
    Said joined = all.front();
    for (std::size_t i = 1; i < all.size(); ++i) {
        joined.zh += "；" + all[i].zh;
        joined.en += "; " + all[i].en;
    }
    return joined;
}

}  // namespace

bool effect_needs_case(std::string_view type) {
    return type == "fact.withdrawn" || type == "obligation.waived" || type == "case.assessed" ||
           type == "case.assigned" || type == "commitment.kept" || type == "response.published";
}

std::optional<Said> remark_on(const OperatorEvent& event, const json::object& item) {
    if (event.type == "fact.withdrawn") return nothing_withdrawn(event.data, item);
    if (event.type == "obligation.waived") return nothing_waived(event.data, item);
    if (event.type == "case.assessed") return nothing_assessed(event.data, item);
    if (event.type == "case.assigned") return unknown_unit(item);
    if (event.type == "commitment.kept") return nothing_kept(event.data, item);
    if (event.type == "response.published") return short_of(event, item);
    return {};
}

}  // namespace yuqing
