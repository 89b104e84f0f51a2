// Sends messages over HTTP and HTTPS, and as mail to a relay, each channel in its format. Lives in two
// threads: send() is called in the core's and returns at once; everything else happens in the edge's, and
// `done` comes back to the core's.
//
// Every send is answered once, within the channel's time-out, also while it stops (as long as both loops
// turn). A channel has its own connections and its own queue: one that hangs delays no other. Nothing that
// is logged or told as an error holds more of a URL than host and port.
#pragma once

#include "alert/core/act_link.hpp"
#include "alert/core/channel.hpp"
#include "alert/core/directory.hpp"
#include "alert/port/sender.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace alert {

struct HttpChannel {
    ChannelId id;
    std::string url;  // http or https; of smtp smtp://host[:port]
    ChannelFormat format = ChannelFormat::cloudevents;
    std::vector<std::string> secrets;  // see FormatOptions
    std::string keyword;
    TemplateRules template_rules;
    MailRules mail;
    ProxyRules proxy;
    std::string ca_file;  // the only authorities trusted; empty: those of the system
    Duration timeout = std::chrono::seconds(5);
    std::size_t concurrency = 8;  // connections, and so messages under way

    friend bool operator==(const HttpChannel&, const HttpChannel&) = default;
};

struct HttpSenderOptions {
    std::string jurisdiction;
    std::string public_url;
    LinkKey link_key;
    Zone zone = Zone::utc();
    std::shared_ptr<const Directory> directory;
    std::vector<HttpChannel> channels;
    std::function<TimePoint()> now;       // called in the edge's thread
    std::function<Duration()> stopwatch;  // only differences mean anything; the same
    std::function<void(std::string_view limit)> on_limit = [](std::string_view) {};  // the same
};

class HttpSender : public Sender {
public:
    HttpSender(boost::asio::io_context& edge, boost::asio::io_context& core, HttpSenderOptions options);
    /// When the edge's loop is at rest, or in its thread. What is under way is not answered: stop() first.
    ~HttpSender() override;
    HttpSender(const HttpSender&) = delete;
    HttpSender& operator=(const HttpSender&) = delete;

    void send(std::vector<Notification> messages, std::function<void(DeliveryResult)> done) override;
    /// Messages rendered from now on name these people and go out by these channels; authorities are read
    /// anew. What is under way by a channel that is no more, or is another now, is brought to its end. In
    /// the edge's thread.
    void use(std::shared_ptr<const Directory> directory, const std::vector<HttpChannel>& channels);
    /// Answers what is under way, and whatever still comes, with retry. From any thread.
    void stop();

private:
    class Desk;
    boost::asio::io_context& edge_;
    std::shared_ptr<Desk> desk_;  // also of what is on its way to the edge
};

}  // namespace alert
