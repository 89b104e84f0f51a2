// Names to addresses without holding up anybody: getaddrinfo blocks, for half a minute when a name server
// is gone, so it runs in threads of its own, one name at a time in each.
//
// Literal addresses and names found within the last minute are answered inside the call; so is a name found
// within a day, which is looked up again behind it: the name server is away more often than a receiver moves.
// One thread only, that of the executor.
#pragma once

#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alert {

using Addresses = std::vector<boost::asio::ip::address>;

/// The system's answer, blocking; code `unresolved`.
Result<Addresses> system_lookup(const std::string& host);

class Resolver {
public:
    using Lookup = std::function<Result<Addresses>(const std::string& host)>;
    using Found = std::function<void(Result<Addresses>)>;

    /// No name is looked up twice at a time, so that as many may hang before others have to wait.
    static constexpr std::size_t threads_max = 64;
    static constexpr Duration fresh_for = std::chrono::seconds(60);
    static constexpr Duration kept_for = std::chrono::hours(24);

    /// `on_full` is told when a name waits because so many others are being looked up.
    Resolver(boost::asio::any_io_executor executor, std::function<Duration()> stopwatch,
             std::function<void()> on_full = {}, Lookup lookup = system_lookup);
    /// Does not wait for lookups under way; their results go nowhere.
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    void resolve(const std::string& host, Found found);

private:
    struct Name {
        Addresses addresses;
        Duration found_at{};
        std::vector<Found> waiting;
        bool looked_for = false;
    };
    class Threads;

    void looked_up(const std::string& host, Result<Addresses> result);

    std::function<Duration()> stopwatch_;
    std::function<void()> on_full_;
    std::map<std::string, Name> names_;
    std::shared_ptr<Threads> threads_;
};

}  // namespace alert
