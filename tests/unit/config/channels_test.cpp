#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace alert::test;

namespace {

const std::string inline_secret = "    secret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n";
const std::string url = "    url: http://127.0.0.1:9580/leaders\n";

LoadedConfig with_leaders(const std::string& from, const std::string& to) {
    return Scratch().change("yuqingd.yaml", from, to).load();
}

LoadedConfig with_template(const std::string& keys) {
    return with_leaders("    format: cloudevents\n" + url + inline_secret,
                        "    format: template\n" + url + keys);
}

}  // namespace

TEST_CASE("Channel: its limits are read") {
    const auto loaded =
        with_leaders(inline_secret, inline_secret +
                                        "    timeout: 9s\n    concurrency: 3\n    retry_min: "
                                        "2s\n    retry_max: 5m\n    attempts_max: 12\n"
                                        "    unknown_attempts_max: 3\n    urgent_patience: 30s\n");
    REQUIRE(loaded.config);
    const ChannelConfig& channel = loaded.config->channels.at(ChannelId{"leaders"});
    CHECK(channel.timeout == std::chrono::seconds(9));
    CHECK(channel.concurrency == 3);
    CHECK(channel.retry_min == std::chrono::seconds(2));
    CHECK(channel.retry_max == std::chrono::minutes(5));
    CHECK(channel.attempts_max == 12);
    CHECK(channel.unknown_attempts_max == 3);
    CHECK(channel.urgent_patience == std::chrono::seconds(30));
}

TEST_CASE("Channel: its limits are kept within their range") {
    const auto errors = with_leaders(inline_secret, inline_secret +
                                                        "    timeout: 9\n    concurrency: 0\n    retry_min: "
                                                        "2m\n    retry_max: 1m\n    attempts_max: many\n")
                            .errors;
    CHECK(tells(errors, "invalid", "yuqingd.yaml:23:14", "not a duration: '9'"));
    CHECK(tells(errors, "invalid", "yuqingd.yaml:24:18", "a whole number from 1 to 256"));
    CHECK(tells(errors, "invalid", "yuqingd.yaml:26:16", "should not be shorter than retry_min"));
    CHECK(tells(errors, "invalid", "yuqingd.yaml:27:19", "a whole number from 1 to 100000"));
    CHECK(tells(with_leaders(inline_secret, inline_secret + "    timeout: 3wd\n").errors, "invalid",
                "yuqingd.yaml:23:14", "should be from 1s to 2m"));
}

TEST_CASE("Channel: the URL comes once, from the file or from a file of its own") {
    Scratch scratch;
    scratch.write("leaders.url", "https://robot.example.invalid/send?access_token=hunter2\n");
    SECTION("from a file") {
        scratch.change("yuqingd.yaml", url, "    url_file: leaders.url\n");
        const auto loaded = scratch.load();
        REQUIRE(loaded.config);
        CHECK(loaded.config->channels.at(ChannelId{"leaders"}).url ==
              "https://robot.example.invalid/send?access_token=hunter2");
    }
    SECTION("both are refused") {
        scratch.change("yuqingd.yaml", url, url + "    url_file: leaders.url\n");
        CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:22",
                    "either `url` or `url_file`, not both"));
    }
    SECTION("none is refused") {
        scratch.change("yuqingd.yaml", url, "");
        CHECK(tells(scratch.load().errors, "missing_key", "yuqingd.yaml:20", "the key 'url' is required"));
    }
    SECTION("a file that is absent is refused") {
        scratch.change("yuqingd.yaml", url, "    url_file: none.url\n");
        CHECK(tells(scratch.load().errors, "unreadable", "yuqingd.yaml:21", "none.url: no such file"));
    }
    SECTION("what is no http URL is refused, without repeating it") {
        scratch.change("yuqingd.yaml", url, "    url_file: leaders.url\n")
            .write("leaders.url", "hunter2 hunter2");
        const auto errors = scratch.load().errors;
        CHECK(tells(errors, "invalid", "yuqingd.yaml:21", "should be an http or https URL"));
        CHECK(told(errors).find("hunter2") == std::string::npos);
    }
}

TEST_CASE("Channel: a secret reads whsec_ and base64, and is never repeated") {
    for (const std::string bad : {"hunter2", "whsec_", "whsec_hunter2hunter2!", "whsec_hunter2",
                                  "[hunter2, hunter2]", "WHSEC_aHVudGVyMmh1bnRlcjI="}) {
        INFO(bad);
        const auto errors = with_leaders(inline_secret, "    secret: " + bad + "\n").errors;
        CHECK(tells(errors, "invalid", "yuqingd.yaml:22:13", "a secret should read whsec_ and base64"));
        CHECK(told(errors).find("unter2") == std::string::npos);
    }
    CHECK(tells(with_leaders(inline_secret, "    secret: {whsec_hunter2: 1}\n").errors, "invalid",
                "yuqingd.yaml:22", "channels.leaders.secret should be a text, here is a map"));
}

