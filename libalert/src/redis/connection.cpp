#include "alert/redis/connection.hpp"

#include "handshake.hpp"
#include "link.hpp"
#include "replica_wait.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace alert::redis {

namespace asio = boost::asio;

namespace {

constexpr int ticks_per_timeout = 5;  // how often within the command time-out the link is looked at
constexpr int redirects_max = 5;      // one after the other; then it waits as after any failure
constexpr std::string_view another_server = "the address leads to another Redis than the one in use";

}  // namespace

/// down --timer--> connecting --link connected, hands shaken--> up --link ended or refused--> down.
/// There is at most one link, and one timer: for the next attempt, the time-out, the next tick.
class Connection::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(asio::io_context& io, ConnectionOptions options, Clock* clock)
        : io_(io), options_(std::move(options)), clock_(clock), timer_(io), backoff_(options_.backoff_min) {}

    void start();
    void stop();
    void abandon();
    void leave_unless(const std::string& server);
    void send(Command& command, Handler handler);
    void run(Script script, Command call, Handler handler);
    /// The handler behind a wait for replicas, if there are any to wait for.
    Handler replicated(Handler handler);
    [[nodiscard]] bool waits_for_replicas() const { return options_.replicas > 0; }
    [[nodiscard]] std::string time_instead() const {
        const bool needed = clock_ != nullptr && clock_->distrusting();
        return needed ? std::to_string(millis(clock_->now())) : std::string();
    }

    std::function<void(bool, const std::string&)> on_state;
    std::function<std::chrono::nanoseconds()> stopwatch;
    std::function<void(std::chrono::nanoseconds)> on_answer;
    std::function<void()> on_full, on_unreplicated;
    bool up = false;
    std::string reason = "not started", server;  // that the link leads to, once hands are shaken
    std::shared_ptr<Link> link;

private:
    void connect();
    [[nodiscard]] std::optional<Address> next_address();
    void master_moved();
    void no_master() { ended(options_.masters->reason()); }
    void redirect(const Address& owner);
    void connect_expired();
    Link::Events link_events();
    void judge(const HandshakeOutcome& outcome, Duration asked);
    void set_state(bool is_up, std::string why);
    void answered(const Reply& reply, std::chrono::nanoseconds took);
    [[nodiscard]] Duration asked_at() const { return clock_ != nullptr ? clock_->boot_time() : Duration{}; }
    void drop();
    void ended(const std::string& why);
    void tick();
    void check_again();
    void refuse(const std::string& why);
    void unreplicated(const std::string& why);
    void after(Duration delay, void (Impl::*then)());
    void repeat(Script script, const std::shared_ptr<Command>& call, Handler handler);

    asio::io_context& io_;
    const ConnectionOptions options_;
    Clock* const clock_;  // may be null
    asio::steady_timer timer_;
    std::uint64_t timer_use_ = 0;
    Duration backoff_;
    Address address_;                  // connected to, or about to be
    std::size_t tried_ = 0;            // of the address and the others
    std::size_t failures_ = 0;         // to come up
    std::optional<Address> redirect_;  // to connect to next
    int redirects_ = 0;                // since it was up or waited
    std::shared_ptr<void> following_;
    std::shared_ptr<ReplicaWait> replica_wait_;  // of the link; shared with what it has under way
    bool stopped_ = true;
    int ticks_up_ = 0;
    int ticks_silent_ = 0;
    std::uint64_t answers_seen_ = 0;
    std::array<bool, script_count> loading_{};  // being loaded again
};

void Connection::Impl::start() {
    stopped_ = false;
    reason = "connecting";
    if (options_.masters) {
        following_ = options_.masters->follow([weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->master_moved();
        });
    }
    connect();
}

void Connection::Impl::stop() {
    stopped_ = true;
    ++timer_use_;
    timer_.cancel();
    following_.reset();
    replica_wait_.reset();
    const auto ending = std::exchange(link, nullptr);
    set_state(false, "stopped");
    if (ending) ending->close("stopped");
}

void Connection::Impl::abandon() {
    stopped_ = true;
    ++timer_use_;
    timer_.cancel();
    following_.reset();
    replica_wait_.reset();
    if (link) link->abandon();
    link.reset();
}

void Connection::Impl::connect() {
    after(options_.connect_timeout, &Impl::connect_expired);
    loading_.fill(false);
    server.clear();
    auto next = next_address();
    if (!next) return after(options_.connect_timeout, &Impl::no_master);
    address_ = std::move(*next);
    link = Link::open(io_, address_, link_events(), failures_ / (1 + options_.others.size()));
}

/// Nothing while no sentinel has named the master.
std::optional<Address> Connection::Impl::next_address() {
    if (redirect_) return std::exchange(redirect_, std::nullopt);
    if (options_.masters) return options_.masters->master();
    const auto turn = tried_++ % (1 + options_.others.size());
    return turn == 0 ? options_.address : options_.others[turn - 1];
}

