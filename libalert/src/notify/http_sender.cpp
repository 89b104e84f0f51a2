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
        edge_->resolver = std::make_unique<Resolver>(edge_->executor, edge_->options.stopwatch,
                                                     [this] { edge_->options.on_limit("names"); });
        for (const auto& channel : edge_->options.channels) {
            channels_[channel.id] = std::make_shared<ChannelQueue>(edge_, channel);
        }
    }

    void use(std::shared_ptr<const Directory> directory, const std::vector<HttpChannel>& channels) {
        edge_->options.directory = std::move(directory);
        edge_->trusts = {};
        auto before = std::exchange(channels_, {});
        for (const auto& channel : channels) {
            auto queue = std::move(before[channel.id]);
            const bool same = queue && queue->channel() == channel && channel.ca_file.empty();
            channels_[channel.id] = same ? std::move(queue) : std::make_shared<ChannelQueue>(edge_, channel);
            if (queue) replaced_.push_back(queue);
        }
        for (const auto& [id, queue] : before)
            if (queue) replaced_.push_back(queue);
        std::erase_if(replaced_, [](const auto& queue) { return queue.expired(); });
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

    void stop() {
        stopped_ = true;
        for (const auto& queue : all()) queue->stop();
    }

    /// The resolver's threads stay away from the loop from here on.
    void abandon() {
        stopped_ = true;
        for (const auto& queue : all()) queue->abandon();
        edge_->resolver.reset();
    }

private:
    [[nodiscard]] std::vector<std::shared_ptr<ChannelQueue>> all() const {
        std::vector<std::shared_ptr<ChannelQueue>> queues;
        for (const auto& [id, queue] : channels_) queues.push_back(queue);
        for (const auto& replaced : replaced_)
            if (auto queue = replaced.lock()) queues.push_back(std::move(queue));
        return queues;
    }

    asio::io_context& core_;
    std::shared_ptr<Edge> edge_;
    std::map<ChannelId, std::shared_ptr<ChannelQueue>> channels_;
    std::vector<std::weak_ptr<ChannelQueue>> replaced_;  // they live as long as something is under way
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

void HttpSender::use(std::shared_ptr<const Directory> directory, const std::vector<HttpChannel>& channels) {
    desk_->use(std::move(directory), channels);
}

void HttpSender::stop() {
    asio::dispatch(edge_, [desk = desk_] { desk->stop(); });
}

}  // namespace alert
