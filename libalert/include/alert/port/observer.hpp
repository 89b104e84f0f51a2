// What happened, for metrics and logs. Everything is told once, after it happened; nothing is decided here.
#pragma once

#include "alert/core/answer.hpp"
#include "alert/port/outbox.hpp"
#include "alert/port/sender.hpp"

#include <string_view>

namespace alert {

class Observer {
public:
    virtual ~Observer() = default;
    /// `type` is empty where it could not be read; `took` runs from the bytes to the answer.
    virtual void answered(std::string_view type, const Answer& answer, Duration took) = 0;
    virtual void committed(const Transition& transition) = 0;
    /// One attempt ended. `state` is what becomes of the message: delivered, pending (again later), dead.
    virtual void attempted(const Notification& notification, std::uint32_t attempt, DeliveryState state,
                           const DeliveryResult& result) = 0;
    /// The timekeeper's loop turned, with or without Redis.
    virtual void turned() = 0;
    /// Something could not be done now and will be tried again.
    virtual void troubled(std::string_view what, const Error& error) = 0;
    virtual void limit_hit(std::string_view limit) = 0;
};

}  // namespace alert
