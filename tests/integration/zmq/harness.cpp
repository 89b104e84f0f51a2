#include "integration/zmq/harness.hpp"

#include <algorithm>
#include <stdexcept>

namespace zmq_test {

EchoDoor::EchoDoor(bool at_once, ZmqDoor::Options options) {
    if (options.binds.empty()) options.binds = {"tcp://127.0.0.1:*"};
    // What is sent on a connection that a slow handshake ends is lost, and clients here send nothing again.
    if (options.connections == yuqing::ConnectionLimits{}) options.connections.handshake_within = patience;
    options.on_limit = [this](std::string_view limit) { limits.emplace_back(limit); };
    door = std::make_unique<ZmqDoor>(
        io, std::move(options),
        [this, at_once](std::string bytes, const std::string& key, ZmqDoor::Done done) {
            keys.push_back(key);
            if (at_once) return done(echo(bytes));
            asked.push_back({std::move(bytes), std::move(done)});
        });
}

bool EchoDoor::was_hit(std::string_view limit) const {
    return std::find(limits.begin(), limits.end(), limit) != limits.end();
}

Client::Client(const std::string& endpoint, zmq::socket_type type, const std::string& routing_id)
    : socket_(context_, type) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::sndhwm, 0);
    if (!routing_id.empty()) socket_.set(zmq::sockopt::routing_id, routing_id);
    socket_.connect(endpoint);
}

void Client::send(const Frames& frames) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const int how = ZMQ_DONTWAIT | (i + 1 < frames.size() ? ZMQ_SNDMORE : 0);
        const int sent = yuqing::uninterrupted(
            [&] { return zmq_send(socket_.handle(), frames[i].data(), frames[i].size(), how); });
        if (sent < 0) throw std::runtime_error("the client's queue is full");
    }
}

std::optional<Frames> Client::receive() {
    Frames frames;
    zmq::message_t part;
    do {
        if (!yuqing::receive_waiting(socket_, part)) break;
        frames.push_back(part.to_string());
    } while (part.more());
    if (frames.empty()) return std::nullopt;
    return frames;
}

Frames Client::wait(EchoDoor& door) {
    std::optional<Frames> frames;
    door.wait([&] {
        frames = receive();
        return frames.has_value();
    });
    return frames.value_or(Frames{});
}

Folder::Folder() {
    auto name = (std::filesystem::temp_directory_path() / "yuqing-zmq-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace zmq_test
