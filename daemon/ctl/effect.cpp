#include "effect.hpp"

#include "client.hpp"

#include "alert/config/nearest.hpp"

#include <boost/json.hpp>

#include <algorithm>

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

std::optional<Said> nothing_assessed(const json::object& data) {
    for (const auto* member : {"incident_grade", "opinion_level", "field"}) {
        if (data.contains(member)) return {};
    }
    return Said{"研判没有给出 --grade、--level 或 --field，事项没有变化",
                "the assessment names no --grade, --level or --field, the case is as it was"};
}

}  // namespace

bool effect_needs_case(std::string_view type) {
    return type == "fact.withdrawn" || type == "obligation.waived";
}

std::optional<Said> no_effect(std::string_view type, const json::object& data, const json::object& item) {
    if (type == "fact.withdrawn") return nothing_withdrawn(data, item);
    if (type == "obligation.waived") return nothing_waived(data, item);
    if (type == "case.assessed") return nothing_assessed(data);
    return {};
}

}  // namespace yuqing
