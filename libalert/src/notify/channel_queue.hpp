// One channel at the edge: its connections, what is under way and what waits for a connection.
//
// Holds exactly one answer for every message it is given; time-outs run from submit(). Lives in the edge's
// thread alone.
#pragma once

#include "alert/notify/format.hpp"
#include "alert/notify/http_sender.hpp"
#include "connection.hpp"
#include "redaction.hpp"
#include "route.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <unordered_set>

namespace alert {

/// What the channels, and the answers under way, have in common.
struct Edge {
    boost::asio::any_io_executor executor;
    HttpSenderOptions options;
    std::unique_ptr<Resolver> resolver;
    TrustStore trusts;
};

class ChannelQueue : public std::enable_shared_from_this<ChannelQueue> {
public:
    using Done = std::function<void(DeliveryResult)>;

    static constexpr std::size_t waiting_max = 10'000;
    static constexpr std::chrono::seconds idle_look_every{15};

    ChannelQueue(std::shared_ptr<Edge> edge, HttpChannel channel);

    [[nodiscard]] const HttpChannel& channel() const { return channel_; }
    void submit(std::vector<Notification> messages, Done done);
    /// Answers all that are under way.
    void stop();
    /// Lets go of everything without answering: when the loops are no more.
    void abandon();

private:
    struct Attempt {
        Attempt(const boost::asio::any_io_executor& executor, std::vector<Notification> parcel, Done answer)
            : messages(std::move(parcel)),
              together(messages.size()),
              done(std::move(answer)),
              deadline(executor) {}

        std::vector<Notification> messages;  // of one request
        std::size_t together;                // of them may go along, the first ones
        std::size_t included = 1;            // of them in the request that went out last
        std::uint32_t requests = 0;          // that went out
        Done done;
        Shape shape = Shape::full;
        boost::asio::steady_timer deadline;
        std::shared_ptr<Connection> connection;
        bool on_its_way = false;   // counts as busy
        bool used_before = false;  // the connection; its peer may have closed it meanwhile
        bool over = false;
    };
    using AttemptPtr = std::shared_ptr<Attempt>;

    [[nodiscard]] bool mails() const { return channel_.format == ChannelFormat::smtp; }
    /// Why nothing can be sent at all; empty when it can.
    std::string unfit();
    void start(const AttemptPtr& attempt);
    void begin(const AttemptPtr& attempt);
    void open(const AttemptPtr& attempt);
    std::shared_ptr<Connection> make_connection();
    void exchange(const AttemptPtr& attempt);
    void exchanged(const AttemptPtr& attempt, Exchange exchange);
    void judge(const AttemptPtr& attempt, Reply reply);
    void time_is_up(const AttemptPtr& attempt);
    void finish(const AttemptPtr& attempt, DeliveryResult result);
    void start_waiting();
    std::string request_for(Attempt& attempt);
    void keep(std::shared_ptr<Connection> connection);
    std::shared_ptr<Connection> take_idle();
    void look_later();
    void look_at_idle();

    std::shared_ptr<Edge> edge_;
    HttpChannel channel_;
    std::shared_ptr<const Redaction> redaction_;
    Result<Route> route_;
    Result<std::unique_ptr<Format>> format_;
    std::deque<AttemptPtr> waiting_;
    std::unordered_set<AttemptPtr> attempts_;  // all that are not over
    std::size_t busy_ = 0;
    struct Idle {
        std::shared_ptr<Connection> connection;
        bool looked_at = false;
    };
    std::vector<Idle> idle_;  // the last used last
    boost::asio::steady_timer idle_look_;
    bool looking_ = false;
};

}  // namespace alert
