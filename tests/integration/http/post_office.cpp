#include "post_office.hpp"

#include "support/loop.hpp"

#include <catch2/catch.hpp>

namespace yuqing::test {

using namespace std::chrono_literals;

alert::Notification a_notification(const std::string& channel, const std::string& id) {
    const auto now = std::chrono::floor<alert::Duration>(std::chrono::system_clock::now());
    alert::Notification notification{.id = alert::NotificationId(id), .channel = alert::ChannelId(channel)};
    notification.reason = alert::Reason::due;
    notification.urgency = 0;
    notification.created_at = now;
    notification.matter =
        alert::CaseBrief{.id = alert::CaseId("QS-2026-1"), .title = "竹岭乡山洪", .class_id = "emergency"};
    notification.obligation = alert::ObligationBrief{
        .id = "authoritative_release", .title = "发布权威信息", .start = now - 5h, .due = now};
    notification.step = alert::StepBrief{.at = "due", .planned = now};
    notification.targets = {{.role = "duty_officer", .officers = {"zhang"}}};
    return notification;
}

alert::HttpChannel a_channel(const std::string& id, const std::string& url) {
    return {.id = alert::ChannelId(id), .url = url, .secrets = {webhook_secret}, .timeout = 5s};
}

PostOffice::PostOffice(std::vector<alert::HttpChannel> channels) {
    alert::HttpSenderOptions options{.jurisdiction = "qingshan", .public_url = "http://127.0.0.1:9570"};
    options.zone = alert::Zone::find("Asia/Shanghai").value();
    auto directory = std::make_shared<alert::Directory>();
    directory->officers = {{.id = "zhang", .name = "张三"}};
    options.directory = std::move(directory);
    options.channels = std::move(channels);
    options.now = [] { return std::chrono::floor<alert::Duration>(std::chrono::system_clock::now()); };
    options.stopwatch = [] {
        return std::chrono::floor<alert::Duration>(std::chrono::steady_clock::now().time_since_epoch());
    };
    sender_ = std::make_unique<alert::HttpSender>(edge_, core_, std::move(options));
    edge_thread_ = std::thread([this] { edge_.run(); });
}

PostOffice::~PostOffice() {
    sender_->stop();
    edge_work_.reset();
    edge_.stop();
    edge_thread_.join();
    sender_.reset();
}

Outcome PostOffice::send(alert::Notification notification) {
    auto outcome = std::make_shared<std::optional<alert::DeliveryResult>>();
    sender_->send({std::move(notification)}, [outcome](alert::DeliveryResult result) {
        if (outcome->has_value()) FAIL("a message was answered twice");
        *outcome = std::move(result);
    });
    return outcome;
}

alert::DeliveryResult PostOffice::wait(const Outcome& outcome) {
    REQUIRE(run_until(core_, [&] { return outcome->has_value(); }));
    return **outcome;
}

void PostOffice::deliver(const std::string& channel, std::size_t messages) {
    constexpr std::size_t under_way_max = 100;  // waiting counts for a message's time-out
    std::size_t delivered = 0;
    for (std::size_t sent = 0; delivered < messages;) {
        for (; sent < messages && sent < delivered + under_way_max; ++sent) {
            sender_->send({a_notification(channel, std::to_string(sent))},
                          [&](const alert::DeliveryResult& result) {
                              delivered += result.kind == alert::DeliveryResult::Kind::delivered;
                          });
        }
        const auto before = delivered;
        REQUIRE(run_until(core_, [&] { return delivered > before; }));
    }
}

}  // namespace yuqing::test
