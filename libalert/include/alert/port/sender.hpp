// Takes messages of one channel to it in one request, once. Retrying is the dispatcher's business.
#pragma once

#include "alert/core/notification.hpp"

#include <functional>
#include <vector>

namespace alert {

struct DeliveryResult {
    /// Unknown: it may get better, and is tried again a few times only.
    enum class Kind { delivered, retry, unknown, permanent };
    Kind kind = Kind::delivered;
    std::optional<Duration> retry_after;  // what the receiver asked for
    bool holds_url = false;               // retry_after is for everything that goes to that URL
    std::uint32_t requests = 1;           // made for it, the last of which counts
    std::size_t included = 1;             // how many of the messages went along, the first ones
    std::string error;                    // for people, without secrets
    Duration took{};
};

class Sender {
public:
    virtual ~Sender() = default;
    /// `done` is called exactly once, in the core's thread, within the channel's time-out.
    virtual void send(std::vector<Notification> messages, std::function<void(DeliveryResult)> done) = 0;
};

}  // namespace alert
