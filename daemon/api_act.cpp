// Acting from a message: `/act/ID?t=TOKEN`, and `/cases/ID` that only shows. GET changes nothing, whoever
// follows links before a person does; POST tells the fact through the one ingest path, as the officer chosen.
#include "api.hpp"

#include "act_page.hpp"
#include "alert/codec/event_json.hpp"
#include "alert/core/hash.hpp"

#include <boost/json.hpp>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::size_t looked_back_max = 500;  // entries of the record in which deeds are looked for
constexpr std::size_t published_shown_max = 5;

HttpResponse page_response(int status, std::string body) {
    return {.status = status,
            .content_type = "text/html; charset=utf-8",
            .body = std::move(body),
            .headers = {{"Content-Security-Policy",
                         "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
                         "frame-ancestors 'none'"}}};
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

/// The acknowledgement that counts and the latest publications, with who did them.
void find_deeds(const std::vector<alert::LogEntry>& log, const alert::CaseView& view, ActScene& scene) {
    for (const auto& entry : log) {
        if (entry.kind != alert::LogKind::fact) continue;
        const auto event = alert::decode_record(entry.record);
        if (!event) continue;
        const auto at = std::min(event->time, entry.at);
        if (const auto* did = std::get_if<alert::Acknowledged>(&event->data)) {
            if (view.acknowledged_at == at && !scene.acknowledged)
                scene.acknowledged = Deed{did->by, "已签收", at};
        } else if (const auto* told = std::get_if<alert::Published>(&event->data)) {
            scene.published.push_back({told->by, "已发布", at});
        }
    }
    if (view.acknowledged_at && !scene.acknowledged)
        scene.acknowledged = Deed{"（见记录）", "已签收", *view.acknowledged_at};
    const auto more = scene.published.size() - std::min(scene.published.size(), published_shown_max);
    scene.published.erase(scene.published.begin(),
                          scene.published.begin() + static_cast<std::ptrdiff_t>(more));
}

/// The same form sent twice is the same event.
std::string event_of(const ActOrder& order, const alert::ActLink& link, const std::string& seen,
                     const std::string& source, alert::TimePoint now) {
    const auto kind = order.publish ? std::string(alert::to_string(order.kind)) : "";
    json::object data{{"by", order.by}};
    if (order.publish) data["kind"] = kind;
    if (!order.url.empty()) data["url"] = order.url;
    return json::serialize(json::object{
        {"specversion", "1.0"},
        {"id", "act-" + alert::hash_hex({link.notification.value, seen, kind, order.by, order.url}, 32)},
        {"source", source},
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
        return visit->reply(json_error(404, {"not_found", "not a case id", request.path}));
    const bool get = request.method == "GET" || request.method == "HEAD";
    if (!get && !(acting && request.method == "POST"))
        return visit->reply(
            json_error(405, {"method_not_allowed", request.method + " is not for this path", request.path}));
    if (!acting) {
        if (auto refused = let_in(visit->request)) return visit->reply(std::move(*refused));
        if (auto refused = keep_out(visit->request, Need::read)) return visit->reply(std::move(*refused));
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
                             if (!message) return visit->reply(json_error(503, message.error()));
                             visit->officers = officers_of(*message);
                             show(visit);
                         });
}

void Api::show(std::shared_ptr<Visit> visit) {
    reader_.find(
        visit->id, looked_back_max, [this, visit](alert::Result<std::optional<alert::CaseRecord>> found) {
            if (!found) return visit->reply(json_error(503, found.error()));
            if (!*found)
                return visit->reply(
                    json_error(404, {"not_found", "there is no case " + visit->id.value, "ID"}));
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
                   .may_act = visit.link.has_value()};
    find_deeds(record.log, view, scene);
    if (visit.request.method != "POST") return visit.reply(page_response(200, act_page(scene)));

    std::map<std::string, std::string> form;
    const bool readable = read_form(visit.request.body, form);
    const auto order = readable ? read_act_order(form, visit.officers, rules.directory)
                                : alert::Error{"invalid", "表单无法读取，请重新打开链接。", ""};
    if (!order) {
        scene.problem = order.error().message;
        return visit.reply(page_response(422, act_page(scene)));
    }
    // The second thumb changes nothing and reads who was first.
    const bool done = order->publish
                          ? !scene.published.empty() && !publication_wanted(view, rules.policy, order->kind)
                          : scene.acknowledged.has_value();
    if (done) {
        const Deed& first = order->publish ? scene.published.back() : *scene.acknowledged;
        scene.problem = "不用再操作：" + first.by + " " + first.what + "。";
        return visit.reply(page_response(200, act_page(scene)));
    }
    const auto seen = form.contains("seen") ? form.at("seen") : "";
    const auto source = "yuqingd/" + config_->jurisdiction + "/act";
    const alert::Via via{.door = "http",
                         .client = "link " + visit.link->notification.value,
                         .role = alert::ClientRole::operator_};
    scene.problem = "没有记下，请稍后再按一次。";
    core_.submit(
        {event_of(*order, *visit.link, seen, source, now)}, via,
        [visit, page = act_page(scene)](const std::vector<alert::Answer>& answers) {
            using Status = alert::Answer::Status;
            const auto status = answers.front().status;
            if (status == Status::accepted || status == Status::duplicate) {
                return visit.reply(
                    {.status = 303,
                     .headers = {{"Location", visit.request.path + "?t=" + query_text(visit.request, "t")}}});
            }
            visit.reply(page_response(status == Status::retry ? 503 : 422, page));
        });
}

}  // namespace yuqing
