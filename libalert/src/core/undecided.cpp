#include "alert/core/undecided.hpp"

#include "alert/core/causes.hpp"

#include <algorithm>
#include <iterator>

namespace alert {

namespace {

constexpr std::size_t named_cases_max = 5;    // of one reason
constexpr std::size_t named_reasons_max = 4;  // different policies, mostly

bool passes_by_itself(std::string_view code) {
    constexpr std::string_view passing[] = {"redis_down", "redis_lost", "redis_refused", "conflict",
                                            "policy_unkept"};
    // The archive is watched in a way of its own.
    return code.starts_with("archive_") ||
           std::find(std::begin(passing), std::end(passing), code) != std::end(passing);
}

/// What a reader found wrong is in the log; for people it is one thing.
std::string reason_of(const std::string& code) {
    return code == "invalid" || code == "malformed" ? "corrupt" : code;
}

std::string listed(const std::vector<CaseId>& cases, std::string_view between) {
    std::string names;
    for (std::size_t i = 0; i < std::min(cases.size(), named_cases_max); ++i)
        names.append(i > 0 ? between : "").append(cases[i].value);
    if (cases.size() > named_cases_max) names.append(between).append("…");
    return names;
}

}  // namespace

void UndecidedCases::failed(const CaseId& id, const Error& error, TimePoint now) {
    if (passes_by_itself(error.code)) return;
    Why why{reason_of(error.code), error.code == "policy_lost" ? error.path : ""};
    const auto since = cases_.try_emplace(id, Failed{{}, now, now}).first->second.since;
    cases_[id] = {std::move(why), since, now};
}

std::optional<Trouble> UndecidedCases::trouble(TimePoint now) {
    std::erase_if(cases_, [now](const auto& each) { return now - each.second.at > undecided_remembered; });
    std::vector<std::pair<TimePoint, CaseId>> youngest_first;
    for (const auto& [id, failed] : cases_)
        if (now - failed.at <= undecided_for) youngest_first.emplace_back(failed.since, id);
    if (youngest_first.empty()) return std::nullopt;
    std::stable_sort(youngest_first.begin(), youngest_first.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::map<Why, std::vector<CaseId>> by_reason;
    for (const auto& [since, id] : youngest_first) by_reason[cases_.at(id).why].push_back(id);
    const auto count = std::to_string(youngest_first.size());
    Trouble trouble{{TroubleKind::undecided, ""}, "至少" + count + "件", "at least " + count, {}};
    trouble.grew = youngest_first.front().first;
    std::size_t named = 0;
    for (const auto& [why, cases] : by_reason) {
        if (named++ == named_reasons_max) {
            trouble.zh += "；…";
            trouble.en += "; …";
            break;
        }
        const auto policy = why.policy.empty() ? "" : " " + why.policy;
        trouble.zh += "；" + std::string(code_zh(why.code)) + policy + "：" + listed(cases, "、");
        trouble.en += "; " + why.code + policy + ": " + listed(cases, ", ");
    }
    return trouble;
}

}  // namespace alert