/// A master that was replaced is left even while it answers: what it takes now will be lost.
void Connection::Impl::master_moved() {
    const auto master = options_.masters->master();
    if (stopped_ || !master) return;
    backoff_ = options_.backoff_min;
    if (!link) return connect();
    if (master->host != address_.host || master->port != address_.port)
        link->close("the sentinels name another master, " + master->text());
}

/// To the node of the cluster that has our slot; nothing was asked of this one yet.
void Connection::Impl::redirect(const Address& owner) {
    if (++redirects_ > redirects_max)
        return link->close("the nodes of the cluster do not agree on who has the slot");
    redirect_ = owner;
    if (owner.host.empty()) redirect_->host = address_.host;
    std::exchange(link, nullptr)->abandon();
    connect();
}

void Connection::Impl::connect_expired() {
    if (link) link->close("no connection within " + std::to_string(options_.connect_timeout.count()) + " ms");
}

/// The link forgets these when it is abandoned, so they never outlive this object.
Link::Events Connection::Impl::link_events() {
    return {[this] {
                const auto asked = asked_at();
                shake_hands(link, options_,
                            [weak = weak_from_this(), asked](const HandshakeOutcome& outcome) {
                                if (const auto self = weak.lock(); self && self->link)
                                    self->judge(outcome, asked);
                            });
            },
            [this](const Reply& reply, std::chrono::nanoseconds took) { answered(reply, took); }, stopwatch,
            [this](const std::string& why) { ended(why); }};
}

void Connection::Impl::judge(const HandshakeOutcome& outcome, Duration asked) {
    if (outcome.owner) return redirect(*outcome.owner);
    if (!outcome.refusal.empty()) return link->close(outcome.refusal);
    server = outcome.server;
    ticks_up_ = ticks_silent_ = redirects_ = 0;
    replica_wait_ = std::make_shared<ReplicaWait>(io_, link, replica_rule(options_));
    after(options_.command_timeout / ticks_per_timeout, &Impl::tick);
    if (clock_ != nullptr) clock_->observe(outcome.now, asked);
    set_state(true, "");
}

void Connection::Impl::set_state(bool is_up, std::string why) {
    if (is_up == up && why == reason) return;
    up = is_up;
    reason = std::move(why);
    if (on_state) on_state(up, reason);
}

/// A server that refuses one write refuses the next: nothing more is sent to it. What is under way is
/// still answered; then a new connection finds out whether it takes writes again.
void Connection::Impl::answered(const Reply& reply, std::chrono::nanoseconds took) {
    if (!up) return;
    if (on_answer) on_answer(took);
    if (reply.code == redis_refused) refuse(reply.text);
}

void Connection::Impl::refuse(const std::string& why) {
    after(backoff_, &Impl::drop);
    set_state(false, why);
}

/// Nothing more is sent to it. Handlers are never called from inside a call; what is posted here still comes
/// before the answer to whatever is asked of another server from now on.
void Connection::Impl::leave_unless(const std::string& wanted) {
    if (!link || server.empty() || server == wanted) return;
    asio::post(io_, [left = link] { left->close(std::string(another_server)); });
    set_state(false, std::string(another_server));
}

void Connection::Impl::drop() {
    if (link) link->close(reason);
}

void Connection::Impl::ended(const std::string& why) {
    if (stopped_) return;
    link.reset();
    replica_wait_.reset();
    redirects_ = 0;
    if (!up) ++failures_;
    after(backoff_, &Impl::connect);
    backoff_ = std::min(backoff_ * 2, options_.backoff_max);
    set_state(false, why);
}

/// Finds a server that hangs, and learns the time.
void Connection::Impl::tick() {
    if (!link) return;
    const bool silent = link->pending() > 0 && link->answers() == answers_seen_;
    ticks_silent_ = silent ? ticks_silent_ + 1 : 0;
    answers_seen_ = link->answers();
    if (ticks_silent_ >= ticks_per_timeout)
        return link->close("no answer for " + std::to_string(options_.command_timeout.count()) + " ms");
    after(options_.command_timeout / ticks_per_timeout, &Impl::tick);
    // A connection that holds is worth a quick attempt the next time; one that flaps is not.
    if (++ticks_up_ == 2) backoff_ = options_.backoff_min;
    if (ticks_up_ % ticks_per_timeout == 0) check_again();
    link->send(Command("TIME").bytes(), [this, asked = asked_at()](const Reply& reply) {
        if (const auto now = read_time(reply); now && clock_ != nullptr) clock_->observe(*now, asked);
    });
}

void Connection::Impl::check_again() {
    check_fitness(link, options_,
                  [weak = weak_from_this(), asked = link.get()](const HandshakeOutcome& found) {
                      const auto self = weak.lock();
                      if (self && self->up && self->link.get() == asked && !found.refusal.empty())
                          self->refuse(found.refusal);
                  });
}

void Connection::Impl::after(Duration delay, void (Impl::*then)()) {
    timer_.expires_after(delay);
    timer_.async_wait([weak = weak_from_this(), use = ++timer_use_, then](boost::system::error_code error) {
        const auto self = weak.lock();
        if (!error && self && use == self->timer_use_) (self.get()->*then)();
    });
}

