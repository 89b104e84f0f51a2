#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using alert::test::at;
using alert::test::Scratch;
using alert::test::tells;
using alert::test::told;

namespace {

const std::string hash_a(64, 'a'), hash_b(64, 'b');

LoadedConfig with(const std::string& tokens, const std::string& listen = "127.0.0.1:9570") {
    Scratch scratch;
    scratch.change("yuqingd.yaml", "listen: 127.0.0.1:9570\n",
                   "listen: " + listen + "\n  tokens: tokens.yaml\n");
    return scratch.write("tokens.yaml", tokens).load();
}

}  // namespace

TEST_CASE("Tokens: names, roles, hashes and the day on which they end are read") {
    const auto loaded =
        with("tokens:\n  - {name: 值班室, role: operator, hash: " + hash_a +
             ", expires: 2027-06-30}\n  - {name: hotline, role: monitor, hash: " + hash_b + "}\n");
    INFO(told(loaded.errors));
    REQUIRE(loaded.config);
    const auto& tokens = loaded.config->http.tokens;
    REQUIRE(tokens);
    CHECK(*tokens ==
          std::vector<AccessToken>{{"值班室", ClientRole::operator_, hash_a, at("2027-07-01T00:00:00+08:00")},
                                   {"hotline", ClientRole::monitor, hash_b, std::nullopt}});
}

TEST_CASE("Tokens: with them others may reach the daemon, with none in the file nobody may") {
    CHECK(with("tokens: []\n", "0.0.0.0:9570").config->http.tokens == std::vector<AccessToken>{});
    CHECK_FALSE(Scratch().load().config->http.tokens);
}

TEST_CASE("Tokens: what cannot be meant is refused with its line") {
    const auto entry = [](const std::string& members) {
        return with("tokens:\n  - {" + members + "}\n").errors;
    };
    CHECK(tells(entry("name: a, role: chief, hash: " + hash_a), "invalid", "tokens.yaml:2", "operator"));
    CHECK(tells(entry("name: a, role: admin, hash: yq_0123"), "invalid", "tokens.yaml:2",
                "never the token itself"));
    CHECK(tells(entry("name: a, role: admin, hash: " + std::string(64, 'A')), "invalid", "tokens.yaml:2",
                "64 hex digits"));
    CHECK(tells(entry("role: admin, hash: " + hash_a), "missing_key", "tokens.yaml:2", "'name' is required"));
    CHECK(tells(entry("name: a, hash: " + hash_a), "missing_key", "tokens.yaml:2", "'role' is required"));
    CHECK(tells(entry("name: a, role: admin, hash: " + hash_a + ", expires: soon"), "invalid",
                "tokens.yaml:2", "as in 2027-06-30"));
    CHECK(tells(entry("name: a, role: admin, hash: " + hash_a + ", token: x"), "unknown_key", "tokens.yaml:2",
                "token"));
    CHECK(tells(with("tokens:\n  - {name: a, role: admin, hash: " + hash_a +
                     "}\n  - {name: a, role: viewer, hash: " + hash_b + "}\n")
                    .errors,
                "duplicate", "tokens.yaml:3", "another token"));
    CHECK(tells(with("people: []\n").errors, "missing_key", "tokens.yaml:1", "'tokens' is required"));
}

TEST_CASE("Tokens: one that expired is warned of") {
    const auto loaded =
        with("tokens:\n  - {name: a, role: admin, hash: " + hash_a + ", expires: 2001-01-01}\n");
    REQUIRE(loaded.config);
    CHECK(tells(loaded.warnings, "expired", "tokens.yaml:2", "the token 'a' expired"));
}

TEST_CASE("Tokens: new ones need no restart, to have any at all does") {
    const auto none = Scratch().load(),
               one = with("tokens:\n  - {name: a, role: admin, hash: " + hash_a + "}\n"),
               other = with("tokens: []\n");
    CHECK(needs_restart(*one.config, *other.config).empty());
    CHECK(needs_restart(*none.config, *one.config) == std::vector<std::string>{"http"});
}
