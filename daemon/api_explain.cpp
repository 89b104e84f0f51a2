// What people ask of a record: why each step fired or did not, and whether anybody touched it.
#include "api.hpp"

#include "alert/codec/case_json.hpp"
#include "query.hpp"

#include <boost/json.hpp>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::size_t explained_entries_max = 20'000;  // the latest of a record

}  // namespace

void Api::explain(const alert::CaseId& id, Reply reply) {
    if (!alert::is_case_id(id.value)) return reply(json_error(404, {"not_found", "not a case id", "ID"}));
    reader_.find(
        id, explained_entries_max,
        [this, id, reply = std::move(reply)](alert::Result<std::optional<alert::CaseRecord>> found) {
            if (!found) return reply(json_error(503, found.error()));
            if (!*found) return reply(json_error(404, {"not_found", "there is no case " + id.value, "ID"}));
            auto record = std::make_shared<alert::CaseRecord>(std::move(**found));
            with_rules(record->stored.snapshot.policy, [this, record, reply](const alert::Rules& rules) {
                const auto now = core_.now();
                const bool cut = record->log.size() == explained_entries_max;
                if (cut) watcher_.limit_hit("explained_entries");
                auto body =
                    alert::explain_json(alert::explain(rules, record->stored.snapshot, record->log, now),
                                        rules.directory, now, rules.zone);
                body["policy"] = rules.policy.version;
                body["cut"] = cut;
                reply(json_response(200, body));
            });
        });
}

void Api::audit(const HttpRequest& request, Reply reply) {
    auto answer = [reply](alert::Result<json::object> found) {
        if (found) return reply(json_response(200, *found));
        const auto& code = found.error().code;
        const int status = code == "not_found" ? 404 : code == "invalid" ? 400 : 503;
        reply(json_error(status, found.error()));
    };
    const auto id = query_text(request, "case");
    if (id.empty()) return audit_.verify_page(query_text(request, "cursor"), std::move(answer));
    if (!alert::is_case_id(id)) return reply(json_error(404, {"not_found", "not a case id", "case"}));
    audit_.verify(alert::CaseId{id}, std::move(answer));
}

}  // namespace yuqing
