#include "scratch.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace alert;
using namespace alert::test;

TEST_CASE("Configuration: a complete one loads into its values") {
    const Scratch scratch;
    const auto loaded = scratch.load();
    INFO(told(loaded.errors) << told(loaded.warnings));
    REQUIRE(loaded.config);
    CHECK(loaded.errors.empty());
    CHECK(loaded.warnings.empty());
    const Config& config = *loaded.config;
    CHECK(config.jurisdiction == "qingshan");
    CHECK(config.zone.name() == "Asia/Shanghai");
    CHECK(config.redis.durability == Durability::always);
    CHECK(config.ingest.bind == std::vector<std::string>{"tcp://127.0.0.1:5570"});
    CHECK(config.http.port == 9570);
    CHECK(config.http.public_url == "https://board.example.invalid");
    REQUIRE(config.channels.size() == 2);
    const ChannelConfig& duty = config.channels.at(ChannelId{"duty-group"});
    CHECK(duty.secrets == std::vector<std::string>{"whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="});
    CHECK(duty.fallback == ChannelId{"leaders"});
    CHECK(duty.timeout == std::chrono::seconds(5));
    CHECK(&config.rules().policy == config.policy.get());
    CHECK(&config.rules().roster == config.roster.get());
}

TEST_CASE("Configuration: all problems of all files are told at once, in the order of files and lines") {
    Scratch scratch;
    scratch.append("yuqingd.yaml", "heartbeet: {}\n")
        .change("yuqingd.yaml", "jurisdiction: qingshan", "jurisdiction: Q");
    scratch.change("policy.yaml", "kind: statutory\n", "kind: statutary\n");
    scratch.change("directory.yaml", "head: [li]", "head: [lee]");
    scratch.change("roster.csv", "duty_officer,li", "duty_oficer,li");
    scratch.change("calendar.yaml", "[2026-10-10]", "[2026-13-10]");
    const auto loaded = scratch.load();
    CHECK(!loaded.config);
    REQUIRE(loaded.errors.size() == 6);
    CHECK(told(loaded.errors) ==
          "invalid yuqingd.yaml:1:15 jurisdiction: 'Q' should be at most 32 of a-z 0-9 -\n"
          "unknown_key yuqingd.yaml:23:1 unknown key 'heartbeet'; did you mean 'heartbeat'?\n"
          "invalid policy.yaml:8:11 obligations.authoritative_release.kind: 'statutary' is not known; did "
          "you mean "
          "'statutory'?\n"
          "unknown_reference directory.yaml:2:52 no officer 'lee'; did you mean 'li'?\n"
          "unknown_reference roster.csv:3:1 no roster 'duty_oficer' of a role in directory.yaml; did you "
          "mean "
          "'duty_officer'?\n"
          "invalid calendar.yaml:2:12 not a date: '2026-13-10'; right would be 2026-10-01\n");
}

TEST_CASE("Configuration: what a finding quotes does not steer a terminal") {
    Scratch scratch;
    scratch.change("yuqingd.yaml", "policy: policy.yaml", "policy: \"p\\rolicy\\e[2J.yaml\"");
    const auto loaded = scratch.load();
    REQUIRE_FALSE(loaded.errors.empty());
    for (const auto& error : loaded.errors) {
        CHECK(error.message.find_first_of("\r\x1b") == std::string::npos);
        CHECK(error.path.find_first_of("\r\x1b") == std::string::npos);
    }
    CHECK(told(loaded.errors).find("p?olicy?[2J.yaml") != std::string::npos);
}

TEST_CASE("Configuration: columns count characters, not bytes") {
    Scratch scratch;
    scratch.change("directory.yaml", "name: 县住建局, liaison", "name: 县住建局, liason");
    CHECK(tells(scratch.load().errors, "unknown_key", "directory.yaml:2:27", "did you mean 'liaison'?"));
}

TEST_CASE("Configuration: a file that cannot be read is told where it is named") {
    Scratch scratch;
    SECTION("absent") {
        scratch.change("yuqingd.yaml", "policy: policy.yaml", "policy: polcy.yaml");
        CHECK(tells(scratch.load().errors, "unreadable", "yuqingd.yaml:2:9", "polcy.yaml: no such file"));
    }
    SECTION("a folder") {
        scratch.change("yuqingd.yaml", "roster: roster.csv", "roster: .");
        CHECK(tells(scratch.load().errors, "unreadable", "yuqingd.yaml:4:9", "not a regular file"));
    }
    SECTION("too large") {
        scratch.write("roster.csv", std::string(4 * 1024 * 1024 + 1, 'x'));
        CHECK(tells(scratch.load().errors, "too_large", "yuqingd.yaml:4:9", "larger than 4194304 bytes"));
    }
    SECTION("the daemon's own file") {
        const auto loaded = load_config(scratch.path("none.yaml"), at("2026-06-12T10:00:00+08:00"));
        CHECK(!loaded.config);
        CHECK(tells(loaded.errors, "unreadable", "none.yaml", "no such file"));
    }
}

