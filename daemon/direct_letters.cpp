#include "direct_letters.hpp"

namespace yuqing {

namespace {
constexpr std::uint32_t tries_max = 6;
}

void DirectLetters::add(std::vector<alert::Notification> messages) {
    for (auto& message : messages) {
        const auto id = message.id;
        waiting_.insert_or_assign(id, Letter{std::move(message)});
    }
}

void DirectLetters::send(alert::Fallbacks fallbacks) {
    fallbacks_ = std::move(fallbacks);
    std::vector<alert::NotificationId> ids;
    for (const auto& [id, letter] : waiting_) ids.push_back(id);
    for (const auto& id : ids) {
        auto& letter = waiting_.at(id);
        if (letter.under_way) continue;
        letter.under_way = true;
        ++letter.tries;
        sender_.send({letter.message}, [this, id](const alert::DeliveryResult& result) { sent(id, result); });
    }
}

void DirectLetters::sent(const alert::NotificationId& id, const alert::DeliveryResult& result) {
    const auto at = waiting_.find(id);
    if (at == waiting_.end()) return;  // no news any more
    auto& [message, tries, under_way] = at->second;
    under_way = false;
    using Kind = alert::DeliveryResult::Kind;
    using State = alert::DeliveryState;
    const bool gone = result.kind == Kind::permanent || tries >= tries_max;
    const auto state = result.kind == Kind::delivered ? State::delivered
                       : gone                         ? State::dead
                                                      : State::pending;
    attempted_(message, tries, state, result);
    if (state == State::pending) return;
    const auto channel = fallbacks_.find(message.channel);
    if (state == State::dead && channel != fallbacks_.end() && channel->second) {
        Letter other{message};
        other.message.channel = *channel->second;
        other.message.id = alert::fallback_id(message.id, other.message.channel);
        const auto other_id = other.message.id;
        waiting_.emplace(other_id, std::move(other));
    }
    waiting_.erase(at);
}

}  // namespace yuqing
