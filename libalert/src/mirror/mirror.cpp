#include "alert/mirror/mirror.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace alert {

Mirror::Mirror(Parts parts, MirrorLimits limits)
    : parts_(parts),
      limits_(limits),
      near_(limits.cases_max),
      sent_(limits.sent_max),
      well_at_(parts.clock.boot_time()) {}

void Mirror::stop() {
    stopped_ = true;
    stand_in_.reset();
}

void Mirror::serve(std::vector<DeliveryPlan> plans) {
    plans_ = std::move(plans);
    if (stand_in_) stand_in_->serve(plans_);
}

void Mirror::store_is(bool up) {
    ++session_;
    asking_ = refused_ = false;
    well_since_.reset();
    from_ = 0;
    down_ = !up;
    if (!up) return parts_.timers.after(limits_.away_after, [this] { judge(); });
    taken_early_.clear();
    if (stand_in_) end();
}

void Mirror::look() {
    if (stopped_) return;
    parts_.timers.after(limits_.look_every, [this] { look(); });
    judge();
    forget_fired();
    if (down_ || asking_ || parts_.clock.boot_time() - asked_at_ < limits_.walk_every) return;
    look_at_urls();
    walk();
}

void Mirror::daemons_are(std::size_t count) {
    const auto now = parts_.clock.boot_time();
    if (count >= daemons_)
        fewer_since_.reset();
    else if (!fewer_since_)
        fewer_since_ = now;
    if (!fewer_since_ || now - *fewer_since_ >= limits_.fewer_after)
        daemons_ = std::max<std::size_t>(count, 1);
}

/// The others' requests count too, should the store go now. What it does not answer it answers next time.
void Mirror::look_at_urls() {
    std::set<std::string> asked;
    for (const auto& plan : plans_) {
        if (!plan.url_limit || !asked.insert(plan.url_limit->url_hash).second) continue;
        parts_.urls.use_of(*plan.url_limit, [this, url = *plan.url_limit](Result<UrlUse> use) {
            if (use) requests_.known(url, std::move(*use));
        });
    }
}

void Mirror::judge() {
    if (stopped_ || !away()) return;
    if (!stand_in_) begin();
    stand_in_->hand_over(untaken());
}

/// A loop that was held up finds all answers late: it looks once more, when it has read what lay there.
bool Mirror::away() {
    const auto now = parts_.clock.boot_time();
    if (!down_ && !refused_ && !asking_) well_at_ = now;
    const bool silent = now - well_at_ >= limits_.away_after;
    return silent && (std::exchange(suspected_, silent) || down_);
}

void Mirror::walk() {
    asking_ = true;
    asked_at_ = parts_.clock.boot_time();
    nearest_ = from_ > 0 && !nearest_;  // every other time: they are what matters first
    parts_.waiting.waiting(nearest_ ? 0 : from_, limits_.page_max,
                           [this, session = session_](Result<WaitingPage> page) {
                               if (session == session_ && !stopped_) walked(std::move(page));
                           });
}

bool Mirror::well() {
    const auto now = parts_.clock.boot_time();
    if (now - asked_at_ > limits_.away_after / 2)
        well_since_.reset();
    else if (!well_since_)
        well_since_ = now;
    return well_since_ && now - *well_since_ >= limits_.well_for;
}

void Mirror::walked(Result<WaitingPage> page) {
    asking_ = false;
    refused_ = !page;
    if (!page) {
        well_since_.reset();
        return parts_.observer.troubled("mirror", page.error());
    }
    suspected_ = false;
    if (well() && stand_in_) end();
    for (const auto& waiting : near_.seen(*page, busy)) load(waiting);
    if (nearest_) return;
    from_ += limits_.page_max;
    if (from_ < std::min(page->queued, limits_.cases_max)) return;
    if (page->queued > limits_.cases_max) parts_.observer.limit_hit("mirror_cases");
    near_.walked();
    from_ = 0;
}

void Mirror::load(const WaitingCase& waiting) {
    parts_.store.load({.id = waiting.id}, [this, waiting, session = session_](Result<CaseAnswer> answer) {
        const bool counts = session == session_ && !stopped_ && !(busy && busy(waiting.id));
        if (!counts || !answer || !answer->stored) return;  // the next walk asks again
        if (know_policy) know_policy(answer->stored->snapshot.policy);
        near_.put(waiting, std::move(*answer->stored));
        teach(waiting.id);
    });
}

/// A store that is slow goes on deciding: who stands in has to know what it was told. One that is told again
/// what it lost knows less than who stands in, until it has everything.
void Mirror::teach(const CaseId& id) {
    const auto at = near_.cases().find(id);
    if (stand_in_ && !down_ && at != near_.cases().end()) stand_in_->learn(at->second);
}