void Connection::Impl::send(Command& command, Handler handler) {
    if (up && link->pending() < options_.in_flight_max)
        return link->send(command.bytes(), std::move(handler));
    if (up && on_full) on_full();
    std::string why = up ? "too many commands under way" : "Redis is away: " + reason;
    asio::post(io_, [weak = weak_from_this(), handler = std::move(handler), why = std::move(why)]() mutable {
        if (weak.lock()) handler(Reply::failure(redis_down, std::move(why)));
    });
}

void Connection::Impl::run(Script script, Command call, Handler handler) {
    const auto kept = std::make_shared<Command>(std::move(call));  // until it is answered, to repeat it
    send(*kept, [this, script, kept, handler = std::move(handler)](Reply reply) mutable {
        if (reply.code == redis_no_script && up) return repeat(script, kept, std::move(handler));
        handler(std::move(reply));
    });
}

/// Who waits is told that it is not known what will become of it; a new connection finds out when the
/// replicas have what was written before, and nothing goes over this one until then.
Connection::Handler Connection::Impl::replicated(Handler handler) {
    if (!waits_for_replicas()) return handler;
    return [this, handler = std::move(handler)](Reply reply) mutable {
        if (reply.is_error() || !replica_wait_) return handler(std::move(reply));
        replica_wait_->hold([weak = weak_from_this(), handler = std::move(handler), reply = std::move(reply)](
                                const Reply& said, const std::string& refusal) {
            if (refusal.empty()) return handler(reply);
            const bool link_ended = said.code == redis_lost || said.code == redis_down;
            if (const auto self = weak.lock(); self && !link_ended) self->unreplicated(refusal);
            handler(Reply::failure(redis_lost, refusal));
        });
    };
}

void Connection::Impl::unreplicated(const std::string& why) {
    if (!up) return;
    if (on_unreplicated) on_unreplicated();
    refuse(why);
}

/// Answers come in order, so all calls that met the empty cache are answered before the first load is.
void Connection::Impl::repeat(Script script, const std::shared_ptr<Command>& call, Handler handler) {
    const auto index = static_cast<std::size_t>(script);
    if (!std::exchange(loading_[index], true)) {
        Command load("SCRIPT");
        load.add("LOAD").add(script_texts()[index].text);
        link->send(load.bytes(), [this, index](const Reply&) { loading_[index] = false; });
    }
    link->send(call->bytes(), std::move(handler));
}

Connection::Connection(asio::io_context& io, ConnectionOptions options, Clock* clock)
    : impl_(std::make_shared<Impl>(io, std::move(options), clock)) {}

Connection::~Connection() { impl_->abandon(); }

void Connection::on_state(std::function<void(bool, const std::string&)> observer) {
    impl_->on_state = std::move(observer);
}
void Connection::on_answer(std::function<std::chrono::nanoseconds()> stopwatch,
                           std::function<void(std::chrono::nanoseconds)> observer) {
    impl_->stopwatch = std::move(stopwatch);
    impl_->on_answer = std::move(observer);
}
void Connection::on_full(std::function<void()> observer) { impl_->on_full = std::move(observer); }
void Connection::on_unreplicated(std::function<void()> observer) {
    impl_->on_unreplicated = std::move(observer);
}

void Connection::start() { impl_->start(); }
void Connection::stop() { impl_->stop(); }
bool Connection::up() const { return impl_->up; }
bool Connection::waits_for_replicas() const { return impl_->waits_for_replicas(); }
std::string Connection::reason() const { return impl_->reason; }
std::size_t Connection::in_flight() const { return impl_->link ? impl_->link->pending() : 0; }
std::string Connection::server() const { return impl_->up ? impl_->server : std::string(); }
void Connection::leave_unless(const std::string& server) { impl_->leave_unless(server); }
std::string Connection::time_instead() const { return impl_->time_instead(); }

void Connection::command(const std::vector<std::string>& args, Handler handler) {
    Command command(args.empty() ? "" : args.front());
    for (std::size_t i = 1; i < args.size(); ++i) command.add(args[i]);
    impl_->send(command, std::move(handler));
}

void Connection::send(Command command, Handler handler) { impl_->send(command, std::move(handler)); }

void Connection::run(Script script, Command call, Handler handler) {
    impl_->run(script, std::move(call), std::move(handler));
}

void Connection::send_replicated(Command command, Handler handler) {
    impl_->send(command, impl_->replicated(std::move(handler)));
}

void Connection::run_replicated(Script script, Command call, Handler handler) {
    impl_->run(script, std::move(call), impl_->replicated(std::move(handler)));
}

Command script_call(Script script, std::size_t keys, std::size_t bytes_expected) {
    Command command("EVALSHA", bytes_expected);
    command.add(script_sha(script)).add(static_cast<std::int64_t>(keys));
    return command;
}

}  // namespace alert::redis
