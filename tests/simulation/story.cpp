#include "simulation/story.hpp"

#include <algorithm>

namespace yuqing::simulation {

using namespace alert;
using namespace std::chrono_literals;

namespace {

using Text = std::string;

Text quoted(const Text& text) { return "\"" + text + "\""; }

struct Writer {
    Dice dice;
    Zone zone = Zone::find("Asia/Shanghai").value();
    std::vector<Telling> tellings;
    std::vector<std::shared_ptr<Plot>> plots;
    int number = 0;

    void a_case(TimePoint at);
    void detection(const std::shared_ptr<Plot>& plot, TimePoint time, bool first);
    void happening(const std::shared_ptr<Plot>& plot, TimePoint began, std::size_t facts_from);
    void withdrawal(const std::shared_ptr<Plot>& plot, TimePoint time, std::size_t facts_from);
    void tell(const std::shared_ptr<Plot>& plot, TimePoint time, const Text& type, const Text& data);
    void nonsense(const std::shared_ptr<Plot>& plot, TimePoint time);
    [[nodiscard]] Text when(TimePoint at) const { return quoted(format_rfc3339(at, zone)); }
    Text word(const std::vector<Text>& from) { return quoted(dice.pick(from)); }
};

const std::vector<Text> grades{"extreme", "major", "considerable", "ordinary", "none", "重大", "III"};
const std::vector<Text> levels{"red", "orange", "yellow", "blue"};
const std::vector<Text> units{"u0", "u1", "单位u2", "u3", "u9"};
const std::vector<Text> fields{"f0", "领域f1", "f2", "f9"};
const std::vector<Text> kinds{"authoritative_release", "press_conference", "online_reply", "progress_update",
                              "final_report"};

void Writer::tell(const std::shared_ptr<Plot>& plot, TimePoint time, const Text& type, const Text& data) {
    Telling telling{.at = {}, .plot = plot, .source = {}, .id = {}, .type = type, .data = data, .time = time};
    telling.source = type == "opinion.detected" && dice.chance(0.5) ? "hotline" : "office";
    telling.id = "e" + std::to_string(++number);
    const double how = dice.share();
    telling.at = time + (how < 0.70   ? dice.span(0ms, 20s)
                         : how < 0.92 ? dice.span(0ms, 6h)
                         : how < 0.98 ? dice.span(0ms, 72h)
                                      : -dice.span(0ms, 4min));
    if (dice.chance(0.06)) telling.role = ClientRole::operator_;
    if (type != "case.assessed" && type != "opinion.detected") telling.role = ClientRole::supervisor;
    telling.with_subject = type != "opinion.detected" || plot->matter_key.empty();
    tellings.push_back(telling);
    if (!dice.chance(0.1)) return;
    auto again = telling;  // told again by a client that missed the answer, or a little different
    again.at += dice.chance(0.6) ? dice.span(0ms, 5s) : dice.span(0ms, 48h);
    if (dice.chance(0.3) && !again.data.empty() && type != "opinion.detected")
        again.data.insert(1, R"("extra":1,)");
    tellings.push_back(again);
}

void Writer::detection(const std::shared_ptr<Plot>& plot, TimePoint time, bool first) {
    Text data = R"({"title":"舆情)" + std::to_string(number) + "\"";
    const auto add = [&](const char* name, const Text& value) { data += ",\"" + Text(name) + "\":" + value; };
    if (dice.chance(first ? 0.6 : 0.2)) add("incident_grade", word(grades));
    if (dice.chance(0.4)) add("opinion_level", word(levels));
    if (dice.chance(first ? 0.5 : 0.2)) add("field", word(fields));
    if (dice.chance(first ? 0.6 : 0.1)) add("lead_unit", word(units));
    if (dice.chance(0.3)) add("platform", word({"weibo", "douyin"}));
    if (dice.chance(0.2)) add("matter", word({"opinion", "hotline", "consultation", "task"}));
    if (dice.chance(0.3)) add("occurred_at", when(time - dice.span(-10min, 10h)));
    if (dice.chance(0.3)) add("due", when(time + dice.span(1h, 96h)));
    if (dice.chance(0.02)) add("heat", "\"hot\"");  // unreadable, kept as given
    if (!plot->matter_key.empty()) add("matter_key", quoted(plot->matter_key));
    tell(plot, time, "opinion.detected", data + "}");
}

void Writer::withdrawal(const std::shared_ptr<Plot>& plot, TimePoint time, std::size_t facts_from) {
    const auto& named = tellings[facts_from + dice.next() % (tellings.size() - facts_from)];
    if (named.plot != plot || named.type == "fact.withdrawn" || !named.with_subject || !named.sound) return;
    const Text data = R"({"event_source":")" + named.source + R"(","event_id":")" + named.id +
                      R"(","by":"甲","reason":"误报"})";
    const auto at = dice.chance(0.15) ? std::min(time, named.at - 1min) : time;  // before what it names
    tell(plot, at, "fact.withdrawn", data);
    if (dice.chance(0.5)) tellings.back().at = at;
}

