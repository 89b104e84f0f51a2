// The core's part of messages that people order: a dead letter again, a test, a drill.
#include "core_loop.hpp"
#include "log.hpp"

#include <spdlog/spdlog.h>

namespace yuqing {

void CoreLoop::redeliver(const alert::NotificationId& id, LetterOrder order,
                         alert::Callback<std::monostate> done) {
    auto told = [id, by = order.by, done = std::move(done)](alert::Result<std::monostate> result) {
        if (result) spdlog::info("notification={} redelivered=ordered by={}", id.value, log_value(by));
        done(std::move(result));
    };
    using Result = alert::Result<std::monostate>;
    using Found = alert::Result<std::optional<alert::NotificationRecord>>;
    reader_.notification(id, [this, order = std::move(order), told = std::move(told)](Found found) mutable {
        if (!found) return told(found.error());
        if (!*found) return told(alert::Error{"not_found", "there is no such message", "ID"});
        auto& [letter, state, attempts, error, at] = **found;
        if (state != alert::DeliveryState::dead) {
            const std::string is{alert::to_string(state)};
            return told(
                alert::Error{"not_dead", "only a dead letter is sent again; this message is " + is, "ID"});
        }
        if (letter.matter) {
            const alert::Settlement overtaken{.id = letter.id,
                                              .channel = letter.channel,
                                              .urgency = letter.urgency,
                                              .state = alert::DeliveryState::superseded,
                                              .attempts = attempts};
            const auto case_id = letter.matter->id;
            return desk_.redeliver(case_id, {std::move(letter), order.by, order.reason, order.via},
                                   [this, overtaken, told = std::move(told)](Result result) mutable {
                                       let_go_if_overtaken(overtaken, std::move(result), std::move(told));
                                   });
        }
        alert::Transition transition;
        transition.redelivered.push_back({letter.id, letter.channel, letter.urgency});
        commit_messages(std::move(transition), std::move(told));
    });
}

/// It stays to be looked up for a while, and is no dead letter any more.
void CoreLoop::let_go_if_overtaken(const alert::Settlement& overtaken, alert::Result<std::monostate> result,
                                   alert::Callback<std::monostate> told) {
    if (result || result.error().code != "overtaken") return told(std::move(result));
    outbox_.settle(overtaken, [overtaken, result = std::move(result),
                               told = std::move(told)](alert::Result<std::monostate> settled) mutable {
        if (!settled) return told(settled.error());
        spdlog::info("notification={} outcome=superseded message=\"a dead letter that was overtaken\"",
                     overtaken.id.value);
        told(std::move(result));
    });
}

void CoreLoop::commit_messages(alert::Transition messages, alert::Callback<std::monostate> done) {
    const auto transition = std::make_shared<const alert::Transition>(std::move(messages));
    using Kind = alert::CommitOutcome::Kind;
    store_.commit(transition, [this, transition,
                               done = std::move(done)](const alert::Result<alert::CommitOutcome>& result) {
        if (!result) return done(result.error());
        if (result->kind == Kind::not_dead)
            return done(alert::Error{"not_dead", "the message is no dead letter any more", "ID"});
        watcher_.committed(*transition);
        committed(*transition);
        done(std::monostate{});
    });
}

}  // namespace yuqing
