// The daemon's connection to Redis: comes back by itself, answers every command, keeps no queue.
//
// `up` means: connected, logged in, the server is a master that takes writes and is as durable as required,
// all scripts are loaded, and enough replicas keep up; role, durability and replicas are looked at again
// every `command_timeout`. While it is not up every command fails at once with code redis_down. A server that
// answers nothing for `command_timeout` while commands wait is given up.
//
// Where the master is comes from the address, from sentinels, which are followed as soon as they name
// another, or from the nodes of a Redis Cluster, which say who has the slot of the probe key. One thread
// only, that of the io_context; handlers are called from its loop, never from inside a call. A handler may
// stop the connection, but not destroy it.
#pragma once

#include "alert/port/clock.hpp"
#include "alert/redis/address.hpp"
#include "alert/redis/command.hpp"
#include "alert/redis/master_watch.hpp"
#include "alert/redis/reply.hpp"
#include "alert/redis/scripts.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace alert::redis {

/// What the server must give at least; ordered.
enum class Durability { none, everysec, always };

struct ConnectionOptions {
    Address address;              // of the user, password and database also when another is connected to
    std::vector<Address> others;  // nodes of a cluster, tried in turn with the address
    std::shared_ptr<MasterWatch> masters;  // gives host and port; shared by the connections of a loop
    Durability durability = Durability::always;
    std::string probe_key;                               // written at every connect, expires; empty: no probe
    Duration connect_timeout = std::chrono::seconds(2);  // to be up, from the first byte on
    Duration command_timeout = std::chrono::seconds(5);
    Duration backoff_min = std::chrono::milliseconds(50), backoff_max = std::chrono::seconds(1);
    std::size_t in_flight_max = 65'536;  // commands; above it they fail with redis_down
    std::size_t replicas = 0;            // that must have what run_replicated() and send_replicated() wrote
    Duration replica_timeout = std::chrono::milliseconds(400);  // for them to have it; less than both others
};

class Connection {
public:
    using Handler = std::function<void(Reply)>;

    /// The clock, if there is one, is told Redis's TIME at every connect and a few times per
    /// `command_timeout`; it outlives the connection.
    Connection(boost::asio::io_context& io, ConnectionOptions options, Clock* clock = nullptr);
    /// Handlers of commands under way are not called any more.
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Observers, set before start().
    /// Called when it comes up, when it goes down, and when the reason for being down changes.
    void on_state(std::function<void(bool up, const std::string& reason)> observer);
    /// How long each command took by the stopwatch, its way included.
    void on_answer(std::function<std::chrono::nanoseconds()> stopwatch,
                   std::function<void(std::chrono::nanoseconds took)> observer);

    /// Called when a command fails because `in_flight_max` others are under way.
    void on_full(std::function<void()> observer);
    /// Called when it goes down because replicas did not have in time what was written.
    void on_unreplicated(std::function<void()> observer);

    void start();
    /// Ends it for good; commands under way are answered with redis_lost.
    void stop();
    [[nodiscard]] bool up() const;
    /// The run id of the server; empty while it is not up. An address may lead to one server today and to
    /// another tomorrow, so connections of one address need not lead to the same.
    [[nodiscard]] std::string server() const;
    /// Connects anew if it leads to another server than this one. Commands under way are answered with
    /// redis_lost before any server answers what is sent after this call.
    void leave_unless(const std::string& server);
    [[nodiscard]] bool waits_for_replicas() const;
    [[nodiscard]] std::string reason() const;  // why it is not up
    [[nodiscard]] std::size_t in_flight() const;
    /// In milliseconds, for scripts to go by while the clock does not trust Redis's own; empty while it does.
    [[nodiscard]] std::string time_instead() const;

    void command(const std::vector<std::string>& args, Handler handler);
    void send(Command command, Handler handler);
    /// `call` is made by script_call(). When Redis has forgotten its scripts they are loaded again and the
    /// call is repeated, so its answer may come after those of later calls.
    void run(Script script, Command call, Handler handler);
    /// As send() and run(), but answered only when `replicas` others have all that the server had when it
    /// answered; with redis_lost when they have not within `replica_timeout`: it may be lost with the server.
    void send_replicated(Command command, Handler handler);
    void run_replicated(Script script, Command call, Handler handler);

private:
    class Impl;
    std::shared_ptr<Impl> impl_;  // shared with its own timers and the link
};

/// EVALSHA of the script; the keys follow, then the arguments.
Command script_call(Script script, std::size_t keys, std::size_t bytes_expected = 256);

/// `seconds, microseconds` of TIME.
Result<TimePoint> read_time(const Reply& reply);
/// Whole milliseconds as the scripts write them.
Result<TimePoint> read_millis(std::string_view text);

inline std::int64_t millis(TimePoint at) { return at.time_since_epoch().count(); }

}  // namespace alert::redis
