// Moving cases to the policy in force: one by its id, or a page of the open ones with each request, so that
// an operator sees how far it is and a connection that breaks costs one page.
#include "api.hpp"

#include "alert/codec/case_json.hpp"
#include "alert/codec/event_json.hpp"
#include "alert/codec/json_parts.hpp"
#include "query.hpp"

#include <boost/json.hpp>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::size_t page_default = 100;
constexpr std::size_t page_max = 500;
constexpr std::string_view other_cases = "others:";  // how a cursor behind the open cases begins

alert::Result<alert::RebaseOrder> rebase_order_of(const HttpRequest& request) {
    const auto body = body_object(request, R"({"by":"...","reason":"..."})");
    if (!body) return body.error();
    auto by = text_member(*body, "by", request.via.client.empty());
    if (!by) return by.error();
    if (by->empty()) *by = request.via.client;
    auto reason = text_member(*body, "reason", false);
    if (!reason) return reason.error();
    return alert::RebaseOrder{std::move(*by), std::move(*reason), request.via};
}

}  // namespace

/// What a page of cases came to; answers when the last of them is done.
struct Api::Rebasing {
    std::string policy, next;
    std::size_t missing = 0, unchanged = 0;
    json::array moved, failed;
    Reply reply;

    void done(const alert::CaseId& id, const alert::Result<alert::Rebased>& result) {
        if (!result)
            failed.push_back(json::object{{"id", id.value}, {"error", alert::error_json(result.error())}});
        else if (result->moved)
            moved.emplace_back(id.value);
        else
            ++unchanged;
        if (--missing == 0) answer();
    }
    void answer() {
        reply(json_response(200, json::object{{"policy", policy},
                                              {"moved", std::move(moved)},
                                              {"unchanged", unchanged},
                                              {"failed", std::move(failed)},
                                              {"next", alert::text_or_null(next)}}));
    }
};

void Api::rebase_one(const alert::CaseId& id, const HttpRequest& request, Reply reply) {
    if (!alert::is_case_id(id.value)) return reply(json_error(404, {"not_found", "not a case id", "ID"}));
    auto order = rebase_order_of(request);
    if (!order) return reply(json_error(422, order.error()));
    core_.rebase(id, std::move(*order), [this, id, reply = std::move(reply)](const auto& result) {
        if (!result) return reply(json_error(result.error().code == "not_found" ? 404 : 503, result.error()));
        json::array obligations;
        for (const auto& [name, due] : result->obligations)
            obligations.push_back(
                json::object{{"id", name}, {"due", alert::format_rfc3339(due, config_->zone)}});
        reply(json_response(200, json::object{{"id", id.value},
                                              {"policy", config_->policy->version},
                                              {"moved", result->moved},
                                              {"obligations", std::move(obligations)}}));
    });
}

void Api::rebase_page(const HttpRequest& request, Reply reply) {
    const auto limit = query_limit(request, page_default, page_max);
    if (!limit) return reply(json_error(400, limit.error()));
    auto order = rebase_order_of(request);
    if (!order) return reply(json_error(422, order.error()));
    const auto cursor = query_text(request, "cursor");
    if (cursor.starts_with(other_cases))
        return reply(json_error(400, {"invalid", "not a cursor of this list", "cursor"}));
    reader_.page(
        cursor, *limit, [this, order = std::move(*order), reply](const alert::Result<alert::Page>& page) {
            if (!page) return reply(json_error(page.error().code == "invalid" ? 400 : 503, page.error()));
            auto rebasing = std::make_shared<Rebasing>();
            rebasing->policy = config_->policy->version;
            rebasing->next = page->next.starts_with(other_cases) ? "" : page->next;
            rebasing->missing = page->cases.size();
            rebasing->reply = reply;
            if (page->cases.empty()) return rebasing->answer();
            for (const auto& stored : page->cases) {
                const auto& id = stored.snapshot.id;
                core_.rebase(id, order, [rebasing, id](const auto& result) { rebasing->done(id, result); });
            }
        });
}

}  // namespace yuqing
