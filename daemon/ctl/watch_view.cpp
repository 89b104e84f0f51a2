#include "watch_view.hpp"

#include "labels.hpp"
#include "text.hpp"

#include <algorithm>

namespace yuqing {

namespace json = boost::json;

namespace {

/// To the second, for it is to be seen moving: 1天 23:59:58, 超 00:00:05.
std::string countdown(std::int64_t seconds, Language language) {
    const bool zh = language == Language::zh;
    const auto length = seconds < 0 ? -seconds : seconds;
    const auto days = length / 86400;
    const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    const auto sign = seconds >= 0 ? "" : zh ? "超 " : "over ";
    return sign + (days > 0 ? std::to_string(days) + (zh ? "天 " : "d ") : "") + two(length / 3600 % 24) +
           ":" + two(length / 60 % 60) + ":" + two(length % 60);
}

/// The obligation as it is by now: the daemon's answer is some seconds old.
json::object aged(const json::object& obligation, alert::Duration age) {
    auto out = obligation;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
    if (const auto remaining = remaining_seconds(obligation)) out["remaining_seconds"] = *remaining - seconds;
    return out;
}

struct Counted {
    std::size_t late = 0, near = 0;
};

Table table_of(const Watched& watched, const Picture& picture, Counted& counted) {
    const bool zh = picture.language == Language::zh;
    Table table(zh ? std::vector<std::string>{"剩余", "应完成", "责任单位", "义务", "事项", "标题"}
                   : std::vector<std::string>{"LEFT", "DUE", "UNIT", "OBLIGATION", "CASE", "TITLE"});
    for (const auto& each : watched.cases) {
        const auto* item = each.if_object();
        if (item == nullptr) continue;
        const auto* urgent = most_urgent(*item);
        const auto now = urgent ? aged(*urgent, picture.age) : json::object{};
        const auto tone = urgent ? tone_of(now) : Tone::plain;
        counted.late += tone == Tone::late ? 1 : 0;
        counted.near += tone == Tone::near ? 1 : 0;
        table.add({urgent ? countdown(*remaining_seconds(now), picture.language) : "-",
                   urgent ? short_time(text_of(now, "due")) : "-", text_of(*item, "lead_unit"),
                   urgent ? text_of(now, "title") : "-", text_of(*item, "id"), text_of(*item, "title")},
                  tone);
    }
    return table;
}

std::string head_line(const Watched& watched, const Picture& picture, const Counted& counted) {
    const auto count = std::to_string(watched.cases.size()) + (watched.more ? "+" : "");
    const auto late = std::to_string(counted.late), near = std::to_string(counted.near);
    if (picture.language == Language::en)
        return picture.now + "  open " + count + ", overdue " + late + ", due within the hour " + near;
    return picture.now + "  未办结 " + count + "，逾期 " + late + "，1小时内到期 " + near;
}

std::string state_line(const Watched& watched, Language language) {
    const bool zh = language == Language::zh;
    if (watched.away_since.empty()) return zh ? "每秒更新，Ctrl-C 结束" : "updated every second, Ctrl-C ends";
    const auto why = watched.away_why.empty() ? "" : (zh ? "：" : ": ") + safe_text(watched.away_why);
    return zh ? "！与守护进程失去联系，以下为 " + watched.away_since + " 所见，倒计时照走" + why
              : "! the daemon is away; this is as of " + watched.away_since + ", the clocks run on" + why;
}

std::string rest_line(std::size_t hidden, bool more, Language language) {
    const bool zh = language == Language::zh;
    if (hidden == 0) return zh ? "… 还有更多，可用 --limit 增加" : "… there are more, see --limit";
    const auto count = std::to_string(hidden) + (more ? "+" : "");
    return zh ? "… 还有 " + count + " 项" : "… " + count + " more";
}

}  // namespace

std::vector<std::string> picture_of(const Watched& watched, const Picture& picture) {
    Counted counted;
    const auto table = table_of(watched, picture, counted);
    const auto rows = table.lines(picture.size.columns);
    std::vector<std::string> lines;
    const auto add = [&](const std::string& line, Tone tone) {
        const auto cut = cut_to_width(line, picture.size.columns - 1);  // the last cell wraps
        lines.push_back(picture.colours ? painted(cut, tone) : cut);
    };
    add(head_line(watched, picture, counted), Tone::head);
    add(state_line(watched, picture.language), watched.away_since.empty() ? Tone::plain : Tone::late);
    const auto room = std::max<std::size_t>(picture.size.rows, 4) - lines.size();
    const bool all_fit = rows.size() <= room && !watched.more;
    const auto shown = all_fit ? rows.size() : std::min(rows.size(), room - 1);
    for (std::size_t at = 0; at < shown; ++at) add(rows[at], at == 0 ? Tone::head : table.tone(at));
    if (!all_fit) add(rest_line(rows.size() - shown, watched.more, picture.language), Tone::plain);
    return lines;
}

std::vector<std::string> ChangeFinder::words_of(const json::object& item) const {
    const bool zh = language_ == Language::zh;
    std::vector<std::string> words;
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) words.push_back(std::string(name) + (name.empty() ? "" : " ") + value);
    };
    add(zh ? "标题" : "title", text_of(item, "title"));
    add(zh ? "责任单位" : "unit", text_of(item, "lead_unit"));
    add(zh ? "事件等级" : "grade", label(text_of(item, "incident_grade"), language_));
    add(zh ? "舆情等级" : "level", label(text_of(item, "opinion_level"), language_));
    add(zh ? "签收" : "acknowledged", text_of(item, "acknowledged_at"));
    for (const auto& flag : list_of(item, "flags"))
        if (flag.is_string()) add("", label(flag.get_string(), language_));
    for (const auto& each : list_of(item, "obligations")) {
        const auto* obligation = each.if_object();
        if (obligation == nullptr) continue;
        const auto status = label(text_of(*obligation, "status"), language_);
        const bool open = remaining_seconds(*obligation).has_value();
        const auto due = open ? (zh ? "，应完成 " : ", due ") + text_of(*obligation, "due") : "";
        add(text_of(*obligation, "id"), status + due);
    }
    return words;
}

std::vector<Change> ChangeFinder::take(const json::array& cases) {
    std::vector<Change> changes;
    std::map<std::string, Known> seen;
    for (const auto& each : cases) {
        const auto* item = each.if_object();
        if (item == nullptr || text_of(*item, "id").empty()) continue;
        const auto words = words_of(*item);
        Known now{*item, {words.begin(), words.end()}};
        const auto before = known_.find(text_of(*item, "id"));
        if (before == known_.end()) {
            changes.push_back({Change::Kind::appeared, *item, words});
        } else if (now.words != before->second.words) {
            std::vector<std::string> fresh;
            for (const auto& word : words)
                if (before->second.words.count(word) == 0) fresh.push_back(word);
            changes.push_back({Change::Kind::changed, *item, std::move(fresh)});
        }
        seen[text_of(*item, "id")] = std::move(now);
    }
    for (const auto& [id, known] : known_)
        if (seen.count(id) == 0) changes.push_back({Change::Kind::missing, known.item, {}});
    known_ = std::move(seen);
    return changes;
}

}  // namespace yuqing