TEST_CASE("Channel: while a secret is changed there are two") {
    const std::string one = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    Scratch scratch;
    scratch.write("duty.secret", one + "\r\n\n" + one + "\n");
    const auto loaded = scratch.load();
    REQUIRE(loaded.config);
    CHECK(loaded.config->channels.at(ChannelId{"duty-group"}).secrets == std::vector<std::string>{one, one});
    scratch.write("duty.secret", one + "\n" + one + "\n" + one + "\n");
    CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:17:18", "at most two secrets"));
}

TEST_CASE("Channel: a secret file that is absent is named, unless nothing is to be sent") {
    Scratch scratch;
    scratch.change("yuqingd.yaml", "secret_file: duty.secret", "secret_file: none.secret");
    CHECK(tells(scratch.load().errors, "unreadable", "yuqingd.yaml:17:18", "none.secret: no such file"));
    const auto simulated = scratch.load(Secrets::unread);
    CHECK(simulated.errors.empty());
    REQUIRE(simulated.config);
    CHECK(simulated.config->channels.at(ChannelId{"duty-group"}).secrets.empty());
}

TEST_CASE("Channel: without a secret, or with a short one, it warns") {
    CHECK(tells(with_leaders(inline_secret, "").warnings, "unsigned", "yuqingd.yaml:19",
                "leaders has no secret"));
    CHECK(tells(with_leaders(inline_secret, "    secret: whsec_c2hvcnQh\n").warnings, "weak_secret",
                "yuqingd.yaml:22", "shorter than 24 bytes"));
    CHECK(tells(with_leaders(inline_secret, inline_secret + "    secret_file: duty.secret\n").errors,
                "invalid", "yuqingd.yaml:23", "either `secret` or `secret_file`, not both"));
}

TEST_CASE("Channel: a fallback exists and leads to an end") {
    const std::string fallback = "fallback: leaders";
    CHECK(tells(with_leaders(fallback, "fallback: leader").errors, "unknown_reference", "yuqingd.yaml:18:15",
                "no channel 'leader'; did you mean 'leaders'?"));
    CHECK(tells(with_leaders(fallback, "fallback: duty-group").errors, "invalid", "yuqingd.yaml:18:15",
                "leads back to the channel itself"));
    const auto round = with_leaders(inline_secret, inline_secret + "    fallback: duty-group\n").errors;
    CHECK(tells(round, "invalid", "yuqingd.yaml:18:15", "leads back to the channel itself"));
    CHECK(tells(round, "invalid", "yuqingd.yaml:23:15", "leads back to the channel itself"));
}

TEST_CASE("Channel: a robot has one secret as it is and may have a keyword") {
    const auto robot = [](const std::string& format, const std::string& more) {
        return Scratch()
            .change("yuqingd.yaml", "    format: cloudevents\n" + url + inline_secret,
                    "    format: " + format + "\n" + url + more)
            .load();
    };
    const auto loaded = robot("dingtalk", "    secret: SEC0123\n    keyword: 督办\n");
    REQUIRE(loaded.config);
    const ChannelConfig& channel = loaded.config->channels.at(ChannelId{"leaders"});
    CHECK(channel.format == ChannelFormat::dingtalk);
    CHECK(channel.secrets == std::vector<std::string>{"SEC0123"});
    CHECK(channel.keyword == "督办");
    CHECK_FALSE(tells(loaded.warnings, "unsigned", "yuqingd.yaml", "leaders"));

    using std::chrono::minutes, std::chrono::seconds;
    CHECK(channel.rate == std::vector<UrlLimit::Window>{{18, minutes(1)}});
    const auto feishu = robot("feishu", "");
    REQUIRE(feishu.config);
    CHECK(feishu.config->channels.at(ChannelId{"leaders"}).rate ==
          std::vector<UrlLimit::Window>{{90, minutes(1)}, {4, seconds(1)}});
    const auto slower = robot("feishu", "    rate: [30/1m, 2/1s]\n");
    REQUIRE(slower.config);
    CHECK(slower.config->channels.at(ChannelId{"leaders"}).rate ==
          std::vector<UrlLimit::Window>{{30, minutes(1)}, {2, seconds(1)}});
    for (const auto* rate : {"18", "0/1m", "18/1mo", "x/1m", "18/0s", "-1/1m"}) {
        CHECK(tells(robot("feishu", "    rate: " + std::string(rate) + "\n").errors, "invalid",
                    "yuqingd.yaml:22", "should read like 18/1m"));
    }
    REQUIRE(robot("wecom", "").config);
    CHECK(tells(robot("feishu", "    secret: [a, b]\n").errors, "invalid", "yuqingd.yaml:22",
                "this format has one secret"));
    CHECK(tells(robot("wecom", "    secret: a\n").errors, "invalid", "yuqingd.yaml:22",
                "does not go with this format"));
    CHECK(tells(robot("wecom", "    keyword: a\n").errors, "invalid", "yuqingd.yaml:22",
                "does not go with this format"));
    CHECK(tells(robot("feishu", "    keyword: " + std::string(201, 'a') + "\n").errors, "invalid",
                "yuqingd.yaml:22", "at most 200 bytes"));
    CHECK(tells(with_leaders(inline_secret, inline_secret + "    keyword: x\n").errors, "invalid",
                "yuqingd.yaml:23", "does not go with this format"));
}

