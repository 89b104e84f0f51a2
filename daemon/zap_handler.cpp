#include "zap_handler.hpp"

#include <array>

namespace yuqing {

namespace {

constexpr std::size_t asked_a_turn = 64;
constexpr std::size_t key_bytes = 32, z85_bytes = 41;

// A request: an empty frame, then these. What follows the mechanism is the client's key.
enum Frame : std::size_t { version = 1, request, domain, address, identity, mechanism, key, count };

RouterOptions where_libzmq_asks() {
    RouterOptions options;
    options.binds = {"inproc://zeromq.zap.01"};
    return options;
}

std::string in_z85(const zmq::message_t& bytes) {
    std::array<char, z85_bytes> text{};
    zmq_z85_encode(text.data(), static_cast<const std::uint8_t*>(bytes.data()), key_bytes);
    return text.data();
}

}  // namespace

ZapHandler::ZapHandler(boost::asio::io_context& core, zmq::context_t& zmq, Admits admits)
    : admits_(std::move(admits)), stream_(core, zmq, where_libzmq_asks(), [this] { turn(); }) {}

void ZapHandler::turn() {
    for (std::size_t asked = 0; asked < asked_a_turn; ++asked) {
        const auto frames = stream_.receive(asker_, frames_, Frame::count);
        if (frames == 0) break;
        answer(frames);
    }
    stream_.settle();
}

/// Only libzmq itself asks, within this process; what it did not ask so is not let in.
void ZapHandler::answer(std::size_t frames) {
    if (frames <= Frame::request) return;
    const bool curve = frames == Frame::count && frames_[Frame::mechanism].to_string_view() == "CURVE" &&
                       frames_[Frame::key].size() == key_bytes;
    const auto name = curve ? in_z85(frames_[Frame::key]) : std::string();
    const bool admitted = curve && admits_(name, frames_[Frame::address].to_string());
    if (stream_.begin(asker_.routing_id) != ZmqStream::Sent::yes) return;
    stream_.frame({}, false);
    stream_.frame("1.0", false);
    stream_.frame(frames_[Frame::request].to_string_view(), false);
    stream_.frame(admitted ? "200" : "400", false);
    stream_.frame(admitted ? "OK" : "unknown key", false);
    stream_.frame(admitted ? name : std::string(), false);
    stream_.frame({}, true);
}

}  // namespace yuqing
