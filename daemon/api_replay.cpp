// Telling Redis again what a journal holds: this daemon's own with an empty body, else the lines of the body.
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

/// The lines of a journal; the error names the line.
alert::Result<std::vector<alert::JournalEntry>> entries_in(std::string_view body) {
    std::vector<alert::JournalEntry> entries;
    while (!body.empty()) {
        const auto end = std::min(body.find('\n'), body.size() - 1);
        auto entry = alert::decode_journal_line(body.substr(0, end + 1));
        const auto number = "line " + std::to_string(entries.size() + 1);
        if (!entry) return alert::Error{entry.error().code, entry.error().message, number};
        if (entries.size() == entries_max)
            return alert::Error{"too_large", "a request takes at most 512 lines of a journal", number};
        entries.push_back(std::move(*entry));
        body.remove_prefix(end + 1);
    }
    return entries;
}

}  // namespace

void Api::replay(const HttpRequest& request, Reply reply) {
    if (request.body.empty())
        return core_.replay([reply = std::move(reply)](const alert::Result<alert::ReplayBegins>& begins) {
            if (!begins) return reply(json_error(409, begins.error()));
            const bool now = *begins == alert::ReplayBegins::now;
            reply(json_response(202, json::object{{"status", now ? "telling" : "waiting"}}));
        });
    auto entries = entries_in(request.body);
    if (!entries) return reply(json_error(422, entries.error()));
    const bool last = query_text(request, "last") == "true";
    core_.retell(
        std::move(*entries), last, [reply = std::move(reply)](const std::vector<alert::Answer>& answers) {
            using Status = alert::Answer::Status;
            const auto count = [&](Status status) {
                return std::count_if(answers.begin(), answers.end(),
                                     [&](const auto& answer) { return answer.status == status; });
            };
            if (count(Status::retry) > 0)
                return reply(json_error(
                    503, {"retry", "Redis could not be told of all of them; the same again is safe", ""}));
            reply(json_response(200, json::object{{"told", answers.size()},
                                                  {"missing", count(Status::accepted)},
                                                  {"refused", count(Status::rejected)}}));
        });
}

}  // namespace yuqing
