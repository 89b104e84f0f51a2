// The doors for events over ZeroMQ, and as whom a client comes through them (contract sections 3 and 5).
//
// Without `ingest.curve` all binds are one door, and whoever reaches it is this machine's own: a supervisor.
// With it the tcp binds are a door of their own, where a client's public key decides its role, and ipc stays
// as it is. Who is known is asked for every event: a key that was taken out of clients.yaml is out at once,
// on connections that stand, too. Of one key so many events are taken in a second, over all its connections.
#pragma once

#include "alert/config/config.hpp"
#include "alert/flow/intake.hpp"
#include "client_keys.hpp"
#include "event_rate.hpp"
#include "watcher.hpp"
#include "zmq_door.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace yuqing {

class IngestDoors {
public:
    /// All of them outlive it.
    struct Parts {
        alert::Intake& intake;
        const alert::Clock& clock;
        Watcher& watcher;
        Metrics& metrics;
    };

    /// Binds; throws std::runtime_error naming the endpoint when that fails.
    IngestDoors(boost::asio::io_context& core, const alert::Config& config, Parts parts);

    /// These clients are known from now on.
    void take(const alert::Config& config);
    /// Takes nothing more and answers what it holds.
    void stop();
    [[nodiscard]] bool drained() const { return open_ == 0; }

    /// Told of a client that was not let in, by its address.
    std::function<void(const std::string& address)> on_stranger = [](const std::string&) {};
    /// Told of a connection that said nothing and was ended, there being too many of these, by its address.
    std::function<void(const std::string& address)> on_flood = [](const std::string&) {};

private:
    void open(boost::asio::io_context& core, const alert::IngestConfig& ingest,
              std::vector<std::string> binds, bool keyed);
    [[nodiscard]] ZmqDoor::Handler local_handler();
    [[nodiscard]] ZmqDoor::Handler keyed_handler();
    void submit(const std::string& bytes, const alert::Via& via, ZmqDoor::Done done);
    void answer(const std::string& bytes, alert::Answer answer, const ZmqDoor::Done& done);
    void put_off(const std::string& bytes, alert::Duration by, const ZmqDoor::Done& done);
    void count(std::size_t door, std::size_t connections);
    void flooded(const std::string& address);
    bool admits(const std::string& key, const std::string& address);
    void refuse(const std::string& bytes, const alert::Error& why, const ZmqDoor::Done& done);

    Parts parts_;
    alert::Zone zone_;
    ClientKeys keys_;
    std::map<std::string, EventRate> rates_;  // by key
    std::vector<std::size_t> connections_;    // by door
    std::size_t open_ = 0;
    std::optional<alert::Duration> flood_logged_;
    std::vector<std::unique_ptr<ZmqDoor>> doors_;
};

}  // namespace yuqing
