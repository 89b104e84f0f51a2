#include "alert/notify/http_sender.hpp"

#include "channel_queue.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <map>

namespace alert {

namespace asio = boost::asio;

/// What lives at the edge.
class HttpSender::Desk {
public:
    Desk(asio::io_context& edge, asio::io_context& core, HttpSenderOptions options)
        : core_(core), edge_(std::make_shared<Edge>()) {
        edge_->executor = edge.get_executor();
        edge_->options = std::move(options);
        edge_->resolver = std::make_unique<Resolver>(edge_->executor, edge_->options.stopwatch);
        for (const auto& channel : edge_->options.channels) {
            channels_[channel.id] = std::make_shared<ChannelQueue>(edge_, channel);
        }
    }

    void send(std::vector<Notification> messages, std::function<void(DeliveryResult)> done) {
        const auto started = edge_->options.stopwatch();
        auto report = [&core = core_, edge = edge_, started, done = std::move(done)](DeliveryResult result) {
            result.took = edge->options.stopwatch() - started;
            asio::post(core, [done, result = std::move(result)]() mutable { done(std::move(result)); });
        };
        const auto& id = messages.front().channel;
        const auto channel = channels_.find(id);
        if (stopped_) {
            report({.kind = DeliveryResult::Kind::retry, .error = "stopping"});
        } else if (channel == channels_.end()) {
            report({.kind = DeliveryResult::Kind::permanent, .error = "there is no channel " + id.value});
        } else {
            channel->second->submit(std::move(messages), std::move(report));
        }
    }

    void use(std::shared_ptr<const Directory> directory) { edge_->options.directory = std::move(directory); }

    void stop() {
        stopped_ = true;
        for (const auto& [id, channel] : channels_) channel->stop();
    }

    /// The resolver's threads stay away from the loop from here on.
    void abandon() {
        stopped_ = true;
        for (const auto& [id, channel] : channels_) channel->abandon();
        edge_->resolver.reset();
    }

private:
    asio::io_context& core_;
    std::shared_ptr<Edge> edge_;
    std::map<ChannelId, std::shared_ptr<ChannelQueue>> channels_;
    bool stopped_ = false;
};

HttpSender::HttpSender(asio::io_context& edge, asio::io_context& core, HttpSenderOptions options)
    : edge_(edge), desk_(std::make_shared<Desk>(edge, core, std::move(options))) {}

HttpSender::~HttpSender() { desk_->abandon(); }

void HttpSender::send(std::vector<Notification> messages, std::function<void(DeliveryResult)> done) {
    asio::post(edge_, [desk = desk_, messages = std::move(messages), done = std::move(done)]() mutable {
        desk->send(std::move(messages), std::move(done));
    });
}

void HttpSender::use(std::shared_ptr<const Directory> directory) { desk_->use(std::move(directory)); }

void HttpSender::stop() {
    asio::dispatch(edge_, [desk = desk_] { desk->stop(); });
}

}  // namespace alert
