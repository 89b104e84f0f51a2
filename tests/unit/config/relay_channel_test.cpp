// `format: smtp`: what the file must say about a mail relay.
#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;

namespace {

const std::string before =
    "    format: cloudevents\n    url: http://127.0.0.1:9580/leaders\n"
    "    secret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n";
const std::string sender_and_recipient = "    from: a@example.cn\n    to: b@example.cn\n";

LoadedConfig with_relay(const std::string& relay, const std::string& keys) {
    return Scratch()
        .change("yuqingd.yaml", before, "    format: smtp\n    url: " + relay + "\n" + keys)
        .load();
}

}  // namespace

TEST_CASE("Channel: a mail relay has a host, a sender and recipients") {
    const auto loaded = with_relay("smtp://127.0.0.1:2525",
                                   "    from: yuqing@example.gov.cn\n"
                                   "    to: [a.b+c@example.gov.cn, d@localhost]\n");
    CHECK(loaded.errors.empty());
    REQUIRE(loaded.config);
    const ChannelConfig& channel = loaded.config->channels.at(ChannelId{"leaders"});
    CHECK(channel.format == ChannelFormat::smtp);
    CHECK(channel.url == "smtp://127.0.0.1:2525");
    CHECK(channel.mail ==
          MailRules{.from = "yuqing@example.gov.cn", .to = {"a.b+c@example.gov.cn", "d@localhost"}});
    CHECK(channel.rate.empty());
    CHECK_FALSE(tells(loaded.warnings, "unsigned", "yuqingd.yaml:19", "leaders"));
    for (const std::string relay : {"smtp://mail.example", "smtp://[::1]:25"}) {
        const auto one = with_relay(relay, sender_and_recipient);
        REQUIRE(one.config);
        CHECK(one.config->channels.at(ChannelId{"leaders"}).mail.to ==
              std::vector<std::string>{"b@example.cn"});
    }
}

TEST_CASE("Channel: what is no relay is refused, and what a relay has no use for") {
    for (const std::string relay : {"http://127.0.0.1:25", "smtps://mail.example", "mail.example:25",
                                    "smtp://", "smtp://mail.example/x", "smtp://user:hunter2@mail.example",
                                    "smtp://mail.example:0", "smtp://mail.example:x"}) {
        INFO(relay);
        const auto errors = with_relay(relay, sender_and_recipient).errors;
        CHECK(tells(errors, "invalid", "yuqingd.yaml:21:10", "should be like smtp://127.0.0.1:25"));
        CHECK(told(errors).find("hunter2") == std::string::npos);
    }
    for (const std::string key : {"secret", "secret_file", "ca_file", "proxy", "proxy_file", "no_proxy",
                                  "keyword", "body", "headers", "success"}) {
        INFO(key);
        CHECK(tells(with_relay("smtp://127.0.0.1", sender_and_recipient + "    " + key + ": x\n").errors,
                    "invalid", "yuqingd.yaml:24", "does not go with this format"));
    }
    CHECK(tells(Scratch().change("yuqingd.yaml", before, before + "    from: a@example.cn\n").load().errors,
                "invalid", "yuqingd.yaml:23", "does not go with this format"));
    CHECK(tells(with_relay("smtp://127.0.0.1", "    to: b@example.cn\n").errors, "missing_key",
                "yuqingd.yaml:20", "the key 'from' is required"));
    CHECK(tells(with_relay("smtp://127.0.0.1", "    from: a@example.cn\n").errors, "missing_key",
                "yuqingd.yaml:20", "the key 'to' is required"));
}

TEST_CASE("Channel: a mail address is nothing but name@domain") {
    const std::string long_label(63, 'x'), endless(64, 'x');
    const std::vector<std::string> good_ones = {"a@b", "A.b-c_d+e@x-1.example", "'x''y@example.cn'",
                                                long_label + "x@" + long_label};
    for (const auto& good : good_ones) {
        INFO(good);
        CHECK(with_relay("smtp://h", "    from: a@b\n    to: " + good + "\n").errors.empty());
    }
    const std::vector<std::string> bad_ones = {"a",
                                               "'@b'",
                                               "a@",
                                               "a@b@c",
                                               "\"a @b\"",
                                               "\"a@b\\r\\nRCPT TO:<c@d>\"",
                                               "\"a@b\\0\"",
                                               "\"a@b\\t\"",
                                               "'<a@b>'",
                                               "'a@b, c@d'",
                                               "'A B <a@b>'",
                                               "'\"a\"@b'",
                                               "'a@[127.0.0.1]'",
                                               "a..b@c",
                                               ".a@b",
                                               "a.@b",
                                               "a@b..c",
                                               "a@.b",
                                               "a@b.",
                                               "a@-b",
                                               "a@b-",
                                               "a@b_c",
                                               "张三@example.cn",
                                               "a@例子.cn",
                                               "'a@b:25'",
                                               "'a@b\\'"};
    for (const auto& bad : bad_ones) {
        INFO(bad);
        CHECK(tells(with_relay("smtp://h", "    from: a@b\n    to: " + bad + "\n").errors, "invalid",
                    "yuqingd.yaml:23:9", "should be like office@example.gov.cn"));
        CHECK(tells(with_relay("smtp://h", "    from: " + bad + "\n    to: a@b\n").errors, "invalid",
                    "yuqingd.yaml:22:11", "should be like office@example.gov.cn"));
    }
    CHECK(tells(with_relay("smtp://h", "    from: a@b\n    to: ''\n").errors, "invalid", "yuqingd.yaml:23:9",
                "channels.leaders.to is empty"));
    const std::vector<std::string> too_long = {endless + "x@b", "a@" + endless,
                                               "a@" + std::string(120, 'x') + "." + std::string(140, 'x')};
    for (const auto& bad : too_long)
        CHECK_FALSE(with_relay("smtp://h", "    from: a@b\n    to: " + bad + "\n").errors.empty());
    const auto domain = long_label + "." + long_label + "." + long_label;  // 191 bytes
    CHECK(with_relay("smtp://h", "    from: a@b\n    to: " + std::string(62, 'a') + "@" + domain + "\n")
              .errors.empty());
    CHECK_FALSE(with_relay("smtp://h", "    from: a@b\n    to: " + std::string(63, 'a') + "@" + domain + "\n")
                    .errors.empty());
}

TEST_CASE("Channel: a mail has 1 to 50 recipients, each once") {
    const auto with_recipients = [](const std::string& list) {
        return with_relay("smtp://h", "    from: a@b\n    to: [" + list + "]\n").errors;
    };
    std::string fifty;
    for (int i = 0; i < 50; ++i) fifty += (i ? ", a" : "a") + std::to_string(i) + "@b";
    CHECK(with_recipients(fifty).empty());
    CHECK(tells(with_recipients(fifty + ", a@b"), "invalid", "yuqingd.yaml:23", "from 1 to 50 addresses"));
    CHECK(tells(with_recipients(""), "invalid", "yuqingd.yaml:23", "from 1 to 50 addresses"));
    CHECK(tells(with_recipients("a@b, c@d, a@b"), "invalid", "yuqingd.yaml:23:20", "'a@b' is named twice"));
}
