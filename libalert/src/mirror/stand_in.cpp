#include "alert/mirror/stand_in.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace alert {

namespace {

/// Answers of a store in memory wait so long at most; one pass gives all that come of each other.
constexpr Duration pumped_every = std::chrono::milliseconds(5);
/// A case that was claimed lately stands in the queue where its lease ends: it is looked at now.
constexpr Duration lease_max = std::chrono::seconds(3);

/// A case that is opened here may be one that the store has, answered long ago: of its steps those are told
/// whose time came since, or shortly before.
constexpr Duration told_within = std::chrono::minutes(10);

/// Messages left to the store's own dispatchers; of others the second copy has the same id.
constexpr std::size_t left_max = 100'000;

const Error not_here{"not_here", "the store is away, and there is no copy of this", ""};

}  // namespace

/// What they were to do is not done any more when it is gone.
class StandIn::MortalTimers : public Timers {
public:
    explicit MortalTimers(Timers& timers) : timers_(timers) {}
    void after(Duration delay, std::function<void()> then) override {
        timers_.after(delay, [alive = std::weak_ptr(alive_), then = std::move(then)] {
            if (!alive.expired()) then();
        });
    }

private:
    Timers& timers_;
    std::shared_ptr<char> alive_ = std::make_shared<char>();
};

/// Notes what is sent even if nobody waits for the result any more.
class StandIn::MortalSender : public Sender {
public:
    MortalSender(Sender& sender, SentMeanwhile& sent) : sender_(sender), sent_(sent) {}
    void send(std::vector<Notification> messages, std::function<void(DeliveryResult)> done) override {
        sent_.begin(messages);
        auto copies = messages;
        sender_.send(std::move(messages),
                     [&sent = sent_, copies = std::move(copies), alive = std::weak_ptr(alive_),
                      done = std::move(done)](DeliveryResult result) {
                         sent.end(copies, result);
                         if (!alive.expired()) done(std::move(result));
                     });
    }

private:
    Sender& sender_;
    SentMeanwhile& sent_;
    std::shared_ptr<char> alive_ = std::make_shared<char>();
};

/// What is decided here is counted when the store has it.
class StandIn::QuietObserver : public Observer {
public:
    explicit QuietObserver(Observer& observer) : observer_(observer) {}
    void answered(std::string_view, const Answer&, Duration) override {}
    void committed(const Transition&) override {}
    void attempted(const Notification& notification, std::uint32_t attempt, DeliveryState state,
                   const DeliveryResult& result) override {
        observer_.attempted(notification, attempt, state, result);
    }
    void turned() override {}
    void troubled(std::string_view what, const Error& error) override {
        if (error.code != not_here.code) observer_.troubled(what, error);
    }
    void limit_hit(std::string_view limit) override { observer_.limit_hit(limit); }

private:
    Observer& observer_;
};

/// Of a case that is not here nothing is known, and what is told of it opens one; of those that are, their
/// records are not. Steps alone are told: a notice is named by the version that the store will give it.
class StandIn::Store : public MemoryCaseStore {
public:
    Store(const Clock& clock, std::size_t cases_max, Observer& observer)
        : MemoryCaseStore(clock), cases_max_(cases_max), observer_(observer) {}
    void load(CaseQuery query, Callback<CaseAnswer> done) override {
        if (cases().contains(query.id)) return MemoryCaseStore::load(std::move(query), std::move(done));
        refuse(std::move(done));
    }
    void commit(std::shared_ptr<const Transition> transition, Callback<CommitOutcome> done) override {
        for (const auto& change : transition->cases)
            if (!cases().contains(change.next.id) && !may_open(change.next.id))
                return refuse(std::move(done));
        auto steps = std::make_shared<Transition>(*transition);
        std::erase_if(steps->notifications,
                      [this](const Notification& n) { return !n.step || may_be_old(n); });
        steps->events.clear();  // nobody asks for them: what was taken before is not told twice
        for (auto& change : steps->cases) change.log.clear();
        MemoryCaseStore::commit(std::move(steps), std::move(done));
    }
    void load_log(CaseId, Callback<std::vector<Fact>> done) override { refuse(std::move(done)); }
    void load_policy(PolicyHash, Callback<std::optional<std::string>> done) override {
        refuse(std::move(done));
    }

private:
    [[nodiscard]] bool may_open(const CaseId& id) {
        const bool room = cases().size() < cases_max_;
        if (room)
            opened_.insert(id);
        else
            observer_.limit_hit("mirror_cases");
        return room;
    }
    [[nodiscard]] bool may_be_old(const Notification& n) const {
        return n.step->planned < clock().now() - told_within && n.matter && opened_.contains(n.matter->id);
    }
    template <class T>
    void refuse(Callback<T> done) {
        post([done = std::move(done)] { done(not_here); });
    }

    const std::size_t cases_max_;
    Observer& observer_;
    std::set<CaseId> opened_;
};

