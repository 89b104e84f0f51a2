// A dispatcher in a room of its own, with a receiver that answers when the test says so.
#pragma once

#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

namespace yuqing::test {

using namespace alert;
using Kind = DeliveryResult::Kind;

inline const ChannelId duty("duty-group");

/// Keeps what it is asked to send until the test answers it.
class HeldSender : public Sender {
public:
    void send(std::vector<Notification> messages, std::function<void(DeliveryResult)> done) override {
        ++requests;
        sent.insert(sent.end(), messages.begin(), messages.end());
        waiting.emplace_back(std::move(messages), std::move(done));
        if (answer_at_once) answer_all({.kind = Kind::delivered, .included = 1000});
    }
    /// Ends the oldest attempt of those under way.
    void answer(DeliveryResult result) {
        REQUIRE_FALSE(waiting.empty());
        auto done = std::move(waiting.front().second);
        waiting.erase(waiting.begin());
        done(std::move(result));
    }
    void answer_all(const DeliveryResult& result) {
        while (!waiting.empty()) answer(result);
    }

    bool answer_at_once = false;
    int requests = 0;
    std::vector<Notification> sent;
    std::vector<std::pair<std::vector<Notification>, std::function<void(DeliveryResult)>>> waiting;
};

struct Desk {
    explicit Desk(DeliveryPlan plan = {.channel = duty})
        : dispatcher(plan, room.store, room.outbox, sender, room.clock, room.timers, room.recorder) {}

    void put(const std::string& id, Reason reason = Reason::reminder, const ChannelId& channel = duty,
             std::optional<StepBrief> step = {}) {
        auto transition = std::make_shared<Transition>();
        Notification n{.id = NotificationId(id), .channel = channel, .reason = reason};
        n.urgency = urgency_of(reason, false);
        n.created_at = room.clock.now();
        n.step = std::move(step);
        transition->notifications.push_back(n);
        room.memory.commit(transition, [](Result<CommitOutcome>) {});
        dispatcher.notice();
    }
    DeliveryState state(const std::string& id) { return message(id).state; }
    const MemoryMessage& message(const std::string& id) {
        return room.memory.messages().all().at(NotificationId(id));
    }

    FlowRoom room;
    HeldSender sender;
    Dispatcher dispatcher;
};

}  // namespace yuqing::test
