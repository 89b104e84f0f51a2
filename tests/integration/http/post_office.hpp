// A sender with its two loops: the edge in a thread of its own, the core turned by the test.
#pragma once

#include "alert/notify/http_sender.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <thread>

namespace yuqing::test {

inline const std::string webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A message about a case that is due, to `channel`.
alert::Notification a_notification(const std::string& channel, const std::string& id = "n-1");
alert::HttpChannel a_channel(const std::string& id, const std::string& url);

using Outcome = std::shared_ptr<std::optional<alert::DeliveryResult>>;

class PostOffice {
public:
    explicit PostOffice(std::vector<alert::HttpChannel> channels);
    ~PostOffice();
    PostOffice(const PostOffice&) = delete;
    PostOffice& operator=(const PostOffice&) = delete;

    Outcome send(alert::Notification notification);
    /// Turns the core until the outcome is there; fails the test when it does not come.
    alert::DeliveryResult wait(const Outcome& outcome);
    alert::DeliveryResult send_and_wait(alert::Notification notification) {
        return wait(send(std::move(notification)));
    }

    /// So many messages to `channel`, a hundred under way at a time; every one must be delivered.
    void deliver(const std::string& channel, std::size_t messages);

    [[nodiscard]] boost::asio::io_context& core() { return core_; }
    [[nodiscard]] alert::HttpSender& sender() { return *sender_; }

private:
    boost::asio::io_context edge_, core_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> edge_work_{edge_.get_executor()};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> core_work_{core_.get_executor()};
    std::unique_ptr<alert::HttpSender> sender_;
    std::thread edge_thread_;
};

}  // namespace yuqing::test
