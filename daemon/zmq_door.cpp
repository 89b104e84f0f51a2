// A message stands in its client's `order` from the moment it is read until all its events are decided
// and it is the oldest there; then it is sent. That is the whole of "answered in order". What cannot be
// sent because the client does not read moves to `held`, which is bounded in bytes and no longer counts
// as in flight: one deaf client must not stop the others.
//
// Sends are collected: answers that become ready in one turn of the loop (many Redis replies come in
// one read) go out in one flush, because every group of sends costs a look at the socket's events.

#include "zmq_door.hpp"

#include "zmq_client.hpp"

#include "alert/codec/event_json.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unordered_map>

namespace yuqing {

namespace asio = boost::asio;

namespace {

constexpr auto held_retry_every = std::chrono::milliseconds(20);
constexpr std::size_t held_retries_a_turn = 64;
constexpr auto close_linger = std::chrono::milliseconds(500);

/// The same refusal for every frame of a message with too many.
std::string too_many_frames(std::size_t frames_max) {
    alert::Answer answer;
    answer.status = alert::Answer::Status::rejected;
    answer.error =
        alert::Error{"too_large", "a message takes at most " + std::to_string(frames_max) + " frames", ""};
    return alert::encode_answer(answer, alert::Zone::utc());
}

}  // namespace

class ZmqDoor::State : public std::enable_shared_from_this<State> {
public:
    State(asio::io_context& core, Options options, Handler handler)
        : core_(core),
          options_(std::move(options)),
          handler_(std::move(handler)),
          too_many_answer_(too_many_frames(options_.batch_frames_max)),
          timer_(core),
          stop_timer_(core),
          zap_(options_.curve_secret_key.empty() ? nullptr
                                                 : std::make_unique<ZapHandler>(core, zmq_, options_.admits)),
          stream_(core, zmq_, router_options(), [this] { turn(); }) {}

    ~State() { forget_clients(); }

    void stop(std::function<void()> drained);
    [[nodiscard]] const ZmqStream& stream() const { return stream_; }
    [[nodiscard]] std::size_t in_flight() const { return in_flight_; }

private:
    [[nodiscard]] RouterOptions router_options() const;
    void turn();
    void read();
    void take(std::size_t count);
    void decide(const std::shared_ptr<ZmqMessage>& message, std::size_t first);
    void answer(const std::shared_ptr<ZmqMessage>& message, std::size_t index, std::string bytes);
    void mark_ready(ZmqMessage& message);
    void flush();
    void send_ready(const std::shared_ptr<ZmqClient>& client);
    ZmqStream::Sent send(const ZmqMessage& message);
    void hold(const std::shared_ptr<ZmqClient>& client, std::shared_ptr<ZmqMessage> message);
    void retry_held(std::size_t budget);
    bool send_held(ZmqClient& client);
    void drop_held(ZmqClient& client);
    void await_room();
    void leave_flight(std::size_t frames);
    const std::shared_ptr<ZmqClient>& client_of(const ZmqSender& sender);
    void abandon(ZmqClient& client);
    void forget_if_idle(const ZmqClient& client);
    void forget_clients();
    void close_if_drained();
    void close();

