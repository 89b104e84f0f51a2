// Acting from a message: `/act/ID?t=TOKEN`, and `/cases/ID` that only shows. GET changes nothing, whoever
// follows links before a person does; POST tells the fact through the one ingest path, as the officer chosen.
#include "api.hpp"

#include "act_page.hpp"
#include "alert/core/hash.hpp"
#include "alert/core/privacy.hpp"
#include "query.hpp"

#include <boost/json.hpp>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::size_t looked_back_max = 500;  // entries of the record in which deeds are looked for

HttpResponse page_response(int status, std::string body) {
    return {.status = status,
            .content_type = "text/html; charset=utf-8",
            .body = std::move(body),
            .headers = {{"Content-Security-Policy",
                         "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
                         "frame-ancestors 'none'"}}};
}

bool is_browser(const HttpRequest& request) {
    return request.header("accept").find("text/html") != std::string::npos;
}

/// People are told in a page, programs in JSON.
HttpResponse refusal(const HttpRequest& request, int status, const alert::Error& why) {
    if (!is_browser(request)) return json_error(status, why);
    return page_response(status, act_refused_page(status == 503 ? alert::Error{"unavailable", "", ""} : why));
}

std::vector<std::string> officers_of(const std::optional<alert::NotificationRecord>& message) {
    std::vector<std::string> officers;
    if (!message) return officers;
    for (const auto& target : message->notification.targets) {
        for (const auto& id : target.officers) {
            if (std::find(officers.begin(), officers.end(), id) == officers.end()) officers.push_back(id);
        }
    }
    return officers;
}

/// The same form sent twice is the same event.
alert::EventKey key_of(const ActOrder& order, const alert::ActLink& link, std::string_view seen,
                       const std::string& jurisdiction) {
    const auto kind = order.publish ? alert::to_string(order.kind) : "";
    const auto id = alert::hash_hex({link.notification.value, seen, kind, order.by, order.url}, 32);
    return {"yuqingd/" + jurisdiction + "/act", "act-" + id};
}

std::string event_of(const ActOrder& order, const alert::ActLink& link, const alert::EventKey& key,
                     alert::TimePoint now) {
    json::object data{{"by", order.by}};
    if (order.publish) data["kind"] = alert::to_string(order.kind);
    if (!order.url.empty()) data["url"] = order.url;
    return json::serialize(json::object{{"specversion", "1.0"},
                                        {"id", key.id},
                                        {"source", key.source},
                                        {"type", order.publish ? "response.published" : "case.acknowledged"},
                                        {"subject", link.case_id.value},
                                        {"time", alert::format_rfc3339(now, alert::Zone::utc())},
                                        {"data", std::move(data)}});
}

}  // namespace

/// One visit: what the link allows and what the record says.
struct Api::Visit {
    HttpRequest request;
    alert::CaseId id;
    std::optional<alert::ActLink> link;  // none: it is only shown
    ActRight right = ActRight::none;
    std::vector<std::string> officers;
    Reply reply;
};

void Api::pages(const HttpRequest& request, Reply reply) {
    constexpr std::string_view act = "/act/", shown = "/cases/";
    if (request.path == "/act.css") {
        return reply({.status = 200, .content_type = "text/css; charset=utf-8", .body = act_style()});
    }
    const bool acting = request.path.starts_with(act);
    auto visit = std::make_shared<Visit>();
    visit->request = request;
    visit->id = alert::CaseId{request.path.substr(acting ? act.size() : shown.size())};
    visit->reply = std::move(reply);
    if (!alert::is_case_id(visit->id.value))
        return visit->reply(refusal(request, 404, {"not_found", "not a case id", request.path}));
    const bool get = request.method == "GET" || request.method == "HEAD";
    if (!get && !(acting && request.method == "POST"))
        return visit->reply(
            json_error(405, {"method_not_allowed", request.method + " is not for this path", request.path}));
    if (!acting) {
        auto refused = let_in(visit->request);
        // A browser shows no token by itself: the board asks for one, and shows the same matter.
        if (refused && refused->status == 401 && is_browser(request))
            return visit->reply({.status = 303, .headers = {{"Location", "../#/" + visit->id.value}}});
        if (!refused) refused = keep_out(visit->request, Need::read);
        if (refused) {
            return visit->reply(is_browser(request)
                                    ? page_response(refused->status, act_refused_page({"forbidden", "", ""}))
                                    : std::move(*refused));
        }
        return show(std::move(visit));
    }
    const auto link =
        alert::open_act_link(config_->http.link_key, visit->id, query_text(request, "t"), core_.now());
    if (!link) {
        if (link.error().code == "expired") watcher_.limit_hit("link_valid");
        const int status = link.error().code == "expired" ? 410 : 403;
        return visit->reply(page_response(status, act_refused_page(link.error())));
    }
    visit->link = *link;
    reader_.notification(link->notification,
                         [this, visit](alert::Result<std::optional<alert::NotificationRecord>> message) {
                             if (!message) return visit->reply(refusal(visit->request, 503, message.error()));
                             visit->right = *message ? ActRight::act : ActRight::expired;
                             visit->officers = officers_of(*message);
                             show(visit);
                         });
}