TEST_CASE("Channel: alertmanager takes a token of one word and nothing of a robot's") {
    const auto hook = [](const std::string& more) {
        return Scratch()
            .change("yuqingd.yaml", "    format: cloudevents\n" + url + inline_secret,
                    "    format: alertmanager\n" + url + more)
            .load();
    };
    const auto loaded = hook("    secret: t0ken\n");
    REQUIRE(loaded.config);
    const ChannelConfig& channel = loaded.config->channels.at(ChannelId{"leaders"});
    CHECK(channel.format == ChannelFormat::alertmanager);
    CHECK(channel.secrets == std::vector<std::string>{"t0ken"});
    CHECK(channel.rate.empty());
    CHECK(hook("").errors.empty());
    CHECK(tells(hook("    secret: \"a b\"\n").errors, "invalid", "yuqingd.yaml:22", "visible ASCII"));
    CHECK(tells(hook("    keyword: a\n").errors, "invalid", "yuqingd.yaml:22", "does not go with"));
    CHECK(tells(hook("    body: a\n").errors, "invalid", "yuqingd.yaml:22", "does not go with"));
}

TEST_CASE("Channel: a template has a body, headers, and what counts as success") {
    const auto loaded = with_template(R"(    secret: [eins, zwei]
    body: '{"to": "{{mobiles}}", "text": "{{line}}", "key": "{{secret}}"}'
    headers: {Authorization: 'APPCODE {{secret_2}}', X-Unit: qingshan}
    body_max: 1000
    success: {status: [200, 202], pointer: /code, equals: [0, OK], retry: -1, contains: code}
)");
    CHECK(loaded.errors.empty());
    REQUIRE(loaded.config);
    const TemplateRules& rules = loaded.config->channels.at(ChannelId{"leaders"}).template_rules;
    CHECK(rules.kind == BodyKind::json);
    CHECK(rules.content_type == "application/json; charset=utf-8");
    CHECK(rules.body_max == 1000);
    CHECK(rules.headers == std::vector<std::pair<std::string, std::string>>{
                               {"Authorization", "APPCODE {{secret_2}}"}, {"X-Unit", "qingshan"}});
    CHECK(rules.success == SuccessRule{.status = {200, 202},
                                       .pointer = "/code",
                                       .equals = {"0", "OK"},
                                       .retry = {"-1"},
                                       .contains = "code"});
    CHECK(with_template("    body: phone={{mobiles}}&text={{line}}\n    content_type: "
                        "application/x-www-form-urlencoded\n")
              .config->channels.at(ChannelId{"leaders"})
              .template_rules.kind == BodyKind::form);
}

TEST_CASE("Channel: a template's body may stand in a file of its own") {
    Scratch scratch;
    scratch.change("yuqingd.yaml", "    format: cloudevents\n" + url + inline_secret,
                   "    format: template\n" + url + "    body_file: sms.json\n");
    scratch.write("sms.json", "{\"text\": \"{{text}}\"}\n");
    const auto loaded = scratch.load();
    REQUIRE(loaded.config);
    CHECK(loaded.config->channels.at(ChannelId{"leaders"}).template_rules.body ==
          "{\"text\": \"{{text}}\"}\n");
    scratch.write("sms.json", "{\"text\": \"{{texte}}\"}\n");
    CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:22", "nothing is called {{texte}}"));
    scratch.change("yuqingd.yaml", "sms.json", "none.json");
    CHECK(tells(scratch.load().errors, "unreadable", "yuqingd.yaml:22", "none.json: no such file"));
}

