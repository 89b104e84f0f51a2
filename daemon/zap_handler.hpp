// Says which CURVE clients may come in: libzmq asks it at each handshake (ZAP, ZeroMQ RFC 27).
//
// It answers on the io_context's thread, so a busy loop delays handshakes and nothing else. Whoever is let in
// is called by his public key on every message he sends.
#pragma once

#include "zmq_stream.hpp"

#include <functional>
#include <string>
#include <vector>

namespace yuqing {

class ZapHandler {
public:
    /// `key`: the client's public key in Z85, which it was shown to own; `address`: its machine.
    using Admits = std::function<bool(const std::string& key, const std::string& address)>;

    /// For the sockets of this context that are bound after it. `zmq` outlives it.
    ZapHandler(boost::asio::io_context& core, zmq::context_t& zmq, Admits admits);

private:
    void turn();
    void answer(std::size_t frames);

    Admits admits_;
    ZmqSender asker_;                     // scratch of turn()
    std::vector<zmq::message_t> frames_;  // scratch of turn()
    ZmqStream stream_;
};

}  // namespace yuqing