void Mirror::committed(const Transition& transition) {
    near_.committed(transition);
    for (const auto& change : transition.cases) teach(change.next.id);
    for (const auto& message : transition.notifications) hand_on(message.id, message);
    for (const auto& overtaken : transition.overtaken) hand_on(overtaken.id, std::nullopt);
}

/// A message that was taken is nobody's business any more, even if its commit is heard of later.
void Mirror::hand_on(const NotificationId& id, std::optional<Notification> message) {
    const auto now = parts_.clock.boot_time();
    while (!handed_on_order_.empty()) {
        const auto oldest = handed_on_.find(handed_on_order_.front());
        const bool old = now - oldest->second.at > limits_.handed_on_for;
        if (!old && handed_on_.size() < limits_.handed_on_max) break;
        handed_on_.erase(oldest);
        handed_on_order_.pop_front();
    }
    const auto [at, is_new] = handed_on_.try_emplace(id, HandedOn{message, now});
    if (is_new) handed_on_order_.push_back(id);
    if (!message) at->second.message.reset();
}

SentElsewhere Mirror::taken(const Notification& message) {
    hand_on(message.id, std::nullopt);
    const auto elsewhere = sent_.find(message.id);
    if (stand_in_ && elsewhere == SentElsewhere::no) stand_in_->leave(message.id);
    return elsewhere;
}

void Mirror::requested(const UrlLimit& url, const UrlAnswer& answer) {
    requests_.add(url, answer, parts_.clock.now());
    if (stand_in_) stand_in_->requested(url, answer);
}

void Mirror::tell(const JournalEntry& entry) {
    if (stand_in_)
        stand_in_->tell(entry);
    else if (taken_early_.size() < limits_.taken_early_max)
        taken_early_.push_back(entry);
}

std::optional<TimePoint> Mirror::decided_meanwhile(const CaseId& id) const {
    const auto at = fired_.find(id);
    return at == fired_.end() ? std::nullopt : std::optional(at->second.front());
}

void Mirror::recorded(const CaseId& id, TimePoint at) {
    const auto fired = fired_.find(id);
    if (fired == fired_.end()) return;
    auto& instants = fired->second;
    while (!instants.empty() && instants.front() <= at) instants.pop_front();
    if (instants.empty()) fired_.erase(fired);
}

/// What the store did not ask for by then it had from another daemon, or decided otherwise.
void Mirror::forget_fired() {
    const auto now = parts_.clock.boot_time();
    if (down_ || stand_in_) needed_at_ = now;
    if (now - needed_at_ >= limits_.recorded_within) fired_.clear();
}

/// What was committed and may wait in the store, which is away.
std::vector<Notification> Mirror::untaken() {
    const auto now = parts_.clock.boot_time();
    std::vector<Notification> messages;
    for (auto& [id, one] : handed_on_) {
        auto message = std::exchange(one.message, std::nullopt);  // taken, whoever is told of it again
        if (message && now - one.at <= limits_.handed_on_for) messages.push_back(std::move(*message));
    }
    return messages;
}

void Mirror::begin() {
    began_ = parts_.clock.now();
    const StandIn::Parts parts{parts_.clock,    parts_.timers, parts_.rules, parts_.sender,
                               parts_.observer, sent_,         requests_,    daemons_};
    stand_in_ = std::make_unique<StandIn>(parts, near_, plans_, limits_.cases_max);
    stand_in_->on_fired = [this](const CaseId& id, TimePoint at) {
        if (fired_.size() < limits_.fired_max || fired_.contains(id)) fired_[id].push_back(at);
    };
    stand_in_->on_request = [this](const UrlLimit& url, UrlAnswer answer) {
        answer.request = requests_.new_name();
        requests_.add(url, answer, parts_.clock.now());
        if (!down_ && on_request_meanwhile) on_request_meanwhile(url, std::move(answer));
    };
    stand_in_->start();
    for (const auto& entry : std::exchange(taken_early_, {})) stand_in_->tell(entry);
    if (on_change) on_change();
}

/// The copies are what the store had: what was fired meanwhile it will tell of. Requests are counted again: a
/// store that hung may not have taken them.
void Mirror::end() {
    stand_in_.reset();
    if (on_request_meanwhile) {
        for (auto& request : requests_.since(began_, parts_.clock.now()))
            on_request_meanwhile(std::move(request.url), std::move(request.answer));
    }
    if (on_change) on_change();
}

}  // namespace alert
