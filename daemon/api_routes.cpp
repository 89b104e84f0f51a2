// Which request goes where, and what it asks of whoever sends it.
#include "api.hpp"

#include "alert/codec/json_parts.hpp"
#include "board_page.hpp"
#include "masked.hpp"
#include "query.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace yuqing {

namespace json = boost::json;

namespace {

/// What stands between the two; they do not overlap, for a case may be called `explain`.
std::optional<std::string> between(std::string_view path, std::string_view before, std::string_view behind) {
    if (path.size() < before.size() + behind.size()) return {};
    if (!path.starts_with(before) || !path.ends_with(behind)) return {};
    return std::string(path.substr(before.size(), path.size() - before.size() - behind.size()));
}

bool is_get(const HttpRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

}  // namespace

/// `before` and `behind` stand around an id; a path without one has no `behind` and is whole.
struct Api::Route {
    std::string_view method, before, behind;
    bool has_id;
    Need need;
    std::string_view parameters;  // of the query, with blanks between them
    void (*run)(Api& api, const HttpRequest& request, const std::string& id, Reply reply);

    [[nodiscard]] std::optional<std::string> id_of(std::string_view path) const {
        if (has_id) return between(path, before, behind);
        return path == before ? std::optional<std::string>("") : std::nullopt;
    }
};

/// The first that fits counts.
std::span<const Api::Route> Api::routes() {
    using Q = const HttpRequest&;
    using Id = const std::string&;
    static constexpr Route all[] = {
        {"POST", "events", "", false, Need::tell, "",
         [](Api& a, Q q, Id, Reply r) { a.events(q, std::move(r)); }},
        {"GET", "cases", "", false, Need::read, "status class unit limit cursor",
         [](Api& a, Q q, Id, Reply r) { a.cases(q, std::move(r)); }},
        {"GET", "audit", "", false, Need::read, "case cursor",
         [](Api& a, Q q, Id, Reply r) { a.audit(q, std::move(r)); }},
        {"GET", "ledger", "", false, Need::read, "from to month as_of format",
         [](Api& a, Q q, Id, Reply r) { a.report(ReportOrder::Kind::ledger, q, std::move(r)); }},
        {"GET", "assessment", "", false, Need::read, "from to month by as_of format",
         [](Api& a, Q q, Id, Reply r) { a.report(ReportOrder::Kind::assessment, q, std::move(r)); }},
        {"GET", "cases/", "/explain", true, Need::read, "",
         [](Api& a, Q, Id id, Reply r) { a.explain(alert::CaseId{id}, std::move(r)); }},
        {"POST", "cases/", "/rebase-policy", true, Need::supervise, "",
         [](Api& a, Q q, Id id, Reply r) { a.rebase_one(alert::CaseId{id}, q, std::move(r)); }},
        {"GET", "cases/", "", true, Need::read, "",
         [](Api& a, Q, Id id, Reply r) { a.one_case(alert::CaseId{id}, std::move(r)); }},
        {"POST", "rebase-policy", "", false, Need::supervise, "limit cursor",
         [](Api& a, Q q, Id, Reply r) { a.rebase_page(q, std::move(r)); }},
        {"GET", "rejects", "", false, Need::read, "limit",
         [](Api& a, Q q, Id, Reply r) { a.rejects(q, std::move(r)); }},
        {"GET", "notifications", "", false, Need::read, "state limit cursor",
         [](Api& a, Q q, Id, Reply r) { a.dead_letters(q, std::move(r)); }},
        {"POST", "notifications/", "/redeliver", true, Need::administer, "",
         [](Api& a, Q q, Id id, Reply r) { a.redeliver(id, q, std::move(r)); }},
        {"GET", "notifications/", "", true, Need::read, "",
         [](Api& a, Q, Id id, Reply r) { a.one_notification(id, std::move(r)); }},
        {"POST", "channels/", "/test", true, Need::supervise, "",
         [](Api& a, Q q, Id id, Reply r) { a.test_channel(id, q, std::move(r)); }},
        {"POST", "drill", "", false, Need::supervise, "",
         [](Api& a, Q q, Id, Reply r) { a.drill(q, std::move(r)); }},
        {"POST", "reload", "", false, Need::administer, "",
         [](Api& a, Q, Id, Reply r) { a.reload(std::move(r)); }},
        {"POST", "replay", "", false, Need::administer, "last jurisdiction policy",
         [](Api& a, Q q, Id, Reply r) { a.replay(q, std::move(r)); }},
        {"POST", "replay/policy", "", false, Need::administer, "hash",
         [](Api& a, Q q, Id, Reply r) { a.replay_policy(q, std::move(r)); }},
        {"GET", "replay/policy", "", false, Need::administer, "hash",
         [](Api& a, Q q, Id, Reply r) { a.replay_policy(q, std::move(r)); }},
        {"GET", "stream", "", false, Need::read, "",
         [](Api& a, Q q, Id, Reply r) { r(a.stream_.join(q, [&a, q] { return a.may_listen(q); })); }},
        {"GET", "roster", "", false, Need::read, "", [](Api& a, Q, Id, Reply r) { a.roster(std::move(r)); }},
        {"GET", "office", "", false, Need::read, "",
         [](Api& a, Q q, Id, Reply r) { a.office(q, std::move(r)); }},
        {"GET", "token", "", false, Need::known, "", [](Api&, Q q, Id, Reply r) { r(who_asks(q)); }},
    };
    return all;
}

/// The name and role of whoever asks, so that a page or a command knows what it may offer.
HttpResponse Api::who_asks(const HttpRequest& request) {
    return json_response(200, json::object{{"name", alert::text_or_null(request.via.client)},
                                           {"role", to_string(request.via.role)}});
}

bool Api::own_state(const HttpRequest& request, const Reply& reply) {
    if (!is_get(request)) return false;
    if (request.path == "/-/healthy") {
        reply(core_.healthy() ? text_response(200, "OK\n")
                              : text_response(503, "the timekeeper does not turn\n"));
        return true;
    }
    if (request.path == "/-/ready") {
        const auto why = core_.not_ready();
        reply(why.empty() ? text_response(200, "OK\n") : text_response(503, why + "\n"));
        return true;
    }
    return false;
}

void Api::handle(const HttpRequest& request, Reply reply) {
    const auto& path = request.path;
    if (own_state(request, reply)) return;
    if (path == "/metrics" && is_get(request)) return metrics(std::move(reply));
    if (path == "/favicon.ico") return reply({.status = 204});
    if (path == "/act.css" || path.starts_with("/act/") || path.starts_with("/cases/"))
        return pages(request, std::move(reply));
    if (is_get(request)) {
        if (auto file = board_file(request)) return reply(std::move(*file));
    }
    constexpr std::string_view api = "/api/v1/";
    if (!path.starts_with(api)) {
        return reply(
            json_error(404, {"not_found", "there is nothing here; the API begins with /api/v1/", path}));
    }
    call(request, path.substr(api.size()), std::move(reply));
}

std::optional<HttpResponse> Api::let_in(HttpRequest& request) const {
    const auto via = admit(request, config_->http.tokens, core_.now());
    if (!via) return refusal(via.error());
    request.via = *via;
    return std::nullopt;
}

std::optional<HttpResponse> Api::keep_out(const HttpRequest& request, Need need) const {
    if (!config_->http.tokens || may(request.via.role, need)) return std::nullopt;
    return refusal(request, need);
}

bool Api::may_listen(HttpRequest request) const { return !let_in(request) && !keep_out(request, Need::read); }

void Api::call(const HttpRequest& request, const std::string& rest, Reply reply) {
    auto admitted = request;
    if (auto refused = let_in(admitted)) return reply(std::move(*refused));
    const std::string_view method = is_get(request) ? "GET" : std::string_view(request.method);
    bool known = false;
    for (const auto& route : routes()) {
        const auto id = route.id_of(rest);
        if (!id) continue;
        known = true;
        if (route.method != method) continue;
        if (auto refused = keep_out(admitted, route.need)) return reply(std::move(*refused));
        if (const auto wrong = query_error(admitted, route.parameters)) return reply(json_error(400, *wrong));
        if (prefers_masked(admitted)) {
            reply = [reply = std::move(reply)](HttpResponse answer) {
                reply(masked_answer(std::move(answer)));
            };
        }
        return route.run(*this, admitted, *id, std::move(reply));
    }
    if (!known)
        return reply(json_error(404, {"not_found", "there is no such path in the API", request.path}));
    reply(json_error(405, {"method_not_allowed", request.method + " is not for this path", request.path}));
}

}  // namespace yuqing
