// A DEALER to the daemon that can be thrown away and made anew.
#pragma once

#include "curve_keys.hpp"

#include "alert/core/time.hpp"

#include <zmq.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace yuqing {

class SenderSocket {
public:
    /// Throws std::runtime_error for an endpoint that cannot be read. Connecting goes on in the
    /// background; `messages_max` may wait to be sent. Without `keys` it speaks without CURVE.
    SenderSocket(std::string endpoint, std::optional<CurveKeys> keys, std::size_t messages_max);

    void send(std::string_view bytes);
    /// The next answer's frame, when one is there.
    std::optional<std::string> receive();

    struct Ready {
        bool answers = false;
        bool lines = false;  // the other descriptor can be read
    };
    /// Waits for answers and, unless it is -1, for `descriptor`.
    Ready wait(int descriptor, alert::Duration at_most);

    enum class Handshake { untried, failed, key_refused };
    /// Why nothing is answered, as far as the handshake of this connection tells.
    Handshake handshake();

    /// A new connection, on which no answer to what was sent before can come.
    void reconnect();

private:
    void watch_handshakes();

    std::string endpoint_;
    std::optional<CurveKeys> keys_;
    std::size_t messages_max_;
    zmq::context_t context_{1};
    zmq::socket_t socket_;
    zmq::socket_t handshakes_;  // what libzmq tells of them
    std::size_t connections_ = 0;
    Handshake handshake_ = Handshake::untried;
};

}  // namespace yuqing
