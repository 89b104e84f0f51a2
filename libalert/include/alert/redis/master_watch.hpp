// Which Redis is the master of a service, by the word of its sentinels: all of them are asked, again and
// again.
//
// The word of the highest configuration epoch counts, as sentinels themselves settle who is right; one that a
// partition keeps apart has an older one. Back to an older epoch it goes only when most of the sentinels say
// so (they were set up anew). While none answers the last word holds. One thread only, that of the
// io_context.
#pragma once

#include "alert/port/clock.hpp"
#include "alert/redis/address.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace alert::redis {

struct MasterWatchOptions {
    std::vector<Address> sentinels;  // host and port, and whom to log in as
    std::string service;             // the sentinels' name for the master and its replicas
    Duration ask_every = std::chrono::milliseconds(250);
    int silent_asks_max = 8;  // then a sentinel that does not answer is connected to anew
};

class MasterWatch {
public:
    MasterWatch(boost::asio::io_context& io, MasterWatchOptions options);
    ~MasterWatch();
    MasterWatch(const MasterWatch&) = delete;
    MasterWatch& operator=(const MasterWatch&) = delete;

    /// `moved` is called whenever the master is another, as long as what this gives is held; nobody is asked
    /// while nobody follows.
    [[nodiscard]] std::shared_ptr<void> follow(std::function<void()> moved);
    /// Host and port; nothing until a sentinel has named it.
    [[nodiscard]] std::optional<Address> master() const;
    /// Why there is none.
    [[nodiscard]] std::string reason() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;  // shared with its own timer, links and followers
};

}  // namespace alert::redis