TEST_CASE("Configuration: the files that must be named are asked for") {
    Scratch scratch;
    scratch.write("yuqingd.yaml", "timezone: Asia/Shanghai\n");
    const auto errors = scratch.load().errors;
    for (const std::string key : {"jurisdiction", "policy", "directory", "redis", "ingest", "http"}) {
        CHECK(tells(errors, "missing_key", "yuqingd.yaml:1:1", "the key '" + key + "' is required"));
    }
    CHECK(errors.size() == 6);
}

TEST_CASE("Configuration: roster, calendar and channels may be left out where nothing needs them") {
    Scratch scratch;
    scratch.change("yuqingd.yaml", "roster: roster.csv\n", "")
        .change("yuqingd.yaml", "calendar: calendar.yaml\n", "");
    const auto loaded = scratch.load();
    CHECK(loaded.errors.empty());
    REQUIRE(loaded.config);
    CHECK(loaded.config->roster->shifts.empty());
    CHECK(loaded.config->calendar->holidays.empty());
}

TEST_CASE("Configuration: environment variables expand in paths only") {
    Scratch scratch;
    setenv("YUQING_TEST_FOLDER", scratch.path("").c_str(), 1);
    SECTION("in a path") {
        scratch.change("yuqingd.yaml", "policy: policy.yaml", "policy: ${YUQING_TEST_FOLDER}/policy.yaml");
        CHECK(scratch.load().errors.empty());
    }
    SECTION("in the path of a socket") {
        scratch.change("yuqingd.yaml", R"(["tcp://127.0.0.1:5570"])",
                       "'ipc://${YUQING_TEST_FOLDER}/in.sock'");
        const auto loaded = scratch.load();
        REQUIRE(loaded.config);
        CHECK(loaded.config->ingest.bind.front() == "ipc://" + scratch.path("in.sock").string());
    }
    SECTION("not elsewhere") {
        scratch.change("yuqingd.yaml", "jurisdiction: qingshan", "jurisdiction: ${YUQING_TEST_FOLDER}");
        CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:1:15", "'${YUQING_TEST_FOLDER}'"));
    }
    SECTION("one that is not set is told") {
        scratch.change("yuqingd.yaml", "policy: policy.yaml", "policy: ${YUQING_TEST_NOT_SET}/policy.yaml");
        CHECK(
            tells(scratch.load().errors, "invalid", "yuqingd.yaml:2:9", "'YUQING_TEST_NOT_SET' is not set"));
    }
    SECTION("one that is not closed is told") {
        scratch.change("yuqingd.yaml", "policy: policy.yaml", "policy: ${YUQING_TEST_FOLDER");
        CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:2:9", "'${' without '}'"));
    }
    unsetenv("YUQING_TEST_FOLDER");
}

TEST_CASE("Configuration: a zone nobody knows is told") {
    Scratch scratch;
    scratch.append("yuqingd.yaml", "timezone: Asia/Shangai\n");
    CHECK(tells(scratch.load().errors, "invalid", "yuqingd.yaml:23:11", "'Asia/Shangai'"));
}

TEST_CASE("Configuration: what the daemons of one Redis must have alike shows in a hash of each") {
    Scratch scratch;
    const auto before = scratch.load().config->shared;
    CHECK(before.size() == 8);
    scratch.append("policy.yaml", "# as published\n");
    const auto after = scratch.load().config->shared;
    CHECK(after.at("policy") != before.at("policy"));
    auto same = after;
    same["policy"] = before.at("policy");
    CHECK(same == before);
    scratch.append("yuqingd.yaml", "self: {look_every: 5s}\n");  // of the one machine
    CHECK(scratch.load().config->shared == after);
}

TEST_CASE("Configuration: what a running daemon cannot take by a reload is told by its section") {
    const Scratch running;
    const auto before = running.load();
    REQUIRE(before.config);
    CHECK(needs_restart(*before.config, *running.load().config).empty());
    Scratch changed;
    changed.change("roster.csv", "duty_officer,li", "duty_officer,zhang")
        .change("yuqingd.yaml", "jurisdiction: qingshan", "jurisdiction: other")
        .change("yuqingd.yaml", "tcp://127.0.0.1:5570", "tcp://127.0.0.1:5571");
    const auto after = changed.load();
    INFO(told(after.errors));
    REQUIRE(after.config);
    CHECK(needs_restart(*before.config, *after.config) == std::vector<std::string>{"jurisdiction", "ingest"});
}
