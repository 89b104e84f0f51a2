#include "alert/redis/keys.hpp"

#include "alert/core/hash.hpp"

namespace alert::redis {
namespace {

// 128 bits: nobody finds a second event with the key of somebody else's, which would be taken for a
// duplicate and lost.
constexpr std::size_t hash_digits = 32;

}  // namespace

Keys::Keys(std::string_view jurisdiction)
    : prefix_("yuqing:{" + std::string(jurisdiction) + "}:"),
      case_prefix_(prefix_ + "case:"),
      notification_prefix_(prefix_ + "notification:"),
      outbox_prefix_(prefix_ + "outbox:"),
      wake_(prefix_ + "wake"),
      index_open_(prefix_ + "index:open"),
      index_all_(prefix_ + "index:all"),
      stats_(prefix_ + "stats"),
      changed_(prefix_ + "changed"),
      changes_(prefix_ + "changes"),
      dead_(prefix_ + "dead"),
      rejects_(prefix_ + "rejects") {}

std::string Keys::event(const EventKey& key) const {
    return prefix_ + "event:" + hash_hex({key.source, key.id}, hash_digits);
}

std::string Keys::matter(std::string_view matter_key) const {
    return prefix_ + "matter:" + hash_hex({matter_key}, hash_digits);
}

std::string Keys::notification(const NotificationId& id) const { return notification_prefix_ + id.value; }

std::string Keys::outbox(const ChannelId& channel, Urgency urgency) const {
    return outbox_prefix_ + channel.value + ":" + std::to_string(urgency);
}

}  // namespace alert::redis
