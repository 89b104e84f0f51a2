#include "channel_check.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/url/parse.hpp>

#include <list>
#include <optional>

namespace yuqing {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// One channel being tried; `failed` stays "no answer" until something better is known.
struct Attempt {
    Attempt(asio::io_context& io, const alert::ChannelConfig& of) : channel(of), resolver(io), socket(io) {}

    void start() {
        const auto url = boost::urls::parse_uri(channel.url);
        if (!url) return;
        authority = std::string(url->encoded_host_and_port());
        std::string port = url->scheme() == "smtp" ? "25" : std::string(url->scheme());
        if (url->has_port()) port = url->port();
        resolver.async_resolve(std::string(url->host_address()), port, [this](error_code error, auto found) {
            if (error) return ended(error);
            asio::async_connect(socket, found, [this](error_code failure, const auto&) { ended(failure); });
        });
    }
    void ended(error_code error) {
        failed = error ? std::optional(error.message()) : std::nullopt;
        error_code ignored;
        socket.close(ignored);
    }

    const alert::ChannelConfig& channel;
    asio::ip::tcp::resolver resolver;
    asio::ip::tcp::socket socket;
    std::string authority;
    std::optional<std::string> failed = "no answer in time";
};

}  // namespace

std::vector<alert::Error> silent_channels(const alert::Config& config, const std::string& file,
                                          alert::Duration timeout) {
    asio::io_context io;
    std::list<Attempt> attempts;
    for (const auto& [id, channel] : config.channels) attempts.emplace_back(io, channel).start();
    io.run_for(timeout);
    std::vector<alert::Error> silent;
    for (const Attempt& attempt : attempts) {
        if (!attempt.failed) continue;
        silent.push_back({"no_answer",
                          "the channel '" + attempt.channel.id.value + "' does not answer at " +
                              attempt.authority + ": " + *attempt.failed,
                          file});
    }
    return silent;
}

}  // namespace yuqing
