// The flow over the in-memory store, on virtual time, with a store and a sender that do as a test tells them.
#pragma once

#include "alert/flow/case_desk.hpp"
#include "alert/flow/dispatcher.hpp"
#include "alert/flow/intake.hpp"
#include "alert/flow/timekeeper.hpp"
#include "alert/memory/memory_case_store.hpp"
#include "alert/memory/memory_outbox.hpp"
#include "alert/memory/virtual_clock.hpp"
#include "support/office.hpp"

#include <map>

namespace yuqing::test {

/// What is asked of a store.
enum class Ask {
    load,
    find_matter,
    load_log,
    commit,
    claim,
    keep_reject,
    load_policy,
    claim_outbox,
    answered_url,
    renew,
    settle
};

/// Lets each call through, loses it, or loses its reply.
class Script {
public:
    /// The next calls of that kind fail and do nothing.
    void fail(Ask ask, int times = 1) { fail_[ask] += times; }
    /// So many calls of that kind are let through, then one fails.
    void fail_after(Ask ask, int through) { fail_at_[ask] = calls(ask) + through + 1; }
    /// The next calls of that kind are done but answered with an error.
    void lose_reply(Ask ask, int times = 1) { lose_[ask] += times; }
    /// The next call of that kind is answered only after release().
    void hold(Ask ask) { hold_[ask] += 1; }
    void release();
    /// The next commit is done only after release().
    void delay_commit() { ++delayed_commits_; }
    [[nodiscard]] bool delays_commit() { return delayed_commits_ > 0 && delayed_commits_-- > 0; }
    [[nodiscard]] int calls(Ask ask) const { return calls_.contains(ask) ? calls_.at(ask) : 0; }
    [[nodiscard]] std::size_t held() const { return held_.size(); }

    enum class Way { through, fail, lose, hold };
    Way next(Ask ask);
    void keep(std::function<void()> answer) { held_.push_back(std::move(answer)); }

private:
    std::map<Ask, int> fail_, lose_, hold_, calls_, fail_at_;
    std::vector<std::function<void()>> held_;
    int delayed_commits_ = 0;
};

class ScriptedStore : public alert::CaseStore {
public:
    ScriptedStore(alert::MemoryCaseStore& inner, Script& script) : inner_(inner), script_(script) {}
    void load(alert::CaseQuery query, alert::Callback<alert::CaseAnswer> done) override;
    void find_matter(std::string matter_key, alert::Callback<std::optional<alert::CaseId>> done) override;
    void load_log(alert::CaseId id, alert::Callback<std::vector<alert::Fact>> done) override;
    void commit(std::shared_ptr<const alert::Transition> transition,
                alert::Callback<alert::CommitOutcome> done) override;
    void claim_due(alert::TimePoint until, std::size_t limit, alert::Duration lease,
                   alert::Callback<alert::Claim> done) override;
    void keep_reject(alert::Reject reject, alert::Callback<std::monostate> done) override;
    void keep_policy(alert::PolicyHash hash, std::string text, alert::Callback<std::monostate> done) override;
    void load_policy(alert::PolicyHash hash, alert::Callback<std::optional<std::string>> done) override;
    /// Called before each commit is let through: another daemon at work.
    std::function<void()> before_commit;

private:
    alert::MemoryCaseStore& inner_;
    Script& script_;
};

class ScriptedOutbox : public alert::Outbox {
public:
    ScriptedOutbox(alert::MemoryCaseStore& store, Script& script)
        : store_(store), inner_(store), script_(script) {}
    void claim(alert::ChannelId channel, alert::TimePoint until, std::size_t limit, alert::Duration lease,
               alert::Callback<alert::OutboxClaim> done) override;
    void claim_parcel(alert::ChannelId channel, alert::UrlLimit url, std::size_t limit, alert::Duration lease,
                      alert::Callback<alert::OutboxClaim> done) override;
    void answered(alert::UrlLimit url, alert::UrlAnswer answer,
                  alert::Callback<std::monostate> done) override;
    void renew(alert::ChannelId channel, alert::Urgency urgency, alert::NotificationId id,
               alert::Duration lease, alert::Callback<std::monostate> done) override;
    void settle(alert::Settlement settlement, alert::Callback<std::monostate> done) override;

private:
    alert::MemoryCaseStore& store_;
    alert::MemoryOutbox inner_;
    Script& script_;
};

class VirtualTimers : public alert::Timers {
public:
    explicit VirtualTimers(alert::VirtualClock& clock) : clock_(clock) {}
    void after(alert::Duration delay, std::function<void()> then) override;
    [[nodiscard]] std::optional<alert::TimePoint> next() const;
    /// Runs what is due now, in order; false: nothing was.
    bool run_due();
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

private:
    alert::VirtualClock& clock_;
    std::multimap<alert::TimePoint, std::function<void()>> waiting_;
};

class Recorder : public alert::Observer {
public:
    void answered(std::string_view, const alert::Answer&, alert::Duration) override {}
    void committed(const alert::Transition& transition) override;
    void attempted(const alert::Notification&, std::uint32_t attempt, alert::DeliveryState state,
                   const alert::DeliveryResult&) override;
    void turned() override { ++turns; }
    void troubled(std::string_view what, const alert::Error&) override { troubles.emplace_back(what); }
    void limit_hit(std::string_view limit) override { limits.emplace_back(limit); }

    int turns = 0, commits = 0;
    std::vector<std::string> troubles, limits;
    std::vector<alert::Duration> lateness;
    std::vector<std::pair<std::uint32_t, alert::DeliveryState>> attempts;
};

/// Everything on one clock. `run_for` turns store and timers until nothing is left to do before then.
class FlowRoom {
public:
    explicit FlowRoom(Office office = an_office());

    void settle_now();                     // all answers and timers that are due at this instant
    void run_for(alert::Duration length);  // from instant to instant
    /// Tells and waits for nothing; the answer is put into `answers`.
    void tell(const std::string& bytes, alert::ClientRole role = alert::ClientRole::supervisor);
    /// Tells and turns until it is answered.
    alert::Answer told(const std::string& bytes, alert::ClientRole role = alert::ClientRole::supervisor);
    [[nodiscard]] alert::CaseView view(const std::string& id) const;
    /// "QS-1 response due@48h" of every fired entry in the records, in the order of firing.
    [[nodiscard]] std::vector<std::string> fired() const;

    Office office;
    alert::VirtualClock clock{t0};
    alert::MemoryCaseStore memory{clock};
    Script script;
    ScriptedStore store{memory, script};
    ScriptedOutbox outbox{memory, script};
    VirtualTimers timers{clock};
    Recorder recorder;
    alert::RuleBook rules;
    alert::ChainKey key{"the key of this room"};
    alert::CaseDesk desk;
    alert::Intake intake;
    alert::Timekeeper timekeeper;
    std::vector<alert::Answer> answers;

private:
    static alert::RuleBook::Current current(const Office& office);
};

/// `{"specversion":"1.0",...}`: a CloudEvent that happened `after` t0; `data` is JSON, empty subject: none.
std::string event_text(const std::string& type, const std::string& id, alert::Duration after,
                       const std::string& subject, const std::string& data,
                       const std::string& source = "office");
std::string detected_text(const std::string& subject = "QS-1", const std::string& id = "d1",
                          alert::Duration after = 0ms, const std::string& more = R"(,"lead_unit":"mzj")");

}  // namespace yuqing::test
