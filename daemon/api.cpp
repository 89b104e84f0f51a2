#include "api.hpp"

#include "alert/codec/case_json.hpp"
#include "alert/codec/event_json.hpp"
#include "alert/codec/json_parts.hpp"
#include "query.hpp"

#include <boost/json.hpp>

#include <optional>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::size_t looked_at_max = 5000;  // of one request; the cursor goes on from there
constexpr std::size_t timeline_max = 200;
constexpr std::size_t events_max = 512;
constexpr std::size_t rejects_max = 1000;

HttpResponse unavailable_response(const alert::Error& error) { return json_error(503, error); }

/// `owing`: open, or closed with something still owed to the public.
bool of_status(std::string_view wanted, const alert::CaseView& view) {
    if (wanted != "owing") return wanted.empty() || wanted == alert::to_string(view.status);
    return view.status == alert::CaseStatus::open ||
           (view.status == alert::CaseStatus::closed && alert::next_due(view) != nullptr);
}

}  // namespace

HttpResponse text_response(int status, std::string text) {
    return {.status = status, .content_type = "text/plain; charset=utf-8", .body = std::move(text)};
}

HttpResponse json_response(int status, const json::value& body) {
    return {.status = status, .body = json::serialize(body) + "\n"};
}

alert::Result<json::object> body_object(const HttpRequest& request, std::string_view like) {
    constexpr auto good = boost::system::in_place_value;
    if (request.body.find_first_not_of(" \t\r\n") == std::string::npos) return {good, json::object{}};
    boost::system::error_code error;
    auto body = json::parse(request.body, error);
    if (error || !body.is_object()) return alert::Error{"malformed", "must be " + std::string(like), ""};
    return {good, std::move(body.get_object())};
}

alert::Result<std::string> text_member(const json::object& body, std::string_view name, bool required) {
    constexpr auto good = boost::system::in_place_value;
    const auto* value = body.if_contains(name);
    if (!value || value->is_null()) {
        if (!required) return {good, ""};
    } else if (value->is_string() && value->get_string().size() <= alert::text_chars_max &&
               !(required && value->get_string().empty())) {
        return {good, std::string(value->get_string())};
    }
    return alert::Error{"invalid", std::string(name) + " must be a text of at most 4000 bytes",
                        "/" + std::string(name)};
}

HttpResponse json_error(int status, const alert::Error& error) {
    return http_error(status, error.code, error.message, error.path);
}

int http_status(const alert::Answer& answer) {
    using Status = alert::Answer::Status;
    if (answer.status == Status::retry) return 503;
    if (answer.status != Status::rejected) return 200;
    if (answer.error->code == "too_large") return 413;
    return answer.error->code == "forbidden" ? 403 : 422;
}

Api::Api(boost::asio::io_context& io, std::shared_ptr<const alert::Config> config,
         alert::redis::Connection& connection, Metrics& metrics, Audit& audit, ReportDesk& reports,
         alert::Shelf* shelf, CoreState core)
    : config_(std::move(config)),
      rules_({config_->policy, config_->directory, config_->roster, config_->calendar, config_->zone}),
      keys_(config_->jurisdiction),
      watcher_(metrics),
      reader_(connection, keys_, watcher_, shelf),
      store_(connection, keys_, watcher_),
      metrics_(metrics),
      audit_(audit),
      reports_(reports),
      core_(std::move(core)),
      stream_(io, connection, keys_, watcher_,
              {core_.now, [this](const alert::PolicyHash& hash, auto then) { with_rules(hash, then); }}) {
    announce_series();
}

void Api::take(std::shared_ptr<const alert::Config> config) {
    config_ = std::move(config);
    rules_.swap({config_->policy, config_->directory, config_->roster, config_->calendar, config_->zone});
    announce_series();
    stream_.look_who_may();
}

void Api::with_rules(const alert::PolicyHash& hash, std::function<void(const alert::Rules&)> then) {
    if (const auto rules = rules_.of(hash)) return then(*rules);
    store_.load_policy(hash,
                       [this, hash, then = std::move(then)](alert::Result<std::optional<std::string>> text) {
                           if (text && *text) {
                               if (auto policy = alert::parse_policy(**text, "config:" + hash.value)) {
                                   rules_.add(std::make_shared<const alert::Policy>(std::move(*policy)));
                               }
                           }
                           then(rules_.of(hash).value_or(rules_.today()));
                       });
}