void Writer::happening(const std::shared_ptr<Plot>& plot, TimePoint began, std::size_t facts_from) {
    const auto share = dice.share();
    auto after = Duration(static_cast<Duration::rep>(share * share * 6 * 24 * 3600 * 1000.0)) -
                 (dice.chance(0.03) ? 2h : 0h);
    // Now and then whole hours later, which is when something is due or a step comes.
    if (dice.chance(0.15)) after = std::chrono::floor<std::chrono::hours>(after);
    const auto time = began + after;
    const Text by = R"("by":"甲")", why = R"(,"reason":"因")";
    const auto say = [&](const char* type, const Text& more) {
        tell(plot, time, type, "{" + by + more + "}");
    };
    const auto weight = dice.between(0, 99);
    const auto rule = [&] {
        const auto id = "r" + std::to_string(dice.between(0, 7));
        const double of = dice.share();
        return of < 0.6    ? id
               : of < 0.85 ? id + "." + std::to_string(dice.between(1, 3))
                           : Text("commitment.C1");
    };
    if (weight < 8) return detection(plot, time, false);
    if (weight < 16) {
        Text more = dice.chance(0.75) ? R"(,"incident_grade":)" + word(grades) : "";
        if (dice.chance(0.4)) more += R"(,"opinion_level":)" + word(levels);
        if (dice.chance(0.15)) more += R"(,"field":)" + word(fields);
        return say("case.assessed", more + (dice.chance(0.6) ? why : ""));
    }
    if (weight < 25) return say("case.assigned", R"(,"lead_unit":)" + word(units));
    if (weight < 28) return say("case.returned", why + (dice.chance(0.5) ? R"(,"unit":)" + word(units) : ""));
    if (weight < 38) return say("case.acknowledged", "");
    if (weight < 46) return say("response.approved", "");
    if (weight < 63) {
        const auto approved =
            dice.chance(0.3) ? R"(,"approved_at":)" + when(time + dice.span(-1h, 10min)) : "";
        return say("response.published", R"(,"kind":)" + word(kinds) + approved);
    }
    if (weight < 68) return say("obligation.waived", R"(,"obligation":")" + rule() + "\"" + why);
    const auto commitment = [&] { return R"(,"commitment":"C)" + std::to_string(dice.between(1, 2)) + "\""; };
    if (weight < 72)
        return say("commitment.made",
                   commitment() + R"(,"text":"办","due":)" + when(time + dice.span(1h, 96h)));
    if (weight < 75) return say("commitment.kept", commitment());
    if (weight < 77) return say("rating.received", R"(,"score":4)");
    if (weight < 79 && plots.size() > 3) {
        const auto& into = plots[plots.size() - 1 - static_cast<std::size_t>(dice.between(0, 3))];
        if (!into->case_id.empty() && into != plot) {
            // Now and then somebody merges the other way round as well.
            if (dice.chance(0.3) && !plot->case_id.empty())
                tell(into, time + dice.span(-1h, 5h), "case.merged",
                     "{" + by + R"(,"into":")" + plot->case_id + "\"}");
            return say("case.merged", R"(,"into":")" + into->case_id + "\"");
        }
    }
    if (weight < 84) return say("case.muted", R"(,"until":)" + when(time + dice.span(10min, 72h)) + why);
    if (weight < 86) return say("case.noted", R"(,"text":"记")");
    if (weight < 89) return say("case.closed", "");
    if (weight < 91) return say("case.reopened", why);
    if (weight < 92) return say("case.dismissed", why);
    if (weight < 97) return withdrawal(plot, time, facts_from);
    if (weight < 99) return say("case.closed", "");
    nonsense(plot, time);
}

void Writer::nonsense(const std::shared_ptr<Plot>& plot, TimePoint time) {
    static const std::vector<std::pair<Text, Text>> wrong{{"opinion.detected", "{}"},
                                                          {"case.closed", "{}"},
                                                          {"case.unheard", "{}"},
                                                          {"opinion.detected", "{\"title\":"}};
    const auto& [type, data] = dice.pick(wrong);
    const auto from = tellings.size();
    tell(plot, time, type, data);
    for (auto i = from; i < tellings.size(); ++i) tellings[i].sound = false;
}

void Writer::a_case(TimePoint at) {
    auto plot = std::make_shared<Plot>();
    const auto n = std::to_string(plots.size());
    if (dice.chance(0.15))
        plot->matter_key = dice.chance(0.5) && !plots.empty() && !plots.back()->matter_key.empty()
                               ? plots.back()->matter_key
                               : "m" + n;
    else
        plot->case_id = "QS-" + n;
    plots.push_back(plot);
    const auto facts_from = tellings.size();
    detection(plot, at, true);
    const int facts = dice.between(4, 14);
    for (int i = 0; i < facts; ++i) happening(plot, at, facts_from);
    if (dice.chance(0.9)) tell(plot, at + dice.span(24h, 24h * 8), "case.closed", R"({"by":"甲"})");
}

}  // namespace

Text Telling::bytes(const Zone& zone) const {
    const auto subject = with_subject ? R"(,"subject":")" + plot->case_id + "\"" : "";
    return R"({"specversion":"1.0","id":")" + id + R"(","source":")" + source + R"(","type":")" + type +
           R"(","time":")" + format_rfc3339(time, zone) + "\"" + subject + R"(,"data":)" + data + "}";
}

std::vector<Telling> tell_stories(Dice dice, TimePoint from, TimePoint until) {
    Writer writer{.dice = dice, .tellings = {}, .plots = {}};
    for (auto at = from; at < until; at += writer.dice.span(1min, 21h)) {
        // Now and then a whole second, so that facts and steps share their instants.
        writer.a_case(writer.dice.chance(0.3) ? std::chrono::floor<std::chrono::minutes>(at) : at);
    }
    std::stable_sort(writer.tellings.begin(), writer.tellings.end(),
                     [](const Telling& a, const Telling& b) { return a.at < b.at; });
    return std::move(writer.tellings);
}

}  // namespace yuqing::simulation
