// A door with an echo behind it that answers when the test says so, and clients of it.
#pragma once

#include "support/loop.hpp"
#include "zmq_door.hpp"

#include <boost/asio/io_context.hpp>
#include <zmq.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace zmq_test {

using yuqing::ZmqDoor;
using yuqing::test::patience;
using yuqing::test::run_for;
using yuqing::test::run_until;

using Frames = std::vector<std::string>;

/// What the echo answers.
inline std::string echo(const std::string& bytes) { return "answer to " + bytes; }

/// One event that waits for its answer.
struct Asked {
    std::string bytes;
    ZmqDoor::Done done;
    void answer() { done(echo(bytes)); }
};

struct EchoDoor {
    /// `at_once`: the echo answers from inside the handler; else events gather in `asked`.
    explicit EchoDoor(bool at_once, ZmqDoor::Options options = {});

    [[nodiscard]] std::string endpoint() const { return door->endpoints().front(); }
    [[nodiscard]] bool was_hit(std::string_view limit) const;
    bool wait(const std::function<bool()>& condition) { return run_until(io, condition); }

    boost::asio::io_context io;
    std::vector<Asked> asked;
    std::vector<std::string> limits;  // as they were hit
    std::vector<std::string> keys;    // of each event
    std::unique_ptr<ZmqDoor> door;
};

class Client {
public:
    explicit Client(const std::string& endpoint, zmq::socket_type type = zmq::socket_type::dealer,
                    const std::string& routing_id = "");

    void send(const Frames& frames);
    /// A message that is there, else nothing.
    std::optional<Frames> receive();
    /// Turns the door's loop until a message comes; empty when none does.
    Frames wait(EchoDoor& door);
    zmq::socket_t& socket() { return socket_; }

private:
    zmq::context_t context_{1};
    zmq::socket_t socket_;
};

/// Removed with everything in it.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace zmq_test
