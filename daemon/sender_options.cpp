#include "sender_options.hpp"

#include "system_clock.hpp"

namespace yuqing {

std::vector<alert::HttpChannel> http_channels(const alert::Config& config) {
    std::vector<alert::HttpChannel> channels;
    for (const auto& [id, channel] : config.channels) {
        channels.push_back({.id = id,
                            .url = channel.url,
                            .format = channel.format,
                            .secrets = channel.secrets,
                            .keyword = channel.keyword,
                            .template_rules = channel.template_rules,
                            .mail = channel.mail,
                            .proxy = channel.proxy,
                            .ca_file = channel.ca_file,
                            .timeout = channel.timeout,
                            .concurrency = channel.concurrency});
    }
    return channels;
}

alert::HttpSenderOptions sender_options(const alert::Config& config, std::function<alert::TimePoint()> now) {
    alert::HttpSenderOptions options{.jurisdiction = config.jurisdiction,
                                     .public_url = config.http.public_url,
                                     .link_key = config.http.link_key,
                                     .zone = config.zone,
                                     .directory = config.directory,
                                     .channels = http_channels(config)};
    options.now = std::move(now);
    options.stopwatch = [] { return boot_time(); };
    return options;
}

}  // namespace yuqing
