// A dead man's switch outside: tells a service every minute that this daemon does its work, and says nothing
// when it cannot, so that the service rings. Whatever becomes of a beat holds up nobody.
//
// Lives on one thread, the edge's.
#pragma once

#include "alert/config/config.hpp"
#include "alert/notify/web_caller.hpp"
#include "alert/port/observer.hpp"
#include "anchor_file.hpp"
#include "metrics.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>
#include <string>

namespace yuqing {

class Heartbeat {
public:
    using Config = std::optional<alert::HeartbeatConfig>;

    struct Ports {
        /// Asked before each beat: told why the daemon cannot do its work, empty when it can.
        std::function<void(std::function<void(std::string why_not)>)> ask;
        std::function<std::string()> body;
    };

    /// Metrics and observer outlive it.
    Heartbeat(boost::asio::io_context& io, Metrics& metrics, alert::Observer& observer);

    void start(Ports ports, const Config& config);
    /// Beats by this from now on, at once; not at all without. The same as before changes nothing.
    void use(const Config& config);
    void stop();

private:
    enum class Outcome { none, sent, failed, withheld };

    void look();
    void beat(alert::Duration planned);
    void ended(Outcome outcome, const alert::Error& error);
    void wait(alert::Duration delay);

    Metrics& metrics_;
    alert::Observer& observer_;
    alert::WebCaller caller_;
    boost::asio::steady_timer timer_;
    Ports ports_;
    Config config_;
    Outcome last_ = Outcome::none;
    std::uint64_t turn_ = 0;  // of use() and stop(); what began before is forgotten
};

/// `{"jurisdiction","time","version","anchor":{"at","seal"}}`. The seal covers all anchors up to it: keeping
/// beats shows whether the file of anchors was cut off.
std::string heartbeat_body(const std::string& jurisdiction, const std::string& time,
                           const std::optional<LastAnchor>& anchor);

}  // namespace yuqing
