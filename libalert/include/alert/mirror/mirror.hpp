// Keeps what falls due soon in memory, and has it decided and sent when the store is away at that time.
//
// The store is away when its connection is down, when it refuses to say what waits, or when it has not
// answered for `away_after`: a server that hangs says nothing for seconds before its connection is given up.
// It is back when there is a new connection, or when for `well_for` it took half of `away_after` at most for
// each answer: one that is slow now and then would be left again and again. Until then both decide and send,
// and each learns what the other does.
//
// What was decided meanwhile is decided again by the store, as of then, when it is back: decided_meanwhile()
// tells the desk the instants. What was sent meanwhile is not sent again: taken() tells the dispatchers.
// Other daemons on the same store stand in too: what they send besides has the same ids, and each of them
// keeps to an equal share of what a URL takes.
#pragma once

#include "alert/mirror/near_cases.hpp"
#include "alert/mirror/requests_lately.hpp"
#include "alert/mirror/sent_meanwhile.hpp"
#include "alert/mirror/stand_in.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace alert {

struct MirrorLimits {
    std::size_t cases_max = 5000;                          // copies
    Duration away_after = std::chrono::milliseconds(300);  // without an answer
    Duration well_for = std::chrono::seconds(2);           // each answer in half of that time: it is back
    Duration look_every = std::chrono::milliseconds(100);
    Duration walk_every = std::chrono::milliseconds(250);  // one page of the store's queue
    std::size_t page_max = 200;                            // cases
    Duration handed_on_for = std::chrono::seconds(5);      // messages committed, but not taken to be sent
    std::size_t handed_on_max = 10'000;                    // of them
    std::size_t sent_max = 100'000;                        // messages remembered that were sent meanwhile
    std::size_t fired_max = 10'000;                        // cases with steps fired meanwhile
    Duration recorded_within = std::chrono::minutes(10);   // after the end: what fired is another's by then
    std::size_t taken_early_max = 10'000;                  // events
    Duration fewer_after = std::chrono::minutes(1);        // daemons; the others may be on their way back
};

class Mirror {
public:
    /// All of them outlive it.
    struct Parts {
        CaseStore& store;
        WaitingCases& waiting;
        UrlUses& urls;
        Clock& clock;
        Timers& timers;
        RuleBook& rules;
        Sender& sender;
        Observer& observer;
    };
    explicit Mirror(Parts parts, MirrorLimits limits = {});

    void start() { look(); }
    void stop();
    /// Up: it answers, and has everything that was accepted.
    void store_is(bool up);
    /// The channels, as they are from now on.
    void serve(std::vector<DeliveryPlan> plans);

    /// So many daemons use the store now, this one included.
    void daemons_are(std::size_t count);

    /// By this daemon, to the store.
    void committed(const Transition& transition);
    /// This daemon takes the message to send it.
    SentElsewhere taken(const Notification& message);
    /// It made a request.
    void requested(const UrlLimit& url, const UrlAnswer& answer);
    /// An event was taken into the journal because the store is away, or has not everything yet.
    void tell(const JournalEntry& entry);
    /// The instant at which steps of the case fired meanwhile, the earliest that is not recorded yet.
    [[nodiscard]] std::optional<TimePoint> decided_meanwhile(const CaseId& id) const;
    /// The store has what fired until then.
    void recorded(const CaseId& id, TimePoint at);

    [[nodiscard]] bool standing_in() const { return stand_in_ != nullptr; }
    [[nodiscard]] std::size_t cases() const { return near_.cases().size(); }
    [[nodiscard]] std::size_t sent() const { return sent_.delivered(); }

    /// Told of each policy that a copy holds: without it the copy cannot be decided, and then it could not
    /// be had.
    std::function<void(const PolicyHash&)> know_policy;
    /// Whether this daemon is changing the case.
    NearCases::Busy busy;
    /// It began, or ended.
    std::function<void()> on_change;
    /// The requests that were made meanwhile, for the limit that the store keeps.
    std::function<void(UrlLimit, UrlAnswer)> on_request_meanwhile;

private:
    void look();
    void judge();
    void forget_fired();
    [[nodiscard]] bool away();
    [[nodiscard]] bool well();
    void look_at_urls();
    void walk();
    void walked(Result<WaitingPage> page);
    void load(const WaitingCase& waiting);
    void teach(const CaseId& id);
    void hand_on(const NotificationId& id, std::optional<Notification> message);
    [[nodiscard]] std::vector<Notification> untaken();
    void begin();
    void end();

    Parts parts_;
    const MirrorLimits limits_;
    std::vector<DeliveryPlan> plans_;
    NearCases near_;
    SentMeanwhile sent_;
    RequestsLately requests_;
    std::map<CaseId, std::deque<TimePoint>> fired_;  // meanwhile
    struct HandedOn {
        std::optional<Notification> message;  // until it is taken, which may be seen first
        Duration at;                          // boot time
    };
    std::map<NotificationId, HandedOn> handed_on_;
    std::deque<NotificationId> handed_on_order_;  // the latest last
    std::vector<JournalEntry> taken_early_;       // before anybody stood in
    std::size_t daemons_ = 1;
    std::optional<Duration> fewer_since_;  // boot time
    std::unique_ptr<StandIn> stand_in_;
    TimePoint began_;
    std::uint64_t session_ = 0;  // with the store; answers of an earlier one do not count
    bool down_ = true, refused_ = false, asking_ = false, suspected_ = false, stopped_ = false;
    Duration well_at_{}, asked_at_{}, needed_at_{};  // boot time
    std::optional<Duration> well_since_;             // every answer came soon
    std::size_t from_ = 0;                           // of the walk
    bool nearest_ = false;                           // what is under way is no part of it
};

}  // namespace alert
