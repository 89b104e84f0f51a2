#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace yuqing::test {

using namespace alert;

namespace {

const Error away{"unavailable", "the store is away", ""};

/// Lets a call through the script. `make` does the call with a callback of its own.
template <class T, class Make>
void pass(Script& script, Ask ask, MemoryCaseStore& store, Callback<T> done, Make make) {
    switch (script.next(ask)) {
        case Script::Way::through: return make(std::move(done));
        case Script::Way::fail: return store.post([done = std::move(done)] { done(away); });
        case Script::Way::lose: return make([done = std::move(done)](Result<T>) { done(away); });
        case Script::Way::hold:
            return make([&script, done = std::move(done)](Result<T> result) {
                script.keep([done, result] { done(result); });
            });
    }
}

}  // namespace

Script::Way Script::next(Ask ask) {
    ++calls_[ask];
    const auto take = [&](std::map<Ask, int>& from) { return from[ask] > 0 && from[ask]-- > 0; };
    if (calls_[ask] == fail_at_[ask] || take(fail_)) return Way::fail;
    if (take(lose_)) return Way::lose;
    return take(hold_) ? Way::hold : Way::through;
}

void Script::release() {
    for (auto& answer : std::exchange(held_, {})) answer();
}

void ScriptedStore::load(CaseQuery query, Callback<CaseAnswer> done) {
    pass<CaseAnswer>(script_, Ask::load, inner_, std::move(done),
                     [&](auto then) { inner_.load(query, then); });
}
void ScriptedStore::find_matter(std::string key, Callback<std::optional<CaseId>> done) {
    pass<std::optional<CaseId>>(script_, Ask::find_matter, inner_, std::move(done),
                                [&](auto then) { inner_.find_matter(key, then); });
}
void ScriptedStore::load_log(CaseId id, Callback<std::vector<Fact>> done) {
    pass<std::vector<Fact>>(script_, Ask::load_log, inner_, std::move(done),
                            [&](auto then) { inner_.load_log(id, then); });
}
void ScriptedStore::commit(std::shared_ptr<const Transition> transition, Callback<CommitOutcome> done) {
    if (script_.delays_commit())
        return script_.keep([this, transition, done] { inner_.commit(transition, done); });
    if (before_commit) std::exchange(before_commit, nullptr)();
    pass<CommitOutcome>(script_, Ask::commit, inner_, std::move(done),
                        [&](auto then) { inner_.commit(transition, then); });
}
void ScriptedStore::claim_due(TimePoint until, std::size_t limit, Duration lease, Callback<Claim> done) {
    pass<Claim>(script_, Ask::claim, inner_, std::move(done),
                [&](auto then) { inner_.claim_due(until, limit, lease, then); });
}
void ScriptedStore::keep_reject(Reject reject, Callback<std::monostate> done) {
    pass<std::monostate>(script_, Ask::keep_reject, inner_, std::move(done),
                         [&](auto then) { inner_.keep_reject(reject, then); });
}
void ScriptedStore::keep_policy(PolicyHash hash, std::string text, Callback<std::monostate> done) {
    inner_.keep_policy(std::move(hash), std::move(text), std::move(done));
}
void ScriptedStore::load_policy(PolicyHash hash, Callback<std::optional<std::string>> done) {
    pass<std::optional<std::string>>(script_, Ask::load_policy, inner_, std::move(done),
                                     [&](auto then) { inner_.load_policy(hash, then); });
}

void ScriptedOutbox::claim(ChannelId channel, TimePoint until, std::size_t limit, Duration lease,
                           Callback<OutboxClaim> done) {
    pass<OutboxClaim>(script_, Ask::claim_outbox, store_, std::move(done),
                      [&](auto then) { inner_.claim(channel, until, limit, lease, then); });
}
void ScriptedOutbox::claim_parcel(ChannelId channel, UrlLimit url, std::size_t limit, Duration lease,
                                  Callback<OutboxClaim> done) {
    pass<OutboxClaim>(script_, Ask::claim_outbox, store_, std::move(done),
                      [&](auto then) { inner_.claim_parcel(channel, url, limit, lease, then); });
}
void ScriptedOutbox::answered(UrlLimit url, UrlAnswer answer, Callback<std::monostate> done) {
    pass<std::monostate>(script_, Ask::answered_url, store_, std::move(done),
                         [&](auto then) { inner_.answered(url, answer, then); });
}
void ScriptedOutbox::renew(ChannelId channel, Urgency urgency, NotificationId id, Duration lease,
                           Callback<std::monostate> done) {
    pass<std::monostate>(script_, Ask::renew, store_, std::move(done),
                         [&](auto then) { inner_.renew(channel, urgency, id, lease, then); });
}
void ScriptedOutbox::settle(Settlement settlement, Callback<std::monostate> done) {
    pass<std::monostate>(script_, Ask::settle, store_, std::move(done),
                         [&](auto then) { inner_.settle(settlement, then); });
}

