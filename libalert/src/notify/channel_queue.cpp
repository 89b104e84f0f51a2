// An attempt is busy from start() to finish() and in no other state; finish() is the only way out and happens
// once, guarded by `over`. Whatever comes back later (an address, a connection, an answer) finds `over` set.
#include "channel_queue.hpp"

#include "alert/notify/classify.hpp"
#include "smtp_connection.hpp"

namespace alert {

namespace {

std::string seconds_text(Duration duration) {
    const auto ms = duration.count();
    if (ms % 1000 == 0) return std::to_string(ms / 1000) + " s";
    return std::to_string(ms) + " ms";
}

std::string http_request(const Route& route, const Letter& letter) {
    std::string request = route.head("POST", letter.query);
    for (const auto& [name, value] : letter.headers)
        request.append("\r\n").append(name).append(": ").append(value);
    request.append("\r\nContent-Length: ").append(std::to_string(letter.body.size()));
    return request.append("\r\n\r\n").append(letter.body);
}

std::string mail_text(const Letter& letter) {
    std::string text;
    for (const auto& [name, value] : letter.headers)
        text.append(name).append(": ").append(value).append("\r\n");
    return text.append("\r\n").append(letter.body);
}

}  // namespace

ChannelQueue::ChannelQueue(std::shared_ptr<Edge> edge, HttpChannel channel)
    : edge_(std::move(edge)),
      channel_(std::move(channel)),
      redaction_(std::make_shared<Redaction>(channel_)),
      route_(mails() ? Route::to_relay(channel_.url)
                     : Route::to_web(channel_.url, channel_.proxy, channel_.ca_file)),
      format_(make_format({.channel = channel_.id.value,
                           .format = channel_.format,
                           .secrets = channel_.secrets,
                           .keyword = channel_.keyword,
                           .template_rules = channel_.template_rules,
                           .mail = channel_.mail})),
      idle_look_(edge_->executor) {
    if (channel_.concurrency == 0) channel_.concurrency = 1;
    unfit();  // reads what it trusts before anything is sent; what is wrong is told with the first message
}

void ChannelQueue::submit(std::vector<Notification> messages, Done done) {
    auto attempt = std::make_shared<Attempt>(edge_->executor, std::move(messages), std::move(done));
    attempts_.insert(attempt);
    if (waiting_.size() >= waiting_max) {
        edge_->options.on_limit("channel_waiting");
        return finish(attempt, classify_failure("too much waits for this channel"));
    }
    attempt->deadline.expires_after(channel_.timeout);
    attempt->deadline.async_wait([self = shared_from_this(), attempt](boost::system::error_code error) {
        if (!error && !attempt->over) self->time_is_up(attempt);
    });
    waiting_.push_back(std::move(attempt));
    start_waiting();
}

void ChannelQueue::stop() {
    waiting_.clear();
    const auto attempts = attempts_;
    for (const auto& attempt : attempts) finish(attempt, classify_failure("stopping"));
    abandon();
}

void ChannelQueue::abandon() {
    waiting_.clear();
    for (const auto& attempt : attempts_) {
        attempt->over = true;
        attempt->deadline.cancel();
        if (attempt->connection) attempt->connection->close();
    }
    attempts_.clear();
    for (const auto& idle : idle_) idle.connection->close();
    idle_.clear();
    idle_look_.cancel();
}

void ChannelQueue::start_waiting() {
    while (busy_ < channel_.concurrency && !waiting_.empty()) {
        const auto attempt = std::move(waiting_.front());
        waiting_.pop_front();
        if (!attempt->over) start(attempt);
    }
}

std::string ChannelQueue::unfit() {
    if (!route_) return route_.error().message;
    if (!format_) return format_.error().message;
    const auto target = route_->target(edge_->trusts);
    return target ? "" : target.error().message;
}

void ChannelQueue::start(const AttemptPtr& attempt) {
    ++busy_;
    attempt->on_its_way = true;
    if (auto why = unfit(); !why.empty()) {
        const bool lasting = !route_ || !format_;
        return finish(attempt,
                      {.kind = lasting ? DeliveryResult::Kind::permanent : DeliveryResult::Kind::retry,
                       .error = std::move(why)});
    }
    begin(attempt);
}

void ChannelQueue::begin(const AttemptPtr& attempt) {
    attempt->connection = take_idle();
    attempt->used_before = attempt->connection != nullptr;
    if (attempt->used_before) return exchange(attempt);
    open(attempt);
}

void ChannelQueue::open(const AttemptPtr& attempt) {
    edge_->resolver->resolve(
        route_->host(), [self = shared_from_this(), attempt](Result<Addresses> addresses) {
            if (attempt->over) return;
            if (!addresses)
                return self->finish(attempt, classify_failure(self->route_->tell(addresses.error().message)));
            attempt->connection = self->make_connection();
            attempt->connection->connect(std::move(*addresses), [self, attempt](const std::string& error) {
                if (attempt->over) return;
                if (!error.empty()) return self->finish(attempt, classify_failure(self->route_->tell(error)));
                self->exchange(attempt);
            });
        });
}

std::shared_ptr<Connection> ChannelQueue::make_connection() {
    if (mails()) return make_smtp_connection(edge_->executor, route_->port(), channel_.mail, redaction_);
    return make_http_connection(edge_->executor, *route_->target(edge_->trusts));
}

void ChannelQueue::exchange(const AttemptPtr& attempt) {
    const auto until = (*format_)->judges_body() ? Until::body : Until::status;
    attempt->connection->exchange(request_for(*attempt), until,
                                  [self = shared_from_this(), attempt](Exchange exchange) {
                                      if (!attempt->over) self->exchanged(attempt, std::move(exchange));
                                  });
}

void ChannelQueue::exchanged(const AttemptPtr& attempt, Exchange exchange) {
    if (exchange.answer.status == 0 && exchange.silent && attempt->used_before) {
        // The receiver closed the idle connection as we took it. Once, and on a connection of our own making.
        attempt->used_before = false;
        attempt->connection->close();
        attempt->connection = nullptr;
        return open(attempt);
    }
    if (exchange.reusable) keep(std::move(attempt->connection));
    if (exchange.answer.status == 0) return finish(attempt, classify_failure(route_->tell(exchange.error)));
    judge(attempt, std::move(exchange.answer));
}

/// What was refused for its form goes once more at once, in the form that the verdict names. Several that no
/// form saved are not buried together: the first of them is judged by itself, the others wait.
void ChannelQueue::judge(const AttemptPtr& attempt, Reply reply) {
    reply.redaction = redaction_;
    auto verdict = (*format_)->judge(reply, attempt->shape, edge_->options.now());
    auto& error = verdict.result.error;
    if (!error.empty() && route_->shares_answers()) error = route_->tell(error);
    const bool refused_for_form =
        verdict.result.kind == DeliveryResult::Kind::permanent && attempt->shape != Shape::full;
    if (verdict.again) {
        attempt->shape = *verdict.again;
    } else if (refused_for_form && attempt->included > 1) {
        attempt->shape = Shape::full;
        attempt->together = 1;
    } else {
        return finish(attempt, std::move(verdict.result));
    }
    if (attempt->connection) attempt->connection->close();
    begin(attempt);
}

void ChannelQueue::time_is_up(const AttemptPtr& attempt) {
    const auto* connection = attempt->connection.get();
    if (connection != nullptr && connection->answer().status != 0 && !(*format_)->judges_body()) {
        // The receiver has decided, it is merely slow to say the rest.
        return judge(attempt, connection->answer());
    }
    std::string_view stage = "waiting for a free connection";
    if (attempt->on_its_way) stage = connection != nullptr ? connection->stage() : "looking up the name";
    finish(attempt, classify_failure(route_->tell("time-out after " + seconds_text(channel_.timeout) + ", " +
                                                  std::string(stage))));
}

void ChannelQueue::finish(const AttemptPtr& attempt, DeliveryResult result) {
    if (attempt->over) return;
    attempt->over = true;
    result.error = redaction_->redacted(std::move(result.error));
    result.included = attempt->included;
    result.requests = std::max(attempt->requests, 1U);
    attempt->deadline.cancel();
    if (attempt->connection) attempt->connection->close();
    attempt->connection = nullptr;
    if (attempt->on_its_way) --busy_;
    attempts_.erase(attempt);
    const auto done = std::move(attempt->done);
    done(std::move(result));
    start_waiting();
}

std::string ChannelQueue::request_for(Attempt& attempt) {
    const auto& options = edge_->options;
    const Scene scene{.directory = *options.directory,
                      .jurisdiction = options.jurisdiction,
                      .public_url = options.public_url,
                      .zone = options.zone,
                      .now = options.now(),
                      .link_key = options.link_key};
    const auto together = std::span(attempt.messages).first(attempt.together);
    const Letter letter = (*format_)->write(together, attempt.shape, scene);
    attempt.included = letter.included;
    if (letter.cut) edge_->options.on_limit("message_text");
    if (letter.included < attempt.messages.size()) edge_->options.on_limit("message_parcel");
    ++attempt.requests;
    return mails() ? mail_text(letter) : http_request(*route_, letter);
}

void ChannelQueue::keep(std::shared_ptr<Connection> connection) {
    idle_.push_back({std::move(connection)});
    if (!looking_) look_later();
}

void ChannelQueue::look_later() {
    looking_ = true;
    idle_look_.expires_after(idle_look_every);
    idle_look_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        self->looking_ = false;
        if (!error) self->look_at_idle();
    });
}

std::shared_ptr<Connection> ChannelQueue::take_idle() {
    while (!idle_.empty()) {
        auto connection = std::move(idle_.back().connection);
        idle_.pop_back();
        if (connection->usable()) return connection;
        connection->close();
    }
    return nullptr;
}

/// Closes what was idle at the last look already, and what the receiver has closed.
void ChannelQueue::look_at_idle() {
    std::erase_if(idle_, [](Idle& idle) {
        const bool ends = idle.looked_at || !idle.connection->usable();
        if (ends) idle.connection->close();
        idle.looked_at = true;
        return ends;
    });
    if (!idle_.empty()) look_later();
}

}  // namespace alert
