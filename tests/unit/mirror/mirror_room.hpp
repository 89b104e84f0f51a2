// A daemon with a mirror in a room of its own. Its store answers, refuses or hangs.
#pragma once

#include "support/flow_room.hpp"
#include "unit/flow/dispatch_desk.hpp"

#include "alert/mirror/mirror.hpp"

namespace yuqing::test {

class MirrorRoom : public alert::WaitingCases, public alert::UrlUses {
public:
    explicit MirrorRoom(alert::DeliveryPlan plan = {.channel = duty}, alert::MirrorLimits limits = {})
        : plan_(plan),
          mirror({room.store, *this, *this, room.clock, room.timers, room.rules, sender, room.recorder},
                 limits),
          dispatcher(plan, room.store, room.outbox, sender, room.clock, room.timers, room.recorder) {
        sender.answer_at_once = true;
        mirror.serve({plan_});
        const auto tell_all = room.desk.on_committed;
        room.desk.on_committed = [this, tell_all](const alert::Transition& transition) {
            mirror.committed(transition);
            tell_all(transition);
            dispatcher.notice();
        };
        room.desk.decided_meanwhile = [this](const alert::CaseId& id) {
            return mirror.decided_meanwhile(id);
        };
        room.desk.on_recorded = [this](const alert::CaseId& id, alert::TimePoint at) {
            mirror.recorded(id, at);
        };
        dispatcher.sent_elsewhere = [this](const alert::Notification& n) { return mirror.taken(n); };
        dispatcher.on_request = [this](const alert::UrlLimit& url, const alert::UrlAnswer& answer) {
            mirror.requested(url, answer);
        };
        mirror.on_change = [this] { ++changes; };
        mirror.on_request_meanwhile = [this](alert::UrlLimit url, alert::UrlAnswer answer) {
            meanwhile.push_back(answer);
            room.outbox.answered(std::move(url), std::move(answer), [](auto) {});
        };
        room.timekeeper.start();
        dispatcher.start();
        mirror.start();
        mirror.store_is(true);
        room.settle_now();
    }

    void waiting(std::size_t from, std::size_t limit, alert::Callback<alert::WaitingPage> done) override {
        if (away_)
            return room.memory.post([done = std::move(done)] { done(alert::Error{"redis_down", "", ""}); });
        if (hangs_) return;
        if (slow_by.count() == 0) return room.memory.waiting(from, limit, std::move(done));
        room.timers.after(
            slow_by, [this, from, limit, done = std::move(done)] { room.memory.waiting(from, limit, done); });
    }

    void use_of(alert::UrlLimit url, alert::Callback<alert::UrlUse> done) override {
        if (!away_ && !hangs_) uses.use_of(std::move(url), std::move(done));
    }

    /// The connection breaks. It is noticed at once.
    void leave() {
        refuse();
        mirror.store_is(false);
    }
    /// Every call fails, though there is a connection.
    void refuse() {
        away_ = true;
        for (const auto ask : every_ask) room.script.fail(ask, 1'000'000);
    }
    /// Nothing is answered any more.
    void hang() {
        hangs_ = true;
        for (const auto ask : every_ask)
            for (int i = 0; i < 1000; ++i) room.script.hold(ask);
    }
    void come_back() {
        room.script.release();
        room.script = Script{};
        away_ = hangs_ = false;
        mirror.store_is(true);
        room.timekeeper.expect(room.clock.now());
        dispatcher.notice();
    }

    /// Cases begin now, while the store is away.
    void tell_many(int cases) {
        const auto now = room.clock.now() - t0;
        for (int i = 0; i < cases; ++i) {
            const auto number = std::to_string(i);
            mirror.tell({.via = {"test", "", alert::ClientRole::supervisor},
                         .degraded = true,
                         .event = detected_text("QS-M" + number, "m" + number, now)});
        }
    }
    /// Another daemon on the same store made requests to the URL.
    void told_by_others(const alert::UrlLimit& url, int requests) {
        for (int i = 0; i < requests; ++i)
            room.memory.messages().answered(url, {"other-" + std::to_string(i)}, room.clock.now());
    }

    /// "case step" of what was sent, in that order.
    [[nodiscard]] std::vector<std::string> sent() const {
        std::vector<std::string> texts;
        for (const auto& n : sender.sent)
            texts.push_back((n.matter ? n.matter->id.value : n.id.value) + " " +
                            (n.step ? n.step->at : std::string(to_string(n.reason))));
        return texts;
    }

    /// Every deadline is told to the one channel there is.
    static Office told_to_duty() {
        Office office = an_office();
        for (auto& [id, ladder] : office.policy.ladders)
            for (auto& step : ladder.steps) step.notify = {"duty_officer"};
        return office;
    }

    FlowRoom room{told_to_duty()};
    alert::MemoryOutbox uses{room.memory};
    HeldSender sender;

private:
    static constexpr Ask every_ask[] = {
        Ask::load,        Ask::find_matter,  Ask::load_log,     Ask::commit, Ask::claim, Ask::keep_reject,
        Ask::load_policy, Ask::claim_outbox, Ask::answered_url, Ask::renew,  Ask::settle};
    alert::DeliveryPlan plan_;
    bool away_ = false, hangs_ = false;

public:
    alert::Mirror mirror;
    alert::Dispatcher dispatcher;
    std::vector<alert::UrlAnswer> meanwhile;
    Duration slow_by{};  // answers about the queue
    int changes = 0;     // it began, or ended
};

/// As the journal holds it.
inline alert::JournalEntry entry_of(const std::string& event) {
    return {.via = {"test", "", alert::ClientRole::supervisor}, .degraded = true, .event = event};
}

}  // namespace yuqing::test
