#include "channel_check.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

using namespace yuqing;
using boost::asio::ip::tcp;

namespace {

alert::Config with_channels(const std::map<std::string, std::string>& urls) {
    alert::Config config;
    for (const auto& [id, url] : urls) {
        const alert::ChannelId channel(id);
        config.channels[channel] = {.id = channel, .url = url};
    }
    return config;
}

std::string url_of(const tcp::acceptor& acceptor) {
    return "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/robot?token=hunter2";
}

}  // namespace

TEST_CASE("Channel check: a channel that nobody answers for is named, one that is answered for is not") {
    boost::asio::io_context io;
    const tcp::acceptor listening(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    tcp::acceptor bound(io);  // holds its port, but takes nobody
    bound.open(tcp::v4());
    bound.bind(tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    const auto silent =
        silent_channels(with_channels({{"duty", url_of(listening)}, {"leaders", url_of(bound)}}), "y.yaml");
    REQUIRE(silent.size() == 1);
    CHECK(silent.front().code == "no_answer");
    CHECK(silent.front().path == "y.yaml");
    CHECK_THAT(silent.front().message, Catch::Contains("'leaders'"));
    CHECK_THAT(silent.front().message, !Catch::Contains("hunter2"));
}

TEST_CASE("Channel check: a channel behind a proxy is asked for there, unless it is reached straight") {
    boost::asio::io_context io;
    const tcp::acceptor listening(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    const auto proxy = "http://li:hunter2@127.0.0.1:" + std::to_string(listening.local_endpoint().port());
    auto config = with_channels({{"duty", "https://robot.invalid/robot"}});
    auto& channel = config.channels.at(alert::ChannelId("duty"));
    channel.proxy = {.url = proxy, .except = {}};
    CHECK(silent_channels(config, "y.yaml").empty());
    channel.proxy.except = {".invalid"};
    const auto silent = silent_channels(config, "y.yaml", std::chrono::milliseconds(500));
    REQUIRE(silent.size() == 1);
    CHECK_THAT(silent.front().message, Catch::Contains("at robot.invalid: "));
    channel.proxy = {.url = "http://li:hunter2@127.0.0.1:1", .except = {}};
    const auto no_proxy = silent_channels(config, "y.yaml");
    REQUIRE(no_proxy.size() == 1);
    CHECK_THAT(no_proxy.front().message, Catch::Contains("at its proxy 127.0.0.1:1: "));
    CHECK_THAT(no_proxy.front().message, !Catch::Contains("hunter2"));
}

TEST_CASE("Channel check: the heartbeat is tried too") {
    alert::Config config;
    config.heartbeat = alert::HeartbeatConfig{.url = "http://127.0.0.1:1/ping/hunter2"};
    const auto silent = silent_channels(config, "y.yaml");
    REQUIRE(silent.size() == 1);
    CHECK_THAT(silent.front().message, Catch::StartsWith("the heartbeat does not answer at 127.0.0.1:1: "));
    CHECK_THAT(silent.front().message, !Catch::Contains("hunter2"));
}

TEST_CASE("Channel check: a host that cannot be found is named, within the time allowed") {
    const auto config = with_channels({{"duty", "https://robot.invalid/robot?token=hunter2"}});
    const auto silent = silent_channels(config, "y.yaml", std::chrono::milliseconds(500));
    REQUIRE(silent.size() == 1);
    CHECK_THAT(silent.front().message, Catch::Contains("robot.invalid"));
    CHECK_THAT(silent.front().message, !Catch::Contains("hunter2"));
}
