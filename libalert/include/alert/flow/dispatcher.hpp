// Takes one channel's messages from the outbox to the sender, most urgent first, until each is settled.
//
// One dispatcher per channel and nothing shared between them: a channel that hangs holds up itself alone.
// A message is leased while it is under way; when the daemon dies the lease runs out and it goes again,
// under the same id.
#pragma once

#include "alert/core/growing_pause.hpp"
#include "alert/port/case_store.hpp"
#include "alert/port/clock.hpp"
#include "alert/port/observer.hpp"
#include "alert/port/outbox.hpp"
#include "alert/port/sender.hpp"
#include "alert/port/timers.hpp"

#include <deque>
#include <functional>
#include <map>
#include <random>
#include <set>

namespace alert {

struct DeliveryPlan {
    ChannelId channel;
    std::size_t concurrency = 8;
    std::size_t claim_max = 64;         // messages held at once
    std::optional<UrlLimit> url_limit;  // over it what waits travels together
    std::size_t parcel_max = 1;         // messages in one request; 1: the format knows only one
    bool shuns_round_times = false;     // reminders of the hour and half hour go a little later
    std::optional<ChannelId> fallback;  // told at once when a message dies here
    /// The most urgent that would wait longer than this are told to the fallback meanwhile, once, and go on
    /// being tried here.
    Duration urgent_patience = std::chrono::minutes(1);
    Duration retry_min = std::chrono::seconds(1), retry_max = std::chrono::minutes(1);
    std::size_t attempts_max = 100;
    std::size_t unknown_attempts_max = 8;      // when nobody understands the last answer: some two minutes
    Duration lease = std::chrono::seconds(3);  // after a crash what was under way goes again after this
    Duration look_every = std::chrono::seconds(1);
    Duration claim_retry_min = std::chrono::milliseconds(10);  // after a failure; doubles up to look_every
    /// However long a URL is held: another URL, or another fallback, must not find its messages put away.
    Duration held_look_every = std::chrono::seconds(10);
    Duration pause =
        std::chrono::milliseconds(5);  // between looks that find what the outbox does not give yet
    Duration yield_max = std::chrono::seconds(1);  // to a timekeeper that catches up
    std::uint32_t seed = std::random_device{}();   // of the back-off's jitter
};

/// The n-th wait (from 1): doubles from retry_min to retry_max, shortened by up to half at random; never
/// shorter than what the receiver asked for.
Duration back_off(const DeliveryPlan& plan, std::uint32_t attempt, std::optional<Duration> asked,
                  double random);

/// Where everybody's reminders fall on one instant, that of an hour or half hour goes 5 to 25 s after it;
/// nothing for what goes at its own time.
std::optional<TimePoint> later_than_round(const Notification& notification);

/// Whether a message is being sent, or was sent, by somebody else in this daemon.
enum class SentElsewhere { no, under_way, delivered };

class Dispatcher {
public:
    Dispatcher(DeliveryPlan plan, CaseStore& store, Outbox& outbox, Sender& sender, Clock& clock,
               Timers& timers, Observer& observer);

    void start();
    /// Takes nothing more; `idle()` tells when what was under way has been settled.
    void stop() { stopped_ = true; }
    [[nodiscard]] bool idle() const { return sending_.empty() && settling_.empty(); }
    /// Something was put into this channel's outbox.
    void notice() { expect(clock_.now()); }
    [[nodiscard]] const ChannelId& channel() const { return plan_.channel; }
    /// Called when a message was handed to the fallback channel, with what was committed.
    std::function<void(const Transition&)> on_committed;
    /// Asked of each message that is taken. Under way: left to its lease; delivered: settled as that.
    std::function<SentElsewhere(const Notification&)> sent_elsewhere;
    /// Called with each request to a URL that has a limit, once it was answered.
    std::function<void(const UrlLimit&, const UrlAnswer&)> on_request;
    /// While it says so, nothing is taken, for `yield_max` at most: what is due is committed first, so that
    /// the most urgent of all of it goes first.
    std::function<bool()> yields;

private:
    void look();
    [[nodiscard]] bool yield();
    void look_within_limit();
    void claimed(Result<OutboxClaim> claim);
    void send_next();
    void send(std::vector<OutboxItem> parcel, const std::string& request = {});
    void sent(const std::vector<NotificationId>& ids, const DeliveryResult& result);
    void put_off(const OutboxItem& item, TimePoint until);
    void wait_out(const OutboxItem& item, TimePoint held_until);
    [[nodiscard]] bool tells_meanwhile(const Notification& notification, TimePoint next);
    void tell_limit(UrlAnswer answer);
    void settle(const OutboxItem& item, const DeliveryResult& result);
    void tell_fallback(const Notification& notification, const Settlement& settlement);
    void commit_copy(const Notification& notification, const Settlement& settlement);
    void settle_as(const Settlement& settlement);
    void write_settlement(const NotificationId& id);
    void later(std::function<void()> then);
    [[nodiscard]] bool left_to_others(const OutboxItem& item);
    void hold(OutboxItem item);
    void keep_leases();
    void expect(TimePoint at);

    DeliveryPlan plan_;
    CaseStore& store_;
    Outbox& outbox_;
    Sender& sender_;
    Clock& clock_;
    Timers& timers_;
    Observer& observer_;
    std::deque<OutboxItem> held_;  // claimed, not yet sent; most urgent first
    std::map<NotificationId, OutboxItem> sending_;
    std::size_t requests_ = 0;                       // under way
    std::map<NotificationId, Settlement> settling_;  // until the outbox has written it
    std::set<NotificationId> told_meanwhile_;        // to the fallback; once more would change nothing
    std::string hold_cause_;                         // what the platform said with the last hold
    std::minstd_rand random_;
    GrowingPause claim_pause_;
    TimePoint wakes_at_ = TimePoint::max();
    TimePoint expected_ = TimePoint::max();  // told while a claim was under way
    std::uint64_t sleep_ = 0;
    bool claiming_ = false;
    bool more_ = false;     // the last claim may have left something behind
    bool limited_ = false;  // it was held up by the URL's own windows
    bool stopped_ = false;
    std::optional<TimePoint> yields_since_;
};

}  // namespace alert