/// A listing under way: pages are looked at until enough cases pass the filters.
struct Api::Listing {
    std::string status, class_id, unit, cursor;
    std::size_t limit = listed_default, looked_at = 0, at = 0;
    std::vector<alert::StoredCase> page;
    json::array cases;
    Reply reply;
};

void Api::cases(const HttpRequest& request, Reply reply) {
    const auto limit = query_limit(request, listed_default, listed_max);
    if (!limit) return reply(json_error(400, limit.error()));
    auto listing = std::make_shared<Listing>();
    listing->status = query_text(request, "status");
    listing->class_id = query_text(request, "class");
    listing->unit = query_text(request, "unit");
    listing->cursor = query_text(request, "cursor");
    listing->limit = *limit;
    listing->reply = std::move(reply);
    constexpr std::string_view statuses[] = {"", "open", "closed", "dismissed", "merged", "owing"};
    if (std::find(std::begin(statuses), std::end(statuses), listing->status) == std::end(statuses)) {
        return listing->reply(json_error(
            400, {"invalid", "status is one of open, closed, dismissed, merged, owing", "status"}));
    }
    if (const auto* unit = config_->directory->find_unit(listing->unit)) listing->unit = unit->id;
    list_more(std::move(listing));
}

void Api::list_more(std::shared_ptr<Listing> listing) {
    const auto now = core_.now();
    while (listing->at < listing->page.size()) {
        const auto& stored = listing->page[listing->at];
        if (!rules_.of(stored.snapshot.policy)) {
            return with_rules(stored.snapshot.policy, [this, listing](const alert::Rules& rules) {
                // Lost rules are shown by today's, so that the case is shown at all.
                const auto& hash = listing->page[listing->at].snapshot.policy;
                if (!rules_.of(hash)) {
                    auto stand_in = std::make_shared<alert::Policy>(rules.policy);
                    stand_in->hash = hash;
                    rules_.add(std::move(stand_in));
                }
                list_more(listing);
            });
        }
        const auto rules = *rules_.of(stored.snapshot.policy);
        const auto view = alert::derive(rules, stored.snapshot, now);
        ++listing->at;
        const bool passes = of_status(listing->status, view) &&
                            (listing->class_id.empty() || listing->class_id == view.class_id) &&
                            (listing->unit.empty() || listing->unit == view.attributes.lead_unit);
        if (passes) listing->cases.push_back(alert::case_json(view, rules.directory, now, rules.zone));
    }
    const bool first = listing->looked_at == 0;
    const bool enough = listing->cases.size() >= listing->limit || listing->looked_at >= looked_at_max;
    if ((!first && listing->cursor.empty()) || enough) {
        json::object body;
        body["cases"] = std::move(listing->cases);
        body["next"] = alert::text_or_null(listing->cursor);
        return listing->reply(json_response(200, body));
    }
    // Never more than what is still wanted, so that the cursor stands right behind the last one listed.
    reader_.page(listing->cursor, listing->limit - listing->cases.size(),
                 [this, listing](alert::Result<alert::Page> page) {
                     if (!page) {
                         return listing->reply(page.error().code == "invalid"
                                                   ? json_error(400, page.error())
                                                   : unavailable_response(page.error()));
                     }
                     listing->page = std::move(page->cases);
                     listing->cursor = std::move(page->next);
                     // All that is open or owes anything stands in the first of the two indexes.
                     const bool wanted_are_over = listing->status == "open" || listing->status == "owing";
                     if (wanted_are_over && listing->cursor.starts_with("others:")) listing->cursor.clear();
                     listing->looked_at += std::max<std::size_t>(listing->page.size(), 1);
                     listing->at = 0;
                     list_more(listing);
                 });
}

