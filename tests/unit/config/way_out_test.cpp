// Proxies of channels, and the heartbeat: where to, by which way.
#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;

namespace {

const std::string url = "    url: http://127.0.0.1:9580/leaders\n";

LoadedConfig with_proxy(const std::string& keys) {
    return Scratch().change("yuqingd.yaml", url, url + keys).load();
}

LoadedConfig with_heartbeat(const std::string& value) {
    return Scratch().append("yuqingd.yaml", "heartbeat: " + value + "\n").load();
}

}  // namespace

TEST_CASE("Channel: a proxy and the hosts that are reached without it") {
    const auto loaded = with_proxy("    proxy: http://proxy.example:3128\n");
    CHECK(loaded.errors.empty());
    REQUIRE(loaded.config);
    CHECK(loaded.config->channels.at(ChannelId{"leaders"}).proxy ==
          ProxyRules{.url = "http://proxy.example:3128", .except = {}});
    CHECK(loaded.config->channels.at(ChannelId{"duty-group"}).proxy == ProxyRules{});
    const auto excepting =
        with_proxy("    proxy: http://li:hunter2@proxy:3128\n    no_proxy: [.example.cn, 10.0.0.0/8, '*']\n");
    REQUIRE(excepting.config);
    CHECK(excepting.config->channels.at(ChannelId{"leaders"}).proxy ==
          ProxyRules{.url = "http://li:hunter2@proxy:3128", .except = {".example.cn", "10.0.0.0/8", "*"}});
}

TEST_CASE("Channel: a proxy with a password may stand in a file of its own") {
    Scratch scratch;
    scratch.change("yuqingd.yaml", url, url + "    proxy_file: leaders.proxy\n")
        .write("leaders.proxy", "http://li:hunter2@proxy:3128\n");
    const auto loaded = scratch.load();
    REQUIRE(loaded.config);
    CHECK(loaded.config->channels.at(ChannelId{"leaders"}).proxy.url == "http://li:hunter2@proxy:3128");
    CHECK(scratch.load(Secrets::unread).errors.empty());
    scratch.write("leaders.proxy", "hunter2@proxy:3128\n");
    const auto errors = scratch.load().errors;
    CHECK(tells(errors, "invalid", "yuqingd.yaml:22:17", "a proxy is like http://host:3128"));
    CHECK(told(errors).find("hunter2") == std::string::npos);
    scratch.change("yuqingd.yaml", "    proxy_file:", "    proxy: http://p:1\n    proxy_file:");
    CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:23", "either `proxy` or `proxy_file`"));
}

TEST_CASE("Channel: what is wrong with a proxy is told with its line, and never repeated") {
    const struct {
        std::string keys, code, line, says;
    } rows[] = {
        {"    proxy: http://hunter2:3128/x\n", "invalid", "yuqingd.yaml:22:12", "a proxy is like"},
        {"    proxy: https://hunter2:3128\n", "invalid", "yuqingd.yaml:22:12", "a proxy is like"},
        {"    proxy: hunter2:3128\n", "invalid", "yuqingd.yaml:22:12", "a proxy is like"},
        {"    proxy: http://hunter2\n", "invalid", "yuqingd.yaml:22:12", "a proxy is like"},
        {"    proxi: http://hunter2:3128\n", "unknown_key", "yuqingd.yaml:22", "did you mean 'proxy'?"},
        {"    noproxy: x\n", "unknown_key", "yuqingd.yaml:22", "did you mean 'no_proxy'?"},
        {"    no_proxy: [a]\n", "invalid", "yuqingd.yaml:22:15", "goes with `proxy`"},
        {"    proxy: http://p:1\n    no_proxy: [a, 'b:80']\n", "invalid", "yuqingd.yaml:23:19",
         "'b:80' should be a host"},
        {"    proxy: http://p:1\n    no_proxy: [10.0.0.0/33]\n", "invalid", "yuqingd.yaml:23",
         "a range like 10.0.0.0/8"},
    };
    for (const auto& row : rows) {
        INFO(row.keys);
        const auto errors = with_proxy(row.keys).errors;
        CHECK(tells(errors, row.code, row.line, row.says));
        CHECK(told(errors).find("hunter2") == std::string::npos);
    }
    std::string many;
    for (int i = 0; i < 101; ++i) many += "a" + std::to_string(i) + ".example, ";
    CHECK(tells(with_proxy("    proxy: http://p:1\n    no_proxy: [" + many + "]\n").errors, "invalid",
                "yuqingd.yaml:23", "at most 100 hosts"));
}

TEST_CASE("Heartbeat: where to, how often and by which way") {
    const auto plain = with_heartbeat("{url: 'https://ping.example/hunter2'}");
    CHECK(plain.errors.empty());
    REQUIRE(plain.config);
    using std::chrono::seconds;
    CHECK(plain.config->heartbeat == HeartbeatConfig{.url = "https://ping.example/hunter2",
                                                     .every = seconds(60),
                                                     .method = HeartbeatConfig::Method::post,
                                                     .timeout = seconds(10)});
    Scratch scratch;
    scratch.write("beat.url", "http://ping.example/hunter2\n").write("ca.pem", "x");
    scratch.append("yuqingd.yaml",
                   "heartbeat: {url_file: beat.url, every: 5m, method: get, timeout: 3s, ca_file: "
                   "ca.pem, proxy: 'http://p:1', no_proxy: [a.example]}\n");
    const auto full = scratch.load();
    REQUIRE(full.config);
    CHECK(full.config->heartbeat == HeartbeatConfig{.url = "http://ping.example/hunter2",
                                                    .every = seconds(300),
                                                    .method = HeartbeatConfig::Method::get,
                                                    .timeout = seconds(3),
                                                    .ca_file = scratch.path("ca.pem").string(),
                                                    .proxy = {.url = "http://p:1", .except = {"a.example"}}});
    CHECK_FALSE(Scratch().load().config->heartbeat);
}

TEST_CASE("Heartbeat: what is wrong is told, without its URL") {
    const struct {
        std::string value, code, says;
    } rows[] = {
        {"{}", "missing_key", "the key 'url' is required in heartbeat"},
        {"{url: hunter2}", "invalid", "heartbeat.url: should be an http or https URL"},
        {"{url: 'http://h/', every: 0s}", "invalid", "should be from 1s to 1d"},
        {"{url: 'http://h/', evry: 5s}", "unknown_key", "did you mean 'every'?"},
        {"{url: 'http://h/', method: head}", "invalid", "'head' is not known"},
        {"{url: 'http://h/', timeout: 5m}", "invalid", "should be from 1s to 2m"},
        {"{url: 'http://h/', ca_file: none.pem}", "unreadable", "no such file"},
        {"{url: 'http://h/', proxy: hunter2}", "invalid", "heartbeat.proxy: a proxy is like"},
        {"x", "invalid", "heartbeat should be a map"},
    };
    for (const auto& row : rows) {
        INFO(row.value);
        const auto errors = with_heartbeat(row.value).errors;
        CHECK(tells(errors, row.code, "yuqingd.yaml:23", row.says));
        CHECK(told(errors).find("hunter2") == std::string::npos);
    }
}
