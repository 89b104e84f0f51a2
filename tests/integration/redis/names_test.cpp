// Names that stand for several addresses, of which not all lead to Redis.
#include "integration/redis/service.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <dlfcn.h>
#include <netdb.h>

#include <vector>

using namespace redis_test;
using boost::asio::ip::tcp;

namespace {

constexpr const char* name = "two.test";
std::vector<std::string> addresses;  // of it, in their order

}  // namespace

// In the place of the C library's.
extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto ask = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    if (host == nullptr || std::string(host) != name) return ask(host, service, hints, found);
    addrinfo** end = found;
    *end = nullptr;
    for (const auto& address : addresses) {
        if (const int error = ask(address.c_str(), service, hints, end); error != 0) return error;
        while (*end != nullptr) end = &(*end)->ai_next;
    }
    return addresses.empty() ? EAI_NONAME : 0;
}

namespace {

alert::redis::Address named(const Node& node) {
    auto address = node.address();
    address.host = name;
    return address;
}

/// Takes no connection and refuses none.
class Silence {
public:
    Silence(boost::asio::io_context& io, const tcp::endpoint& at) : acceptor_(io) {
        acceptor_.open(at.protocol());
        acceptor_.set_option(tcp::acceptor::reuse_address(true));
        acceptor_.bind(at);
        acceptor_.listen(0);
        for (int i = 0; i < 4; ++i) {
            waiting_.emplace_back(io);
            waiting_.back().async_connect(at, [](boost::system::error_code) {});
        }
        run_for(io, 50ms);
    }

private:
    tcp::acceptor acceptor_;
    std::vector<tcp::socket> waiting_;
};

}  // namespace

TEST_CASE("Redis names: an address that refuses does not keep it from the next one of the name") {
    const Node node({}, {});
    addresses = {"127.0.0.2", "127.0.0.1"};
    Client client(options_to(named(node)));
    client.start_and_wait();
    CHECK(client.states == std::vector<std::string>{"up"});
}

TEST_CASE("Redis names: nor does one that never answers") {
    const Node node({}, {});
    addresses = {"127.0.0.2", "127.0.0.1"};
    auto options = options_to(named(node));
    options.connect_timeout = 300ms;
    Client client(options);
    const Silence silence(client.io, {boost::asio::ip::make_address("127.0.0.2"), node.port});
    client.start_and_wait();
}

TEST_CASE("Redis names: the reason names every address that was tried") {
    const auto port = free_port();
    auto address = options_for("redis://127.0.0.1:" + std::to_string(port)).address;
    Client literal(options_to(address));
    literal.connection.start();
    const auto at = [&](const std::string& host) { return host + ":" + std::to_string(port); };
    CHECK(literal.wait_reason(at("127.0.0.1") + ": Connection refused"));
    CHECK(literal.connection.reason().starts_with("127.0.0.1"));

    address.host = name;
    addresses = {"127.0.0.2", "127.0.0.1"};
    Client client(options_to(address));
    client.connection.start();
    CHECK(client.wait_reason("two.test (" + at("127.0.0.2") + "): Connection refused; two.test (" +
                             at("127.0.0.1") + "): Connection refused"));
    addresses.clear();
    CHECK(client.wait_reason(at(name) + ": the name is not known: "));
}

TEST_CASE("Redis names: a sentinel is found behind any address of its name") {
    const Service service(1);
    addresses = {"127.0.0.2", "127.0.0.1"};
    boost::asio::io_context io;
    alert::redis::MasterWatchOptions options{.sentinels = {named(*service.sentinels[0])},
                                             .service = "yuqing"};
    alert::redis::MasterWatch watch(io, options);
    const auto following = watch.follow([] {});
    REQUIRE(run_until(io, [&] { return watch.master().has_value(); }));
    service.sentinels[0]->server->kill();
    REQUIRE(run_until(
        io, [&] { return watch.reason().find("): Connection refused; two.test (") != std::string::npos; }));
}