StandIn::StandIn(const Parts& parts, const NearCases& near, const std::vector<DeliveryPlan>& plans,
                 std::size_t opened_max)
    : clock_(parts.clock),
      sent_(parts.sent),
      daemons_(parts.daemons),
      timers_(std::make_unique<MortalTimers>(parts.timers)),
      sender_(std::make_unique<MortalSender>(parts.sender, parts.sent)),
      observer_(std::make_unique<QuietObserver>(parts.observer)),
      store_(std::make_unique<Store>(parts.clock, near.cases().size() + opened_max, *observer_)),
      outbox_(std::make_unique<MemoryOutbox>(*store_)),
      desk_(std::make_unique<CaseDesk>(*store_, parts.clock, parts.rules, *observer_,
                                       [](const std::string&) { return Result<Policy>(not_here); })),
      intake_(std::make_unique<Intake>(*store_, parts.clock, parts.rules, *desk_, *observer_)),
      timekeeper_(std::make_unique<Timekeeper>(*store_, parts.clock, *timers_, *desk_, *observer_)) {
    const auto now = clock_.now();
    for (const auto& [id, copy] : near.cases()) {
        std::optional<TimePoint> wake;
        if (copy.wake != TimePoint::max()) wake = copy.wake <= now + lease_max ? now : copy.wake;
        store_->put(copy.stored, wake);
    }
    count_requests(parts);
    desk_->on_committed = [this](const Transition& transition) { committed(transition); };
    desk_->on_idle = [this] { timekeeper_->room(); };
    for (const auto& plan : plans) add_dispatcher(plan);
}

StandIn::~StandIn() = default;

void StandIn::start() {
    for (auto& dispatcher : dispatchers_) dispatcher->start();
    timekeeper_->start();
    pump();
}

void StandIn::hand_over(const std::vector<Notification>& messages) {
    for (const auto& message : messages) store_->messages().add(message);
    if (messages.empty()) return;
    for (auto& dispatcher : dispatchers_) dispatcher->notice();
}

/// What this one is changing just now it has first. What it fired already it fires again, under the same ids.
void StandIn::learn(const NearCases::Near& copy) {
    const auto id = copy.stored.snapshot.id;
    std::optional<TimePoint> wake;
    if (copy.wake != TimePoint::max()) wake = copy.wake;
    desk_->when_done(id, [this, stored = copy.stored, wake] {
        store_->put(stored, wake);
        desk_->forget_all();
        if (wake) timekeeper_->expect(*wake);
    });
}

void StandIn::leave(const NotificationId& id) {
    if (left_.size() < left_max) left_.insert(id);
}

void StandIn::requested(const UrlLimit& url, UrlAnswer answer) {
    answer.request.insert(0, "besides-");
    store_->messages().answered(url, answer, clock_.now());
}

void StandIn::count_requests(const Parts& parts) {
    for (auto& request : parts.requests.of_share(parts.daemons, clock_.now())) {
        request.answer.request.insert(0, "before-");  // not a name that is given here
        store_->messages().answered(request.url, request.answer, request.at);
    }
}

void StandIn::add_dispatcher(DeliveryPlan plan) {
    desk_->follow(plan.channel, plan.fallback);
    if (plan.url_limit) plan.url_limit = share_of(std::move(*plan.url_limit), daemons_);
    auto& dispatcher = *dispatchers_.emplace_back(std::make_unique<Dispatcher>(
        std::move(plan), *store_, *outbox_, *sender_, clock_, *timers_, *observer_));
    dispatcher.sent_elsewhere = [this](const Notification& n) {
        return left_.contains(n.id) ? SentElsewhere::delivered : sent_.find(n.id);
    };
    dispatcher.on_request = [this](const UrlLimit& url, UrlAnswer answer) {
        if (on_request) on_request(url, std::move(answer));
    };
    dispatcher.on_committed = desk_->on_committed;
}

/// All of them anew: what one had claimed and not sent comes again when its lease ends.
void StandIn::serve(const std::vector<DeliveryPlan>& plans) {
    for (auto& dispatcher : dispatchers_) {
        dispatcher->stop();
        replaced_.push_back(std::move(dispatcher));
    }
    dispatchers_.clear();
    for (const auto& plan : plans) add_dispatcher(plan);
    for (auto& dispatcher : dispatchers_) dispatcher->start();
}

void StandIn::pump() {
    store_->run_pending();
    timers_->after(pumped_every, [this] { pump(); });
}

/// Rejected here, or of a case that is not here: the store will know.
void StandIn::tell(const JournalEntry& entry) {
    intake_->tell_live(entry, [](const Answer&) {});
}

void StandIn::committed(const Transition& transition) {
    for (const auto& change : transition.cases) {
        if (change.wake) timekeeper_->expect(*change.wake);
        const bool fired = std::any_of(change.log.begin(), change.log.end(),
                                       [](const LogEntry& entry) { return entry.kind == LogKind::fired; });
        if (fired && on_fired) on_fired(change.next.id, clock_.now());
    }
    for (auto& dispatcher : dispatchers_) dispatcher->notice();
}

}  // namespace alert
