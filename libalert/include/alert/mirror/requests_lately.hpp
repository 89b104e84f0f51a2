// The requests that went to URLs with a limit lately: where these are counted changes with the store.
#pragma once

#include "alert/core/notification.hpp"
#include "alert/port/outbox.hpp"
#include "alert/port/url_use.hpp"

#include <deque>
#include <map>

namespace alert {

class RequestsLately {
public:
    struct Request {
        UrlLimit url;
        UrlAnswer answer;
        TimePoint at;
    };
    RequestsLately();

    /// This daemon made it.
    void add(UrlLimit url, UrlAnswer answer, TimePoint at);
    /// What the store knows of the URL, of all daemons.
    void known(const UrlLimit& url, UrlUse use);
    /// For a request that this daemon makes while the store is away.
    std::string new_name() { return away_name_ + std::to_string(++named_); }

    /// Those of this daemon that still count.
    [[nodiscard]] std::vector<Request> since(TimePoint earliest, TimePoint now) const;
    /// What counts against this daemon's share of each limit, where so many daemons have an equal one: of the
    /// requests that the store knew every so many-th, and all that this daemon made besides. So what all
    /// of them made before and what they may make now is within the limit together.
    [[nodiscard]] std::vector<Request> of_share(std::size_t daemons, TimePoint now) const;

private:
    struct Known {
        UrlLimit url;
        UrlUse use;
    };
    std::deque<Request> requests_;
    std::map<std::string, Known> known_;  // by hash of the URL
    std::string away_name_;               // told apart from those of other daemons
    std::uint64_t named_ = 0;
};

/// An equal share of the limit, at least one request of each window.
UrlLimit share_of(UrlLimit url, std::size_t daemons);

}  // namespace alert
