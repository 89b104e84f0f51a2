// One verb for each event that an operator tells. They have one shape, so they are a table: what a verb
// is called, which event it tells, and which option becomes which member of its data.
#include "client.hpp"
#include "commands.hpp"
#include "effect.hpp"
#include "event_builder.hpp"
#include "http_client.hpp"
#include "labels.hpp"
#include "system_clock.hpp"
#include "text.hpp"

#include "alert/codec/escape.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <map>
#include <memory>
#include <vector>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr unsigned patience_seconds_default = 30;

enum class Member { text, list, instant, deadline };

struct VerbOption {
    const char* name;    // --name
    const char* member;  // of the event's data
    bool required;
    const char* help;
    Member kind = Member::text;
    std::vector<std::string> offered = {};
};

struct Verb {
    const char* name;
    const char* type;
    const char* help;
    std::vector<VerbOption> options;  // besides --by, which all have
};

const std::vector<std::string> grades{"extreme", "major", "considerable", "ordinary", "none"};
const std::vector<std::string> levels{"red", "orange", "yellow", "blue"};
const std::vector<std::string> kinds{
    "authoritative_release", "press_conference", "media_briefing",   "media_interview", "holding_statement",
    "online_reply",          "hotline_reply",    "rumor_refutation", "progress_update", "final_report"};

/// Each with what officers call it.
std::string explained(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : " ") + word + "（" + label(word, Language::zh) + "）";
    return text;
}

const VerbOption reason{"reason", "reason", false, "理由 (reason)"};
const VerbOption reason_wanted{"reason", "reason", true, "理由 (reason)"};
const VerbOption note{"note", "note", false, "附言 (note)"};

const std::vector<Verb>& verbs() {
    static const std::vector<Verb> all{
        {"ack", "case.acknowledged", "签收 (acknowledge)", {note}},
        {"assess",
         "case.assessed",
         "研判，降级须主管 (assess, a lower grade takes a supervisor)",
         {{"grade", "incident_grade", false, "突发事件等级 (grade)", Member::text, grades},
          {"level", "opinion_level", false, "舆情等级 (level)", Member::text, levels},
          {"field", "field", false, "领域 (field)"},
          reason}},
        {"assign",
         "case.assigned",
         "交办 (assign)",
         {{"unit", "lead_unit", true, "责任单位 (lead unit)"},
          {"assist", "assist_units", false, "协办单位，可多次 (assisting unit, repeatable)", Member::list},
          reason}},
        {"return",
         "case.returned",
         "退回 (return)",
         {{"unit", "unit", false, "退回的单位 (unit that returns it)"}, reason_wanted}},
        {"approve", "response.approved", "审签 (approve)", {note}},
        {"publish",
         "response.published",
         "发布 (publish)",
         {{"kind", "kind", true, "发布形式 (kind)", Member::text, kinds},
          {"channel", "channel", false, "发布渠道 (where)"},
          {"url-of", "url", false, "回应的网址 (address of the response)"},
          {"title", "title", false, "回应的标题 (its title)"},
          {"approved-by", "approved_by", false,
           "审签人；没有 --approved-at 就算发布时审签 (who approved; without --approved-at as of --time)"},
          {"approved-at", "approved_at", false,
           "审签时间，晚于发布不算 (when; later than --time does not count)", Member::instant}}},
        {"waive",
         "obligation.waived",
         "豁免，须主管 (waive, takes a supervisor)",
         {{"obligation", "obligation", true, "义务 (obligation id)"}, reason_wanted}},
        {"commit",
         "commitment.made",
         "承诺 (commit)",
         {{"commitment", "commitment", true, "承诺编号 (commitment id)"},
          {"text", "text", true, "承诺内容 (what is promised)"},
          {"due", "due", true, "兑现期限，如 2d (by when)", Member::deadline}}},
        {"keep",
         "commitment.kept",
         "兑现 (keep)",
         {{"commitment", "commitment", true, "承诺编号 (commitment id)"},
          {"url-of", "url", false, "兑现的网址 (address that shows it)"}}},
        {"merge",
         "case.merged",
         "合并 (merge)",
         {{"into", "into", true, "并入的事项 (case it goes into)"}, reason}},
        {"mute",
         "case.muted",
         "静默，须主管 (mute, takes a supervisor)",
         {{"until", "until", true, "静默到何时，如 2h、08:00，至多 7 天 (until when, at most 7 days)",
           Member::deadline},
          reason_wanted}},
        {"note", "case.noted", "批注 (note)", {{"text", "text", true, "内容 (text)"}}},
        {"close", "case.closed", "办结 (close)", {reason}},
        {"reopen", "case.reopened", "重开 (reopen)", {reason_wanted}},
        {"dismiss", "case.dismissed", "不予受理，须主管 (dismiss, takes a supervisor)", {reason_wanted}},
        {"withdraw",
         "fact.withdrawn",
         "撤销一条事实，须主管 (withdraw a fact, takes a supervisor)",
         {{"event-source", "event_source", true, "该事实的 source (its source)"},
          {"event-id", "event_id", true, "该事实的 id (its id)"},
          reason_wanted}},
    };
    return all;
}

struct Told {
    ClientOptions client;
    std::string case_id, by, time = "now";
    bool time_given = false;
    unsigned patience_seconds = patience_seconds_default;
    std::map<std::string, std::vector<std::string>> given;  // by member of the data
};