    asio::io_context& core_;
    const Options options_;
    const Handler handler_;
    const std::string too_many_answer_;
    std::unordered_map<std::string, std::shared_ptr<ZmqClient>> clients_;
    std::vector<std::shared_ptr<ZmqClient>> ready_;   // have an answer to send
    std::deque<std::shared_ptr<ZmqClient>> waiting_;  // have answers held
    std::size_t held_bytes_ = 0;
    std::size_t in_flight_ = 0;
    bool paused_ = false;
    bool stopping_ = false;
    bool in_turn_ = false;
    bool flush_posted_ = false;
    bool timer_set_ = false;
    bool stop_timer_set_ = false;
    bool closed_ = false;
    std::function<void()> drained_;
    ZmqSender sender_;                    // scratch of read()
    std::vector<zmq::message_t> frames_;  // scratch of read()
    asio::steady_timer timer_;            // to the next retry of what is held
    asio::steady_timer stop_timer_;       // to the end of patience in stop()
    zmq::context_t zmq_{1};
    std::unique_ptr<ZapHandler> zap_;  // with CURVE; there before any client
    ZmqStream stream_;
};

RouterOptions ZmqDoor::State::router_options() const {
    RouterOptions router;
    router.binds = options_.binds;
    router.frame_bytes_max = options_.frame_bytes_max;
    router.curve_secret_key = options_.curve_secret_key;
    router.connections = options_.connections;
    router.heartbeat = options_.heartbeat;
    router.told = {options_.on_limit, options_.on_flood, options_.on_connections};
    return router;
}

void ZmqDoor::State::turn() {
    in_turn_ = true;
    retry_held(held_retries_a_turn);
    read();
    in_turn_ = false;
    flush();
}

void ZmqDoor::State::read() {
    std::size_t budget = options_.turn_frames_max;
    while (budget > 0 && !paused_ && !stopping_) {
        // One more than allowed, for the delimiter of a REQ.
        const auto count = stream_.receive(sender_, frames_, options_.batch_frames_max + 1);
        if (count == 0) return;
        budget -= std::min(budget, count);
        take(count);
    }
}

void ZmqDoor::State::take(std::size_t count) {
    const auto client = client_of(sender_);
    auto message = std::make_shared<ZmqMessage>();
    message->client = client;
    message->delimiter = count > 1 && frames_.front().size() == 0;
    message->frames = count - (message->delimiter ? 1 : 0);
    message->too_many = message->frames > options_.batch_frames_max;
    client->order.push_back(message);

    in_flight_ += message->frames;
    if (message->too_many) {
        options_.on_limit("ingest_batch_frames");
        mark_ready(*message);
    } else {
        decide(message, message->delimiter ? 1 : 0);
    }
    if (in_flight_ >= options_.in_flight_max && !paused_) {
        paused_ = true;
        stream_.pause_reading(true);
        options_.on_limit("ingest_in_flight");
    }
}

/// A routing id that another key has now is another client: the answers of the one before go to nobody.
const std::shared_ptr<ZmqClient>& ZmqDoor::State::client_of(const ZmqSender& sender) {
    auto& client = clients_[sender.routing_id];
    if (client && client->who.key != sender.key) {
        abandon(*client);
        client.reset();
    }
    if (!client) {
        client = std::make_shared<ZmqClient>();
        client->who = sender;
    }
    return client;
}

void ZmqDoor::State::decide(const std::shared_ptr<ZmqMessage>& message, std::size_t first) {
    message->answers.resize(message->frames);
    message->missing = message->frames;
    for (std::size_t index = 0; index < message->frames; ++index) {
        const auto& frame = frames_[first + index];
        std::string bytes(static_cast<const char*>(frame.data()), frame.size());
        handler_(std::move(bytes), message->client->who.key,
                 [state = weak_from_this(), message, index](std::string answer_json) {
                     if (const auto self = state.lock()) {
                         self->answer(message, index, std::move(answer_json));
                     }
                 });
    }
}

void ZmqDoor::State::answer(const std::shared_ptr<ZmqMessage>& message, std::size_t index,
                            std::string bytes) {
    if (closed_ || message->missing == 0) return;
    message->answers[index] = std::move(bytes);
    if (--message->missing == 0) mark_ready(*message);
}

void ZmqDoor::State::mark_ready(ZmqMessage& message) {
    auto& client = message.client;
    if (client->order.front().get() != &message || client->ready) return;
    client->ready = true;
    ready_.push_back(client);
    if (in_turn_ || flush_posted_) return;
    flush_posted_ = true;
    asio::post(core_, [state = weak_from_this()] {
        const auto self = state.lock();
        if (!self || self->closed_) return;
        self->flush_posted_ = false;
        self->flush();
    });
}

void ZmqDoor::State::flush() {
    auto ready = std::move(ready_);
    ready_.clear();
    for (const auto& client : ready) {
        client->ready = false;
        send_ready(client);
        forget_if_idle(*client);
    }
    await_room();
    if (stopping_) close_if_drained();
    if (!closed_) stream_.settle();
}

void ZmqDoor::State::send_ready(const std::shared_ptr<ZmqClient>& client) {
    auto& order = client->order;
    while (!order.empty() && order.front()->missing == 0) {
        auto message = std::move(order.front());
        order.pop_front();
        leave_flight(message->frames);
        if (!client->held.empty() || send(*message) == ZmqStream::Sent::full) {
            hold(client, std::move(message));
        }
    }
}

ZmqStream::Sent ZmqDoor::State::send(const ZmqMessage& message) {
    const auto sent = stream_.begin(message.client->who.routing_id);
    if (sent != ZmqStream::Sent::yes) return sent;
    if (message.delimiter) stream_.frame({}, false);
    for (std::size_t index = 0; index < message.frames; ++index) {
        const bool last = index + 1 == message.frames;
        if (message.too_many) {
            stream_.constant_frame(too_many_answer_, last);
        } else {
            stream_.frame(message.answers[index], last);
        }
    }
    return sent;
}

void ZmqDoor::State::hold(const std::shared_ptr<ZmqClient>& client, std::shared_ptr<ZmqMessage> message) {
    const auto bytes = message->bytes();
    if (client->held_bytes + bytes > options_.client_held_bytes_max ||
        held_bytes_ + bytes > options_.total_held_bytes_max) {
        options_.on_limit("ingest_held_answers");
        return;
    }
    if (client->held.empty()) waiting_.push_back(client);
    client->held.push_back(std::move(message));
    client->held_bytes += bytes;
    held_bytes_ += bytes;
}

void ZmqDoor::State::retry_held(std::size_t budget) {
    for (auto tries = std::min(budget, waiting_.size()); tries > 0; --tries) {
        auto client = std::move(waiting_.front());
        waiting_.pop_front();
        if (send_held(*client)) {
            forget_if_idle(*client);
        } else {
            waiting_.push_back(std::move(client));
        }
    }
}

/// True when nothing is held any more.
bool ZmqDoor::State::send_held(ZmqClient& client) {
    while (!client.held.empty()) {
        const auto sent = send(*client.held.front());
        if (sent == ZmqStream::Sent::full) return false;
        if (sent == ZmqStream::Sent::gone) {
            drop_held(client);
            return true;
        }
        const auto bytes = client.held.front()->bytes();
        client.held.pop_front();
        client.held_bytes -= bytes;
        held_bytes_ -= bytes;
    }
    return true;
}

void ZmqDoor::State::drop_held(ZmqClient& client) {
    client.held.clear();
    held_bytes_ -= client.held_bytes;
    client.held_bytes = 0;
}

/// The descriptor may tell of room, but it need not: look again by the clock, too.
void ZmqDoor::State::await_room() {
    if (waiting_.empty() || timer_set_ || closed_) return;
    timer_set_ = true;
    timer_.expires_after(held_retry_every);
    timer_.async_wait([state = weak_from_this()](const boost::system::error_code& error) {
        const auto self = state.lock();
        if (!self || error || self->closed_) return;
        self->timer_set_ = false;
        self->turn();
    });
}

void ZmqDoor::State::leave_flight(std::size_t frames) {
    in_flight_ -= frames;
    if (paused_ && in_flight_ <= options_.in_flight_max / 2) {
        paused_ = false;
        stream_.pause_reading(stopping_);
    }
}

/// Answers to it that are still to come go nowhere.
void ZmqDoor::State::abandon(ZmqClient& client) {
    for (const auto& message : client.order) {
        message->missing = 0;
        leave_flight(message->frames);
    }
    client.order.clear();
    drop_held(client);
}

void ZmqDoor::State::forget_if_idle(const ZmqClient& client) {
    if (!client.order.empty() || !client.held.empty()) return;
    const auto at = clients_.find(client.who.routing_id);
    if (at != clients_.end() && at->second.get() == &client) clients_.erase(at);
}

void ZmqDoor::State::forget_clients() {
    // A message holds its client and the client the message: cut the ring.
    for (auto& [id, client] : clients_) {
        client->order.clear();
        client->held.clear();
    }
    clients_.clear();
}

void ZmqDoor::State::stop(std::function<void()> drained) {
    if (stopping_) return;
    stopping_ = true;
    drained_ = std::move(drained);
    stream_.pause_reading(true);
    asio::post(core_, [state = weak_from_this()] {
        if (const auto self = state.lock(); self && !self->closed_) self->flush();
    });
}

void ZmqDoor::State::close_if_drained() {
    if (closed_ || in_flight_ > 0) return;
    if (waiting_.empty()) return close();
    if (stop_timer_set_) return;
    stop_timer_set_ = true;
    stop_timer_.expires_after(options_.stop_wait_max);
    stop_timer_.async_wait([state = weak_from_this()](const boost::system::error_code& error) {
        const auto self = state.lock();
        if (self && !error && !self->closed_) self->close();
    });
}

void ZmqDoor::State::close() {
    closed_ = true;
    if (!waiting_.empty()) options_.on_limit("ingest_held_answers");
    timer_.cancel();
    stop_timer_.cancel();
    forget_clients();
    stream_.close(close_linger);
    if (drained_) asio::post(core_, std::move(drained_));
}

ZmqDoor::ZmqDoor(asio::io_context& core, Options options, Handler handler)
    : state_(std::make_shared<State>(core, std::move(options), std::move(handler))) {}

ZmqDoor::~ZmqDoor() = default;

void ZmqDoor::stop(std::function<void()> drained) { state_->stop(std::move(drained)); }

const std::vector<std::string>& ZmqDoor::endpoints() const { return state_->stream().endpoints(); }

std::size_t ZmqDoor::in_flight() const { return state_->in_flight(); }

}  // namespace yuqing