void Api::one_case(const alert::CaseId& id, Reply reply) {
    if (!alert::is_case_id(id.value)) return reply(json_error(404, {"not_found", "not a case id", "ID"}));
    reader_.find(id, timeline_max,
                 [this, id, reply = std::move(reply)](alert::Result<std::optional<alert::CaseRecord>> found) {
                     if (!found) return reply(unavailable_response(found.error()));
                     if (!*found)
                         return reply(json_error(404, {"not_found", "there is no case " + id.value, "ID"}));
                     auto record = std::make_shared<alert::CaseRecord>(std::move(**found));
                     with_rules(
                         record->stored.snapshot.policy, [this, record, reply](const alert::Rules& rules) {
                             const auto now = core_.now();
                             auto body = alert::case_json(alert::derive(rules, record->stored.snapshot, now),
                                                          rules.directory, now, rules.zone);
                             body["timeline"] =
                                 alert::timeline_json(record->log, rules.directory, rules.zone, timeline_max);
                             reply(json_response(200, body));
                         });
                 });
}

void Api::report(ReportOrder::Kind kind, const HttpRequest& request, Reply reply) {
    const auto order = read_report_order(kind, request, core_.now(), config_->zone);
    if (!order) return reply(json_error(400, order.error()));
    reports_.make(*order, config_, std::move(reply));
}

void Api::events(const HttpRequest& request, Reply reply) {
    const alert::Via via = request.via;
    const auto begin = request.body.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos || request.body[begin] != '[') {
        std::vector<std::string> one{request.body};
        return core_.submit(std::move(one), via,
                            [this, reply = std::move(reply)](std::vector<alert::Answer> answers) {
                                reply({.status = http_status(answers.front()),
                                       .body = alert::encode_answer(answers.front(), config_->zone) + "\n"});
                            });
    }
    boost::system::error_code error;
    const auto body = json::parse(request.body, error);
    if (error) return reply(json_error(422, {"malformed", "not JSON: " + error.message(), ""}));
    if (body.as_array().size() > events_max) {
        return reply(json_error(413, {"too_large", "at most 512 events in one request", ""}));
    }
    std::vector<std::string> many;
    for (const auto& event : body.as_array()) many.push_back(json::serialize(event));
    if (many.empty()) return reply(json_response(200, json::array{}));
    core_.submit(std::move(many), via, [this, reply = std::move(reply)](std::vector<alert::Answer> answers) {
        std::string text = "[";
        for (const auto& answer : answers)
            text += (text.size() > 1 ? "," : "") + alert::encode_answer(answer, config_->zone);
        reply({.body = text + "]\n"});
    });
}

void Api::rejects(const HttpRequest& request, Reply reply) {
    const auto limit = query_limit(request, listed_default, rejects_max);
    if (!limit) return reply(json_error(400, limit.error()));
    reader_.rejects(
        core_.now(), *limit,
        [this, reply = std::move(reply)](alert::Result<std::vector<alert::Reject>> found) {
            if (!found) return reply(unavailable_response(found.error()));
            json::array list;
            for (const auto& reject : *found) {
                list.push_back(json::object{{"at", alert::format_rfc3339(reject.at, config_->zone)},
                                            {"via", reject.via.door},
                                            {"source", reject.source},
                                            {"id", reject.id},
                                            {"type", reject.type},
                                            {"error", alert::error_json(reject.error)},
                                            {"event", alert::as_utf8(reject.bytes)}});
            }
            reply(json_response(200, json::object{{"rejects", std::move(list)}}));
        });
}

void Api::reload(Reply reply) {
    core_.reload([reply = std::move(reply)](const ReloadOutcome& outcome) {
        const auto list = [](const std::vector<alert::Error>& findings) {
            json::array all;
            for (const auto& finding : findings) all.push_back(alert::error_json(finding));
            return all;
        };
        json::object body{{"policy", outcome.policy}, {"warnings", list(outcome.warnings)}};
        if (outcome.errors.empty()) return reply(json_response(200, body));
        const alert::Error error{"not_loaded",
                                 "the files have mistakes; the daemon goes on with those it has", ""};
        body["error"] = alert::error_json(error);
        body["errors"] = list(outcome.errors);
        reply(json_response(422, body));
    });
}

}  // namespace yuqing
