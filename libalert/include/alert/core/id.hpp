// Strong identifiers: a CaseId is not a ChannelId, although both are text.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace alert {

template <class Tag>
struct Id {
    std::string value;

    Id() = default;
    explicit Id(std::string text) : value(std::move(text)) {}

    [[nodiscard]] bool empty() const { return value.empty(); }
    friend bool operator==(const Id&, const Id&) = default;
    friend auto operator<=>(const Id&, const Id&) = default;
};

using CaseId = Id<struct CaseTag>;                  // [A-Za-z0-9._-]{1,64}
using ChannelId = Id<struct ChannelTag>;            // a key of `channels` in yuqingd.yaml
using NotificationId = Id<struct NotificationTag>;  // 32 hex digits of a hash, see notification.hpp
using PolicyHash = Id<struct PolicyTag>;            // 16 hex digits over the text of policy.yaml

}  // namespace alert

template <class Tag>
struct std::hash<alert::Id<Tag>> {
    std::size_t operator()(const alert::Id<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.value);
    }
};
