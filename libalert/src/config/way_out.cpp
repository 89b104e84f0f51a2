#include "way_out.hpp"

#include "alert/codec/web_url.hpp"

namespace alert::config {

namespace {

constexpr std::size_t exceptions_max = 100;

/// A text that stands in the file or, as a secret, in one of its own.
struct Told {
    std::string_view key;  // where it stands
    std::string text;      // empty when absent or unread; what is wrong with that is reported
};

Told text_or_file(const Section& section, const Surroundings& around, std::string_view key,
                  std::string_view file_key) {
    const bool in_file = section.find(file_key) != nullptr;
    if (in_file && section.find(key)) {
        section.error(file_key, "invalid",
                      "either `" + std::string(key) + "` or `" + std::string(file_key) + "`, not both");
    }
    if (in_file) return {file_key, read_secret_file(section, file_key, around).value_or("")};
    return {key, section.text(key)};
}

Told required_url(const Section& section, const Surroundings& around) {
    if (!section.find("url_file")) section.require("url");
    return text_or_file(section, around, "url", "url_file");
}

}  // namespace

std::string read_web_url(const Section& section, const Surroundings& around) {
    auto [key, url] = required_url(section, around);
    if (!url.empty() && !parse_web_url(url)) section.error(key, "invalid", "should be an http or https URL");
    return url;
}

std::string read_relay_url(const Section& section, const Surroundings& around) {
    auto [key, url] = required_url(section, around);
    if (!url.empty() && !parse_relay_url(url))
        section.error(key, "invalid", "should be like smtp://127.0.0.1:25");
    return url;
}

std::string read_ca_file(const Section& section, const Surroundings& around) {
    const auto ca_file = read_path(section, "ca_file", around);
    if (!ca_file) return "";
    std::error_code ec;
    if (!std::filesystem::is_regular_file(*ca_file, ec))
        section.error("ca_file", "unreadable", "no such file: " + ca_file->string());
    return ca_file->string();
}

ProxyRules read_proxy(const Section& section, const Surroundings& around) {
    ProxyRules proxy;
    auto [key, url] = text_or_file(section, around, "proxy", "proxy_file");
    if (const auto read = parse_proxy_url(url); !url.empty() && !read)
        section.error(key, "invalid", read.error().message);
    proxy.url = std::move(url);
    auto exceptions = section.names("no_proxy");
    if (section.find("no_proxy") && !section.find("proxy") && !section.find("proxy_file"))
        section.error("no_proxy", "invalid", "goes with `proxy` or `proxy_file`");
    if (exceptions.size() > exceptions_max)
        section.error("no_proxy", "invalid", "at most " + std::to_string(exceptions_max) + " hosts");
    for (Name& one : exceptions) {
        if (!is_proxy_exception(one.text)) {
            section.findings().error(one.place, "invalid",
                                     section.name("no_proxy") + ": " + in_quotes(one.text) +
                                         " should be a host, a domain like .example.cn, an address or a "
                                         "range like 10.0.0.0/8, without a port");
        }
        proxy.except.push_back(std::move(one.text));
    }
    return proxy;
}

}  // namespace alert::config
