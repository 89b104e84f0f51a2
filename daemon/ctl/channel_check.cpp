#include "channel_check.hpp"

#include "alert/codec/web_url.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <list>
#include <optional>

namespace yuqing {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Who is connected to: the receiver, or the proxy on the way to it.
struct Peer {
    std::string host, port, told;
};

std::optional<Peer> peer_of(const alert::Result<alert::WebUrl>& url, const alert::ProxyRules& rules) {
    if (!url) return std::nullopt;
    const auto proxy = alert::parse_proxy_url(rules.url);
    if (!proxy || alert::is_excepted(url->host, rules.except))
        return Peer{url->host, std::to_string(url->port), url->authority};
    return Peer{proxy->host, std::to_string(proxy->port), "its proxy " + proxy->authority};
}

/// One that is tried; `failed` stays "no answer" until something better is known.
struct Attempt {
    Attempt(asio::io_context& io, std::string name, std::optional<Peer> at)
        : who(std::move(name)), peer(std::move(at)), resolver(io), socket(io) {}

    void start() {
        if (!peer) return;
        resolver.async_resolve(peer->host, peer->port, [this](error_code error, auto found) {
            if (error) return ended(error);
            asio::async_connect(socket, found, [this](error_code failure, const auto&) { ended(failure); });
        });
    }
    void ended(error_code error) {
        failed = error ? std::optional(error.message()) : std::nullopt;
        error_code ignored;
        socket.close(ignored);
    }

    std::string who;
    std::optional<Peer> peer;
    asio::ip::tcp::resolver resolver;
    asio::ip::tcp::socket socket;
    std::optional<std::string> failed = "no answer in time";
};

}  // namespace

std::vector<alert::Error> silent_channels(const alert::Config& config, const std::string& file,
                                          alert::Duration timeout) {
    asio::io_context io;
    std::list<Attempt> attempts;
    for (const auto& [id, channel] : config.channels) {
        const bool mails = channel.format == alert::ChannelFormat::smtp;
        const auto url = mails ? alert::parse_relay_url(channel.url) : alert::parse_web_url(channel.url);
        attempts.emplace_back(io, "the channel '" + id.value + "'", peer_of(url, channel.proxy)).start();
    }
    if (const auto& beat = config.heartbeat)
        attempts.emplace_back(io, "the heartbeat", peer_of(alert::parse_web_url(beat->url), beat->proxy))
            .start();
    io.run_for(timeout);
    std::vector<alert::Error> silent;
    for (const Attempt& attempt : attempts) {
        if (!attempt.failed) continue;
        const auto at = attempt.peer ? " at " + attempt.peer->told : "";
        silent.push_back({"no_answer", attempt.who + " does not answer" + at + ": " + *attempt.failed, file});
    }
    return silent;
}

}  // namespace yuqing
