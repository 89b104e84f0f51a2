// explain() as the API gives it: the case without its timeline, each obligation with its steps told.
#include "alert/codec/case_json.hpp"

#include "alert/codec/json_parts.hpp"

namespace alert {
namespace {

namespace json = boost::json;

json::array told_json(const std::vector<ToldOf>& told, const Directory& directory) {
    json::array out;
    for (const ToldOf& message : told) {
        out.push_back(json::object{{"notification", message.id.value},
                                   {"channel", text_or_null(message.channel.value)},
                                   {"targets", targets_json(message.targets, directory)}});
    }
    return out;
}

json::object step_json(const StepAccount& step, const Directory& directory, const Zone& zone) {
    json::object out;
    out["step"] = step.step;
    out["outcome"] = to_string(step.outcome);
    out["why"] = text_or_null(step.why);
    out["planned"] = format_rfc3339(step.planned, zone);
    out["at"] = time_or_null(step.at, zone);
    if (step.lateness) out["lateness_seconds"] = static_cast<double>(step.lateness->count()) / 1000;
    if (step.until) out["until"] = format_rfc3339(*step.until, zone);
    if (step.outcome == StepAccount::Outcome::fired) out["told"] = told_json(step.told, directory);
    if (!step.roles.empty()) {
        json::array roles;
        for (const std::string& role : step.roles) roles.emplace_back(role);
        out["roles"] = std::move(roles);
        out["repeats_left"] = step.repeats_left ? json::value(*step.repeats_left) : json::value(nullptr);
    }
    return out;
}

json::array steps_json(const ObligationAccount& account, const Directory& directory, const Zone& zone) {
    json::array out;
    for (const StepAccount& step : account.steps) out.push_back(step_json(step, directory, zone));
    return out;
}

}  // namespace

json::object explain_json(const Explanation& explanation, const Directory& directory, TimePoint now,
                          const Zone& zone) {
    json::object out = case_json(explanation.view, directory, now, zone);
    out.erase("timeline");
    out["muted_until"] = time_or_null(explanation.view.muted_until, zone);
    json::array& obligations = out["obligations"].as_array();
    for (std::size_t i = 0; i < explanation.obligations.size(); ++i)
        obligations[i].as_object()["steps"] = steps_json(explanation.obligations[i], directory, zone);
    json::array undone, notices;
    for (const ObligationAccount& account : explanation.undone) {
        undone.push_back(
            json::object{{"id", account.obligation.id}, {"steps", steps_json(account, directory, zone)}});
    }
    for (const NoticeAccount& notice : explanation.notices) {
        notices.push_back(json::object{{"at", format_rfc3339(notice.at, zone)},
                                       {"reason", notice.reason},
                                       {"obligation", text_or_null(notice.obligation)},
                                       {"told", told_json(notice.told, directory)}});
    }
    out["undone"] = std::move(undone);
    out["notices"] = std::move(notices);
    out["redelivered"] =
        timeline_json(explanation.redelivered, directory, zone, explanation.redelivered.size());
    return out;
}

}  // namespace alert
