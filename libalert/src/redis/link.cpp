#include "link.hpp"

#include <boost/asio/post.hpp>

#include <hiredis/async.h>

namespace alert::redis {
namespace {

using WaitType = boost::asio::posix::stream_descriptor::wait_type;

Reply copy_reply(const redisReply& from) {
    Reply reply;
    switch (from.type) {
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
            reply.kind = Reply::Kind::text;
            reply.text.assign(from.str, from.len);
            break;
        case REDIS_REPLY_INTEGER:
            reply.kind = Reply::Kind::integer;
            reply.integer = from.integer;
            break;
        case REDIS_REPLY_ARRAY:
            reply.kind = Reply::Kind::array;
            reply.items.reserve(from.elements);
            for (std::size_t i = 0; i < from.elements; ++i)
                reply.items.push_back(copy_reply(*from.element[i]));
            break;
        case REDIS_REPLY_ERROR:
            reply.kind = Reply::Kind::error;
            reply.text.assign(from.str, from.len);
            reply.code = classify_error(reply.text);
            break;
        default: break;  // nil
    }
    return reply;
}

// What hiredis hands back with the answer of one command.
struct Pending {
    std::shared_ptr<Link> link;
    Link::Handler handler;
    Link::Nanoseconds sent;
};

}  // namespace

struct Link::Hooks {
    static Link& of(void* data) { return *static_cast<Link*>(data); }

    static void add_read(void* data) { of(data).arm(of(data).read_, WaitType::wait_read); }
    static void del_read(void* data) { of(data).read_.wanted = false; }
    static void add_write(void* data) { of(data).want_write(); }
    static void del_write(void* data) { of(data).write_.wanted = false; }
    static void clean_up(void* data) { of(data).cleaned_up(); }

    static void on_connect(const redisAsyncContext* context, int status) {
        if (status != REDIS_OK) return;  // hiredis frees the context and calls clean_up
        Link& link = of(context->data);
        link.connected_ = true;
        // Later: nobody may free the context inside this callback.
        boost::asio::post(link.io_, [self = link.shared_from_this()] {
            if (!self->ending_ && self->events_.connected) self->events_.connected();
        });
    }

    static void on_reply(redisAsyncContext*, void* raw_reply, void* data) {
        const std::unique_ptr<Pending> pending(static_cast<Pending*>(data));
        Link& link = *pending->link;
        // No reply: the connection is ending, and hiredis takes no more commands.
        if (raw_reply == nullptr) link.ending_ = true;
        --link.pending_;
        if (link.silent_) return;
        if (raw_reply == nullptr)
            return pending->handler(
                Reply::failure(redis_lost, "the connection to Redis ended before the answer"));
        ++link.answers_;
        Reply reply = copy_reply(*static_cast<redisReply*>(raw_reply));
        if (link.events_.answered) link.events_.answered(reply, link.stopwatch() - pending->sent);
        pending->handler(std::move(reply));
    }
};

Link::Link(boost::asio::io_context& io, Events events) : io_(io), events_(std::move(events)) {}

Link::~Link() { abandon(); }

std::shared_ptr<Link> Link::open_tcp(boost::asio::io_context& io, const std::string& host, int port,
                                     Events events) {
    auto* context = redisAsyncConnect(host.c_str(), port);
    if (context != nullptr && context->err == 0) redisEnableKeepAlive(&context->c);
    return open(io, context, std::move(events));
}

std::shared_ptr<Link> Link::open_unix(boost::asio::io_context& io, const std::string& path, Events events) {
    return open(io, redisAsyncConnectUnix(path.c_str()), std::move(events));
}

std::shared_ptr<Link> Link::open(boost::asio::io_context& io, redisAsyncContext* context, Events events) {
    const std::shared_ptr<Link> link(new Link(io, std::move(events)));
    if (context == nullptr) {
        link->end_later("no memory for a connection");
    } else if (context->err != 0) {
        std::string reason = context->errstr;
        redisAsyncFree(context);  // no hooks yet, so nobody is called
        link->end_later(std::move(reason));
    } else {
        link->attach(context);
    }
    return link;
}

void Link::attach(redisAsyncContext* context) {
    context_ = context;
    context_->data = this;
    descriptor_.emplace(io_, context_->c.fd);
    context_->ev.data = this;
    context_->ev.addRead = &Hooks::add_read;
    context_->ev.delRead = &Hooks::del_read;
    context_->ev.addWrite = &Hooks::add_write;
    context_->ev.delWrite = &Hooks::del_write;
    context_->ev.cleanup = &Hooks::clean_up;
    redisAsyncSetConnectCallback(context_, &Hooks::on_connect);  // asks for the first write
}

void Link::send(std::string_view bytes, Handler handler) {
    auto pending = std::make_unique<Pending>(Pending{shared_from_this(), std::move(handler), stopwatch()});
    if (context_ != nullptr && !ending_ &&
        redisAsyncFormattedCommand(context_, &Hooks::on_reply, pending.get(), bytes.data(), bytes.size()) ==
            REDIS_OK) {
        pending.release();  // on_reply takes it back
        ++pending_;
        return;
    }
    boost::asio::post(io_, [link = std::move(pending->link), handler = std::move(pending->handler)] {
        if (!link->silent_) handler(Reply::failure(redis_down, "the connection to Redis has ended"));
    });
}

void Link::close(std::string reason) {
    if (context_ == nullptr || ending_) return;
    ending_ = true;
    reason_ = std::move(reason);
    redisAsyncFree(context_);  // inside a reply's callback hiredis puts it off to the end of that callback
}

void Link::abandon() {
    silent_ = true;
    events_ = {};
    if (context_ != nullptr && !ending_) {
        ending_ = true;
        redisAsyncFree(context_);
    }
}

/// Once connected, the first write of a turn needs no word from the kernel: it is put at the end of the
/// turn, when all commands of the turn are in the buffer.
void Link::want_write() {
    if (!connected_ || flushing_) return arm(write_, WaitType::wait_write);
    write_.wanted = true;
    if (write_.armed) return;
    write_.armed = true;
    boost::asio::post(io_, [self = shared_from_this()] {
        self->write_.armed = false;
        if (!self->write_.wanted || self->context_ == nullptr) return;
        self->write_.wanted = false;
        self->flushing_ = true;
        redisAsyncHandleWrite(self->context_);
        self->flushing_ = false;
    });
}

void Link::arm(Waiting& waiting, WaitType type) {
    waiting.wanted = true;
    if (waiting.armed || !descriptor_) return;
    waiting.armed = true;
    descriptor_->async_wait(type,
                            [self = shared_from_this(), &waiting, type](boost::system::error_code error) {
                                waiting.armed = false;
                                if (error || !waiting.wanted || self->context_ == nullptr) return;
                                waiting.wanted = false;
                                if (type == WaitType::wait_read) return redisAsyncHandleRead(self->context_);
                                self->flushing_ = true;
                                redisAsyncHandleWrite(self->context_);
                                self->flushing_ = false;
                            });
}

void Link::cleaned_up() {
    if (reason_.empty()) reason_ = context_->err != 0 ? context_->errstr : "closed";
    descriptor_->release();  // hiredis closes the fd itself, afterwards
    descriptor_.reset();
    context_ = nullptr;
    end_later(std::move(reason_));
}

void Link::end_later(std::string reason) {
    ending_ = true;
    if (silent_) return;
    boost::asio::post(io_, [weak = weak_from_this(), reason = std::move(reason)] {
        const auto self = weak.lock();
        if (self && self->events_.ended) std::exchange(self->events_.ended, {})(reason);
    });
}

}  // namespace alert::redis