TEST_CASE("Channel: what is wrong with a template is told with its line") {
    const std::string body = "    body: '{\"t\": \"{{title}}\"}'\n";
    const struct {
        std::string keys, line, says;
    } cases[] = {
        {"", "yuqingd.yaml:20", "body"},
        {"    body: '{\"t\": {{title}}}'\n", "yuqingd.yaml:22:11", "would be no JSON"},
        {"    body: '{\"t\": \"{{secret}}\"}'\n", "yuqingd.yaml:22:11", "nothing is called {{secret}}"},
        {body + "    body_file: x\n", "yuqingd.yaml:23", "either `body` or `body_file`"},
        {body + "    content_type: image/png\n", "yuqingd.yaml:23", "values are escaped for it"},
        {body + "    headers: {Host: x}\n", "yuqingd.yaml:23", "is set by the daemon"},
        {body + "    headers: {X Y: x}\n", "yuqingd.yaml:23", "is no name of a header"},
        {body + "    headers: {X-Y: \"a\\r\\nb\"}\n", "yuqingd.yaml:23", "one line of visible ASCII"},
        {body + "    headers: {X-Y: '{{titel}}'}\n", "yuqingd.yaml:23", "nothing is called {{titel}}"},
        {body + "    success: {status: 99}\n", "yuqingd.yaml:23", "a status from 200 to 599"},
        {body + "    success: {pointer: code, equals: 0}\n", "yuqingd.yaml:23", "begins with a slash"},
        {body + "    success: {pointer: /code}\n", "yuqingd.yaml:23", "which value means success"},
        {body + "    success: {equals: 0}\n", "yuqingd.yaml:23", "where in the answer"},
        {body + "    success: {staus: 200}\n", "yuqingd.yaml:23", "status"},
        {body + "    body_max: 10\n", "yuqingd.yaml:23", "200"},
        {body + "    keyword: a\n", "yuqingd.yaml:23", "does not go with this format"},
    };
    for (const auto& [keys, line, says] : cases) {
        INFO(keys);
        const auto errors = with_template(keys).errors;
        INFO(told(errors));
        const bool found = std::any_of(errors.begin(), errors.end(), [&](const auto& error) {
            return tells({error}, error.code, line, says);
        });
        CHECK(found);
    }
}

TEST_CASE("Channel: a format nobody knows, a wrong name, keys of another format are refused") {
    Scratch scratch;
    scratch.change("yuqingd.yaml", "  leaders:\n    format: cloudevents\n",
                   "  lea ders:\n    format: cloudevent\n");
    const auto errors = scratch.load().errors;
    CHECK(tells(errors, "invalid", "yuqingd.yaml:20:13",
                "'cloudevent' is not known; did you mean 'cloudevents'?"));
    CHECK(tells(errors, "invalid", "yuqingd.yaml:19:3", "'lea ders' is not an id"));
    CHECK(tells(with_leaders(inline_secret, inline_secret + "    body: x\n").errors, "invalid",
                "yuqingd.yaml:23", "does not go with this format"));
    CHECK(tells(with_leaders(inline_secret, inline_secret + "    ca_file: none.pem\n").errors, "unreadable",
                "yuqingd.yaml:23", "no such file"));
}

TEST_CASE("Channel: beside a format nobody knows the other mistakes are told too") {
    Scratch scratch;
    scratch.change(
        "yuqingd.yaml", "  leaders:\n    format: cloudevents\n",
        "  leaders:\n    format: cloudevent\n    rate: 0/1m\n    ca_file: none.pem\n    secret_file: gone\n");
    const auto errors = scratch.load().errors;
    INFO(told(errors));
    CHECK(tells(errors, "invalid", "yuqingd.yaml:20", "did you mean 'cloudevents'?"));
    CHECK(tells(errors, "invalid", "yuqingd.yaml:21", "rate"));
    CHECK(tells(errors, "unreadable", "yuqingd.yaml:22", "none.pem"));
    CHECK(tells(errors, "unreadable", "yuqingd.yaml:23", "gone"));
}

TEST_CASE("Channel: there are at most 500") {
    std::string more;
    for (int i = 0; i < 499; ++i)
        more += "  c" + std::to_string(i) + ": {format: cloudevents, url: http://h}\n";
    CHECK(tells(with_leaders("channels:\n", "channels:\n" + more).errors, "invalid", "yuqingd.yaml:14",
                "more than 500"));
}