void Api::show(std::shared_ptr<Visit> visit) {
    reader_.find(
        visit->id, looked_back_max, [this, visit](alert::Result<std::optional<alert::CaseRecord>> found) {
            if (!found) return visit->reply(refusal(visit->request, 503, found.error()));
            if (!*found)
                return visit->reply(
                    refusal(visit->request, 404, {"not_found", "there is no case " + visit->id.value, "ID"}));
            auto record = std::make_shared<alert::CaseRecord>(std::move(**found));
            with_rules(record->stored.snapshot.policy, [this, record, visit](const alert::Rules& rules) {
                answer_visit(*visit, *record, rules);
            });
        });
}

void Api::answer_visit(const Visit& visit, const alert::CaseRecord& record, const alert::Rules& rules) {
    const auto now = core_.now();
    const auto view = alert::derive(rules, record.stored.snapshot, now);
    ActScene scene{.view = view,
                   .policy = rules.policy,
                   .directory = rules.directory,
                   .zone = rules.zone,
                   .now = now,
                   .version = record.stored.version,
                   .officers = visit.officers,
                   .record = act_record(record.log, view),
                   .right = visit.right};
    if (visit.request.method != "POST") return visit.reply(page_response(200, act_page(scene)));
    if (const auto why = no_form_because(scene); !why.empty()) {
        scene.problem = "没有记下：" + why;
        return visit.reply(page_response(409, act_page(scene)));
    }
    take_order(visit, scene);
}

/// From a page that has a form now, be it the one that was sent or an older one.
void Api::take_order(const Visit& visit, ActScene& scene) {
    std::map<std::string, std::string> form;
    const bool readable = read_form(visit.request.body, form);
    const auto order = readable ? read_act_order(form, visit.officers, scene.directory)
                                : alert::Error{"invalid", "表单无法读取，请重新打开链接。", ""};
    if (!order) {
        scene.problem = order.error().message;
        return visit.reply(page_response(422, act_page(scene)));
    }
    // The second thumb changes nothing and reads who was first.
    const auto& [summary, acknowledged, published, withdrawn] = scene.record;
    const bool done = order->publish
                          ? !published.empty() && !publication_wanted(scene.view, scene.policy, order->kind)
                          : acknowledged.has_value();
    if (done) {
        const Deed& first = order->publish ? published.back() : *acknowledged;
        const auto owed = order->publish ? publications_owed(scene.view, scene.policy) : "";
        scene.problem = (owed.empty() ? "不用再操作：" : "没有再记一次：") +
                        alert::mask_personal_numbers(first.by) + " " + first.what + "。";
        if (!owed.empty()) scene.problem += "还欠：" + owed + "，请选对应的发布方式。";
        return visit.reply(page_response(200, act_page(scene)));
    }
    const auto key =
        key_of(*order, *visit.link, form.contains("seen") ? form.at("seen") : "", config_->jurisdiction);
    if (withdrawn.contains(key)) {  // told from this very page before: once more it would be no news
        scene.problem = "没有记下：这一页已过时，从这一页所报的已被撤销。请看现在的记录，需要时再按一次。";
        return visit.reply(page_response(409, act_page(scene)));
    }
    const alert::Via via{.door = "http",
                         .client = "link " + visit.link->notification.value,
                         .role = alert::ClientRole::operator_};
    scene.problem = "没有记下，请稍后再按一次。";
    core_.submit(
        {event_of(*order, *visit.link, key, scene.now)}, via,
        [visit, page = act_page(scene)](const std::vector<alert::Answer>& answers) {
            using Status = alert::Answer::Status;
            const auto status = answers.front().status;
            if (status == Status::accepted || status == Status::duplicate) {
                return visit.reply(  // to this very page, in whatever folder a proxy shows it
                    {.status = 303, .headers = {{"Location", "?t=" + query_text(visit.request, "t")}}});
            }
            visit.reply(page_response(status == Status::retry ? 503 : 422, page));
        });
}

}  // namespace yuqing
