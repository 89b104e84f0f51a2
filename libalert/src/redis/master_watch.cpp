// Each sentinel has one link, over which both questions go together every time; what it said last counts as
// long as the link stands. A sentinel that says nothing is left after a few asks and connected to anew.
#include "alert/redis/master_watch.hpp"

#include "link.hpp"
#include "sentinel_word.hpp"

#include "alert/redis/command.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace alert::redis {

namespace asio = boost::asio;

class MasterWatch::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(asio::io_context& io, MasterWatchOptions options)
        : io_(io), options_(std::move(options)), timer_(io), sentinels_(options_.sentinels.size()) {}

    std::shared_ptr<void> follow(std::function<void()> moved);
    void stop();

    std::optional<SentinelWord> word;
    std::string reason = "no sentinel was asked yet";

private:
    struct Sentinel {
        std::shared_ptr<Link> link;
        std::optional<SentinelWord> said;
        bool opening = false, asked = false;
        int silent_asks = 0;
        std::size_t failures = 0;  // to connect
    };

    void ask_all();
    void ask(std::size_t number);
    void open(std::size_t number);
    void greet(std::size_t number);
    void question(std::size_t number);
    void hear(std::size_t number, const Reply& address, const Reply& master);
    void gone(std::size_t number, const std::string& why);
    void judge();

    asio::io_context& io_;
    const MasterWatchOptions options_;
    asio::steady_timer timer_;
    std::vector<Sentinel> sentinels_;
    std::vector<std::weak_ptr<std::function<void()>>> followers_;
    bool asking_ = false;
};

/// What is handed out is the observer itself: once it is dropped it is called no more.
std::shared_ptr<void> MasterWatch::Impl::follow(std::function<void()> moved) {
    auto follower = std::make_shared<std::function<void()>>(std::move(moved));
    followers_.push_back(follower);
    if (!std::exchange(asking_, true)) ask_all();
    return follower;
}

void MasterWatch::Impl::stop() {
    asking_ = false;
    timer_.cancel();
    for (auto& sentinel : sentinels_) {
        if (sentinel.link) sentinel.link->abandon();
        sentinel.link.reset();
        sentinel.said.reset();
        sentinel.opening = sentinel.asked = false;
    }
}

void MasterWatch::Impl::ask_all() {
    std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
    if (followers_.empty()) return stop();
    for (std::size_t number = 0; number < sentinels_.size(); ++number) ask(number);
    timer_.expires_after(options_.ask_every);
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
        const auto self = weak.lock();
        if (!error && self && self->asking_) self->ask_all();
    });
}

void MasterWatch::Impl::ask(std::size_t number) {
    auto& sentinel = sentinels_[number];
    if (!sentinel.opening && !sentinel.asked) return sentinel.link ? question(number) : open(number);
    if (++sentinel.silent_asks < options_.silent_asks_max) return;
    sentinel.link->close("no answer");
}

void MasterWatch::Impl::open(std::size_t number) {
    auto& sentinel = sentinels_[number];
    sentinel.opening = true;
    sentinel.silent_asks = 0;
    const auto connected = [weak = weak_from_this(), number] {
        if (const auto self = weak.lock()) self->greet(number);
    };
    const auto ended = [weak = weak_from_this(), number](const std::string& why) {
        if (const auto self = weak.lock()) self->gone(number, why);
    };
    sentinel.link = Link::open(io_, options_.sentinels[number],
                               {.connected = connected, .answered = {}, .stopwatch = {}, .ended = ended},
                               sentinel.failures);
}

void MasterWatch::Impl::greet(std::size_t number) {
    auto& sentinel = sentinels_[number];
    const auto& address = options_.sentinels[number];
    sentinel.opening = false;
    if (!address.password.empty()) {
        Command login("AUTH");
        if (!address.user.empty()) login.add(address.user);
        login.add(address.password);
        sentinel.link->send(login.bytes(), [link = std::weak_ptr(sentinel.link)](const Reply& reply) {
            if (const auto open = link.lock(); open && reply.is_error()) open->close(reply.text);
        });
    }
    question(number);
}

void MasterWatch::Impl::question(std::size_t number) {
    auto& sentinel = sentinels_[number];
    sentinel.asked = true;
    sentinel.silent_asks = 0;
    const auto address = std::make_shared<Reply>();
    Command where("SENTINEL"), since("SENTINEL");
    where.add("GET-MASTER-ADDR-BY-NAME").add(options_.service);
    since.add("MASTER").add(options_.service);
    sentinel.link->send(where.bytes(), [address](Reply reply) { *address = std::move(reply); });
    sentinel.link->send(since.bytes(), [weak = weak_from_this(), number, address](const Reply& reply) {
        if (const auto self = weak.lock(); self && self->asking_) self->hear(number, *address, reply);
    });
}

void MasterWatch::Impl::hear(std::size_t number, const Reply& address, const Reply& master) {
    if (master.code == redis_lost || master.code == redis_down) return;  // its end is told by itself
    auto& sentinel = sentinels_[number];
    sentinel.asked = false;
    sentinel.said = read_word(address, master);
    if (!sentinel.said)
        reason = "the sentinel " + options_.sentinels[number].text() + " does not know the service " +
                 options_.service + (master.is_error() ? ": " + master.text : "");
    judge();
}

void MasterWatch::Impl::gone(std::size_t number, const std::string& why) {
    auto& sentinel = sentinels_[number];
    const auto at = sentinel.opening ? std::string() : options_.sentinels[number].text() + ": ";
    reason = "no sentinel has named the master; " + at + why;
    if (sentinel.opening) ++sentinel.failures;
    sentinel.link.reset();
    sentinel.said.reset();
    sentinel.opening = sentinel.asked = false;
    judge();
}

void MasterWatch::Impl::judge() {
    std::vector<SentinelWord> said;
    for (const auto& sentinel : sentinels_)
        if (sentinel.said) said.push_back(*sentinel.said);
    const auto before = std::exchange(word, counting_word(said, sentinels_.size(), word));
    if (!word || (before && before->master == word->master)) return;
    const auto followers = followers_;  // one of them may bring another
    for (const auto& follower : followers)
        if (const auto moved = follower.lock()) (*moved)();
}

MasterWatch::MasterWatch(asio::io_context& io, MasterWatchOptions options)
    : impl_(std::make_shared<Impl>(io, std::move(options))) {}

MasterWatch::~MasterWatch() { impl_->stop(); }

std::shared_ptr<void> MasterWatch::follow(std::function<void()> moved) {
    return impl_->follow(std::move(moved));
}

std::optional<Address> MasterWatch::master() const {
    return impl_->word ? std::optional(impl_->word->master) : std::nullopt;
}

std::string MasterWatch::reason() const { return impl_->reason; }

}  // namespace alert::redis
