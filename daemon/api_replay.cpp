// Telling Redis again what a journal holds: this daemon's own with an empty body, else the lines of the body,
// behind the policies that they name.
#include "api.hpp"
#include "query.hpp"

#include "alert/codec/journal_line.hpp"
#include "alert/codec/json_parts.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::size_t entries_max = 512;

constexpr std::string_view other_jurisdiction = "other_jurisdiction";

/// Whose a line is must be said, by itself or for those of earlier versions by whoever tells it.
std::optional<alert::Error> not_ours(const alert::JournalEntry& entry, const std::string& said,
                                     const std::string& ours) {
    const auto& whose = entry.jurisdiction.empty() ? said : entry.jurisdiction;
    if (whose == ours) return {};
    if (whose.empty())
        return alert::Error{
            std::string(other_jurisdiction),
            "the line does not say whose it is; if it is of " + ours + ", say so: jurisdiction=" + ours, ""};
    return alert::Error{std::string(other_jurisdiction),
                        "the line is of the jurisdiction " + whose + ", this daemon is that of " + ours +
                            "; tell it to its own",
                        ""};
}

/// The lines of a journal; the error names the line.
alert::Result<std::vector<alert::JournalEntry>> entries_in(std::string_view body, const std::string& said,
                                                           const std::string& ours) {
    std::vector<alert::JournalEntry> entries;
    while (!body.empty()) {
        const auto end = std::min(body.find('\n'), body.size() - 1);
        auto entry = alert::decode_journal_line(body.substr(0, end + 1));
        const auto number = "line " + std::to_string(entries.size() + 1);
        if (!entry) return alert::Error{entry.error().code, entry.error().message, number};
        if (const auto wrong = not_ours(*entry, said, ours))
            return alert::Error{wrong->code, wrong->message, number};
        if (entries.size() == entries_max)
            return alert::Error{"too_large", "a request takes at most 512 lines of a journal", number};
        entries.push_back(std::move(*entry));
        body.remove_prefix(end + 1);
    }
    return entries;
}

HttpResponse not_told() {
    return json_error(503, {"retry", "Redis could not be told of all of them; the same again is safe", ""});
}

HttpResponse told(const alert::Result<std::vector<alert::Answer>>& answers) {
    using Status = alert::Answer::Status;
    if (!answers)
        return answers.error().code == "unknown_policy" ? json_error(422, answers.error()) : not_told();
    const auto count = [&](Status status) {
        return std::count_if(answers->begin(), answers->end(),
                             [&](const auto& answer) { return answer.status == status; });
    };
    if (count(Status::retry) > 0) return not_told();
    return json_response(200, json::object{{"told", answers->size()},
                                           {"missing", count(Status::accepted)},
                                           {"refused", count(Status::rejected)}});
}

}  // namespace

void Api::replay_own(Reply reply) {
    core_.replay([reply = std::move(reply)](const alert::Result<alert::ReplayBegins>& begins) {
        if (!begins) return reply(json_error(409, begins.error()));
        const bool now = *begins == alert::ReplayBegins::now;
        reply(json_response(202, json::object{{"status", now ? "telling" : "waiting"}}));
    });
}

void Api::replay(const HttpRequest& request, Reply reply) {
    const bool last = query_text(request, "last") == "true";
    if (request.body.empty() && !last) return replay_own(std::move(reply));
    const auto policy = query_text(request, "policy");
    if (!policy.empty() && policy != "in-force")
        return reply(json_error(400, {"invalid", "policy is in-force or is not said", "policy"}));
    auto entries = entries_in(request.body, query_text(request, "jurisdiction"), config_->jurisdiction);
    if (!entries) return reply(json_error(422, entries.error()));
    core_.retell({std::move(*entries), last, !policy.empty()},
                 [reply = std::move(reply)](const auto& answers) { reply(told(answers)); });
}

/// With a text it is brought, without one it is asked whether it is known.
void Api::replay_policy(const HttpRequest& request, Reply reply) {
    const alert::PolicyHash hash(query_text(request, "hash"));
    const auto kept = [reply, hash](const alert::Result<std::monostate>& known) {
        if (known) return reply(json_response(200, json::object{{"policy", hash.value}}));
        const bool lost = known.error().code == "policy_lost";
        if (!lost) return reply(not_told());
        reply(json_error(404, {"unknown_policy", known.error().message, hash.value}));
    };
    if (hash.value.empty())
        return reply(json_error(400, {"missing", "which policy? say hash= and its 16 digits", "hash"}));
    if (request.body.empty()) return core_.find_policy(hash, kept);
    const auto named = alert::hash_of_policy(request.body);
    if (named != hash)
        return reply(json_error(
            422, {"damaged", "the text is that of the policy " + named.value + ", somebody changed it",
                  hash.value}));
    auto policy = alert::parse_policy(request.body, "policy-" + hash.value + ".yaml");
    if (!policy) return reply(json_error(422, policy.error()));
    core_.bring_policy(std::make_shared<const alert::Policy>(std::move(*policy)), kept);
}

}  // namespace yuqing
