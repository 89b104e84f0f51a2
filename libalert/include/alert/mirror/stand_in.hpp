// Decides and sends while the store is away: the same desk, timekeeper and dispatchers as ever, over a store
// in memory that holds the near cases. When the store is back it is thrown away: the same is decided again,
// over the store and under the same ids. It may be destroyed at any time but from inside its own calls.
#pragma once

#include "alert/core/journal.hpp"
#include "alert/flow/case_desk.hpp"
#include "alert/flow/dispatcher.hpp"
#include "alert/flow/intake.hpp"
#include "alert/flow/timekeeper.hpp"
#include "alert/memory/memory_case_store.hpp"
#include "alert/memory/memory_outbox.hpp"
#include "alert/mirror/near_cases.hpp"
#include "alert/mirror/requests_lately.hpp"
#include "alert/mirror/sent_meanwhile.hpp"

#include <memory>
#include <set>
#include <vector>

namespace alert {

class StandIn {
public:
    /// All of them outlive it.
    struct Parts {
        Clock& clock;
        Timers& timers;
        RuleBook& rules;
        Sender& sender;
        Observer& observer;  // is told of attempts, troubles and limits alone
        SentMeanwhile& sent;
        const RequestsLately& requests;
        std::size_t daemons = 1;  // that may stand in at once: the limit of a URL is divided by them
    };
    StandIn(const Parts& parts, const NearCases& near, const std::vector<DeliveryPlan>& plans,
            std::size_t opened_max);
    ~StandIn();
    StandIn(const StandIn&) = delete;
    StandIn& operator=(const StandIn&) = delete;

    void start();
    /// Committed, and not taken to be sent yet.
    void hand_over(const std::vector<Notification>& messages);
    /// The case as the store has it by now.
    void learn(const NearCases::Near& copy);
    /// The message is sent by way of the store.
    void leave(const NotificationId& id);
    /// A request to the URL was made besides.
    void requested(const UrlLimit& url, UrlAnswer answer);
    /// The channels, as they are from now on. What is under way to one is brought to its end.
    void serve(const std::vector<DeliveryPlan>& plans);
    /// An event that was taken into the journal.
    void tell(const JournalEntry& entry);

    // Set before start().
    /// Steps fired at that instant.
    std::function<void(const CaseId&, TimePoint)> on_fired;
    /// It made a request to a URL that has a limit.
    std::function<void(const UrlLimit&, UrlAnswer)> on_request;

private:
    class MortalTimers;
    class MortalSender;
    class QuietObserver;
    class Store;

    void count_requests(const Parts& parts);
    void pump();
    void committed(const Transition& transition);
    void add_dispatcher(DeliveryPlan plan);

    Clock& clock_;
    SentMeanwhile& sent_;
    const std::size_t daemons_;
    std::unique_ptr<MortalTimers> timers_;
    std::unique_ptr<MortalSender> sender_;
    std::unique_ptr<QuietObserver> observer_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<MemoryOutbox> outbox_;
    std::unique_ptr<CaseDesk> desk_;
    std::unique_ptr<Intake> intake_;
    std::unique_ptr<Timekeeper> timekeeper_;
    std::vector<std::unique_ptr<Dispatcher>> dispatchers_;
    std::vector<std::unique_ptr<Dispatcher>> replaced_;  // their timers may still come
    std::set<NotificationId> left_;
};

}  // namespace alert
