// The threads are detached and own what they touch: a lookup that hangs can be neither taken back nor waited
// for, and a daemon that stops must not wait half a minute for a dead name server. `close` takes the same
// lock as the hand-over of a result, so after it nothing is posted to a loop that may be gone.
#include "resolver.hpp"

#include <boost/asio/post.hpp>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace alert {

namespace asio = boost::asio;

Result<Addresses> system_lookup(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    if (failure != 0) return Error{"unresolved", ::gai_strerror(failure), host};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
    Addresses addresses;
    for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
        if (one->ai_family == AF_INET) {
            sockaddr_in v4{};
            std::memcpy(&v4, one->ai_addr, sizeof v4);
            addresses.emplace_back(asio::ip::address_v4(ntohl(v4.sin_addr.s_addr)));
        } else if (one->ai_family == AF_INET6) {
            sockaddr_in6 v6{};
            std::memcpy(&v6, one->ai_addr, sizeof v6);
            asio::ip::address_v6::bytes_type bytes;
            std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
            addresses.emplace_back(asio::ip::address_v6(bytes, v6.sin6_scope_id));
        }
    }
    if (addresses.empty()) return Error{"unresolved", "the name has no address", host};
    return addresses;
}

class Resolver::Threads : public std::enable_shared_from_this<Resolver::Threads> {
public:
    using Told = std::function<void(const std::string& host, Result<Addresses>)>;

    Threads(asio::any_io_executor executor, Lookup lookup, Told told)
        : executor_(std::move(executor)), lookup_(std::move(lookup)), told_(std::move(told)) {}

    /// Whether a thread takes it at once.
    bool look_up(const std::string& host) {
        const std::lock_guard lock(mutex_);
        hosts_.push_back(host);
        if (hosts_.size() > idle_ && threads_ < threads_max) {
            ++threads_;
            ++idle_;  // as good as
            std::thread([self = shared_from_this()] { self->work(); }).detach();
        }
        wake_.notify_one();
        return hosts_.size() <= idle_;
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        wake_.notify_all();
    }

private:
    void work() {
        std::unique_lock lock(mutex_);
        while (true) {
            wake_.wait(lock, [this] { return closed_ || !hosts_.empty(); });
            --idle_;
            if (closed_) return;
            const auto host = std::move(hosts_.front());
            hosts_.pop_front();
            lock.unlock();
            auto result = lookup_(host);
            lock.lock();
            ++idle_;
            if (closed_) return;
            asio::post(executor_, [self = shared_from_this(), host, result = std::move(result)]() mutable {
                if (!self->is_closed()) self->told_(host, std::move(result));
            });
        }
    }

    bool is_closed() {
        const std::lock_guard lock(mutex_);
        return closed_;
    }

    asio::any_io_executor executor_;
    Lookup lookup_;
    Told told_;  // called in the executor's thread, and not after close()
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::string> hosts_;
    std::size_t threads_ = 0, idle_ = 0;
    bool closed_ = false;
};

Resolver::Resolver(asio::any_io_executor executor, std::function<Duration()> stopwatch,
                   std::function<void()> on_full, Lookup lookup)
    : stopwatch_(std::move(stopwatch)),
      on_full_(std::move(on_full)),
      threads_(std::make_shared<Threads>(std::move(executor), std::move(lookup),
                                         [this](const std::string& host, Result<Addresses> result) {
                                             looked_up(host, std::move(result));
                                         })) {}

Resolver::~Resolver() { threads_->close(); }

void Resolver::resolve(const std::string& host, Found found) {
    boost::system::error_code not_literal;
    const auto literal = asio::ip::make_address(host, not_literal);
    if (!not_literal) return found(Addresses{literal});
    Name& name = names_[host];
    const auto age = stopwatch_() - name.found_at;
    const bool known = !name.addresses.empty() && age < kept_for;
    if (!known) name.waiting.push_back(std::move(found));
    if ((!known || age >= fresh_for) && !std::exchange(name.looked_for, true) && !threads_->look_up(host) &&
        on_full_) {
        on_full_();
    }
    if (known) found(name.addresses);
}

void Resolver::looked_up(const std::string& host, Result<Addresses> result) {
    Name& name = names_[host];
    name.looked_for = false;
    if (result) {
        name.addresses = *result;
        name.found_at = stopwatch_();
    }
    const auto waiting = std::move(name.waiting);
    name.waiting.clear();
    for (const auto& found : waiting) found(result);
}

}  // namespace alert
