// A ROUTER socket of libzmq on an Asio io_context: whole messages in, whole answers out, no waiting.
//
// Bind errors are thrown by the constructor, nothing throws later. Who may connect, how many and for how
// long is for libzmq and a ZmqGate to see to.
//
// With a CURVE key only clients come in that a ZapHandler of the same context lets in, and every message
// says whose key it came under. Should nobody serve ZAP, nobody comes in.
#pragma once

#include "zmq_gate.hpp"
#include "zmq_socket.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace yuqing {

struct RouterOptions {
    std::vector<std::string> binds;
    std::int64_t frame_bytes_max = 1024 * 1024;   // a larger frame ends the connection
    int receive_messages_max = 256;               // waiting in libzmq, for each client
    int send_messages_max = 1024;                 // the same, outwards
    std::string curve_secret_key;                 // Z85; empty: whoever reaches the socket is let in
    std::optional<ConnectionLimits> connections;  // nothing: it is not reached from outside this process
    std::chrono::milliseconds heartbeat{0};       // a peer that is silent for three of them has gone; 0: none
    ZmqGate::Told told;                           // of `connections`
};

/// Whose message it is.
struct ZmqSender {
    std::string routing_id;  // any client may choose one
    std::string key;         // the public key it showed, in Z85; empty without CURVE
};

class ZmqStream {
public:
    enum class Sent {
        yes,
        full,  // the client does not read: the same again later
        gone,  // no such client any more
    };

    /// `zmq` outlives it.
    ZmqStream(boost::asio::io_context& context, zmq::context_t& zmq, const RouterOptions& options,
              std::function<void()> turn);
    ~ZmqStream();
    ZmqStream(const ZmqStream&) = delete;
    ZmqStream& operator=(const ZmqStream&) = delete;

    /// Takes one whole message: its sender and its frames. Of frames beyond `frames_max` only the
    /// number is kept. Gives that number, or 0 when nothing waits.
    std::size_t receive(ZmqSender& sender, std::vector<zmq::message_t>& frames, std::size_t frames_max);

    /// One message: `begin`, then exactly `frames` frames. Only `begin` can fail.
    Sent begin(std::string_view routing_id);
    void frame(std::string_view bytes, bool last);
    /// The same without a copy: `bytes` must outlive the socket.
    void constant_frame(std::string_view bytes, bool last);

    /// While paused, `turn` is called for room to send only.
    void pause_reading(bool paused) { socket_.pause_reading(paused); }
    /// Makes sure that another turn comes if a message waits. Cheap.
    void settle() { socket_.settle(); }

    /// What was bound, with wildcards resolved.
    [[nodiscard]] const std::vector<std::string>& endpoints() const { return endpoints_; }

    /// Closes the socket. What libzmq still holds for clients that read gets up to `linger`.
    void close(std::chrono::milliseconds linger);

private:
    void limit_connections(boost::asio::io_context& context, zmq::context_t& zmq,
                           const RouterOptions& options);
    void demand_keys(const std::string& secret_key);
    void bind(const std::string& endpoint);

    ZmqSocket socket_;
    std::optional<ZmqGate> gate_;
    std::vector<std::string> endpoints_;
    std::vector<std::string> ipc_paths_;  // removed when the socket closes
};

}  // namespace yuqing
