#include "heartbeat.hpp"

#include "system_clock.hpp"

#include <spdlog/spdlog.h>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include <algorithm>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr alert::Duration looked_again_after = std::chrono::seconds(1);  // while it must be silent

alert::WebCall call_of(const alert::HeartbeatConfig& config, std::string body) {
    alert::WebCall call{
        .url = config.url, .proxy = config.proxy, .ca_file = config.ca_file, .timeout = config.timeout};
    if (config.method == alert::HeartbeatConfig::Method::get) return call;
    call.method = "POST";
    call.content_type = "application/json";
    call.body = std::move(body);
    return call;
}

}  // namespace

Heartbeat::Heartbeat(boost::asio::io_context& io, Metrics& metrics, alert::Observer& observer)
    : metrics_(metrics), observer_(observer), caller_(io, &boot_time), timer_(io) {}

void Heartbeat::start(Ports ports, const Config& config) {
    ports_ = std::move(ports);
    use(config);
}

void Heartbeat::use(const Config& config) {
    if (config == config_) return;
    stop();
    config_ = config;
    last_ = Outcome::none;
    if (config_) look();
}

void Heartbeat::stop() {
    ++turn_;
    timer_.cancel();
    config_.reset();
}

void Heartbeat::look() {
    ports_.ask([this, turn = turn_, planned = boot_time()](const std::string& why_not) {
        if (turn != turn_) return;
        if (why_not.empty()) return beat(planned);
        ended(Outcome::withheld, {"withheld", why_not, ""});
        wait(std::min(config_->every, looked_again_after));
    });
}

void Heartbeat::beat(alert::Duration planned) {
    caller_.call(call_of(*config_, ports_.body()), [this, turn = turn_, planned](const auto& answer) {
        if (turn != turn_) return;
        ended(answer ? Outcome::sent : Outcome::failed, answer ? alert::Error{} : answer.error());
        wait(planned + config_->every - boot_time());
    });
}

void Heartbeat::ended(Outcome outcome, const alert::Error& error) {
    const bool sent = outcome == Outcome::sent;
    const auto* name = sent ? "sent" : outcome == Outcome::failed ? "failed" : "withheld";
    metrics_.heartbeats.Add({{"outcome", name}}).Increment();
    if (!sent) observer_.troubled("heartbeat", error);
    if (sent && last_ != outcome) spdlog::info("heartbeat=sent");
    last_ = outcome;
}

void Heartbeat::wait(alert::Duration delay) {
    timer_.expires_after(std::max(delay, alert::Duration::zero()));
    timer_.async_wait([this, turn = turn_](boost::system::error_code error) {
        if (!error && turn == turn_) look();
    });
}

std::string heartbeat_body(const std::string& jurisdiction, const std::string& time,
                           const std::optional<LastAnchor>& anchor) {
    json::object body{
        {"jurisdiction", jurisdiction}, {"time", time}, {"version", YUQING_VERSION}, {"anchor", nullptr}};
    if (anchor) body["anchor"] = {{"at", anchor->at}, {"seal", anchor->seal}};
    return json::serialize(body);
}

}  // namespace yuqing
