// The door for events over ZeroMQ (contract section 3): a ROUTER that gives every event an answer.
//
// A message of 1 to 512 frames, each one event, gets one answer with as many frames in the same order;
// the messages of one client are answered in order although their events are decided concurrently.
// Nothing is dropped silently: when too much is being decided the socket is not read; when a client
// does not read, its answers wait up to a limit and are then dropped and reported, which is harmless
// because the same event again is a duplicate. One thread: everything runs in the io_context's.
//
// With a CURVE key a client comes in by a key of its own that `admits` knows; the handler is told it with
// every event, so that a key can also lose its rights on a connection that stands.
#pragma once

#include "zap_handler.hpp"

#include "alert/core/time.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace yuqing {

class ZmqDoor {
public:
    /// Called exactly once for every event, from inside the handler or later, in the core's thread.
    using Done = std::function<void(std::string answer_json)>;
    /// `key`: the public key the event came under, in Z85; empty at a door without CURVE.
    using Handler = std::function<void(std::string bytes, const std::string& key, Done done)>;

    struct Options {
        std::vector<std::string> binds;
        std::string curve_secret_key;  // Z85; empty: no CURVE
        ZapHandler::Admits admits;     // with CURVE: whom to let in
        ConnectionLimits connections = {};
        alert::Duration heartbeat =
            std::chrono::seconds(30);                 // silent for three of them: the client has gone
        std::size_t batch_frames_max = 512;           // more: every frame is too_large
        std::int64_t frame_bytes_max = 1024 * 1024;   // more: the connection ends
        std::size_t in_flight_max = 8192;             // events; above, the socket is not read
        std::size_t turn_frames_max = 256;            // events read before others get a turn
        std::size_t client_held_bytes_max = 1 << 20;  // answers of a client that does not read
        std::size_t total_held_bytes_max = 64 << 20;  // the same over all clients
        alert::Duration stop_wait_max = std::chrono::milliseconds(500);  // for clients to read
        /// Told the name of a limit whenever it is hit: `ingest_batch_frames`, a message had too many;
        /// `ingest_in_flight`, reading was paused; `ingest_held_answers`, an answer was dropped because its
        /// client does not read; those of a ZmqGate.
        std::function<void(std::string_view)> on_limit = [](std::string_view) {};
        /// Told the address of a connection that was ended, there being too many handshakes.
        std::function<void(const std::string&)> on_flood = [](const std::string&) {};
        /// Told how many connections there are now.
        std::function<void(std::size_t)> on_connections = [](std::size_t) {};
    };

    /// Binds; throws std::runtime_error naming the endpoint when that fails. Events come as soon as
    /// the io_context runs.
    ZmqDoor(boost::asio::io_context& core, Options options, Handler handler);
    /// Answers that come after this go nowhere.
    ~ZmqDoor();
    ZmqDoor(const ZmqDoor&) = delete;
    ZmqDoor& operator=(const ZmqDoor&) = delete;

    /// Reads no more, answers what it holds, closes the socket, then calls `drained` once.
    void stop(std::function<void()> drained);

    /// What was bound, with wildcards resolved.
    [[nodiscard]] const std::vector<std::string>& endpoints() const;
    /// Events read whose answer has not been sent.
    [[nodiscard]] std::size_t in_flight() const;

private:
    class State;
    std::shared_ptr<State> state_;  // shared with the answers under way, which hold it weakly
};

}  // namespace yuqing