alert::TimePoint instant(const std::string& option, const std::string& text, alert::TimePoint now,
                         Side side = Side::behind) {
    const auto at = parse_instant(text, now, side);
    if (at) return *at;
    if (at.error().code == "ahead")
        throw UsageError({"--" + option + " 今天的 " + text + " 还没有到；是别的日子请写明日期，如 '" +
                              at.error().path + "'，就是现在则不写 --" + option,
                          "--" + option + ": " + at.error().message});
    throw UsageError({"--" + option +
                          " 应写作 2026-06-12T13:38:00+08:00、2026-06-12 13:38、13:38（北京时间）、now 或 " +
                          (side == Side::ahead ? "2h" : "-15m") + "，不是 “" + text + "”",
                      "--" + option + ": " + at.error().message});
}

json::value value_of(const VerbOption& option, const std::vector<std::string>& given, alert::TimePoint now) {
    if (option.kind == Member::instant || option.kind == Member::deadline) {
        const auto side = option.kind == Member::deadline ? Side::ahead : Side::behind;
        return json::value(instant_text(instant(option.name, given.back(), now, side)));
    }
    if (option.kind == Member::text) return json::value(given.back());
    json::array list;
    for (const auto& each : given) list.emplace_back(each);
    return list;
}

/// Of a time that was typed, what it was taken for.
void print_time(const ClientOptions& client, alert::TimePoint time) {
    std::cout << "  " << client.say("时间 ", "time ") << instant_text(time) << '\n';
}

void print_answer(const ClientOptions& client, const json::object& answer) {
    const auto duplicate = text_of(answer, "status") == "duplicate";
    std::cout << (duplicate ? client.say("此前已收 ", "told before ") : client.say("已接收 ", "accepted "))
              << safe_text(text_of(answer, "case"));
    if (answer.contains("degraded")) std::cout << client.say("（暂存于日志）", " (in the journal)");
    std::cout << '\n';
    for (const auto& each : list_of(answer, "obligations")) {
        const auto* obligation = each.if_object();
        if (obligation == nullptr) continue;
        std::cout << "  " << safe_text(text_of(*obligation, "id")) << client.say(" 应完成于 ", " due ")
                  << safe_text(text_of(*obligation, "due")) << '\n';
    }
}

/// An event is accepted whether or not it names anything or is in time; the officer hears of it when not.
void remark(const ClientOptions& client, const OperatorEvent& event, const json::object& answer) {
    if (answer.contains("degraded")) return;  // the case does not know of it yet
    std::optional<json::object> item = json::object();
    if (effect_needs_case(event.type)) {
        item = look(client, "/api/v1/cases/" + alert::percent_encoded(text_of(answer, "case")));
    }
    if (!item) return;
    const auto said = remark_on(event, *item);
    if (said) {
        std::cerr << client.say("注意：", "note: ") << safe_text(said->in(client.language)) << '\n';
    }
}

json::object data_of(const Verb& verb, const Told& told, alert::TimePoint now) {
    json::object data;
    if (!told.by.empty()) data["by"] = told.by;
    for (const auto& option : verb.options) {
        const auto given = told.given.find(option.member);
        if (given != told.given.end() && !given->second.empty()) {
            data[option.member] = value_of(option, given->second, now);
        }
    }
    return data;
}

void run(const Verb& verb, const Told& told) {
    const auto now = wall_time();
    const OperatorEvent event{.type = verb.type,
                              .case_id = told.case_id,
                              .time = instant("time", told.time, now),
                              .data = data_of(verb, told, now)};
    const auto answer = tell(told.client, operator_event(event), told.case_id, told.patience_seconds);
    const bool rejected = text_of(answer, "status") == "rejected";
    if (told.client.json) {
        std::cout << safe_json(json::serialize(answer)) << '\n';
    } else if (rejected) {
        std::cerr << told.client.say("未接收 ", "rejected ") << error_line(answer, told.client.language)
                  << '\n';
    } else {
        print_answer(told.client, answer);
        if (told.time_given) print_time(told.client, event.time);
    }
    if (rejected) finish(Exit::refused);
    remark(told.client, event, answer);
}

void add_verb(CommandLine& line, const Verb& verb) {
    auto told = std::make_shared<Told>();
    auto command = line.command(verb.name, verb.help);
    command.option("ID", told->case_id, "事项编号 (case id)").required().check(case_id());
    const auto by = command.option("--by", told->by, "何人 (who)");
    const auto time = command.option("--time", told->time,
                                     "何时，默认现在；如 09:00（今天）、2026-06-12 09:00、-15m（北京时间） "
                                     "(when, by default now; Beijing time)");
    for (const auto& option : verb.options) {
        const auto words = option.offered.empty() ? "" : ": " + explained(option.offered);
        auto added =
            command.option(std::string("--") + option.name, told->given[option.member], option.help + words);
        if (!option.offered.empty()) added.offer({Offered::Kind::words, option.offered});
        if (option.kind != Member::list) added.last_counts();
        if (option.required) added.required();
    }
    told->client.add_to(command);
    command
        .option("--patience", told->patience_seconds, "守护进程繁忙时最多再试多少秒 (seconds to try again)")
        .show_default();
    command.run([&verb, told, by, time] {
        told->time_given = time.given();
        if (!by.given()) told->by = name_of_token(told->client);
        if (told->by.empty()) throw UsageError({"缺少 --by", "--by is missing"});
        run(verb, *told);
    });
}

}  // namespace

void add_verbs(CommandLine& line) {
    for (const auto& verb : verbs()) add_verb(line, verb);
}

}  // namespace yuqing
