// The HTTP API of contract section 7: what each path gives, on the edge thread.
//
// Reads come from this thread's own connection to Redis; events go to the core and come back as answers.
#pragma once

#include "access.hpp"
#include "alert/config/config.hpp"
#include "alert/core/answer.hpp"
#include "alert/flow/case_desk.hpp"
#include "alert/flow/journal_keeper.hpp"
#include "alert/redis/case_reader.hpp"
#include "alert/redis/redis_case_store.hpp"
#include "audit.hpp"
#include "case_stream.hpp"
#include "http_server.hpp"
#include "letter_order.hpp"
#include "metrics.hpp"
#include "report/desk.hpp"
#include "retelling.hpp"
#include "watcher.hpp"

#include <boost/json/fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace yuqing {

struct ActScene;

/// What became of loading the files again. With errors nothing was taken.
struct ReloadOutcome {
    std::string policy;  // the version in force now
    std::vector<alert::Error> errors, warnings;
};

/// What the edge learns of the core.
struct CoreState {
    std::function<bool()> healthy;           // the timekeeper turns
    std::function<long()> idle_seconds;      // since it turned last
    std::function<std::string()> not_ready;  // empty: ready; else why not
    std::function<alert::TimePoint()> now;
    /// Events through the one ingest path; answers in the same order, on the edge thread.
    std::function<void(std::vector<std::string> events, alert::Via via,
                       std::function<void(std::vector<alert::Answer>)> done)>
        submit;
    std::function<void(std::function<void(const ReloadOutcome&)> done)> reload;
    /// Tells Redis again what is in the journal; answered on the edge thread when it has begun.
    std::function<void(alert::Callback<alert::ReplayBegins> done)> replay;
    /// Tells it entries of any journal, and the policies they name; errors as of CoreLoop.
    std::function<void(Retelling order, alert::Callback<std::vector<alert::Answer>> done)> retell;
    std::function<void(std::shared_ptr<const alert::Policy> policy, alert::Callback<std::monostate> done)>
        bring_policy;
    std::function<void(alert::PolicyHash hash, alert::Callback<std::monostate> done)> find_policy;
    /// Moves a case to the policy in force; answered on the edge thread.
    std::function<void(alert::CaseId id, alert::RebaseOrder order, alert::Callback<alert::Rebased> done)>
        rebase;
    /// Sends a dead letter again; answered on the edge thread. Errors as of CoreLoop::redeliver().
    std::function<void(alert::NotificationId id, LetterOrder order, alert::Callback<std::monostate> done)>
        redeliver;
    /// Puts messages about no case into the outbox; answered on the edge thread.
    std::function<void(std::vector<alert::Notification> messages, alert::Callback<std::monostate> done)> send;
};

class Api {
public:
    using Reply = std::function<void(HttpResponse)>;

    Api(boost::asio::io_context& io, std::shared_ptr<const alert::Config> config,
        alert::redis::Connection& connection, Metrics& metrics, Audit& audit, ReportDesk& reports,
        alert::Shelf* shelf, CoreState core);

    void handle(const HttpRequest& request, Reply reply);
    void take(std::shared_ptr<const alert::Config> config);

private:
    struct Listing;
    struct Rebasing;
    struct Route;
    struct Visit;

    static std::span<const Route> routes();
    static HttpResponse who_asks(const HttpRequest& request);
    bool own_state(const HttpRequest& request, const Reply& reply);
    /// Finds out as whom the request comes; the refusal of nobody.
    std::optional<HttpResponse> let_in(HttpRequest& request) const;
    /// The refusal of a role that may not. Without tokens whoever was let in may everything.
    [[nodiscard]] std::optional<HttpResponse> keep_out(const HttpRequest& request, Need need) const;
    /// Of a listener, whose token may have expired or gone since it came.
    [[nodiscard]] bool may_listen(HttpRequest request) const;
    /// A path of the API, behind its beginning.
    void call(const HttpRequest& request, const std::string& rest, Reply reply);

    void metrics(Reply reply);
    void announce_series();
    void forget_gone_channels();
    void cases(const HttpRequest& request, Reply reply);
    void list_more(std::shared_ptr<Listing> listing);
    void one_case(const alert::CaseId& id, Reply reply);
    void explain(const alert::CaseId& id, Reply reply);
    void audit(const HttpRequest& request, Reply reply);
    void report(ReportOrder::Kind kind, const HttpRequest& request, Reply reply);
    void events(const HttpRequest& request, Reply reply);
    void rejects(const HttpRequest& request, Reply reply);
    void dead_letters(const HttpRequest& request, Reply reply);
    void one_notification(const std::string& id, Reply reply);
    void roster(Reply reply);
    void office(const HttpRequest& request, Reply reply);
    void reload(Reply reply);
    void replay(const HttpRequest& request, Reply reply);
    void replay_own(Reply reply);
    void replay_policy(const HttpRequest& request, Reply reply);
    void redeliver(const std::string& id, const HttpRequest& request, Reply reply);
    void test_channel(const std::string& name, const HttpRequest& request, Reply reply);
    void drill(const HttpRequest& request, Reply reply);
    void send_messages(std::vector<alert::Notification> messages, const LetterOrder& order, Reply reply);
    void rebase_one(const alert::CaseId& id, const HttpRequest& request, Reply reply);
    void rebase_page(const HttpRequest& request, Reply reply);
    void pages(const HttpRequest& request, Reply reply);
    void show(std::shared_ptr<Visit> visit);
    void answer_visit(const Visit& visit, const alert::CaseRecord& record, const alert::Rules& rules);
    void take_order(const Visit& visit, ActScene& scene);
    /// Runs `then` with the rules the case was opened under; loads them when this thread has not seen them.
    void with_rules(const alert::PolicyHash& hash, std::function<void(const alert::Rules&)> then);
    void set_due_gauges(const std::vector<alert::StoredCase>& cases);

    std::shared_ptr<const alert::Config> config_;
    alert::RuleBook rules_;
    alert::redis::Keys keys_;
    Watcher watcher_;
    alert::CaseReader reader_;
    alert::RedisCaseStore store_;
    Metrics& metrics_;
    Audit& audit_;
    ReportDesk& reports_;
    CoreState core_;
    CaseStream stream_;
    std::vector<prometheus::Gauge*> due_gauges_;
    std::set<alert::ChannelId> announced_;  // channels that have series
    std::size_t log_lines_dropped_ = 0;     // at the last scrape
};

/// The fitting status of an answer to one event.
int http_status(const alert::Answer& answer);
HttpResponse json_response(int status, const boost::json::value& body);
HttpResponse text_response(int status, std::string text);
HttpResponse json_error(int status, const alert::Error& error);
/// The body as a JSON object; an empty body is an empty one. `like` shows in the error what would be right.
alert::Result<boost::json::object> body_object(const HttpRequest& request, std::string_view like);
/// A text in it: empty when absent and not required.
alert::Result<std::string> text_member(const boost::json::object& body, std::string_view name, bool required);

}  // namespace yuqing
