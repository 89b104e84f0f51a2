// `heartbeat` of yuqingd.yaml.
#include "way_out.hpp"

namespace alert::config {

namespace {

using Method = HeartbeatConfig::Method;

constexpr Duration every_min = std::chrono::seconds(1), every_max = std::chrono::hours(24);
constexpr Duration timeout_min = std::chrono::seconds(1), timeout_max = std::chrono::minutes(2);

}  // namespace

std::optional<HeartbeatConfig> read_heartbeat(const Section& root, const Surroundings& around) {
    const Yaml* node = root.find("heartbeat");
    if (!node) return std::nullopt;
    const Section section(
        *node, "heartbeat",
        {"url", "url_file", "every", "method", "timeout", "ca_file", "proxy", "proxy_file", "no_proxy"},
        root.findings());
    HeartbeatConfig heartbeat;
    heartbeat.url = read_web_url(section, around);
    heartbeat.every = section.duration("every", heartbeat.every, every_min, every_max);
    heartbeat.timeout = section.duration("timeout", heartbeat.timeout, timeout_min, timeout_max);
    heartbeat.method = section.choice<Method>("method", {{"post", Method::post}, {"get", Method::get}})
                           .value_or(heartbeat.method);
    heartbeat.ca_file = read_ca_file(section, around);
    heartbeat.proxy = read_proxy(section, around);
    return heartbeat;
}

}  // namespace alert::config
