// Sockets that can and cannot be bound.
#include "integration/zmq/harness.hpp"

#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <fstream>

using namespace zmq_test;
using Catch::Matchers::Contains;

namespace {

ZmqDoor::Options bound_to(std::vector<std::string> binds) {
    ZmqDoor::Options options;
    options.binds = std::move(binds);
    return options;
}

std::string ipc(const std::filesystem::path& path) { return "ipc://" + path.string(); }

}  // namespace

TEST_CASE("ZeroMQ door: TCP and ipc lead to the same place") {
    const Folder folder;
    EchoDoor echo_door(true, bound_to({"tcp://127.0.0.1:*", ipc(folder / "in.sock")}));
    REQUIRE(echo_door.door->endpoints().size() == 2);
    for (const auto& endpoint : echo_door.door->endpoints()) {
        Client client(endpoint);
        client.send({"a"});
        CHECK(client.wait(echo_door) == Frames{echo("a")});
    }
}

TEST_CASE("ZeroMQ door: the ipc socket is for its owner and group, and goes with the door") {
    const Folder folder;
    const auto path = folder / "in.sock";
    {
        const EchoDoor echo_door(true, bound_to({ipc(path)}));
        struct stat status {};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0660U);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("ZeroMQ door: a stale ipc socket is replaced") {
    const Folder folder;
    const auto path = folder / "in.sock";
    {
        // Bound and left behind, as by a daemon that was killed.
        zmq::context_t context;
        zmq::socket_t socket(context, zmq::socket_type::router);
        socket.bind(ipc(path));
        socket.close();
    }
    REQUIRE(std::filesystem::exists(path));
    EchoDoor echo_door(true, bound_to({ipc(path)}));
    Client client(ipc(path));
    client.send({"a"});
    CHECK(client.wait(echo_door) == Frames{echo("a")});
}

TEST_CASE("ZeroMQ door: what cannot be bound is told with its endpoint") {
    const Folder folder;
    const EchoDoor first(true, bound_to({"tcp://127.0.0.1:*", ipc(folder / "in.sock")}));
    std::ofstream(folder / "file") << "precious";
    struct Row {
        const char* why;
        std::string endpoint, wanted;
    };
    const std::vector<Row> rows{
        {"a port in use", first.door->endpoints()[0], "Address already in use"},
        {"the socket of a running daemon", ipc(folder / "in.sock"), "another process listens there"},
        {"a file in the way", ipc(folder / "file"), "is not a socket"},
        {"a folder that is not there", ipc(folder / "no/in.sock"), "No such file"},
        {"a path longer than a socket's may be", ipc(folder / std::string(120, 'x').c_str()),
         "name too long"},
        {"no endpoint at all", "127.0.0.1:5570", "Invalid argument"},
    };
    for (const auto& row : rows) {
        INFO(row.why);
        CHECK_THROWS_WITH(EchoDoor(true, bound_to({row.endpoint})),
                          Contains(row.wanted) && Contains(row.endpoint));
    }
    std::ifstream file(folder / "file");
    std::string text;
    file >> text;
    CHECK(text == "precious");
    CHECK(std::filesystem::exists(folder / "in.sock"));
}