void VirtualTimers::after(Duration delay, std::function<void()> then) {
    waiting_.emplace(clock_.now() + std::max(delay, Duration{0}), std::move(then));
}

std::optional<TimePoint> VirtualTimers::next() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->first);
}

bool VirtualTimers::run_due() {
    if (waiting_.empty() || waiting_.begin()->first > clock_.now()) return false;
    auto due = waiting_.extract(waiting_.begin());
    due.mapped()();
    return true;
}

void Recorder::committed(const Transition& transition) {
    ++commits;
    lateness.insert(lateness.end(), transition.lateness.begin(), transition.lateness.end());
}

void Recorder::attempted(const Notification&, std::uint32_t attempt, DeliveryState state,
                         const DeliveryResult&) {
    attempts.emplace_back(attempt, state);
}

RuleBook::Current FlowRoom::current(const Office& office) {
    return {std::make_shared<Policy>(office.policy), std::make_shared<Directory>(office.directory),
            std::make_shared<Roster>(office.roster), std::make_shared<Calendar>(office.calendar),
            office.zone};
}

FlowRoom::FlowRoom(Office of)
    : office(std::move(of)),
      rules(current(office)),
      desk(
          store, clock, rules, recorder,
          [this](const std::string& text) -> Result<Policy> {
              if (text != "the policy") return Error{"invalid", "not a policy", ""};
              return office.policy;
          },
          {}, key),
      intake(store, clock, rules, desk, recorder),
      timekeeper(store, clock, timers, desk, recorder) {
    desk.on_committed = [this](const Transition& transition) {
        for (const auto& change : transition.cases) {
            if (change.wake) timekeeper.expect(*change.wake);
        }
    };
    desk.on_idle = [this] { timekeeper.room(); };
    desk.on_undecided = [this](const CaseId& id, const Error&) { timekeeper.undecided(id); };
}

void FlowRoom::settle_now() {
    while (memory.run_pending() || timers.run_due()) {}
}

void FlowRoom::run_for(Duration length) {
    const auto until = clock.now() + length;
    settle_now();
    while (timers.next() && *timers.next() <= until) {
        clock.set(std::max(clock.now(), *timers.next()));
        settle_now();
    }
    clock.set(until);
    settle_now();
}

void FlowRoom::tell(const std::string& bytes, ClientRole role) {
    intake.submit(bytes, {"test", "", role}, [this](Answer answer) { answers.push_back(std::move(answer)); });
}

Answer FlowRoom::told(const std::string& bytes, ClientRole role) {
    const auto before = answers.size();
    tell(bytes, role);
    settle_now();
    REQUIRE(answers.size() == before + 1);
    return answers.back();
}

CaseView FlowRoom::view(const std::string& id) const {
    return derive(office.rules(), memory.cases().at(CaseId(id)).stored.snapshot, clock.now());
}

std::vector<std::string> FlowRoom::fired() const {
    std::multimap<TimePoint, std::string> by_time;
    for (const auto& [id, kept] : memory.cases()) {
        for (const auto& entry : kept.log) {
            if (entry.kind != LogKind::fired) continue;
            const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(entry.at - t0).count();
            by_time.emplace(entry.at, id.value + " " + entry.obligation + " " + entry.step + "@" +
                                          std::to_string(minutes) + "m");
        }
    }
    std::vector<std::string> texts;
    for (auto& [at, text] : by_time) texts.push_back(std::move(text));
    return texts;
}

std::string event_text(const std::string& type, const std::string& id, Duration after,
                       const std::string& subject, const std::string& data, const std::string& source) {
    return R"({"specversion":"1.0","id":")" + id + R"(","source":")" + source + R"(","type":")" + type +
           R"(","time":")" + format_rfc3339(t0 + after, Zone::utc()) + "\"" +
           (subject.empty() ? "" : R"(,"subject":")" + subject + "\"") + R"(,"data":)" + data + "}";
}

std::string detected_text(const std::string& subject, const std::string& id, Duration after,
                          const std::string& more) {
    return event_text("opinion.detected", id, after, subject, R"({"title":"低保发放")" + more + "}",
                      "douyin");
}

}  // namespace yuqing::test
