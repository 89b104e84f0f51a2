// The doors for events over ZeroMQ, and as whom a client comes through them (contract sections 3 and 5).
//
// Without `ingest.curve` all binds are one door, and whoever reaches it is this machine's own: a supervisor.
// With it the tcp binds are a door of their own, where a client's public key decides its role, and ipc stays
// as it is. Who is known is asked for every event: a key that was taken out of clients.yaml is out at once,
// on connections that stand, too.
#pragma once

#include "alert/config/config.hpp"
#include "alert/flow/intake.hpp"
#include "client_keys.hpp"
#include "watcher.hpp"
#include "zmq_door.hpp"

#include <functional>
#include <memory>
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

private:
    void open(boost::asio::io_context& core, const alert::IngestConfig& ingest,
              std::vector<std::string> binds, bool keyed);
    [[nodiscard]] ZmqDoor::Handler handler(bool keyed);
    bool admits(const std::string& key, const std::string& address);
    void refuse(const std::string& bytes, const alert::Error& why, const ZmqDoor::Done& done);

    Parts parts_;
    alert::Zone zone_;
    ClientKeys keys_;
    std::size_t open_ = 0;
    std::vector<std::unique_ptr<ZmqDoor>> doors_;
};

}  // namespace yuqing
